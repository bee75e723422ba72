"""Which rows of a book count on a date: those public by its end, without a word that points past it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from knockon.book import Book
from knockon.resolution import Resolved, known_days, known_from
from knockon.rows import Rows
from knockon.tables.columns import Column, row_ids, schema

_DATED = ("legs", "deals", "events")
"""Tables whose rows become known one by one and that others point to; first, so that the others can be asked."""


def known_rows(book: Book, resolved: Mapping[str, Resolved], as_of: date) -> dict[str, Rows]:
    """The rows of each table that were public at the end of `as_of`, in the book's order.

    A deal is known with its first leg. A row whose key or required cell points to what was not known yet is
    left out; in other cells such a pointer is taken out. A source that only later rows cite is later knowledge, and
    so is a listing to come.
    """
    known: dict[str, set[str]] = {
        "legs": set(resolved),
        "deals": {leg.leg.deal for leg in resolved.values()},
        "events": {row["id"] for row in book.tables["events"] if known_from(book, "events", row) <= as_of},
    }
    found: dict[str, Rows] = {}
    cited: set[str] = set()
    later: set[str] = set()
    for table, columns in schema().items():
        rows = Rows.of(book.tables[table])
        places = _places(book, table, rows, known, as_of)
        found[table] = _mended(table, rows.chosen(places), known, as_of)
        left_out = sorted(set(range(len(rows))).difference(places)) if len(places) < len(rows) else ()
        for column in (column.name for column in columns if column.datatype == "ref:sources"):
            names = rows.column(column)
            cited.update(names if not left_out else (names[i] for i in places))
            later.update(names[i] for i in left_out)
    if unknown := later - cited:
        sources = found["sources"]
        found["sources"] = sources.chosen([i for i, name in enumerate(sources.column("id")) if name not in unknown])
    return found


def _places(book: Book, table: str, rows: Rows, known: Mapping[str, set[str]], as_of: date) -> list[int]:
    """Where the known rows of a table stand: public by the day, and no key or required cell points past it."""
    days = known_days(book, table, rows)
    places = [i for i, day in enumerate(days) if day <= as_of]
    if table in known:
        ids, own = list(row_ids(table, rows)), known[table]
        places = [i for i in places if ids[i] in own]
    for column, there in _pointers(table, known):
        if column.key or column.required:
            names = rows.column(column.name)
            places = [i for i in places if names[i] is None or names[i] in there]
    return places


def _mended(table: str, rows: Rows, known: Mapping[str, set[str]], as_of: date) -> Rows:
    """The rows, their other cells without what points past the day, and without a listing to come."""
    for column, there in _pointers(table, known):
        if column.key or column.required:
            continue
        cells = rows.column(column.name)
        if column.datatype.startswith("refs"):
            told = [cell and (tuple(name for name in cell if name in there) or None) for cell in cells]
        else:
            told = [cell if cell in there else None for cell in cells]
        rows = rows.with_column(column.name, told)
    if table == "parties":
        begins = rows.column("listed_from")
        later = [day is not None and day.last > as_of for day in begins]
        listed = zip(rows.column("listed"), later, strict=True)
        rows = rows.with_column("listed", [False if to_come else now for now, to_come in listed])
        rows = rows.with_column("listed_from", [None if c else day for day, c in zip(begins, later, strict=True)])
    return rows


def _pointers(table: str, known: Mapping[str, set[str]]) -> Iterator[tuple[Column, set[str]]]:
    """The columns that point to what becomes known one by one, and what of that is known."""
    for column in schema()[table][1:]:
        kind, _, target = column.datatype.partition(":")
        if kind in ("ref", "refs") and target in _DATED:
            yield column, known[target]
