"""What a tidy book is, beyond one that can be read: ids in order, no stray spaces, a name for one party only,
and nothing that hangs on nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from knockon.identifiers import fault
from knockon.model import Finding
from knockon.rows import Row
from knockon.tables import Parsed
from knockon.tables.columns import Column, place, row_id, schema

_ID = re.compile(r"[A-Za-z0-9]+([-_][A-Za-z0-9]+)*")
_SPACE = re.compile(r"^\s|\s$|\s\s|[^\S ]")  # at an end, twice, or any that is not a plain space


def untidy(parsed: Parsed) -> Iterator[Finding]:
    """Every untidiness of tables that could be read."""
    for table, columns in schema().items():
        before: tuple[Any, ...] | None = None
        for row, line in _rows(parsed, table):
            order = place(table, row)
            if before is not None and order < before:
                keys = ", ".join(column.name for column in columns[1:] if column.key)
                what = f"{row_id(table, row)!r} stands too low; sort the rows by {keys}"
                yield Finding(file=f"{table}.csv", row=line, column=None, what=what)
            before = order
            yield from _words(table, columns, row, line)
    yield from _names(parsed)
    yield from _numbers(parsed)
    yield from _loose_ends(parsed)


def _rows(parsed: Parsed, table: str) -> Iterator[tuple[Row, int]]:
    yield from zip(parsed.tables[table], parsed.lines[table], strict=True)


def _words(table: str, columns: tuple[Column, ...], row: Row, line: int) -> Iterator[Finding]:
    """Ids that are words, and texts without stray spaces."""
    for column in columns[1:]:
        value = row[column.name]
        texts = (value,) if isinstance(value, str) else value if isinstance(value, tuple) else ()
        what = ""
        if any(_SPACE.search(text) for text in texts):
            what = "a space too many, or one that is not plain; write single spaces between words"
        elif column.datatype == "id" and not _ID.fullmatch(value):
            what = f"not an id: {value!r}; write letters, digits and single hyphens"
        elif len(set(texts)) < len(texts):
            what = "the same twice; name it once"
        if what:
            yield Finding(file=f"{table}.csv", row=line, column=column.name, what=what)


def _names(parsed: Parsed) -> Iterator[Finding]:
    """A name in any case leads to one party."""
    owner: dict[str, str] = {}
    for row, _ in _rows(parsed, "parties"):
        owner.setdefault(row["id"], row["id"])
    for row, line in _rows(parsed, "parties"):
        for column, names in (("name", (row["name"],)), ("aliases", row["aliases"] or ())):
            for name in names:
                other = owner.setdefault(name.casefold(), row["id"])
                if other != row["id"]:
                    what = f"{name!r} is a name of {other} already; keep it with one party"
                    yield Finding(file="parties.csv", row=line, column=column, what=what)


def _numbers(parsed: Parsed) -> Iterator[Finding]:
    """Official numbers that can be what they are said to be, and belong to one party."""
    owner: dict[tuple[str, str], str] = {}
    given = [
        ("identifiers", "value", row["party"], row["scheme"], row["value"], line)
        for row, line in _rows(parsed, "identifiers")
    ]
    given += [
        ("parties", "lei", row["id"], "LEI", row["lei"], line) for row, line in _rows(parsed, "parties") if row["lei"]
    ]
    for table, column, party, scheme, value, line in given:
        other = owner.setdefault((scheme, value), party)
        what = fault(scheme, value)
        if not what and other != party:
            what = f"{scheme} {value} is {other}'s already; a number belongs to one party"
        if what:
            yield Finding(file=f"{table}.csv", row=line, column=column, what=what)


def _loose_ends(parsed: Parsed) -> Iterator[Finding]:
    """Deals without legs, legs without claims, sources that nothing rests on."""
    for table, used, what in (
        ("deals", _pointed(parsed, "deals", ("legs",)), "a deal without a leg; add one to legs.csv, or drop the deal"),
        ("legs", _pointed(parsed, "legs", ("claims",)), "a leg without a claim; say in claims.csv who says so"),
        ("sources", _pointed(parsed, "sources", schema()), "nothing rests on this source; use it, or drop the row"),
    ):
        for row, line in _rows(parsed, table):
            if row_id(table, row) not in used:
                yield Finding(file=f"{table}.csv", row=line, column=None, what=what)


def _pointed(parsed: Parsed, target: str, tables: Any) -> set[str]:
    """Ids of `target` that rows of `tables` name."""
    found: set[str] = set()
    for table in tables:
        for column in schema()[table][1:]:
            if column.datatype in (f"ref:{target}", f"refs:{target}"):
                for row in parsed.tables[table]:
                    value = row[column.name]
                    found.update((value,) if isinstance(value, str) else value or ())
    return found
