"""How near a solved network is to feeding on itself: the spectral radius of the map where it came to rest."""

from __future__ import annotations

import numpy as np

from knockon.contagion.engine import Map, State


def spectral_radius(f: Map, state: State, by: float = 1e-6) -> float:
    """Spectral radius of the map's Jacobian at `state` (one scenario), by forward differences of size `by`.

    Below 1 the fixed point is locally unique and errors shrink by this factor a round (Gelfand's formula
    on repeated squares: |J^k|^(1/k), k = 1024).
    """
    n = f.n
    levels = np.concatenate([state.h, state.d, state.y])[:, :1]
    obligors = np.unique(
        np.concatenate([e.obligor for e in (f.x.contracts, f.x.holdings, f.x.debts, f.x.fundings, f.x.guarantees)])
    )
    acting = np.concatenate([obligors, obligors + n, obligors + 2 * n])  # other states move nothing
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
