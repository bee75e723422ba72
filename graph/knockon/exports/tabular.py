"""A snapshot as flat tables: the rows known on the day, and what the rules made of them, under one sort of column."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from knockon.exports import Snapshot
from knockon.known import known_rows
from knockon.overlaps import contained
from knockon.resolution import Resolved
from knockon.rows import Rows
from knockon.tables.columns import Column, row_id, schema
from knockon.triples import plain


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


class Each(Sequence[Any]):
    """What is made of each member of a sequence, and made again whenever it is asked for."""

    __slots__ = ("_make", "_of")

    def __init__(self, of: Sequence[Any], make: Callable[[Any], Any]) -> None:
        self._of, self._make = of, make

    def __len__(self) -> int:
        return len(self._of)

    def __getitem__(self, place: Any) -> Any:
        return [*map(self._make, self._of[place])] if isinstance(place, slice) else self._make(self._of[place])

    def __iter__(self) -> Iterator[Any]:
        return map(self._make, self._of)


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
    return Table(name, head.meaning, (first, *others), rows.with_column("id", Each(rows, partial(row_id, name))))


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
    makes: dict[str, Callable[[Resolved], Any]] = {
        "leg": lambda leg: leg.leg.id,
        "payer": lambda leg: leg.leg.payer,
        "payee": lambda leg: leg.leg.payee,
        "instrument": lambda leg: str(leg.leg.instrument),
        "usd_low": lambda leg: leg.usd_low,
        "usd": lambda leg: leg.usd,
        "usd_high": lambda leg: leg.usd_high,
        "paid_usd": lambda leg: leg.paid_usd,
        "firmness": lambda leg: str(leg.firmness),
        "grade": lambda leg: str(leg.grade),
        "live": lambda leg: leg.live,
        "disclosed": lambda leg: leg.disclosed,
        "contained": lambda leg: contained(leg, snapshot.resolved),
        "source": lambda leg: leg.winner.source if leg.winner else None,
    }
    rows = Rows({name: Each(legs, make) for name, make in makes.items()}, len(legs))
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
    names = sorted(snapshot.values)
    cells = {
        "party": names,
        "value_usd": Each(names, lambda name: snapshot.values[name].usd),
        "value_on": Each(names, lambda name: snapshot.values[name].on),
        "basis": Each(names, lambda name: snapshot.values[name].basis),
        "source": Each(names, lambda name: snapshot.values[name].source),
    }
    rows = Rows(cells, len(names))
    return Table("party_values", "what each party was worth on the date, where that is known", columns, rows)
