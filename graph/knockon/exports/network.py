"""The network as graph files hold it: parties and live legs with plain values, and nothing where nothing is known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, groupby
from typing import Any

from knockon.exports import Snapshot
from knockon.exports.about import about
from knockon.overlaps import contained, yields_to
from knockon.resolution import Resolved


def drawn(snapshot: Snapshot) -> Iterator[Resolved]:
    """The live legs between named parties."""
    grouped = {party.id for party in snapshot.book.parties.values() if party.grouped}
    return (leg for leg in snapshot.resolved.values() if leg.live and not grouped & {leg.leg.payer, leg.leg.payee})


def parties(legs: Iterable[Resolved]) -> dict[str, None]:
    """Who pays or is paid by some legs, in the order of the legs."""
    return dict.fromkeys(chain.from_iterable((leg.leg.payer, leg.leg.payee) for leg in legs))


def of_party(snapshot: Snapshot, id: str) -> dict[str, Any]:
    """What a node says of a party; amounts in US dollars, None where nothing is known."""
    party, worth = snapshot.book.parties[id], snapshot.values.get(id)
    return {
        "label": snapshot.short(id),
        "name": party.name,
        "kind": party.kind,
        "listed": party.listed_on(snapshot.as_of),
        "value_usd": worth.usd if worth else None,
    }


def of_leg(snapshot: Snapshot, leg: Resolved) -> dict[str, Any]:
    """What an edge says of a leg; amounts in US dollars, None where nothing is known."""
    return {
        "deal": snapshot.book.deals[leg.leg.deal].title,
        "instrument": str(leg.leg.instrument),
        "family": str(leg.leg.instrument.family),
        "firmness": str(leg.firmness),
        "grade": str(leg.grade),
        "usd": leg.usd,
        "usd_low": leg.usd_low,
        "usd_high": leg.usd_high,
        "contained": contained(leg, snapshot.resolved),
        "yields_to": " ".join(yields_to(leg, snapshot.resolved)),
        "known_from": leg.leg.known_from,
        "start": leg.leg.start,
        "end": leg.leg.end,
    }


class Network:
    """Parties and legs in the order of graph files, their values plain and made as they are asked for."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._legs = sorted(drawn(snapshot), key=lambda leg: leg.leg.id)
        self._parties = sorted(parties(self._legs))

    def head(self) -> dict[str, Any]:
        """What the network is: edition, day, terms, how many edges have no amount and how many legs it leaves out."""
        return {
            **about(self._snapshot).record(),
            "edges_without_amount": sum(leg.usd is None for leg in self._legs),
            "legs_of_groups_left_out": sum(leg.live for leg in self._snapshot.resolved.values()) - len(self._legs),
        }

    def nodes(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Party and its values, sorted; what is not known is no value at all."""
        return ((party, _known(of_party(self._snapshot, party))) for party in self._parties)

    def edges(self) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
        """Payer, payee, leg and its values: one edge per leg, by payer, parallel legs together."""
        for payer, legs in groupby(sorted(self._legs, key=lambda leg: leg.leg.payer), key=lambda leg: leg.leg.payer):
            by_payee = defaultdict[str, list[Resolved]](list)
            for leg in legs:
                by_payee[leg.leg.payee].append(leg)
            for payee, parallel in by_payee.items():
                yield from ((payer, payee, leg.leg.id, _known(of_leg(self._snapshot, leg))) for leg in parallel)


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value if isinstance(value, (bool, int, str)) else str(value)
        for name, value in values.items()
        if value is not None
    }
