"""Live legs as flows of dollars, with the figures that measures set beside them: cash, revenue, debt, backlog."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from knockon.book import Book
from knockon.flows import Flow
from knockon.measures.network import Network, at
from knockon.parameters import Parameters
from knockon.periods import fiscal_period
from knockon.projection.balance import annual_figures
from knockon.projection.flows import flows
from knockon.projection.notes import Notes
from knockon.resolution import Resolved, known_from
from knockon.rows import Row
from knockon.vocab import Firmness


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A published figure: what, of when, by whom."""

    usd: float
    period: str
    source: str


class Promises:
    """The flows of a book on a date, read once."""

    def __init__(self, book: Book, resolved: Mapping[str, Resolved], as_of: date, parameters: Parameters) -> None:
        self.book = book
        self.as_of = as_of
        self.notes = Notes()
        rows = {f"{row['deal']}/{row['number']}": row for row in book.tables["legs"]}
        self.all = flows(resolved.values(), rows, as_of, parameters, self.notes)
        self.grouped = frozenset(party.id for party in book.parties.values() if party.grouped)
        self.kinds = {party.id: party.kind for party in book.parties.values()}

    def network(self, least: Firmness, side: str = "cloud", named: bool = True) -> Network:
        """The flows at a threshold; with `named` only those between named parties."""
        return at(self.all, least, self.grouped if named else (), side)

    def due(self) -> Iterator[tuple[str, int, int]]:
        """Leg, calendar year and whole dollars that fall due in it, where money moves by the promise itself."""
        for flow in self.all:
            if flow.cash:
                yield from ((flow.leg, year, usd) for year, usd in flow.by_year())

    def assumed(self, legs: Iterable[Flow]) -> list[dict[str, object]]:
        """Defaults that stood in for a fact on these flows."""
        ids = {flow.leg for flow in legs}
        return [note for note in self.notes.assumed if note["where"] in ids]

    @cached_property
    def _figures(self) -> Mapping[str, list[Row]]:
        """The figures in dollars known on the day, by party."""
        book, day = self.book, self.as_of
        found: dict[str, list[Row]] = {}
        for row in book.tables["financials"]:
            if row["unit"] == "usd" and known_from(book, "financials", row) <= day:
                found.setdefault(row["party"], []).append(row)
        return found

    @cached_property
    def revenue(self) -> Mapping[str, float]:
        """A year's revenue by party, as last known."""
        rows: list[dict[str, Any]] = [{**row, "usd": row["value"]} for own in self._figures.values() for row in own]
        return annual_figures(rows, "revenue", self.book.parties, Notes())

    def balance(self, party: str, metric: str) -> Figure | None:
        """The newest balance of a party; of several for one day, a confirmed one, then the largest."""
        months = self.book.parties[party].fiscal_year_end_month
        found = [
            (fiscal_period(row["period"], months).last, bool(row["confirmed"]), float(row["value"]), row)
            for row in self._figures.get(party, ())
            if row["metric"] == metric
        ]
        if not found:
            return None
        row = max(found, key=lambda item: item[:3])[3]
        return Figure(usd=float(row["value"]), period=str(row["period"]), source=row["source"])
