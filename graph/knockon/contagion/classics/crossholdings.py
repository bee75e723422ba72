"""What firms are worth that own each other, and fail in waves: cross-holdings with failure costs.

    A = Chat (I - C)^-1,   v = A (D p - b),   b_i = beta_i where v_i < vbar_i, else 0

C (n, n) C[i, j] share of j held by i; Chat diagonal, what of each firm outsiders hold, 1 - column sums;
D (n, m) share of asset m held by i; p (m,) asset prices, beta (n,) failure costs, vbar (n,) thresholds, in
one currency unit. Elliott, Golub, Jackson 2014 (eq. 5 and its algorithm of waves,
doi:10.1257/aer.104.10.3115). Left out: debt, and limited liability: v may fall below 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from knockon.arrays import Index, Vector, column_sums, matrix, vector
from knockon.contagion.capped import TIE, owned_whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossholdings:
    """Market values and failures in the best equilibrium: as few failures as there can be."""

    A: Vector  # (n, n) dependency: what of each firm's own assets ends with the outside holders of i
    v: Vector  # (n,) market value, in the unit of p
    failed: Index  # (n,) 1 where failed
    waves: tuple[tuple[int, ...], ...]  # who fails in each wave; the first by the prices alone


def crossholdings(C: object, D: object, p: object, beta: object, vbar: object) -> Crossholdings:
    """Market values and failures in the best equilibrium, wave by wave.

    C (n, n) dense or sparse, zero diagonal, columns summing to at most 1; D (n, m); p (m,), beta, vbar
    (n,); all >= 0. Raises `BadInput`, also where firms own each other whole.
    Cost: one dense inverse, n^3, then at most n products with it.

    >>> crossholdings([[0, 0.5], [0.5, 0]], [[1, 0], [0, 1]], [1, 1], [0.5, 0.5], [0.8, 0.8]).v
    array([1., 1.])
    """
    held = matrix("C", C, hollow=True)
    n = held.shape[0]
    owned_whole("C", held.T.tocsr())
    assets = matrix("D", D, n, columns=-1)
    own = assets @ vector("p", p, assets.shape[1])
    cost, floor = vector("beta", beta, n), vector("vbar", vbar, n)
    A = np.maximum(0.0, 1 - column_sums(held))[:, None] * np.linalg.inv(np.eye(n) - held.toarray())
    tie = TIE * (A @ (own + cost) + floor)
    failed = np.zeros(n, dtype=bool)
    waves: list[tuple[int, ...]] = []
    while True:
        v = A @ (own - cost * failed)
        wave = (v < floor - tie) & ~failed
        if not wave.any():
            return Crossholdings(A=A, v=v, failed=failed.astype(np.int64), waves=tuple(waves))
        waves.append(tuple(np.flatnonzero(wave).tolist()))
        failed |= wave
