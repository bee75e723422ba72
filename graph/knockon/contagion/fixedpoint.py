"""The least and the greatest fixed point of the map, for many scenarios side by side, each until it has settled itself.

A scenario stops after the first round in which none of its numbers moves by more than the tolerance, whatever the
others still do: its result does not depend on its company. Iteration is by numpy, a round for all that still move,
or, where numba is installed (the extra `knockon[fast]`) and the work is worth compiling for, by `edgewise`.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np

from knockon.contagion.columns import CACHED
from knockon.contagion.engine import Map
from knockon.errors import NotConverged
from knockon.exposures import Vector

MAX_ROUNDS = 20_000
TOLERANCE = 1e-14
WORTH = 20_000_000
"""Edges times scenarios below which compiling, some seconds, does not pay."""


@dataclass(frozen=True, kw_only=True)
class State:
    """A point of the lattice, (n, B) each, and how it was reached."""

    h: Vector
    d: Vector
    y: Vector
    rounds: int  # of the scenario that took most
    step: float  # the largest last move of a scenario


def solve(f: Map, greatest: bool = False, tolerance: float = TOLERANCE, compiled: bool | None = None) -> State:
    """The least fixed point, or the greatest; each scenario stops when it moves by no more than `tolerance`.

    `compiled` None: as machine code where that pays; it agrees to rounding. Raises NotConverged with the last
    iterate after MAX_ROUNDS rounds.
    """
    if compiled is None:
        compiled = f.edgewise and f.edges * f.width >= WORTH and find_spec("numba") is not None
    levels = np.full((3, f.n, f.width), 1.0 if greatest else 0.0)
    if compiled:
        from knockon.contagion.edgewise import settle

        rounds, step = settle(f, levels, tolerance, MAX_ROUNDS)
    else:
        rounds, step = _settle(f, levels, tolerance)
    state = State(h=levels[0], d=levels[1], y=levels[2], rounds=rounds, step=step)
    if not step <= tolerance:
        raise NotConverged(f"contagion: still moving by {step:.1e} after {rounds} rounds", state)
    return state


def _settle(f: Map, levels: Vector, tolerance: float) -> tuple[int, float]:
    """Bring `levels` (3, n, B) to their ends in place; the most rounds that took, and the largest last move."""
    wide = max(1, CACHED // max(1, f.n, f.edges))
    if f.width <= wide:
        return _settle_block(f, levels, tolerance)
    blocks = [np.arange(start, min(start + wide, f.width)) for start in range(0, f.width, wide)]
    ends = []
    for at in blocks:
        block = levels[:, :, at]
        ends.append(_settle_block(f.only(at), block, tolerance))
        levels[:, :, at] = block
    return max(rounds for rounds, _ in ends), max(step for _, step in ends)


def _settle_block(f: Map, levels: Vector, tolerance: float) -> tuple[int, float]:
    moving, now, rounds, step = np.arange(f.width), tuple(levels), 0, 0.0
    while True:
        following, rounds = f.step(*now), rounds + 1
        change = np.max([np.abs(a - b).max(axis=0, initial=0.0) for a, b in zip(following, now, strict=True)], axis=0)
        now, leaves = following, (change <= tolerance) | (rounds == MAX_ROUNDS)
        if not leaves.any():
            continue
        step = max(step, float(change[leaves].max()))
        for level, end in zip(levels, now, strict=True):
            level[:, moving[leaves]] = end[:, leaves]
        stay = np.flatnonzero(~leaves)
        if not len(stay):
            return rounds, step
        f, moving, now = f.only(stay), moving[stay], tuple(end[:, stay] for end in now)
