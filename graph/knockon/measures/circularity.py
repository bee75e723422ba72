"""How much of what is paid can come back: indices of circularity on a matrix of flows.

W (n, n) W[i, j] flow from i to j, >= 0, one unit, zero diagonal. What each index says and leaves out:
    bilateral   2 sum_(i<j) min(W_ij, W_ji): straight back, between two
    maximum     the largest balanced flow f, 0 <= f <= W: all that could be netted by conservative
                compression (D'Errico and Roukny 2021, doi:10.1287/opre.2020.2095). Upper reading
    BFF         balanced flow forwarding: every cycle in proportion, as each party's stationary payments
                allow (Homs-Dones, MacKay, Sansom, Zhou 2025). Central reading
    net minimum sum of positive net positions: all that is left if debts may be rewired; its complement,
                the excess, counts mere intermediation as circular. For reference
    Finn        sum T (1 - 1/N_ii) / sum T, N = (I - W/T)^-1, T = max(in, out): of a dollar that passes,
                the share that passes again (Finn 1976, doi:10.1016/S0022-5193(76)80080-X)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import linprog
from scipy.sparse.csgraph import connected_components

from knockon.arrays import Index, Matrix, Vector, column_sums, matrix, row_sums
from knockon.errors import BadInput, NotConverged
from knockon.measures.cycles import cycles

_MOST = 5_000_000  # cycles; beyond, counting says nothing and takes minutes
_EVEN = 1e-12  # relative: what rounding may leave of an edge that is used up


@dataclass(frozen=True, slots=True, kw_only=True)
class Circularity:
    """The indices; amounts in the unit of W, indices 0 to 1."""

    total: float
    bilateral_circulation: float
    reciprocity: float  # bilateral / total
    max_circulation: float
    max_circulation_index: float
    net_minimum: float
    excess: float
    excess_ratio: float
    n_cycles_by_length: Mapping[int, int]  # lengths that occur
    bottleneck_weight_by_length: Mapping[int, float]  # sum over cycles of the least edge
    finn_cycling_index: float
    finn_closed: bool  # some circle has neither way in nor way out: its money passes for ever, counted as 1
    scc_sizes: tuple[int, ...]  # strong components, largest first
    bff_circulation_index: float
    bff_circular_flow: Vector  # (n, n)


def circularity(W: object, longest: int = 5) -> Circularity:
    """The indices of circularity of a matrix of flows; all 0 where nothing comes back.

    W (n, n) dense or sparse. Cycles are counted up to `longest` parties. Raises `BadInput`: shape, sign,
    NaN, a flow to oneself, more than five million cycles.
    Cost: a linear programme on the edges; n^3 in the largest strong component, times its size for BFF.
    """
    flows = matrix("W", W, hollow=True)
    total = float(flows.sum())
    whole = total or 1.0  # where nothing flows nothing comes back: every index is 0
    bilateral = float(flows.minimum(flows.T).sum())
    largest = max_circulation(flows)
    net = float(np.maximum(0.0, row_sums(flows) - column_sums(flows)).sum())
    counts, weights = _cycles(flows, longest)
    through = np.maximum(row_sums(flows), column_sums(flows))
    again = round_trip(flows)
    circular = balanced_flow_forwarding(flows)
    sizes = np.bincount(connected_components(flows, connection="strong")[1])
    return Circularity(
        total=total,
        bilateral_circulation=bilateral,
        reciprocity=bilateral / whole,
        max_circulation=largest,
        max_circulation_index=largest / whole,
        net_minimum=net,
        excess=total - net,
        excess_ratio=(total - net) / whole,
        n_cycles_by_length=MappingProxyType(counts),
        bottleneck_weight_by_length=MappingProxyType(weights),
        finn_cycling_index=float(through @ again / (through.sum() or 1.0)),
        finn_closed=bool((again == 1).any()),
        scc_sizes=tuple(sorted(sizes.tolist(), reverse=True)),
        bff_circulation_index=float(circular.sum() / whole),
        bff_circular_flow=circular,
    )


def readings(W: object) -> dict[str, float]:
    """The three indices that need no list of cycles: lower, central and upper reading, each 0 to 1."""
    flows = matrix("W", W, hollow=True)
    total = float(flows.sum()) or 1.0
    return {
        "bilateral": float(flows.minimum(flows.T).sum()) / total,
        "bff": central(flows),
        "max_circulation": max_circulation(flows) / total,
    }


def central(W: object) -> float:
    """The share of all flow that goes round, every cycle in proportion: the BFF index. 0 where nothing flows."""
    flows = matrix("W", W, hollow=True)
    return float(balanced_flow_forwarding(flows).sum()) / (float(flows.sum()) or 1.0)


def max_circulation(W: object) -> float:
    """The largest part of all flow that is balanced at every party, in the unit of W.

    A linear programme (HiGHS) over the edges inside strong components; the amount is unique, the flow
    need not be. Raises `BadInput`, and `NotConverged` with HiGHS's result if it finds no optimum.
    """
    flows = matrix("W", W, hollow=True)
    component = connected_components(flows, connection="strong")[1]
    edges = flows.tocoo()
    inside = component[edges.row] == component[edges.col]
    m = int(inside.sum())
    if m == 0:
        return 0.0
    row, col, cap = edges.row[inside], edges.col[inside], edges.data[inside]
    unit = cap.max()  # HiGHS's tolerances are absolute
    ends, at = np.concatenate([row, col]), np.tile(np.arange(m), 2)
    balance: Any = sparse.csr_array((np.repeat([1.0, -1.0], m), (ends, at)), shape=(flows.shape[0], m))
    found: Any = linprog(
        -np.ones(m),
        A_eq=balance,
        b_eq=np.zeros(flows.shape[0]),
        bounds=[(0.0, float(c)) for c in cap / unit],
        method="highs",
    )
    if found.status != 0:
        raise NotConverged(f"max circulation: {found.message}", found)
    return float(-found.fun * unit)


def round_trip(W: object) -> Vector:
    """Of a dollar that leaves each party, the share that comes back to it: (N_ii - 1) / N_ii, (n,).

    0 on no cycle, 1 in a circle without a way in or out, where N is not defined. Raises `BadInput`.
    """
    flows = matrix("W", W, hollow=True)
    through = np.maximum(row_sums(flows), column_sums(flows))
    again = np.zeros(flows.shape[0])
    for members in _components(flows):
        inside = flows[members][:, members].toarray()
        G = inside / through[members][:, None]
        if G.sum() >= len(members) * (1 - _EVEN):
            again[members] = 1.0
        else:
            N = np.linalg.inv(np.eye(len(members)) - G)
            again[members] = np.clip(1 - 1 / np.diag(N), 0.0, 1.0)
    return again


def balanced_flow_forwarding(W: object) -> Vector:
    """The part of W that goes round, every cycle in proportion: (n, n), balanced, at most W.

    In each strong component, the stationary flow of W's row shares is scaled to the largest that fits
    and taken out; that uses up somebody's payments, and what is left falls into smaller components.
    Raises `BadInput`. Cost: at most n rounds of a dense solve.
    """
    flows = matrix("W", W, hollow=True)
    circular = np.zeros(flows.shape)
    todo = list(_components(flows))
    left = flows.toarray()
    while todo:
        members = todo.pop()
        inside = np.ix_(members, members)
        payments = left[inside].sum(axis=1)
        share = left[inside] / payments[:, None]
        stationary = _stationary(share)
        fits = payments / stationary
        taken = fits.min() * stationary[:, None] * share
        rest = left[inside] - taken
        used = fits <= fits.min() * (1 + _EVEN)
        if not (used.any() and (stationary > 0).all()):
            raise BadInput("W: its amounts differ too much in size to be told apart; leave out the least")
        rest[used] = 0.0  # exactly used up, not up to rounding
        circular[inside] += taken
        left[inside] = np.maximum(rest, 0.0)
        todo += [members[part] for part in _components(sparse.csr_array(left[inside]))]
    return circular


def _stationary(share: Vector) -> Vector:
    """The x > 0 with x = x share and sum 1, share irreducible with rows summing to 1."""
    n = len(share)
    system = np.eye(n) - share.T
    system[-1] = 1.0  # any one balance follows from the others
    x: Vector = np.linalg.solve(system, np.eye(n)[-1])
    return x


def _components(flows: Matrix) -> list[Index]:
    """The strong components of two or more parties."""
    _, label = connected_components(flows, connection="strong")
    return [np.flatnonzero(label == k) for k in np.flatnonzero(np.bincount(label) > 1)]


def _cycles(flows: Matrix, longest: int) -> tuple[dict[int, int], dict[int, float]]:
    """By length: how many cycles, and the sum of their least edges."""
    weight = {(int(i), int(j)): float(w) for i, j, w in zip(*sparse.find(flows), strict=True)}
    counts: dict[int, int] = {}
    least: dict[int, float] = {}
    for seen, c in enumerate(cycles(flows, longest)):
        if seen == _MOST:
            raise BadInput(f"more than {_MOST:,} cycles of at most {longest} parties; ask for shorter ones")
        counts[len(c)] = counts.get(len(c), 0) + 1
        bottleneck = min(weight[edge] for edge in zip(c, (*c[1:], c[0]), strict=True))
        least[len(c)] = least.get(len(c), 0.0) + bottleneck
    return dict(sorted(counts.items())), dict(sorted(least.items()))
