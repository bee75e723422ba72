"""A study of the graph behind a SPARQL endpoint: its rows and its exposures are asked, the engine runs here.

Tables are read back from the properties of `columns.csv` when something first asks for them, so a shock on a graph
that no machine here could hold asks for its parties and for what makes exposures, and for nothing else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from knockon.book import Book
from knockon.endpoint import Endpoint
from knockon.errors import BadInput
from knockon.model import Edition
from knockon.periods import Period
from knockon.projection.ingredients import Ingredients, asked
from knockon.queries import ask, find
from knockon.rows import Row
from knockon.study import Study
from knockon.tables.columns import Column, place, schema
from knockon.triples import K
from knockon.version import VERSION


def open(endpoint: Endpoint) -> Study:
    """The study of what an endpoint holds, on the day that its graph is of.

    Raises BadInput where it does not answer, or holds no graph that was built here.
    """
    days = [row[0] for row in ask(endpoint, find("provenance/as-of")).rows]
    if len(days) != 1 or not isinstance(days[0], date):
        raise BadInput(f"{endpoint.shown} holds {len(days) or 'no'} graphs of a day; load one that this version built")
    return Remote(endpoint, days[0])


class Remote(Study):
    """A study that asks where others read; parameters are the graph's own."""

    def __init__(self, endpoint: Endpoint, as_of: date) -> None:
        self.ingredients: Ingredients = asked(endpoint)
        told = hashlib.sha256(repr((as_of, sorted(self.ingredients.items()))).encode()).hexdigest()[:12]
        edition = Edition(data=f"from {endpoint.shown}", hash=told, code=VERSION)
        super().__init__(Book(tables=Tables(endpoint), edition=edition), as_of)


class Tables(Mapping[str, tuple[Row, ...]]):
    """The book's tables as a graph has them, each asked for once, when it is needed."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._read: dict[str, tuple[Row, ...]] = {}

    def __getitem__(self, table: str) -> tuple[Row, ...]:
        if table not in self._read:
            rows = _rows(self._endpoint, table, schema()[table])
            self._read[table] = tuple(sorted(rows, key=lambda row: place(table, row)))
        return self._read[table]

    def __iter__(self) -> Iterator[str]:
        return iter(schema())

    def __len__(self) -> int:
        return len(schema())


def _rows(endpoint: Endpoint, table: str, columns: tuple[Column, ...]) -> Iterator[Row]:
    head, *own = columns
    found: dict[Any, dict[str, list[Any]]] = {}
    for row, prop, value in ask(endpoint, find("provenance/rows"), {"kind": head.property}).rows:
        found.setdefault(row, {}).setdefault(str(prop).removeprefix(K), []).append(value)
    for values in found.values():
        yield {column.name: _cell(column, values) for column in own}


def _cell(column: Column, values: Mapping[str, list[Any]]) -> Any:
    """What stood in the cell before `store` wrote it as triples."""
    told = values.get(column.property)
    if not told:
        return None
    match column.datatype.partition(":")[0]:
        case "list":
            order = values.get(f"{column.property}Order")
            return tuple(order[0].split(";")) if order else tuple(sorted(told))
        case "refs":
            return tuple(sorted(told))
        case "date":
            return Period(values.get(f"{column.property}Earliest", told)[0], told[0])
        case "number":
            return float(told[0])
    return told[0]
