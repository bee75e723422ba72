"""How much each channel adds, whatever the order in which channels are thought to be switched on.

v(T) is the loss with only the channels T on; a channel's Shapley value is its mean marginal loss over all orders
(Shapley 1953; docs/model.md, section 6.3). It may be negative: a guarantee takes loss from the protected party.
"""

from __future__ import annotations

from itertools import combinations
from math import factorial

import numpy as np

from knockon.contagion.coefficients import Coefficients
from knockon.contagion.engine import Channel, Map, Shock
from knockon.contagion.fixedpoint import solve
from knockon.exposures import Exposures, Vector


def shapley_channels(x: Exposures, k: Coefficients, shock: Shock) -> dict[Channel, Vector]:
    """Dollars (n,) per channel; they add up to the loss with all channels less the direct loss. 2^6 solves."""
    order = tuple(Channel)
    losses: dict[frozenset[Channel], Vector] = {}
    for size in range(len(order) + 1):
        for chosen in combinations(order, size):
            f = Map(x, k, shock, frozenset(chosen))
            state = solve(f)
            sink = np.isinf(k.value[:, 0])
            dollars = f.dollars(f.losses(f.edge_shortfalls(state.h, state.d, state.y)))[:, 0]
            losses[frozenset(chosen)] = np.where(sink, dollars, state.h[:, 0] * np.where(sink, 0, k.value[:, 0]))
    count = len(order)
    values = {}
    for channel in order:
        others = [other for other in order if other is not channel]
        total = np.zeros(len(x.balance.parties))
        for size in range(count):
            weight = factorial(size) * factorial(count - size - 1) / factorial(count)
            for chosen in combinations(others, size):
                without = frozenset(chosen)
                total += weight * (losses[without | {channel}] - losses[without])
        values[channel] = total
    return values
