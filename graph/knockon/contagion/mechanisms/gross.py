"""The book as the classics see it: gross dollars between parties, with no margin, firmness or guarantee."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from knockon.contagion.engine import Shock
from knockon.errors import BadInput
from knockon.exposures import Exposures, Vector


def valued(x: Exposures) -> Vector:
    """(n,) equity value; a party of unknown value counts as too large to feel or pass on anything."""
    return np.where(np.isnan(x.balance.value), 1e18, x.balance.value)


def claims(x: Exposures, equity: bool) -> sparse.csr_array:
    """(n, n) what the row's party has at stake in the column's: promises to buy, debts, with `equity` holdings too."""
    n = len(x.balance.parties)
    c, d, h = x.contracts, x.debts, x.holdings
    rows, columns, usd = [c.holder, d.holder], [c.obligor, d.obligor], [c.amount, d.amount]
    if equity:
        rows.append(h.holder)
        columns.append(h.obligor)
        usd.append(h.theta * h.lam * np.nan_to_num(x.balance.value)[h.obligor])
    at = (np.concatenate(rows), np.concatenate(columns))
    found = sparse.csr_array((np.concatenate(usd), at), shape=(n, n))
    found.setdiag(0)
    found.eliminate_zeros()
    return found


def hit(shock: Shock, name: str) -> Vector:
    """(n,) initial lost share of value; a shortfall of performance or of a single leg is not in these models."""
    if np.any(shock.w) or np.any(shock.z) or np.any(shock.z_debt) or np.any(shock.z_funding):
        raise BadInput(f"{name} knows only lost value; leave out --cut and --void, or run without --by")
    return shock.u


def clear(before: Vector, after: Vector, x: Exposures) -> Vector:
    """(n,) dollars lost between two vectors of equity, capped at a party's value, 0 for a party without one."""
    value = np.nan_to_num(x.balance.value)
    return np.where(np.isnan(x.balance.value), 0.0, np.clip(before - after, 0.0, value))
