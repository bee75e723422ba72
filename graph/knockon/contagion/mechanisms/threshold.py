"""The threshold cascade on gross exposures: nothing is passed on until a party has lost all (Furfine 2003)."""

from __future__ import annotations

import numpy as np

from knockon.contagion.classics import debtrank as model
from knockon.contagion.engine import Shock
from knockon.contagion.mechanisms.gross import claims, hit, valued
from knockon.exposures import Exposures, Vector

title = "threshold cascade on gross amounts"
cannot_see = (
    "any loss short of default, so a party that loses a fifth of its value harms nobody",
    "firmness, margins, redeployment, guarantees, demand",
)


def losses(x: Exposures, shock: Shock) -> Vector:
    """Dollars lost by each party, (n,); n = number of parties."""
    value = valued(x)
    stress = hit(shock, "threshold")
    found = model.debtrank(claims(x, equity=True), value, np.ones(len(value)), stress, rule="threshold")
    return np.where(np.isnan(x.balance.value), 0.0, np.minimum(1.0, found.final_stress_raw) * value)
