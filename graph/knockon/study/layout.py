"""Where parties stand on a page: seeded, so that the same network gives the same picture."""

from __future__ import annotations

import math
from collections.abc import Iterable

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from knockon.resolution import Resolved

SEED = 7
SHELF = 0.1  # height left at the foot for parties that hang on nobody else in the main network


def places(ids: list[str], legs: Iterable[Resolved]) -> dict[str, tuple[float, float]]:
    """Positions in the unit square, y downwards; parties bound by legs stand near each other.

    The largest connected part fills the square (Kamada and Kawai 1989, from a seeded start, then evened out
    so that its crowded middle gets room); the small ones stand in a row at its foot.
    """
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(ids)
    graph.add_edges_from((leg.leg.payer, leg.leg.payee) for leg in legs if leg.live)
    parts = sorted(nx.connected_components(graph), key=lambda part: (-len(part), min(part)))
    if not parts:
        return {}
    main = sorted(parts[0])
    found = dict(zip(main, _fill(graph.subgraph(main), main), strict=True))
    row = [party for part in parts[1:] for party in sorted(part)]
    foot = 1 - SHELF if row else 1.0
    placed = {party: (float(x), float(y) * (foot - SHELF / 2 if row else 1.0)) for party, (x, y) in found.items()}
    for i, party in enumerate(row):
        placed[party] = (min(1.0, 0.15 * i), 1.0) if len(row) < 8 else (i / (len(row) - 1), 1.0)
    return placed


def _fill(graph: nx.Graph[str], order: list[str]) -> NDArray[np.float64]:
    start = nx.spring_layout(graph, seed=SEED, iterations=80, k=2 / math.sqrt(len(order)))
    spots = nx.kamada_kawai_layout(graph, pos=start) if len(order) > 2 else start
    xy = np.array([spots[party] for party in order], dtype=float)
    return _apart(np.column_stack([_evened(xy[:, 0]), _evened(xy[:, 1])]))


def _evened(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Half the place a value has, half the place its rank has, in [0, 1]."""
    if len(values) < 2:
        return np.full(len(values), 0.5)
    scaled = (values - values.min()) / (np.ptp(values) or 1.0)
    ranks = np.empty(len(values))
    ranks[np.argsort(values, kind="stable")] = np.linspace(0, 1, len(values))
    return np.asarray((scaled + ranks) / 2)


def _apart(xy: NDArray[np.float64], rounds: int = 60) -> NDArray[np.float64]:
    """Push pairs that stand too close away from each other, a little a round."""
    least = 0.7 / math.sqrt(len(xy))
    for _ in range(rounds):
        gap = xy[:, None, :] - xy[None, :, :]
        distance = np.sqrt((gap**2).sum(axis=2)) + np.eye(len(xy))
        close = np.clip(least - distance, 0, None) / distance
        np.fill_diagonal(close, 0.0)
        if not close.any():
            break
        xy = np.clip(xy + 0.25 * (gap * close[:, :, None]).sum(axis=1), 0.0, 1.0)
    return np.asarray(xy)
