"""How stress spreads before anybody defaults: DebtRank, and the threshold cascade beside it.

    stress   s = s0 + W m,   W_ij = A_ij / buffer_i
    linear      m = min(1, s)                            every loss of equity is passed on
    threshold   m = 1 where s >= 1                       only a default is passed on
    single-hit  m = min(1, s) when first stressed        each party passes on once

A (n, n) assets of i on j, buffer (n,) equity of i, both in one currency unit; s0 initial stress, the lost
share of the buffer. Linear: Bardoscia, Battiston, Caccioli, Caldarelli 2015
(doi:10.1371/journal.pone.0130406). Single-hit: Battiston, Puliga, Kaushik, Tasca, Caldarelli 2012 (methods,
doi:10.1038/srep00541). Stress is told raw: what passes 1 is the creditors' loss. Left out: recovery.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from knockon.arrays import Flags, Index, Matrix, Vector, matrix, scaled, vector
from knockon.contagion.capped import TIE, least
from knockon.contagion.capped_rounds import rounds
from knockon.errors import BadInput

Rule = Literal["linear", "threshold", "single-hit"]
_ROUNDS = 300  # of plain iteration; what has not settled by then is solved exactly


@dataclass(frozen=True, slots=True, kw_only=True)
class DebtRank:
    """Stress after the shock has gone round; one row or entry per scenario (none for a single one)."""

    final_stress_raw: Vector  # (S, n), may pass 1
    additional_stress: Vector  # (S,) weighted mean of min(1, s) - min(1, s0)
    original_stress: Vector  # (S,) weighted mean of min(1, s0)
    additional_losses: Vector  # (S,) sum of buffer (s - s0), in the unit of A, raw
    additional_defaults: Index  # (S,) parties that pass 1 and did not at first


def debtrank(A: object, buffer: object, weights: object, shocks: object, *, rule: Rule = "linear") -> DebtRank:
    """Stress after the shock has gone round, least fixed point, for each scenario.

    A (n, n) dense or sparse, zero diagonal, >= 0; buffer (n,) > 0; weights (n,) >= 0, brought to sum 1;
    shocks (S, n), one scenario per row, or (n,): lost share of the buffer, >= 0. Raises `BadInput`.
    Cost: products of A with (n, S); linear scenarios that converge slowly are finished by exact solves.

    >>> debtrank([[0, 1], [0, 0]], buffer=[2, 1], weights=[1, 1], shocks=[0, 0.5]).final_stress_raw
    array([0.25, 0.5 ])
    """
    if rule not in get_args(Rule):
        raise BadInput(f"no rule {rule!r}; one of {', '.join(get_args(Rule))}")
    claims = matrix("A", A, hollow=True)
    n = claims.shape[0]
    equity, weight = vector("buffer", buffer, n, positive=True), vector("weights", weights, n)
    if not weight.any():
        raise BadInput("weights are all 0; they say how much each party's stress counts")
    s0 = vector("shocks", shocks, n, rows=True)
    first = s0.reshape(-1, n).T
    W = scaled(claims, rows=1 / equity)
    stress = {"linear": _linear, "threshold": _threshold, "single-hit": _single_hit}[rule](W, first)
    share = weight / weight.sum()
    shape = s0.shape[:-1]
    before, after = share @ np.minimum(1, first), share @ np.minimum(1, stress)
    return DebtRank(
        final_stress_raw=stress.T.reshape(s0.shape),
        additional_stress=(after - before).reshape(shape),
        original_stress=before.reshape(shape),
        additional_losses=(equity @ (stress - first)).reshape(shape),
        additional_defaults=(_down(stress).sum(axis=0) - _down(first).sum(axis=0)).reshape(shape),
    )


def _linear(W: Matrix, s0: Vector) -> Vector:
    """Linear stress: iterated while that moves, the rest solved exactly."""
    h, moving = rounds(W, s0, _ROUNDS)
    if moving.any():
        h[:, moving] = least(np.ones(len(s0)), s0[:, moving], W)
    return np.asarray(s0 + W @ h)


def _threshold(W: Matrix, s0: Vector) -> Vector:
    s, down = s0, np.zeros(s0.shape, dtype=np.bool_)
    while (_down(s) & ~down).any():
        down |= _down(s)
        s = s0 + W @ down.astype(np.float64)
    return s


def _single_hit(W: Matrix, s0: Vector) -> Vector:
    s, spent = s0, np.zeros(s0.shape, dtype=bool)
    while ((s > 0) & ~spent).any():
        active = (s > 0) & ~spent
        spent |= active
        s = s + W @ (np.minimum(1, s) * active)
    return s


def _down(s: Vector) -> Flags:
    return np.asarray(s >= 1 - TIE)
