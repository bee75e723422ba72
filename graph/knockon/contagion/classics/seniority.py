"""Who is paid what when debts have ranks and parties own each other: clearing with seniority and equity.

    x = e + sum_k Pi_k' p_k + Theta' V                         what each party has
    p_k = min(pbar_k, max(0, x - pbar_0 - ... - pbar_(k-1)))   rank k is paid once the ranks before it are
    V = max(0, x - sum_k pbar_k)                               equity: limited liability

e (n,) outside assets less outside debts, may be negative; Ls (K, n, n), Ls[k][i, j] what i owes j in rank
k, 0 the most senior, in the unit of e; Theta (n, n) share of i's equity held by j; pbar_k = Ls[k] 1 and
Pi_k = Ls[k] / pbar_k by rows. Elsinger 2009 (Financial Networks, Cross Holdings, and Limited Liability,
OeNB working paper 156). Left out: costs of default (`clearing` has them).

Method. Each party stands at one rank, where its last dollar goes: that is one unknown per party, the money
at that rank, y = max(0, r + G y). Given the ranks it is solved exactly from below; then parties whose
money does not reach their rank step down. Ranks only fall, so it ends, at the greatest solution.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from knockon.arrays import Index, Matrix, Vector, matrix, row_sums, shares, vector
from knockon.contagion.capped import TIE, leontief, owned_whole
from knockon.errors import BadInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Seniority:
    """Payments by rank, and what is left."""

    p: Vector  # (K, n) paid in each rank, 0 <= p <= pbar
    equity_signed: Vector  # (n,) x - sum_k pbar_k: below 0, what the creditors miss


def seniority(e: object, Ls: Sequence[object], Theta: object) -> Seniority:
    """Payments by rank that clear, the greatest such.

    e (n,) signed; Ls K matrices (n, n) >= 0, most senior first, and Theta (n, n), rows summing to at most
    1, each dense or sparse with zero diagonal. Raises `BadInput`, also where parties own each other
    whole, so that no equity is ever anybody's. Cost: at most n K rounds of at most n sparse solves; few.

    >>> seniority([3, 0], [[[0, 2], [0, 0]], [[0, 2], [0, 0]]], [[0, 0], [0, 0]]).p    # 0 owes 2 and 2
    array([[2., 0.],
           [1., 0.]])
    """
    held = matrix("Theta", Theta, hollow=True)
    n = held.shape[0]
    outside = vector("e", e, n, signed=True)
    owned_whole("Theta", held)
    if sparse.issparse(Ls) or not len(Ls):
        raise BadInput("Ls is a list of matrices, one per rank, the most senior first")
    owed = [matrix(f"Ls[{k}]", L, n, hollow=True) for k, L in enumerate(Ls)]
    pbar = np.array([row_sums(L) for L in owed])
    # equity is the last rank, of any width: K + 1 ranks, in one matrix of who receives what, rank by rank
    width = np.vstack([pbar, np.full(n, np.inf)])
    base = np.vstack([np.zeros(n), pbar.cumsum(axis=0)])
    parts = [shares(L, b) for L, b in zip(owed, pbar, strict=True)]
    to: Matrix = sparse.vstack([*parts, held], format="csr")
    ranks = np.arange(len(base))[:, None]
    at = np.full(n, len(owed))
    while True:
        x = _standing(outside + to.T @ np.where(ranks < at, width, 0.0).ravel(), at, base, to)
        if (_reached(x, outside, base) >= at).all():
            p = np.clip(x - base[:-1], 0.0, pbar)
            return Seniority(p=p, equity_signed=x - base[-1])
        while (_reached(x, outside, base) < at).any():
            at = np.minimum(at, _reached(x, outside, base))
            # a plain step stays above the solution and finds the next in a chain cheaply
            x = outside + to.T @ np.clip(x - base, 0.0, width).ravel()


def _standing(fixed: Vector, at: Index, base: Vector, to: Matrix) -> Vector:
    """What each party has if it stands at rank `at`; `fixed` is what the ranks before it bring."""
    n = len(at)
    here = at * n + np.arange(n)
    G = to[here].T.tocsr()
    return np.asarray(fixed + G @ _positive(fixed - base.ravel()[here], G))


def _reached(x: Vector, outside: Vector, base: Vector) -> Index:
    """The last rank that money x reaches, up to the rounding of its terms."""
    tie = TIE * (x + np.abs(outside) - outside + base[-1] + np.abs(outside))
    return np.asarray(np.maximum((base <= x + tie).sum(axis=0) - 1, 0))


def _positive(r: Vector, G: Matrix) -> Vector:
    """The least y = max(0, r + G y), exactly: who is above 0 only ever grows (Chandrasekaran 1970)."""
    up = r > 0
    while True:
        y = np.zeros(len(r))
        y[up] = leontief(G[up][:, up], r[up])
        more = r + G @ y > 0
        if (more <= up).all():
            return np.maximum(y, 0.0)
        up |= more
