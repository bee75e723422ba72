"""Linear DebtRank on gross exposures: every lost share of value is passed on in full (Bardoscia et al. 2015)."""

from __future__ import annotations

import numpy as np

from knockon.contagion.classics import debtrank as model
from knockon.contagion.engine import Shock
from knockon.contagion.mechanisms.gross import claims, hit, valued
from knockon.exposures import Exposures, Vector

title = "linear DebtRank on gross amounts"
cannot_see = (
    "firmness, margins and redeployment: a promised dollar of purchases counts as a dollar of value",
    "guarantees, money promised and not drawn, and demand that is passed on",
)


def losses(x: Exposures, shock: Shock) -> Vector:
    """Dollars lost by each party, (n,); n = number of parties."""
    value = valued(x)
    found = model.debtrank(claims(x, equity=True), value, np.ones(len(value)), hit(shock, "debtrank"))
    return np.where(np.isnan(x.balance.value), 0.0, np.minimum(1.0, found.final_stress_raw) * value)
