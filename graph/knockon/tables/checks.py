"""What holds between the rows of a book: keys once, references that lead somewhere, bounds in order.

Each check first asks whole columns; only where something is wrong does it go through the rows for its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import Any

from knockon.model import Finding
from knockon.periods import Period
from knockon.rows import Rows
from knockon.tables.columns import row_id, row_ids, schema

MOST_FINDINGS = 1000
"""In the cells of one table; then its reading ends, since what follows is mended in one go. Likewise of each check."""

Tables = Mapping[str, Rows]
Lines = Mapping[str, Sequence[int]]
"""Table -> the line on which each row ends."""


def faults(tables: Tables, lines: Lines) -> Iterator[Finding]:
    """Every defect between the rows, check by check and table by table."""
    ids = _Ids(tables)
    for check in (_keys, _references, _ranges):
        for table in tables:
            found = check(table, ids, lines[table])
            yield from islice(found, MOST_FINDINGS)
            if more := next(found, None):
                what = f"{MOST_FINDINGS:,} findings of this kind above; mend them first"
                yield replace(more, column=None, what=what)


class _Ids:
    """What the rows of each table are called, found once."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self._of: dict[str, frozenset[str]] = {}

    def of(self, table: str) -> frozenset[str]:
        """The ids of a table."""
        if table not in self._of:
            self._of[table] = frozenset(row_ids(table, self.tables[table]))
        return self._of[table]


def _keys(table: str, ids: _Ids, lines: Sequence[int]) -> Iterator[Finding]:
    if len(ids.of(table)) == len(lines):
        return
    seen: dict[str, int] = {}
    for row, line in zip(ids.tables[table], lines, strict=True):
        name = row_id(table, row)
        if name in seen:
            what = f"the key {name!r} stands in row {seen[name]} already; an id is never reused"
            yield Finding(file=f"{table}.csv", row=line, column=None, what=what)
        seen.setdefault(name, line)


def _references(table: str, ids: _Ids, lines: Sequence[int]) -> Iterator[Finding]:
    rows, strange = ids.tables[table], dict[str, frozenset[str]]()
    for column in schema()[table][1:]:
        kind, _, target = column.datatype.partition(":")
        if kind in ("ref", "refs"):
            named = rows.column(column.name)
            names = set(chain.from_iterable(filter(None, named)) if kind == "refs" else named) - {None}
            if names and not names <= ids.of(target):
                strange[column.name] = frozenset(names - ids.of(target))
    for row, line in zip(rows, lines, strict=True) if strange else ():
        for column_name, unknown in strange.items():
            value = row[column_name]
            for name in (value,) if isinstance(value, str) else value or ():
                if name in unknown:
                    target = _target(table, column_name)
                    what = f"no such row in {target}.csv: {name!r}; add it there or mend the name"
                    yield Finding(file=f"{table}.csv", row=line, column=column_name, what=what)


def _target(table: str, column: str) -> str:
    return next(c.datatype.partition(":")[2] for c in schema()[table][1:] if c.name == column)


def _ranges(table: str, ids: _Ids, lines: Sequence[int]) -> Iterator[Finding]:
    """Bounds in order, and periods that end after they start."""
    rows = ids.tables[table]
    for _, low, high in (order for order in _ORDERED if order[0] == table):
        for least, most, line in zip(rows.column(low), rows.column(high), lines, strict=True):
            if least is not None and most is not None and _end(least) > _end(most):
                what = f"{most} is below {low} {least}; swap or mend them"
                yield Finding(file=f"{table}.csv", row=line, column=high, what=what)
    for _, column, least, most in (bound for bound in BOUNDED if bound[0] == table):
        for value, line in zip(rows.column(column), lines, strict=True):
            if value is not None and not least <= value <= most:
                what = f"{value:g} is outside {least:g} to {most:g}"
                yield Finding(file=f"{table}.csv", row=line, column=column, what=what)


def _end(value: Any) -> Any:
    return value.last if isinstance(value, Period) else value


_ORDERED = (
    ("claims", "usd_low", "usd"),
    ("claims", "usd", "usd_high"),
    ("claims", "usd_low", "usd_high"),
    ("legs", "start", "end"),
    ("legs", "term_years", "term_years_high"),
    ("dependences", "share_pct_low", "share_pct"),
    ("dependences", "share_pct", "share_pct_high"),
    ("parameters", "low", "value"),
    ("parameters", "value", "high"),
)
BOUNDED = (
    ("stakes", "pct", 0, 100),
    ("positions", "pct", 0, 100),
    ("dependences", "share_pct", 0, 100),
    ("legs", "equity_pct", 0, 100),
    ("legs", "cover", 0, 1),
    ("legs", "own_share", 0, 1),
    ("event_legs", "share", 0, 1),
    ("events", "sign", -1, 1),
    ("parties", "fiscal_year_end_month", 1, 12),
)
