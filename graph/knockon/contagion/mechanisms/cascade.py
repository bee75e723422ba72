"""The cascade of defaults on gross promises and debts: who cannot bear its losses on others fails too (Furfine 2003).

Worth is today's value; nothing is recovered, which is the most that a default can cost its creditors.
"""

from __future__ import annotations

import numpy as np

from knockon.contagion.classics import clearing as model
from knockon.contagion.engine import Shock
from knockon.contagion.mechanisms.gross import SHORT, claims, hit, outside, valued
from knockon.exposures import Exposures, Vector

title = "sequential default of gross amounts, nothing recovered"
cannot_see = (
    "any loss before somebody has lost all: a party that loses a fifth of its value harms nobody",
    "holdings, firmness, margins, redeployment, guarantees, seniority, recoveries, demand",
)


def losses(x: Exposures, shock: Shock) -> Vector:
    """Dollars lost by each party, (n,); n = number of parties."""
    value, first = valued(x), hit(shock, "cascade")
    owed = claims(x, equity=False).T.tocsr()
    shaken = outside(owed, value) - first * value * SHORT
    down = model.cascade(owed, shaken, np.zeros(len(value))).defaulted
    lost = first * value + owed.T @ down.astype(float)
    return np.where(np.isnan(x.balance.value), 0.0, np.minimum(value, lost))
