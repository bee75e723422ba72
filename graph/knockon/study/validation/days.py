"""Which days are scored: the book's event tables, or anybody's files in the same format, checked against the book."""

from __future__ import annotations

import csv
import io
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from knockon.book import Book
from knockon.errors import BadInput, UnknownName
from knockon.model import Finding
from knockon.resources import text_of
from knockon.rows import Row
from knockon.tables.cells import value
from knockon.tables.columns import Column, schema

T = TypeVar("T")

NEEDED: Mapping[str, tuple[str, ...]] = {
    "events": ("id", "date", "title", "sign", "shock", "own_news"),
    "event_returns": ("event", "party", "date", "return_pct"),
    "prices": ("party", "date", "market_value_usd", "close"),
    "loadings": ("event", "party", "date", "beta", "gamma", "market_pct", "ai_orthogonal_pct"),
}
"""Table -> the columns that a file of one's own needs, in any order; others are not read."""

BILLIONS = "market_cap_usd_bn"
"""May stand in a file of prices for market_value_usd, in billions of US dollars."""

NEXT_SESSION = timedelta(days=4)
"""On another exchange the day of an event may be the next session."""
MAY_BE_EMPTY = frozenset({"shock", "own_news", "close"})
HITS = {"u": "value", "w": "performance"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A day to be scored; `value` and `performance` are the parties that its shock hits."""

    id: str
    date: date
    title: str
    sign: int  # 0: a control day, on which nothing should be found
    value: tuple[str, ...]
    performance: tuple[str, ...]
    own_news: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """Events in order of date, what is known of them, and where it came from."""

    events: tuple[Event, ...]
    returns: Mapping[str, Mapping[str, float]]  # event -> party -> fraction
    loadings: Mapping[str, Mapping[str, Row]]  # event -> party -> row
    prices: Mapping[str, tuple[Row, ...]]  # party -> rows in order of date
    sources: Mapping[str, str]  # table -> file, or "book"

    def until(self, day: date) -> Days:
        """The same with only the events up to `day`."""
        return replace(self, events=tuple(event for event in self.events if event.date <= day))

    def cap_before(self, party: str, day: date) -> float | None:
        """The party's last market value before the day, in dollars."""
        rows = self.prices.get(party, ())
        known = [row["market_value_usd"] for row in rows[: bisect_left(rows, day, key=lambda row: row["date"])]]
        return next((float(value) for value in reversed(known) if value > 0), None)


def days(
    book: Book,
    events: str | None = None,
    returns: str | None = None,
    caps: str | None = None,
    loadings: str | None = None,
) -> Days:
    """The days of the book, with each table that is named read from a file instead.

    Raises BadInput: FILE:ROW [COLUMN] what is wrong, and the remedy.
    """
    files = {"events": events, "event_returns": returns, "prices": caps, "loadings": loadings}
    rows = {table: _rows(book, table, file) for table, file in files.items()}
    found = {event.id: event for event in _events(book, rows["events"])}
    for table in ("event_returns", "loadings"):
        for place, row in rows[table]:
            event = found.get(row["event"])
            if event is None and table == "event_returns":
                _fail(
                    place, "event", UnknownName("event", row["event"], found, "add it to the events, or drop the row")
                )
            if event is not None and abs(row["date"] - event.date) > NEXT_SESSION:
                _fail(place, "date", f"{row['date']} is far from the day of {event.id}, {event.date}; mend one of them")
    for place, row in rows["event_returns"]:
        if row["return_pct"] < -100:
            _fail(place, "return_pct", f"{row['return_pct']:g} loses more than all; write -3.65 for a fall of 3.65%")
    return Days(
        events=tuple(sorted(found.values(), key=lambda event: (event.date, event.id))),
        returns=_nested((row["event"], row["party"], row["return_pct"] / 100) for _, row in rows["event_returns"]),
        loadings=_nested((row["event"], row["party"], row) for _, row in rows["loadings"]),
        prices=_series(row for _, row in rows["prices"]),
        sources={table: file or "book" for table, file in files.items()},
    )


def _nested(items: Iterable[tuple[str, str, T]]) -> dict[str, dict[str, T]]:
    found: dict[str, dict[str, T]] = {}
    for event, party, item in items:
        found.setdefault(event, {})[party] = item
    return found


def _series(rows: Iterable[Row]) -> dict[str, tuple[Row, ...]]:
    found: dict[str, list[Row]] = {}
    for row in sorted(rows, key=lambda row: row["date"]):
        found.setdefault(row["party"], []).append(row)
    return {party: tuple(kept) for party, kept in found.items()}


Place = tuple[str, int | None]


def _fail(place: Place, column: str | None, what: object) -> NoReturn:
    raise BadInput(str(Finding(file=place[0], row=place[1], column=column, what=str(what))))


def _events(book: Book, rows: list[tuple[Place, Row]]) -> Iterator[Event]:
    for place, row in rows:
        if row["sign"] not in (-1, 0, 1):
            _fail(place, "sign", f"{row['sign']} is not a sign; -1 bad news, 1 good news, 0 control")
        hits: dict[str, list[str]] = {"value": [], "performance": []}
        for word in filter(None, (row["shock"] or "").split(";")):
            kind, colon, party = word.partition(":")
            if not colon or kind not in HITS:
                _fail(place, "shock", f"not a shock: {word!r}; write u:PARTY for value, w:PARTY for performance")
            _known(book, place, "shock", party)
            hits[HITS[kind]].append(party)
        for party in row["own_news"] or ():
            _known(book, place, "own_news", party)
        yield Event(
            id=row["id"],
            date=row["date"],
            title=row["title"],
            sign=row["sign"],
            value=tuple(hits["value"]),
            performance=tuple(hits["performance"]),
            own_news=frozenset(row["own_news"] or ()),
        )


def _known(book: Book, place: Place, column: str, party: str) -> None:
    if party not in book.parties:
        _fail(place, column, UnknownName("party", party, book.parties, "parties.csv of the book lists them"))


def _rows(book: Book, table: str, file: str | None) -> list[tuple[Place, Row]]:
    if file is None:
        return [((f"{table}.csv", None), row) for row in book.tables[table]]
    columns = {column.name: column for column in schema()[table][1:]}
    needed = [columns[name] for name in NEEDED[table]]
    found: list[tuple[Place, Row]] = []
    seen: dict[tuple[Any, ...], int] = {}
    for line, cells in _cells(file, needed):
        place = (Path(file).name, line)
        row = {column.name: _cell(place, column, cells[column.name]) for column in needed}
        if "party" in row:
            _known(book, place, "party", row["party"])
        key = tuple(row[column.name] for column in needed if column.key)
        if key in seen:
            _fail(place, None, f"{'/'.join(map(str, key))} stands in row {seen[key]} already; keep one of them")
        seen[key] = line
        found.append((place, row))
    if not found:
        _fail((Path(file).name, None), None, "no rows below the header; give at least one")
    return found


def _cell(place: Place, column: Column, cell: str) -> Any:
    if cell == "":
        if column.name not in MAY_BE_EMPTY:
            _fail(place, column.name, "empty; this column needs a value")
        return None
    try:
        return value(cell, column)
    except BadInput as error:
        _fail(place, column.name, error)


def _cells(file: str, needed: list[Column]) -> Iterator[tuple[int, dict[str, str]]]:
    """The needed cells of each row by column, with its line."""
    name = Path(file).name
    reader = csv.reader(io.StringIO(text_of(Path(file), name)), strict=True)
    try:
        header = next(reader, [])
        at = {column.name: _position((name, 1), header, column.name, needed) for column in needed}
        for cells in reader:
            place = (name, reader.line_num)
            if len(cells) != len(header):
                _fail(place, None, f"{len(cells)} cells instead of {len(header)}; is a comma unquoted?")
            yield reader.line_num, {column: _dollars(place, header[i], cells[i]) for column, i in at.items()}
    except csv.Error as error:
        _fail((name, reader.line_num), None, f"not CSV: {error}")


def _position(place: Place, header: list[str], column: str, needed: list[Column]) -> int:
    asked = BILLIONS if column == "market_value_usd" and column not in header and BILLIONS in header else column
    if header.count(asked) != 1:
        what = "no such column" if asked not in header else "this column stands there twice"
        _fail(place, column, f"{what}; the header needs {','.join(c.name for c in needed)}")
    return header.index(asked)


def _dollars(place: Place, column: str, cell: str) -> str:
    """The cell; billions become whole dollars."""
    if column != BILLIONS or cell == "":
        return cell
    try:
        return str(round(float(cell) * 1e9))
    except (ValueError, OverflowError):
        _fail(place, column, f"not a number: {cell!r}; write 244.6 for 244.6 billion dollars")
