"""Circularity as a curve: every count and index at each threshold of firmness, for the debate is about thresholds."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from knockon.flows import LADDER, Flow
from knockon.measures.circularity import Circularity, circularity, round_trip
from knockon.measures.loops import loops
from knockon.measures.network import Edges, Network, at, edges
from knockon.vocab import Firmness


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """The network of one threshold and up, with its indices; `loops` None where the list was cut."""

    least: Firmness
    network: Network
    edges: Edges
    indices: Circularity | None  # None: no dollars at this threshold
    loops: dict[int, int] | None  # mixed loops by length

    @property
    def round_trips(self) -> dict[str, float]:
        """Of a dollar that leaves each party, the share that comes back, where any does; largest first."""
        if self.indices is None:
            return {}
        shares = dict(zip(self.edges.parties, round_trip(self.edges.matrix).tolist(), strict=True))
        return {party: s for party, s in sorted(shares.items(), key=lambda item: (-item[1], item[0])) if s > 0}


def curve(
    flows: Iterable[Flow],
    graph: str,
    grouped: Collection[str] = (),
    side: str = "cloud",
    longest: int = 5,
) -> list[Point]:
    """One point a threshold, lowest first."""
    flows = list(flows)
    return [_point(at(flows, least, grouped, side), graph, longest) for least in LADDER]


def _point(network: Network, graph: str, longest: int) -> Point:
    arrays = edges(network, graph)
    found, cut = loops(network, longest)
    lengths = [len(loop.parties) for loop in found]
    return Point(
        least=network.least,
        network=network,
        edges=arrays,
        indices=circularity(arrays.matrix, longest) if arrays.parties else None,
        loops=None if cut else {length: lengths.count(length) for length in sorted(set(lengths))},
    )
