"""Which promises make up a graph at a firmness, so that no dollar is in it twice, and the matrix they make."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from knockon.arrays import Index, Matrix, Vector
from knockon.flows import Flow
from knockon.vocab import Family, Firmness

GRAPHS: dict[str, Callable[[Flow], float | None]] = {
    "cash": lambda flow: flow.yearly,
    "commitments": lambda flow: flow.left,
}
"""What an edge weighs: dollars a year at the leg's own pace, or dollars still ahead."""
SIDES = ("cloud", "chips")
"""Of one demand seen twice, the contract for computing or the purchase of the chips in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """Legs at a threshold of firmness, and those of them that make up a graph; what that left out, and why, by leg."""

    least: Firmness
    flows: tuple[Flow, ...]
    left_out: dict[str, tuple[str, ...]]
    legs: tuple[Flow, ...]  # the flows, and what they left out as overlapping
    side: str

    @property
    def undisclosed(self) -> int:
        """How many of the flows have no public amount."""
        return sum(flow.usd is None for flow in self.flows)

    def once(self, legs: Iterable[Flow]) -> list[Flow]:
        """Those of some legs that count in their sum: of two that overlap, both money or both purchases, the first.

        Overlaps bind per sum. What a buyer owes counts one demand once, whoever sells to it; what each of two
        sellers is owed counts it for each of them: their margins on the same dollar are two firms' money.
        """
        return _once(legs, self.side, lambda flow, other: True)

    def graph(self, legs: Iterable[Flow]) -> list[Flow]:
        """Those of some legs that make up a graph: as `once`, where two that overlap also share a payer or a payee."""
        return _once(legs, self.side, _share_a_party)


def at(flows: Iterable[Flow], least: Firmness, grouped: Collection[str] = (), side: str = "cloud") -> Network:
    """The flows of firmness `least` and up, each dollar once, undisclosed ones among them.

    Left out: legs of parties that stand for several (`grouped`); legs whose container is itself among the flows; and
    of two legs that overlap, where both fund or both buy and they share a payer or a payee, one: a disclosed
    before an undisclosed one, the `side` before the other, the firmer, the larger. Legs that overlap otherwise are
    stations of one dollar on its way (a rent, the chips bought with it): a graph of flows is there to show both. A sum
    of one party's legs is not a graph: it takes `legs`, each dollar `once`.
    """
    firm = [flow for flow in flows if flow.firmness.rung >= least.rung]
    ours = {flow.leg: flow for flow in firm if flow.payer not in grouped and flow.payee not in grouped}
    contained = {leg for leg, flow in ours.items() if _inside(flow, ours)}
    legs = [ours[leg] for leg in sorted(ours.keys() - contained)]
    kept = _once(legs, side, _share_a_party)
    left_out = {
        "grouped": [flow.leg for flow in firm if flow.leg not in ours],
        "contained": contained,
        "overlapping": {flow.leg for flow in legs} - {flow.leg for flow in kept},
    }
    return Network(
        least=least,
        flows=tuple(kept),
        left_out={why: tuple(sorted(names)) for why, names in left_out.items()},
        legs=tuple(legs),
        side=side,
    )


def by_party(network: Network) -> dict[str, Network]:
    """For each party the network of the legs that it pays or is paid: all that a measure of one party needs."""
    flows, legs = _by_party(network.flows), _by_party(network.legs)
    return {party: replace(network, flows=tuple(flows.get(party, ())), legs=tuple(own)) for party, own in legs.items()}


def _by_party(flows: Iterable[Flow]) -> dict[str, list[Flow]]:
    found: dict[str, list[Flow]] = {}
    for flow in flows:
        for party in dict.fromkeys((flow.payer, flow.payee)):
            found.setdefault(party, []).append(flow)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Edges:
    """A network in arrays: m edges, one for each payer, payee and family; n parties in order of their ids."""

    parties: tuple[str, ...]
    payer: Index  # (m,)
    payee: Index  # (m,)
    usd: Vector  # (m,) > 0
    family: tuple[Family, ...]  # (m,)
    left_out: dict[str, tuple[str, ...]]

    @property
    def matrix(self) -> Matrix:
        """(n, n) dollars from payer to payee; at least one row."""
        n = max(1, len(self.parties))
        return sparse.csr_array((self.usd, (self.payer, self.payee)), shape=(n, n))


def edges(network: Network, graph: str) -> Edges:
    """The edges of one of GRAPHS: flows by which money moves, with a disclosed amount that is not used up."""
    weigh = GRAPHS[graph]
    sums: dict[tuple[str, str, Family], float] = {}
    left_out: dict[str, list[str]] = {"contingent": [], "undisclosed": [], "over": []}
    for flow in network.flows:
        usd = weigh(flow)
        if not flow.cash:
            left_out["contingent"].append(flow.leg)
        elif usd is None:
            left_out["undisclosed"].append(flow.leg)
        elif usd <= 0:
            left_out["over"].append(flow.leg)
        else:
            key = (flow.payer, flow.payee, flow.family)
            sums[key] = sums.get(key, 0.0) + usd
    keys = sorted(sums)
    parties = tuple(sorted({party for payer, payee, _ in keys for party in (payer, payee)}))
    place = {party: i for i, party in enumerate(parties)}
    return Edges(
        parties=parties,
        payer=np.array([place[payer] for payer, _, _ in keys], dtype=np.int64),
        payee=np.array([place[payee] for _, payee, _ in keys], dtype=np.int64),
        usd=np.array([sums[key] for key in keys], dtype=np.float64),
        family=tuple(family for _, _, family in keys),
        left_out=network.left_out | {why: tuple(legs) for why, legs in left_out.items()},
    )


def _inside(flow: Flow, ours: dict[str, Flow]) -> bool:
    """Whether some container of the leg is itself counted, with an amount."""
    seen, outer = {flow.leg}, flow.within
    while outer in ours and outer not in seen:
        if ours[outer].usd is not None:
            return True
        seen.add(outer)
        outer = ours[outer].within
    return False


def _first(flow: Flow, side: str) -> tuple[bool, bool, int, float, str]:
    chips = flow.family is Family.GOODS
    return (flow.usd is None, chips != (side == "chips"), -flow.firmness.rung, -(flow.usd or 0.0), flow.leg)


def _once(legs: Iterable[Flow], side: str, same: Callable[[Flow, Flow], bool]) -> list[Flow]:
    """The legs in their order, without those that overlap one that goes before them and is the same dollar."""
    legs, kept = list(legs), dict[str, Flow]()
    for flow in sorted(legs, key=lambda flow: _first(flow, side)):
        seen = (kept[other] for other in flow.overlaps if other in kept)
        if not any(flow.funding == other.funding and same(flow, other) for other in seen):
            kept[flow.leg] = flow
    return [flow for flow in legs if flow.leg in kept]


def _share_a_party(flow: Flow, other: Flow) -> bool:
    return flow.payer == other.payer or flow.payee == other.payee
