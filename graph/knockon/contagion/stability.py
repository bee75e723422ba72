"""How near a solved network is to feeding on itself: the spectral radius of the map where it came to rest."""

from __future__ import annotations

import numpy as np

from knockon.contagion.engine import Map
from knockon.contagion.fixedpoint import State
from knockon.exposures import Vector

DENSE = 1500
"""States that act on others; up to so many the Jacobian is written out, beyond it is only ever applied."""
APPLIED = 256
"""Times that it is applied at most."""
SETTLED = 1e-4
"""Relative change between two windows at which applying it again would tell nothing new."""


def spectral_radius(f: Map, state: State, by: float = 1e-6) -> float:
    """Spectral radius of the map's Jacobian at `state` (one scenario), by forward differences of size `by`.

    Below 1 the fixed point is locally unique and errors shrink by this factor a round (Gelfand's formula
    on repeated squares: |J^k|^(1/k), k = 1024). With more than DENSE acting states see `applied`.
    """
    n = f.n
    levels = np.concatenate([state.h, state.d, state.y])[:, :1]
    obligors = np.unique(
        np.concatenate([e.obligor for e in (f.x.contracts, f.x.holdings, f.x.debts, f.x.fundings, f.x.guarantees)])
    )
    acting = np.concatenate([obligors, obligors + n, obligors + 2 * n])  # other states move nothing
    if len(acting) > DENSE:
        return applied(f, levels, by)
    moved = np.repeat(levels, len(acting), axis=1)
    moved[acting, np.arange(len(acting))] += by
    ahead = np.concatenate(f.step(moved[:n], moved[n : 2 * n], moved[2 * n :]))
    still = np.concatenate(f.step(state.h[:, :1], state.d[:, :1], state.y[:, :1]))
    jacobian = ((ahead - still) / by)[acting]
    log_norm, power = 0.0, jacobian
    for _ in range(10):
        size = float(np.abs(power).sum(axis=1).max(initial=0.0))
        if size == 0:
            return 0.0
        log_norm = 2 * (log_norm + np.log(size))
        power = (power / size) @ (power / size)
    size = float(np.abs(power).sum(axis=1).max(initial=0.0))
    return float(np.exp((log_norm + np.log(size)) / 1024)) if size > 0 else 0.0


def applied(f: Map, levels: Vector, by: float = 1e-6) -> float:
    """The same at `levels` (3n, 1) by power iteration from a positive vector: memory of a few columns.

    J has no negative entry, so the growth of J^k 1 tells its radius; the mean over the second half of the steps is
    taken, which also settles where a power of J alternates. Stops when twice as many steps change it by less than
    SETTLED, at the latest after APPLIED.
    """
    n = f.n

    def step(at: Vector) -> Vector:
        return np.concatenate(f.step(at[:n], at[n : 2 * n], at[2 * n :]))

    still, v = step(levels), np.ones_like(levels)
    grown, before = [0.0], np.inf  # logarithms of the norms
    while len(grown) <= APPLIED:
        v = np.maximum(0.0, step(levels + by * v) - still) / by
        size = float(v.max(initial=0.0))
        if size == 0:
            return 0.0
        v /= size
        grown.append(grown[-1] + np.log(size))
        steps = len(grown) - 1
        if steps >= 16 and steps & (steps - 1) == 0:
            found = float(np.exp((grown[-1] - grown[steps // 2]) / (steps - steps // 2)))
            if abs(found - before) <= SETTLED * found:
                return found
            before = found
    return before
