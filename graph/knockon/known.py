"""Which rows of a book count on a date: those public by its end, without a word that points past it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from knockon.model import Book, Row
from knockon.resolution import Resolved, known_from
from knockon.tables import Column, row_id, schema

_DATED = ("legs", "deals", "events")
"""Tables whose rows become known one by one and that others point to; first, so that the others can be asked."""


def known_rows(book: Book, resolved: Mapping[str, Resolved], as_of: date) -> dict[str, tuple[Row, ...]]:
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
    found: dict[str, tuple[Row, ...]] = {}
    cited: set[str] = set()
    later: set[str] = set()
    for table, columns in schema().items():
        sources = [column.name for column in columns if column.datatype == "ref:sources"]
        kept = dict(_kept(book, table, columns, known, as_of))
        found[table] = tuple(kept.values())
        for name in sources:
            for i, row in enumerate(book.tables[table]):
                (cited if i in kept else later).add(row[name])
    unknown = later - cited
    found["sources"] = tuple(row for row in found["sources"] if row["id"] not in unknown)
    return found


def _kept(
    book: Book, table: str, columns: tuple[Column, ...], known: Mapping[str, set[str]], as_of: date
) -> Iterator[tuple[int, Row]]:
    """The known rows of a table by their place in it."""
    pointers = [
        (column, known[column.datatype.partition(":")[2]])
        for column in columns
        if column.datatype.startswith("ref") and column.datatype.partition(":")[2] in _DATED
    ]
    own = known.get(table)
    for i, row in enumerate(book.tables[table]):
        if (own is not None and row_id(table, row) not in own) or known_from(book, table, row) > as_of:
            continue
        mended: dict[str, Any] = {}
        for column, there in pointers:
            value = row[column.name]
            if value is None or (value in there if isinstance(value, str) else there.issuperset(value)):
                continue
            if column.key or column.required:
                break
            mended[column.name] = (
                None if isinstance(value, str) else tuple(name for name in value if name in there) or None
            )
        else:
            if table == "parties" and row["listed_from"] and row["listed_from"].last > as_of:
                mended |= {"listed": False, "listed_from": None}  # a listing to come
            yield i, {**row, **mended} if mended else row
