"""Rows of a table kept by column, eight bytes a cell and equal values once; a row is a place in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from operator import eq
from typing import Any, overload

Row = Mapping[str, Any]
"""One row of a table: column -> value of the column's datatype, None where the cell is empty."""


class Rows(Sequence[Row]):
    """A table's rows; equal to any other sequence of equal rows."""

    __slots__ = ("_columns", "_count")

    def __init__(self, columns: Mapping[str, Sequence[Any]], count: int) -> None:
        self._columns, self._count = columns, count

    @staticmethod
    def of(rows: Sequence[Row]) -> Rows:
        """Rows of whatever kind, kept by column; these are taken as they are."""
        if isinstance(rows, Rows):
            return rows
        return Rows({name: [row[name] for row in rows] for name in (rows[0] if rows else ())}, len(rows))

    def column(self, name: str) -> Sequence[Any]:
        """The values of one column, row by row."""
        return self._columns[name] if self._count else ()

    def chosen(self, places: Sequence[int]) -> Rows:
        """The rows at some places, in their order."""
        if len(places) == self._count and all(map(eq, places, range(self._count))):
            return self
        columns = {name: [values[i] for i in places] for name, values in self._columns.items()}
        return Rows(columns, len(places))

    def with_column(self, name: str, values: Sequence[Any]) -> Rows:
        """The same rows with other values in one column."""
        return Rows({**self._columns, name: values}, self._count)

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> Rows: ...
    def __getitem__(self, place: int | slice) -> Row | Rows:
        places = range(self._count)[place]
        return self.chosen(places) if isinstance(places, range) else _Place(self._columns, places)

    def __iter__(self) -> Iterator[Row]:
        return (_Place(self._columns, i) for i in range(self._count))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(a == b for a, b in zip(self, other, strict=True))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._count:,} rows of {', '.join(self._columns)})"


class _Place(Mapping[str, Any]):
    """One row, read where it stands."""

    __slots__ = ("_at", "_columns")

    def __init__(self, columns: Mapping[str, Sequence[Any]], at: int) -> None:
        self._columns, self._at = columns, at

    def __getitem__(self, name: str) -> Any:
        return self._columns[name][self._at]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def __repr__(self) -> str:
        return repr(dict(self))
