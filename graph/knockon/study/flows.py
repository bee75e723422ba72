"""A study's promises as flows, with the figures that measures set beside them: cash, revenue, debt, backlog."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from knockon.errors import UnknownName
from knockon.flows import LADDER, Flow
from knockon.measures.network import GRAPHS, SIDES, Network, at
from knockon.periods import fiscal_period
from knockon.projection.balance import annual_figures
from knockon.projection.flows import flows
from knockon.projection.notes import Notes
from knockon.resolution import known_from
from knockon.rows import Row
from knockon.vocab import Firmness

if TYPE_CHECKING:
    from knockon.study import Study

NEUTRAL = (
    "Circular is meant neutrally: along the cycle an investor is also a supplier or a customer."
    " Circular does not mean fraudulent."
)
"""Stands beside every list of loops and every index."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A published figure: what, of when, by whom."""

    usd: float
    period: str
    source: str


class Promises:
    """The flows of a study, read once."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self.notes = Notes()
        book = study.book
        rows = {f"{row['deal']}/{row['number']}": row for row in book.tables["legs"]}
        self.all = flows(study.resolved.values(), rows, study.as_of, study.parameters, self.notes)
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
        book, day = self.study.book, self.study.as_of
        found: dict[str, list[Row]] = {}
        for row in book.tables["financials"]:
            if row["unit"] == "usd" and known_from(book, "financials", row) <= day:
                found.setdefault(row["party"], []).append(row)
        return found

    @cached_property
    def revenue(self) -> Mapping[str, float]:
        """A year's revenue by party, as last known."""
        rows: list[dict[str, Any]] = [{**row, "usd": row["value"]} for own in self._figures.values() for row in own]
        return annual_figures(rows, "revenue", self.study.book.parties, Notes())

    def balance(self, party: str, metric: str) -> Figure | None:
        """The newest balance of a party; of several for one day, a confirmed one, then the largest."""
        months = self.study.book.parties[party].fiscal_year_end_month
        found = [
            (fiscal_period(row["period"], months).last, bool(row["confirmed"]), float(row["value"]), row)
            for row in self._figures.get(party, ())
            if row["metric"] == metric
        ]
        if not found:
            return None
        row = max(found, key=lambda item: item[:3])[3]
        return Figure(usd=float(row["value"]), period=str(row["period"]), source=row["source"])


def stamp(study: Study, **how: object) -> dict[str, Any]:
    """Edition and day, as every result carries them, and how it was computed."""
    edition = study.edition
    return {
        "edition": {"data": edition.data, "hash": edition.hash, "code": edition.code},
        "as_of": study.as_of.isoformat(),
        **how,
    }


def threshold(name: str) -> Firmness:
    """A firmness by its name; `staged` counts with `option`. Raises UnknownName."""
    if name == Firmness.STAGED:
        return Firmness.OPTION
    if name not in LADDER:
        raise UnknownName("firmness", name, LADDER, f"one of {', '.join(LADDER)}")
    return Firmness(name)


def graph_of(name: str) -> str:
    """A graph by its name. Raises UnknownName."""
    if name not in GRAPHS:
        raise UnknownName("graph", name, GRAPHS, f"one of {', '.join(GRAPHS)}")
    return name


def side_of(name: str) -> str:
    """A side of `overlaps` by its name. Raises UnknownName."""
    if name not in SIDES:
        raise UnknownName("side", name, SIDES, f"one of {', '.join(SIDES)}")
    return name


def left_out(legs: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    """What is not in a result, by reason, with how many."""
    return {why: {"legs": len(names), "which": list(names)} for why, names in legs.items()}


def leg_record(flow: Flow) -> dict[str, Any]:
    """A flow as JSON tells it."""
    return {
        "leg": flow.leg,
        "instrument": str(flow.instrument),
        "family": str(flow.family),
        "firmness": str(flow.firmness),
        "usd": flow.usd,
        "left_usd": flow.left,
        "from": flow.first.isoformat() if flow.left else None,
        "to": flow.last.isoformat() if flow.left else None,
        "known_from": flow.known_from.isoformat(),
    }
