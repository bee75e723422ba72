"""Who pays what when debts fall due at once: clearing payments, and the cascade of defaults.

    paid in full  p_i = pbar_i                           where ea_i + (Pi' p)_i >= pbar_i
    in default    p_i = alpha ea_i + beta (Pi' p)_i      elsewhere

L (n, n) what i owes j, el (n,) what i owes outsiders, pari passu; ea (n,) assets outside the network; all
in one currency unit. pbar = L 1 + el, Pi = L / pbar by rows. Eisenberg and Noe 2001 (section 2,
doi:10.1287/mnsc.47.2.236.9835) is alpha = beta = 1; Rogers and Veraart 2013 (section 2,
doi:10.1287/mnsc.1120.1569) lets default cost. Left out: seniority and cross-holdings (`seniority`),
and negative assets, for which limited liability says nothing about who bears the hole.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from knockon.arrays import Index, Vector, column_sums, fraction, matrix, row_sums, shares, vector
from knockon.contagion import capped


@dataclass(frozen=True, slots=True, kw_only=True)
class Clearing:
    """Payments that clear; (n,), or (n, B) for B columns of outside assets."""

    p: Vector  # paid in all, 0 <= p <= pbar
    defaulted: Index  # 1 where assets fall short of pbar
    equity_signed: Vector  # ea + Pi' p - pbar: below 0, what the creditors miss


@dataclass(frozen=True, slots=True, kw_only=True)
class Cascade:
    """Who has defaulted when the cascade stops; (n,), or (n, B)."""

    defaulted: Index


def clearing(
    L: object, ea: object, el: object, *, alpha: float = 1.0, beta: float = 1.0, least: bool = False
) -> Clearing:
    """Payments that clear: the greatest such vector, or the least.

    L (n, n) dense or sparse, zero diagonal; ea (n,) or (n, B), one scenario per column; el (n,); all
    >= 0. alpha, beta: the shares of outside and of inside assets that survive default, 0 to 1; at 1
    both, equity is the same in every solution (Eisenberg and Noe 2001, theorem 1).
    Raises `BadInput` (shape, sign, NaN, a debt to oneself). Cost: at most n sparse solves, usually < 10.

    >>> clearing([[0, 4], [2, 0]], ea=[1, 1], el=[0, 0]).p    # 0 owes 4 and has 1 + 2
    array([3., 2.])
    """
    owed = matrix("L", L, hollow=True)
    n = owed.shape[0]
    given = vector("ea", ea, n, columns=True, instead="`seniority` takes what ranks before debts as e < 0")
    alpha, beta = fraction("alpha", alpha), fraction("beta", beta)
    pbar = row_sums(owed) + vector("el", el, n)
    Pi_t = shares(owed, pbar).T.tocsr()
    outside = given.reshape(n, -1)
    solve = capped.least if least else capped.greatest
    p = solve(pbar, outside, Pi_t, alpha, beta)
    assets = outside + Pi_t @ p
    return Clearing(
        p=p.reshape(given.shape),
        defaulted=(assets < pbar[:, None] * (1 - capped.TIE)).astype(np.int64).reshape(given.shape),
        equity_signed=(assets - pbar[:, None]).reshape(given.shape),
    )


def cascade(L: object, ea: object, el: object, *, recovery: float = 0.0) -> Cascade:
    """Who defaults when each default costs its creditors all but `recovery` of what it owes them.

    A party defaults once its net worth ea + L' 1 - L 1 - el is below its losses (Furfine 2003,
    doi:10.1353/mcb.2003.0004, sequential default). Shapes and errors as in `clearing`, but ea may be
    negative. Cost: at most n products with L.

    >>> cascade([[0, 4], [2, 0]], ea=[1, 1], el=[0, 0]).defaulted    # 1 is worth 3, and loses 4
    array([1, 1])
    """
    owed = matrix("L", L, hollow=True)
    n = owed.shape[0]
    given = vector("ea", ea, n, columns=True, signed=True)
    recovery = fraction("recovery", recovery)
    outside = given.reshape(n, -1)
    due, claims = (row_sums(owed) + vector("el", el, n))[:, None], column_sums(owed)[:, None]
    # net worth is a difference: it is as exact as its terms
    worth = outside + claims - due + capped.TIE * (np.abs(outside) + claims + due)
    down = worth < 0
    while True:
        more = worth < (1 - recovery) * (owed.T @ down.astype(np.float64))
        if (more <= down).all():
            return Cascade(defaulted=down.astype(np.int64).reshape(given.shape))
        down |= more
