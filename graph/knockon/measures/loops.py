"""Circles of deals in which somebody funds and somebody buys, each with its legs, dates and narrowest point.

Circular is meant neutrally: along the cycle an investor is also a supplier or a customer. A cycle whose legs all
fund, or all buy, is not one. Counting cycles is not a measure: their number explodes with the density of the graph.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from scipy import sparse

from knockon.flows import Flow
from knockon.measures.cycles import cycles
from knockon.measures.network import Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """One cycle: `hops[k]` are the flows from `parties[k]` to the next, firmest first."""

    parties: tuple[str, ...]  # the first is the least name
    hops: tuple[tuple[Flow, ...], ...]

    @property
    def kinds(self) -> tuple[str, ...]:
        """Families along the cycle, each once, in order of the hops."""
        return tuple(dict.fromkeys(str(flow.family) for hop in self.hops for flow in hop))

    @property
    def usd(self) -> tuple[float | None, ...]:
        """Dollars promised on each hop, as far as disclosed; None where nothing is."""
        sums = []
        for hop in self.hops:
            known = [flow.usd for flow in hop if flow.usd is not None]
            sums.append(sum(known) if known else None)
        return tuple(sums)

    @property
    def bottleneck(self) -> float | None:
        """Dollars on the narrowest disclosed hop; an upper bound where another hop is undisclosed."""
        return min((usd for usd in self.usd if usd is not None), default=None)

    @property
    def undisclosed(self) -> int:
        """Hops without any public amount."""
        return sum(usd is None for usd in self.usd)

    @property
    def since(self) -> date:
        """The day on which the last hop became known, and with it the circle."""
        return max(min(flow.known_from for flow in hop) for hop in self.hops)


MOST = 10_000
"""Loops that one list holds; beyond, a list tells nothing."""


def loops(network: Network, longest: int = 5, through: str | None = None, most: int = MOST) -> tuple[list[Loop], bool]:
    """The loops of 2 to `longest` parties, and whether the list was cut.

    `through` looks only for those that pass one party. Undisclosed legs count as hops. The list is cut after `most`
    loops or a hundred times as many cycles, mixed or not: a search that keeps one path and what it found. The same
    network gives the same list, in order of the parties' ids (with `through`, of the way from it). Raises `BadInput`
    where `longest` is below 2. Cost: see `cycles`.
    """
    found: list[Loop] = []
    for seen, loop in enumerate(_all(network, longest, through)):
        if len(found) == most or seen == 100 * most:
            return found, True
        if mixed(loop):
            found.append(loop)
    return found, False


def mixed(loop: Loop) -> bool:
    """Whether one hop funds and another one buys."""
    funds = {k for k, hop in enumerate(loop.hops) if any(flow.funding for flow in hop)}
    buys = {k for k, hop in enumerate(loop.hops) if not all(flow.funding for flow in hop)}
    return bool(funds and buys and len(funds | buys) > 1)


def _all(network: Network, longest: int, through: str | None) -> Iterator[Loop]:
    """Every cycle, of whatever kinds; those through one party are the ones that a search from it closes."""
    hops: dict[tuple[str, str], list[Flow]] = {}
    for flow in network.flows:
        if flow.payer != flow.payee:
            hops.setdefault((flow.payer, flow.payee), []).append(flow)
    parties = sorted({party for pair in hops for party in pair})
    place = {party: i for i, party in enumerate(parties)}
    ends = ([place[a] for a, _ in hops], [place[b] for _, b in hops])
    n = max(1, len(parties))
    arrows = sparse.csr_array(([1.0] * len(hops), ends), shape=(n, n))
    ordered = {pair: tuple(sorted(legs, key=lambda f: (-f.firmness.rung, f.leg))) for pair, legs in hops.items()}
    names = ["" if party == through else party for party in parties] or [""]
    for cycle in cycles(arrows, longest, names):
        way = [parties[i] for i in cycle]
        if through is not None and way[0] != through:
            return
        least = way.index(min(way))
        way = way[least:] + way[:least]
        yield Loop(parties=tuple(way), hops=tuple(ordered[pair] for pair in zip(way, (*way[1:], way[0]), strict=True)))
