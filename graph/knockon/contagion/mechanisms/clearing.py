"""Clearing of all promises as if they fell due at once (Eisenberg and Noe 2001).

Outside assets are what makes equity come out at today's value: value + debts - claims, not below 0.
"""

from __future__ import annotations

import numpy as np

from knockon.contagion.classics import clearing as model
from knockon.contagion.engine import Shock
from knockon.contagion.mechanisms.gross import claims, clear, hit, outside, valued
from knockon.exposures import Exposures, Vector

title = "Eisenberg-Noe clearing of gross amounts"
cannot_see = (
    "any loss before somebody cannot pay: promises to buy count as debts that are met in full until then",
    "holdings, margins, redeployment, guarantees, seniority, demand",
)


def losses(x: Exposures, shock: Shock) -> Vector:
    """Dollars lost by each party, (n,); n = number of parties."""
    value = valued(x)
    owed = claims(x, equity=False).T.tocsr()
    nobody = np.zeros(len(value))
    assets = outside(owed, value)
    before = model.clearing(owed, assets, nobody)
    after = model.clearing(owed, np.maximum(0.0, assets - hit(shock, "clearing") * value), nobody)
    return clear(np.maximum(0.0, before.equity_signed), np.maximum(0.0, after.equity_signed), x)
