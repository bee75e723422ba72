"""Circles of deals in which somebody funds and somebody buys, each with its legs, dates and narrowest point.

Circular is meant neutrally: along the cycle an investor is also a supplier or a customer. A cycle whose legs all
fund, or all buy, is not one. Counting cycles is not a measure: their number explodes with the density of the graph.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice

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


def loops(network: Network, longest: int = 5, through: str | None = None) -> Iterator[Loop]:
    """The loops of 2 to `longest` parties, in order of their parties' ids, lazily.

    `through` keeps those that pass one party. Undisclosed legs count as hops. Raises `BadInput` where `longest`
    is below 2. Cost: see `cycles`; nothing is kept but one path.
    """
    hops: dict[tuple[str, str], list[Flow]] = {}
    for flow in network.flows:
        if flow.payer != flow.payee:
            hops.setdefault((flow.payer, flow.payee), []).append(flow)
    parties = sorted({party for pair in hops for party in pair}) or [""]
    place = {party: i for i, party in enumerate(parties)}
    ends = ([place[a] for a, _ in hops], [place[b] for _, b in hops])
    arrows = sparse.csr_array(([1.0] * len(hops), ends), shape=(len(parties), len(parties)))
    ordered = {pair: tuple(sorted(legs, key=lambda f: (-f.firmness.rung, f.leg))) for pair, legs in hops.items()}
    for cycle in cycles(arrows, longest, parties):
        names = tuple(parties[i] for i in cycle)
        if through is not None and through not in names:
            continue
        found = Loop(
            parties=names, hops=tuple(ordered[pair] for pair in zip(names, (*names[1:], names[0]), strict=True))
        )
        if mixed(found):
            yield found


def mixed(loop: Loop) -> bool:
    """Whether one hop funds and another one buys."""
    funds = {k for k, hop in enumerate(loop.hops) if any(flow.funding for flow in hop)}
    buys = {k for k, hop in enumerate(loop.hops) if not all(flow.funding for flow in hop)}
    return bool(funds and buys and len(funds | buys) > 1)


def first(found: Iterator[Loop], most: int) -> tuple[list[Loop], bool]:
    """At most `most` loops, and whether the list was cut there."""
    few = list(islice(found, most + 1))
    return few[:most], len(few) > most
