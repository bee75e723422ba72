"""SQLite: every table with types, keys and foreign keys, and views of the day; for sqlite3, DBeaver, Datasette.

A partial date stays as it was written, with its first and last day in generated columns beside it; a list has
a table of its own. `.schema` shows each column's meaning; the table `about` holds edition, day, terms.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import IO, Any

from knockon.exports import Snapshot, Writer
from knockon.exports.about import about
from knockon.exports.scratch import no_room, scratch
from knockon.exports.tabular import Table, cell, tables, target
from knockon.tables.columns import Column
from knockon.vocab import LISTS

suffix = ".sqlite"

_TYPES = {"usd": "INTEGER", "signed_usd": "INTEGER", "integer": "INTEGER", "flag": "INTEGER", "number": "REAL"}
_FIRST = "CASE length({0}) WHEN 4 THEN {0} || '-01-01' WHEN 7 THEN {0} || '-01' ELSE {0} END"
_LAST = "CASE length({0}) WHEN 4 THEN {0} || '-12-31' WHEN 7 THEN date({0} || '-01', '+1 month', '-1 day') ELSE {0} END"
_VIEWS = """
CREATE VIEW live_legs AS -- the promises that stand on the date, with names
SELECT r.leg, d.title AS deal, p.name AS payer, q.name AS payee, r.instrument, r.usd_low, r.usd, r.usd_high, r.firmness,
       r.grade, r.disclosed, r.contained, l.known_from, l.start, l.end, s.publisher AS source, s.url
FROM resolved_legs r JOIN legs l ON l.id = r.leg JOIN deals d ON d.id = l.deal
     JOIN parties p ON p.id = r.payer JOIN parties q ON q.id = r.payee LEFT JOIN sources s ON s.id = r.source
WHERE r.live;
CREATE VIEW valued_parties AS -- every party with what it was worth, where that is known
SELECT p.id, p.name, p.kind, p.ticker, v.value_usd, v.value_on, v.basis
FROM parties p LEFT JOIN party_values v ON v.party = p.id;
"""


def render(snapshot: Snapshot) -> Writer:
    """The database, built in a temporary file."""

    def write(out: IO[bytes]) -> None:
        with scratch() as folder:
            _build(snapshot, folder / "book")
            with (folder / "book").open("rb") as file:
                head = file.read(100)  # without how often which SQLite wrote it: the same book, the same bytes
                out.write(head[:24] + bytes(4) + head[28:92] + bytes(8))
                shutil.copyfileobj(file, out)

    return write


def _build(snapshot: Snapshot, place: Path) -> None:
    try:
        with closing(sqlite3.connect(place)) as connection:
            connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536")
            connection.execute("CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT")
            connection.executemany("INSERT INTO about VALUES (?, ?)", about(snapshot).record().items())
            for table in tables(snapshot):
                _fill(connection, table)
            connection.executescript(_VIEWS)
            connection.commit()
    except sqlite3.OperationalError as error:  # the disk is full
        raise no_room(error) from None


def _fill(connection: sqlite3.Connection, table: Table) -> None:
    flat = [column for column in table.columns if not _many(column)]
    connection.execute(_ddl(table, flat))
    names = ", ".join(f'"{column.name}"' for column in flat)
    marks = ", ".join("?" * len(flat))
    cells = zip(*(table.rows.column(column.name) for column in flat), strict=True)
    rows = ([_stored(value) for value in row] for row in cells)
    connection.executemany(f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', rows)
    for column in table.columns:
        if _many(column):
            there = f" REFERENCES {target(column)}(id)" if target(column) else ""
            connection.execute(
                f"CREATE TABLE {table.name}_{column.name} ( -- {column.meaning}\n"
                f"  id TEXT NOT NULL REFERENCES {table.name}(id),\n  position INTEGER NOT NULL,\n"
                f"  {column.name} TEXT NOT NULL{there},\n  PRIMARY KEY (id, position)\n) STRICT"
            )
            connection.executemany(
                f"INSERT INTO {table.name}_{column.name} VALUES (?, ?, ?)", _members(table, column.name)
            )


def _ddl(table: Table, columns: list[Column]) -> str:
    lines = [line for column in columns for line in _lines(column)]
    nullable = any(column.key and not column.required for column in columns)
    key = ", ".join(f'"{name}"' for name in table.key)
    lines.append((f"{'UNIQUE' if nullable else 'PRIMARY KEY'} ({key})", ""))
    ends = [","] * (len(lines) - 1) + [""]
    body = "\n".join(
        f"  {code}{end}{f' -- {words}' if words else ''}" for (code, words), end in zip(lines, ends, strict=True)
    )
    return f'CREATE TABLE "{table.name}" ( -- {table.meaning}\n{body}\n) STRICT'


def _lines(column: Column) -> Iterator[tuple[str, str]]:
    """A column's definition and its meaning; a partial date has two days computed beside it."""
    kind, _, name = column.datatype.partition(":")
    quoted = f'"{column.name}"'
    code = f"{quoted} {_TYPES.get(kind, 'TEXT')}{' NOT NULL' if column.required else ''}"
    if kind == "ref":
        code += f" REFERENCES {name}(id)"
    if kind == "enum":
        members = ", ".join(f"'{member}'" for member in LISTS[name])
        code += f" CHECK ({quoted} IN ({members}))"
    if kind == "flag":
        code += f" CHECK ({quoted} IN (0, 1))"
    yield code, f"{column.meaning}{f' ({column.unit})' if column.unit else ''}"
    if kind == "date":
        yield f'"{column.name}_first" TEXT GENERATED ALWAYS AS ({_FIRST.format(quoted)})', ""
        yield f'"{column.name}_last" TEXT GENERATED ALWAYS AS ({_LAST.format(quoted)})', ""


def _many(column: Column) -> bool:
    return column.datatype.partition(":")[0] in ("list", "refs")


def _members(table: Table, column: str) -> Iterator[tuple[str, int, str]]:
    for row in table.rows:
        for position, member in enumerate(row[column] or (), start=1):
            yield row["id"], position, member


def _stored(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return value.isoformat() if isinstance(value, date) else cell(value)
