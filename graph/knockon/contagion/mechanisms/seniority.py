"""Clearing of debts before promises, with holdings: lenders are paid first, then suppliers (Elsinger 2009).

Outside assets are what makes equity come out at today's value.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from knockon.contagion.classics import seniority as model
from knockon.contagion.engine import Shock
from knockon.contagion.mechanisms.gross import clear, hit, known, owed_by
from knockon.exposures import Exposures, Vector

title = "clearing by rank with holdings, debts before promises to buy"
cannot_see = (
    "any loss on debts or promises before somebody cannot pay",
    "firmness, margins, redeployment, guarantees, costs of default, demand",
)


def losses(x: Exposures, shock: Shock) -> Vector:
    """Dollars lost by each party, (n,); n = number of parties."""
    value, held, n = known(x), x.holdings, len(x.balance.parties)
    debts = owed_by(n, x.debts.obligor, x.debts.holder, x.debts.amount)
    promises = owed_by(n, x.contracts.obligor, x.contracts.holder, x.contracts.amount)
    unknown = np.isnan(x.balance.value)
    theta = np.where(unknown[held.obligor], 0.0, held.theta * held.lam)
    shares = sparse.csr_array((theta, (held.obligor, held.holder)), shape=(n, n))
    total = debts + promises
    rich = np.where(unknown, total.sum(axis=1), 0.0)  # who has no known value pays in full
    e = value + rich + total.sum(axis=1) - total.sum(axis=0) - shares.T @ value
    before = model.seniority(e, [debts, promises], shares)
    after = model.seniority(e - hit(shock, "seniority") * value, [debts, promises], shares)
    return clear(np.maximum(0.0, before.equity_signed), np.maximum(0.0, after.equity_signed), x)
