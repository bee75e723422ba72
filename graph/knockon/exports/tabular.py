"""A snapshot as flat tables: the rows known on the day, and what the rules made of them, under one sort of column."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from knockon.exports import Snapshot
from knockon.known import known_rows
from knockon.overlaps import contained
from knockon.rows import Rows
from knockon.store import plain
from knockon.tables.columns import Column, row_ids, schema


@dataclass(frozen=True, slots=True)
class Table:
    """Rows and what their columns mean; what other tables point at has a column `id`."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    rows: Rows

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that name a row."""
        return tuple(column.name for column in self.columns if column.key)


def tables(snapshot: Snapshot) -> list[Table]:
    """The book's tables as known on the date, then `resolved_legs` and `party_values`."""
    rows = known_rows(snapshot.book, snapshot.resolved, snapshot.as_of)
    asserted = [_table(name, columns, rows[name]) for name, columns in schema().items()]
    return [*asserted, _resolved_legs(snapshot), _party_values(snapshot)]


def csv_bytes(table: Table) -> bytes:
    """The table as CSV in the manner of the book: UTF-8, lines end in LF, empty means unknown."""
    into = io.BytesIO()
    text = io.TextIOWrapper(into, "utf-8", newline="")
    writer = csv.writer(text, lineterminator="\n")
    names = [column.name for column in table.columns]
    writer.writerow(names)
    for cells in zip(*map(table.rows.column, names), strict=True):
        writer.writerow(map(cell, cells))
    text.flush()
    return into.getvalue()


def cell(value: Any) -> str:
    """What a table writes for a value; `tables.cells.cell` reads it back.

    >>> cell(None), cell(True), cell(0.5), cell(("a", "b"))
    ('', 'yes', '0.5', 'a;b')
    """
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float():
            return plain(value)
        case tuple():
            return ";".join(value)
    return str(value)


def target(column: Column) -> str:
    """The table that a reference points at, else nothing."""
    kind, _, name = column.datatype.partition(":")
    return name if kind in ("ref", "refs") else ""


def _table(name: str, columns: tuple[Column, ...], rows: Rows) -> Table:
    head, *own = columns
    if name not in _pointed_at() or [column.name for column in own if column.key] == ["id"]:
        return Table(name, head.meaning, tuple(own), rows)
    keys = "/".join(column.name.upper() for column in own if column.key)
    first = _column(name, "id", "id", f"{keys}: what other tables call the row", key=True, required=True)
    others = (replace(column, key=False) for column in own)
    return Table(name, head.meaning, (first, *others), rows.with_column("id", list(row_ids(name, rows))))


def _pointed_at() -> set[str]:
    return {target(column) for columns in schema().values() for column in columns}


def _column(table: str, name: str, datatype: str, meaning: str, **more: Any) -> Column:
    plain_column: Mapping[str, Any] = {"key": False, "required": False, "clock": False, "unit": "", "property": ""}
    return Column(table=table, name=name, datatype=datatype, meaning=meaning, **{**plain_column, **more})


def _resolved_legs(snapshot: Snapshot) -> Table:
    """What the rule of `resolution` makes of each leg."""

    def column(name: str, datatype: str, meaning: str, required: bool = False, **more: Any) -> Column:
        return _column("resolved_legs", name, datatype, meaning, required=required, **more)

    columns = (
        column("leg", "ref:legs", "the leg", True, key=True),
        column("payer", "ref:parties", "gives the money or promise", True),
        column("payee", "ref:parties", "receives it", True),
        column("instrument", "enum:instrument", "what kind of promise", True),
        column("usd_low", "usd", "lowest figure among the claims public on the date", unit="USD"),
        column("usd", "usd", "the amount that the rule picks; empty: undisclosed, never zero", unit="USD"),
        column("usd_high", "usd", "highest figure among the claims public on the date", unit="USD"),
        column("paid_usd", "usd", "paid so far, where a status event says so", unit="USD"),
        column("firmness", "enum:firmness", "how far the promise had come", True),
        column("grade", "enum:grade", "how good the evidence is", True),
        column("live", "flag", "the promise stands", True),
        column("disclosed", "flag", "any figure, be it a bound, was public", True),
        column("contained", "flag", "its amount stands in another live leg already: leave it out of sums", True),
        column("source", "ref:sources", "the source whose claim won"),
    )
    legs = list(snapshot.resolved.values())
    cells: dict[str, list[Any]] = {
        "leg": list(snapshot.resolved),
        "payer": [leg.leg.payer for leg in legs],
        "payee": [leg.leg.payee for leg in legs],
        "instrument": [str(leg.leg.instrument) for leg in legs],
        "usd_low": [leg.usd_low for leg in legs],
        "usd": [leg.usd for leg in legs],
        "usd_high": [leg.usd_high for leg in legs],
        "paid_usd": [leg.paid_usd for leg in legs],
        "firmness": [str(leg.firmness) for leg in legs],
        "grade": [str(leg.grade) for leg in legs],
        "live": [leg.live for leg in legs],
        "disclosed": [leg.disclosed for leg in legs],
        "contained": [contained(leg, snapshot.resolved) for leg in legs],
        "source": [leg.winner.source if leg.winner else None for leg in legs],
    }
    rows = Rows(cells, len(legs))
    return Table("resolved_legs", "each leg as the claims public on the date make it", columns, rows)


def _party_values(snapshot: Snapshot) -> Table:
    def column(name: str, datatype: str, meaning: str, **more: Any) -> Column:
        return _column("party_values", name, datatype, meaning, required=True, **more)

    columns = (
        column("party", "ref:parties", "whose", key=True),
        column("value_usd", "usd", "what it was worth", unit="USD"),
        column("value_on", "day", "on which day"),
        column("basis", "text", "market, or private: the post-money of its latest round"),
        column("source", "ref:sources", "who says it"),
    )
    rows = Rows.of(
        [
            {"party": party, "value_usd": value.usd, "value_on": value.on, "basis": value.basis, "source": value.source}
            for party, value in sorted(snapshot.values.items())
        ]
    )
    return Table("party_values", "what each party was worth on the date, where that is known", columns, rows)
