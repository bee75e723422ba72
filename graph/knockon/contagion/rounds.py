"""How a shock's losses build up: what everybody has lost after each application of the map to the hit itself."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from knockon.contagion.engine import Map
from knockon.exposures import Vector


def rounds(f: Map) -> Iterator[Vector]:
    """(n,) dollars lost after 0, 1, 2, ... rounds of the first scenario of `f`, without end.

    Round 0 is the direct loss of value; what the hit parties withhold acts from round 1, which is
    `Map.first_round` plus round 0. No party's loss ever falls; the limit is the least fixed point, since the
    start lies below it.
    """
    value = np.where(np.isinf(f.k.value), 0.0, f.k.value)
    sink = np.isinf(f.k.value[:, 0])
    h = np.broadcast_to(f.u, (f.n, f.width))
    d, y = np.zeros((f.n, f.width)), np.zeros((f.n, f.width))
    raw = np.zeros((f.n, f.width))
    while True:
        yield np.where(sink, raw[:, 0], (h * value)[:, 0])
        raw = f.dollars(f.losses(f.edge_shortfalls(h, d, y)))
        h, d, y = f.step(h, d, y)
