"""The map once more, edge by edge, for machine code: one scenario is brought to its end before the next is begun.

The same formulas as `engine`, which defines them and also knows credit curves and sales; numba (the extra
`knockon[fast]`) makes this one some four times quicker than arrays. Tests hold the two equal on random networks, to
1e-10.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from math import exp
from typing import NamedTuple

import numpy as np

from knockon.contagion.engine import Map
from knockon.errors import BadInput
from knockon.exposures import Index, Vector


class Network(NamedTuple):
    """Who stands at the ends of which edge, and what is the same in every scenario."""

    buyer: Index  # (contracts,)
    seller: Index
    issuer: Index  # (holdings,)
    owner: Index
    debtor: Index  # (debts,)
    lender: Index
    funder: Index  # (fundings,)
    funded: Index
    curvature: Vector
    guarantor: Index  # (guarantees,)
    covered: Index  # position among contracts and debts, in this order
    cover: Vector
    live: Vector  # 0 where its channel is off
    lgd: Vector
    a_d: float
    on: tuple[float, ...]  # 0 for a channel that is off, in the order of `Channel`


class Terms(NamedTuple):
    """What may differ from scenario to scenario, (1, k) or (B, k): a row a scenario."""

    u: Vector
    w: Vector
    z: Vector
    z_debt: Vector
    z_funding: Vector
    z_guarantee: Vector
    value: Vector
    alpha: Vector
    s: Vector
    pi: Vector
    contract: Vector
    demand: Vector
    holding: Vector
    credit: Vector
    funding: Vector
    cap: Vector


Turn = Callable[[Network, Terms, int, Vector], float]
Loop = Callable[[Network, Terms, Vector, float, int], tuple[int, float]]


def settle(f: Map, levels: Vector, tolerance: float, most: int) -> tuple[int, float]:
    """Bring `levels` (3, n, B) to their ends in place; the most rounds that took, and the largest last move.

    Raises BadInput for a map that this module does not state.
    """
    if not f.edgewise:
        raise BadInput("credit curves, sales and candidates are not compiled; solve without `compiled`")
    return _compiled()(_network(f), _terms(f), levels, tolerance, most)


def _network(f: Map) -> Network:
    x, g = f.x, f.x.guarantees
    return Network(
        buyer=x.contracts.obligor,
        seller=x.contracts.holder,
        issuer=x.holdings.obligor,
        owner=x.holdings.holder,
        debtor=x.debts.obligor,
        lender=x.debts.holder,
        funder=x.fundings.obligor,
        funded=x.fundings.holder,
        curvature=x.fundings.curvature,
        guarantor=g.obligor,
        covered=np.where(g.covers_debt, len(x.contracts) + g.covers, g.covers),
        cover=g.cover,
        live=np.ascontiguousarray(f.live[:, 0]),
        lgd=np.ascontiguousarray(f.guarantee_lgd[:, 0]),
        a_d=float(x.a_d),
        on=tuple(f.on.values()),
    )


def _terms(f: Map) -> Terms:
    hits = ("u", "w", "z", "z_debt", "z_funding", "z_guarantee")
    found = {name: getattr(f if name in hits else f.k, name) for name in Terms._fields} | {"holding": f.holding_usd}
    return Terms(**{name: np.ascontiguousarray(array.T) for name, array in found.items()})


@cache
def _compiled() -> Loop:
    """The loop as machine code, made anew in each process: a cache of it would be a file that is run."""
    import numba

    jitted = numba.njit(nogil=True, error_model="numpy")
    loop, turn = jitted(one_by_one), jitted(one_round)
    return lambda *given: loop(turn, *given)


def one_by_one(turn: Turn, net: Network, t: Terms, levels: Vector, tolerance: float, most: int) -> tuple[int, float]:
    """Bring `levels` (3, n, B) to their ends in place; the most rounds that took, and the largest last move."""
    longest, step = 0, 0.0
    level = np.empty(levels.shape[:2])
    for b in range(levels.shape[2]):
        level[:] = levels[:, :, b]
        rounds, moved = 0, np.inf
        while moved > tolerance and rounds < most:
            moved = turn(net, t, b, level)
            rounds += 1
        levels[:, :, b] = level
        longest, step = max(longest, rounds), max(step, moved)
    return longest, step


def one_round(net: Network, t: Terms, b: int, level: Vector) -> float:
    """Apply the map of scenario `b` to `level` (3, n) in place, and say how far it moved."""
    h, d, y = level[0], level[1], level[2]
    w, alpha, s, pi = t.w[b % len(t.w)], t.alpha[b % len(t.alpha)], t.s[b % len(t.s)], t.pi[b % len(t.pi)]
    on_contract, on_equity, on_credit, _, on_demand, on_funding = net.on

    def kept(i: int, extra: float, own: float) -> float:
        """What party `i` still performs, of a promise itself hit by `own`."""
        fails = s[i] * h[i] * exp(-(alpha[i] + extra) * (1 - h[i])) if h[i] > 0 else 0.0
        return float((1 - own) * (1 - w[i]) * (1 - fails))

    lost, demand, funding = np.zeros_like(h), np.zeros_like(h), np.zeros_like(h)
    contracts = len(net.buyer)
    gross = np.empty(contracts + len(net.debtor))
    z, usd, asked = t.z[b % len(t.z)], t.contract[b % len(t.contract)], t.demand[b % len(t.demand)]
    for e, i in enumerate(net.buyer):
        x = 1 - kept(i, 0.0, z[e]) * (1 - on_demand * pi[i] * d[i]) * (1 - on_funding * y[i])
        gross[e] = usd[e] * x
        demand[net.seller[e]] += asked[e] * x
    z, usd = t.z_debt[b % len(t.z_debt)], t.credit[b % len(t.credit)]
    for e, i in enumerate(net.debtor):
        gross[contracts + e] = usd[e] * (1 - kept(i, net.a_d, z[e]))
    borne = gross.copy()
    z, cap = t.z_guarantee[b % len(t.z_guarantee)], t.cap[b % len(t.cap)]
    for e, i in enumerate(net.guarantor):
        call = min(cap[e], net.cover[e] * gross[net.covered[e]]) * net.live[e]
        borne[net.covered[e]] -= call * (1 - net.lgd[e] * (1 - kept(i, net.a_d, z[e])))
        lost[i] += call
    for e, i in enumerate(net.seller):
        lost[i] += on_contract * borne[e]
    for e, i in enumerate(net.lender):
        lost[i] += on_credit * borne[contracts + e]
    usd = t.holding[b % len(t.holding)]
    for e, i in enumerate(net.owner):
        lost[i] += on_equity * usd[e] * h[net.issuer[e]]
    z, share = t.z_funding[b % len(t.z_funding)], t.funding[b % len(t.funding)]
    for e, i in enumerate(net.funded):
        funding[i] += share[e] * (1 - kept(net.funder[e], net.curvature[e], z[e]))
    u, value = t.u[b % len(t.u)], t.value[b % len(t.value)]
    moved = 0.0
    for i in range(len(h)):
        now = min(1.0, u[i] + lost[i] / value[i])
        moved, h[i] = max(moved, abs(now - h[i])), now
    for i in range(len(d)):
        now = on_demand * min(1.0, demand[i])
        moved, d[i] = max(moved, abs(now - d[i])), now
    for i in range(len(y)):
        now = on_funding * min(1.0, funding[i])
        moved, y[i] = max(moved, abs(now - y[i])), now
    return moved
