"""The book as the classics see it: gross dollars between parties, with no margin, firmness or guarantee."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from knockon.contagion.classics import debtrank as model
from knockon.contagion.engine import Shock
from knockon.errors import BadInput
from knockon.exposures import Exposures, Index, Vector

SHORT = 1 + 1e-9
"""A party that loses all its value is short by a little, so that it counts as failed."""


def valued(x: Exposures) -> Vector:
    """(n,) equity value; a party of unknown value counts as too large to feel or pass on anything."""
    return np.where(np.isnan(x.balance.value), 1e18, x.balance.value)


def claims(x: Exposures, equity: bool) -> sparse.csr_array:
    """(n, n) what the row's party has at stake in the column's: promises to buy, debts, with `equity` holdings too."""
    n = len(x.balance.parties)
    c, d, h = x.contracts, x.debts, x.holdings
    obligor, holder, usd = [c.obligor, d.obligor], [c.holder, d.holder], [c.amount, d.amount]
    if equity:
        obligor.append(h.obligor)
        holder.append(h.holder)
        usd.append(h.theta * h.lam * known(x)[h.obligor])
    return owed_by(n, np.concatenate(holder), np.concatenate(obligor), np.concatenate(usd))


def known(x: Exposures) -> Vector:
    """(n,) equity value, 0 where it is unknown."""
    return np.nan_to_num(x.balance.value)


def owed_by(n: int, obligor: Index, holder: Index, usd: Vector) -> sparse.csr_array:
    """(n, n) dollars that the row's party owes the column's."""
    found = sparse.csr_array((usd, (obligor, holder)), shape=(n, n))
    found.setdiag(0)
    found.eliminate_zeros()
    return found


def outside(owed: sparse.csr_array, value: Vector) -> Vector:
    """(n,) assets beside the claims, from which equity comes out at `value`: value + debts - claims, not below 0."""
    return np.maximum(0.0, value + owed.sum(axis=1) - owed.sum(axis=0))


def stressed(x: Exposures, first: Vector, rule: model.Rule) -> Vector:
    """(n,) dollars lost by DebtRank's rule from the initial stress `first`, capped at a party's value."""
    found = model.debtrank(claims(x, equity=True), valued(x), np.ones(len(first)), first, rule=rule)
    return np.where(np.isnan(x.balance.value), 0.0, np.minimum(1.0, found.final_stress_raw) * valued(x))


def hit(shock: Shock, name: str) -> Vector:
    """(n,) initial lost share of value; a shortfall of performance or of a single leg is not in these models."""
    if np.any(shock.w) or np.any(shock.z) or np.any(shock.z_debt) or np.any(shock.z_funding):
        raise BadInput(f"{name} knows only lost value; leave out --cut, --void and --default, or run without --by")
    return shock.u


def clear(before: Vector, after: Vector, x: Exposures) -> Vector:
    """(n,) dollars lost between two vectors of equity, capped at a party's value, 0 for a party without one."""
    return np.where(np.isnan(x.balance.value), 0.0, np.clip(before - after, 0.0, known(x)))
