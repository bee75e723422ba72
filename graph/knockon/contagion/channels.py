"""Through which channel a solved shock took its dollars, exactly: the channels of a party add up to its loss."""

from __future__ import annotations

import numpy as np

from knockon.contagion.columns import divide, sum_by
from knockon.contagion.engine import Map, finite
from knockon.contagion.fixedpoint import State
from knockon.exposures import Vector

CHANNELS = ("direct", "contract", "equity", "credit", "guarantee", "demand", "funding")


def by_channel(f: Map, state: State) -> dict[str, Vector]:
    """Dollars lost by each party through each channel, (n, B); they add up to its loss exactly.

    A contract's loss is split over its causes by their Shapley values: the obligor's own distress goes to
    `contract`, what its customers withhold to `demand`, what its investors withhold to `funding`. Where the
    loss is capped at the party's value all its channels are scaled alike.
    """
    x, n = f.x, f.n
    short = f.edge_shortfalls(state.h, state.d, state.y)
    losses = f.losses(short)
    causes = f.contract_causes(state.h, state.d, state.y)
    own, demand, funding = (divide(part, short["contract"]) for part in _by_group(causes, ((0, 1, 2), (3,), (4,))))
    holder = x.contracts.holder
    value = finite(f.k.value)
    parts = {
        "direct": np.broadcast_to(f.u * value, state.h.shape),
        "contract": sum_by(holder, n, losses.contract * own),
        "equity": sum_by(x.holdings.holder, n, losses.holding),
        "credit": sum_by(x.debts.holder, n, losses.credit),
        "guarantee": sum_by(x.guarantees.obligor, n, losses.call),
        "demand": sum_by(holder, n, losses.contract * demand),
        "funding": sum_by(holder, n, losses.contract * funding),
    }
    if x.sales is not None:
        parts["common_holders"] = sum_by(x.holdings.obligor, n, f.pressed(state.h)) * value
    raw = np.sum(list(parts.values()), axis=0)
    capped = np.where(np.isinf(f.k.value), raw, value * np.minimum(1.0, divide(raw, value)))
    scale = np.where(raw > 0, divide(capped, raw), 1.0)
    return {channel: np.asarray(part * scale) for channel, part in parts.items()}


# Gauss-Legendre with three nodes on [0, 1]: exact for the integrals below, whose degree is at most four.
_NODES = 0.5 + np.array([-0.5, 0.0, 0.5]) * np.sqrt(0.6)
_WEIGHTS = np.array([5.0, 8.0, 5.0]) / 18.0


def shapley_causes(causes: tuple[Vector, ...]) -> tuple[Vector, ...]:
    """Shares of 1 - prod(1 - q_k) that belong to each of at most five causes: their Shapley values.

    phi_k = q_k integral_0^1 prod_{j != k} (1 - t q_j) dt (Owen's multilinear extension, 1972).

    >>> [round(float(part), 4) for part in shapley_causes((np.array(0.5), np.array(0.5)))]
    [0.375, 0.375]
    """
    parts = []
    for k, cause in enumerate(causes):
        others = [q for j, q in enumerate(causes) if j != k]
        integral: Vector | float = 0.0
        for node, weight in zip(_NODES, _WEIGHTS, strict=True):
            product: Vector | float = weight
            for q in others:
                product = product * (1 - node * q)
            integral = integral + product
        parts.append(np.asarray(cause * integral))
    return tuple(parts)


def _by_group(causes: tuple[Vector, ...], groups: tuple[tuple[int, ...], ...]) -> list[Vector]:
    parts = shapley_causes(causes)
    return [np.asarray(sum(parts[k] for k in group)) for group in groups]
