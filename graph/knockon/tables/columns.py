"""What `columns.csv` says of each table: its columns, their datatypes, which of them name a row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from knockon.resources import shelf
from knockon.rows import Row, Rows


@dataclass(frozen=True, slots=True)
class Column:
    """One line of `columns.csv`; a table's own line has an empty name."""

    table: str
    name: str
    datatype: str
    key: bool
    required: bool
    clock: bool  # the row counts from the last day of this column on
    unit: str
    property: str
    meaning: str


@lru_cache(maxsize=1)
def schema() -> Mapping[str, tuple[Column, ...]]:
    """Table -> its columns in order; the first entry describes the table itself."""
    tables: dict[str, list[Column]] = {}
    text = (shelf("data") / "columns.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(io.StringIO(text)):
        tables.setdefault(row["table"], []).append(
            Column(
                table=row["table"],
                name=row["column"],
                datatype=row["datatype"],
                key=row["key"] == "yes",
                required=row["required"] == "yes",
                clock=row["clock"] == "yes",
                unit=row["unit"],
                property=row["property"],
                meaning=row["meaning"],
            )
        )
    return {table: tuple(columns) for table, columns in tables.items()}


@lru_cache
def keys(table: str) -> tuple[str, ...]:
    """The columns that name a row."""
    return tuple(column.name for column in schema()[table][1:] if column.key)


def row_id(table: str, row: Row) -> str:
    """What other tables call the row: its id, or its key joined by /."""
    parts = [row[key] for key in keys(table)]
    return "/".join([str(part) for part in parts if part is not None])


def row_ids(table: str, rows: Rows) -> Iterator[str]:
    """The same of each row, in order."""
    first, *others = keys(table)
    if others:
        return (row_id(table, row) for row in rows)
    return ("" if name is None else str(name) for name in rows.column(first))


def place(table: str, row: Row) -> tuple[Any, ...]:
    """Where a row stands in its table, by its key: numbers by size, all else by its letters, empty first."""
    return tuple([_rank(row[key]) for key in keys(table)])


def _rank(value: Any) -> tuple[int, float, str]:
    return (0, value, "") if isinstance(value, int | float) else (1, 0, "" if value is None else str(value))
