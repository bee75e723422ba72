"""How the rows of a large book are parted, so that a question about a row and what it names is asked part by part.

Rows that hang together stay together: a deal with its legs, claims and events, legs that name each other, the
holdings in one issuer. Parties and sources bind nothing, for half of a book names the same few; each part holds
those that its rows name, whole, and what these name in turn. So a SHACL shape may ask of a row, of a deal's rows and of
what they name, but gather rows by a party or a source only for stakes by issuer; `tests/ontology/test_shapes.py` tries
every shape on parts alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from knockon.rows import Rows
from knockon.tables.columns import Column, row_ids, schema

_HUBS = frozenset({"parties", "sources"})
"""Tables whose rows are named by rows that have nothing else in common."""
_GATHERED = frozenset({("stakes", "issuer")})
"""Columns that bind all the same: the rows that name one hub are summed."""


class Parts:
    """The tables `rows` in parts of about `at_once` rows and what they name; in one if they are no more.

    Every row is in at least one part together with all that it hangs together with, and in the order of its table.
    """

    def __init__(self, rows: Mapping[str, Rows], at_once: int) -> None:
        self._rows = rows
        self._ends = np.cumsum([len(table) for table in rows.values()])
        self._own = [np.arange(self._ends[-1])]
        if self._ends[-1] <= at_once:
            return
        self._named, binding = _links(rows, dict(zip(rows, self._ends.tolist(), strict=True)))
        _, together = connected_components(binding, directed=False)
        part = ((np.cumsum(np.bincount(together)) - 1) // at_once)[together]
        order = np.argsort(part, kind="stable")
        self._own = np.split(order, np.flatnonzero(np.diff(part[order])) + 1)

    def __len__(self) -> int:
        return len(self._own)

    def __iter__(self) -> Iterator[Mapping[str, Rows]]:
        if len(self) == 1:
            yield self._rows
            return
        for own in self._own:
            held = _with_named(own, self._named)
            places = np.split(held, np.searchsorted(held, self._ends[:-1]))
            yield {
                name: table.chosen((here - (end - len(table))).tolist())
                for (name, table), here, end in zip(self._rows.items(), places, self._ends, strict=True)
            }


def _links(rows: Mapping[str, Rows], ends: Mapping[str, int]) -> tuple[csr_array, csr_array]:
    """Which row names which, all tables numbered through; and the same of what has to stay together."""
    first = {table: end - len(rows[table]) for table, end in ends.items()}
    where: dict[str, dict[str, int]] = {}
    named, binding = [], []
    for table in rows:
        for column in schema()[table][1:]:
            if not (target := _target(column)):
                continue
            if target not in where:
                where[target] = {name: i for i, name in enumerate(row_ids(target, rows[target]), first[target])}
            pairs = _pairs(rows[table], column, first[table], where[target])
            named.append(pairs)
            if target not in _HUBS or (table, column.name) in _GATHERED:
                binding.append(pairs)
    count = sum(map(len, rows.values()))
    return _matrix(named, count), _matrix(binding, count)


def _pairs(rows: Rows, column: Column, first: int, where: Mapping[str, int]) -> NDArray[np.int64]:
    """Pairs of a row and one that its cell names."""
    cells = enumerate(rows.column(column.name), first)
    several = column.datatype.startswith("refs:")
    names = ((i, name) for i, cell in cells if cell for name in (cell if several else (cell,)))
    found = ((i, where[name]) for i, name in names if name in where)
    return np.fromiter(chain.from_iterable(found), np.int64).reshape(-1, 2)


def _matrix(pairs: list[NDArray[np.int64]], count: int) -> csr_array:
    a, b = np.concatenate(pairs).T
    return csr_array(coo_array((np.ones(len(a), np.int8), (a, b)), shape=(count, count)))


def _with_named(own: NDArray[np.int64], named: csr_array) -> NDArray[np.int64]:
    """Rows, and all that they name, directly or through others, in order."""
    held = new = np.sort(own)
    while len(new):
        new = np.setdiff1d(named[new].indices, held)
        held = np.union1d(held, new)
    return held


def _target(column: Column) -> str:
    """The table whose rows a column names, or nothing."""
    kind, _, table = column.datatype.partition(":")
    return table if kind in ("ref", "refs") else ""
