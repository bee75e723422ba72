"""The facts of a day as tables: rows that were known, legs in the order in which queries give them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from knockon.book import Book
from knockon.model import Leg
from knockon.overlaps import yields_to
from knockon.resolution import Resolved, Value
from knockon.rows import Row, Rows
from knockon.tables.columns import row_ids
from knockon.triples import row_iri


@dataclass(frozen=True)
class Day:
    """The facts of the day."""

    book: Book
    tables: Mapping[str, Rows]
    resolved: Mapping[str, Resolved]
    values: Mapping[str, Value]
    as_of: date

    def apart(self, *parties: str) -> bool:
        """Whether none of the parties stands for several."""
        return not any(self.book.parties[party].grouped for party in parties)

    @cached_property
    def ordered(self) -> list[tuple[Row, Resolved]]:
        """The rows of known legs, each with what the rule makes of it, in the order of their IRIs."""
        rows = self.tables["legs"]
        ids = list(row_ids("legs", rows))
        iris = [row_iri("legs", name) for name in ids]
        return [(rows[i], self.resolved[ids[i]]) for i in sorted(range(len(ids)), key=iris.__getitem__)]

    def legs(self, chosen: Callable[[Leg], bool]) -> list[tuple[Row, Resolved]]:
        """Some of them."""
        return [(row, leg) for row, leg in self.ordered if chosen(leg.leg)]

    def live(self, chosen: Callable[[Leg], bool]) -> list[tuple[Row, Resolved]]:
        """Those that stand, between named parties."""
        legs = self.legs(chosen)
        return [(row, leg) for row, leg in legs if leg.live and self.apart(leg.leg.payer, leg.leg.payee)]

    def before(self, leg: Resolved) -> Iterator[Leg]:
        """The legs that go before this one."""
        return (self.resolved[name].leg for name in yields_to(leg, self.resolved))


def iris(row: Row, *columns: str) -> tuple[str, ...]:
    """The IRIs of the parties in some columns, by which queries sort."""
    return tuple(row_iri("parties", row[column]) for column in columns)
