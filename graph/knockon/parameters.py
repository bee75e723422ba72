"""The model's parameters, as `data/parameters.csv` states them: value, range, ground, and what they hold for.

A row for a party beats its kind, a kind beats `kind:other`, any of these beats a row that holds everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from knockon.errors import BadInput, KnockonError
from knockon.exposures import Span
from knockon.rows import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One row: a symbol, what it holds for, and its range."""

    symbol: str
    applies_to: str
    span: Span
    sampled: bool
    unit: str
    ground: str

    @property
    def value(self) -> float:
        """The central value."""
        return self.span.value


class Parameters(Mapping[tuple[str, str], Parameter]):
    """All parameters by (symbol, applies_to)."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = {(row["parameter"], row["applies_to"] or ""): _parameter(row) for row in rows}

    def __getitem__(self, key: tuple[str, str]) -> Parameter:
        return self._rows[key]

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def find(self, symbol: str, *applies_to: str) -> Parameter:
        """The first of `applies_to` that has a row, else `kind:other`, else the row that holds everywhere."""
        for place in (*applies_to, "kind:other", ""):
            if (symbol, place) in self._rows:
                return self._rows[symbol, place]
        raise KnockonError(f"parameters.csv has no {symbol!r} for {' or '.join(applies_to) or 'everything'}")

    def of_party(self, symbol: str, party: str, kind: str) -> Parameter:
        """A parameter that depends on the party or its kind."""
        return self.find(symbol, f"party:{party}", f"kind:{kind}")


def _parameter(row: Row) -> Parameter:
    shape, _, number = row["distribution"].partition(" ")
    if shape not in ("triangular", "beta", "fixed") or (shape == "beta") != bool(number):
        raise BadInput(
            f"parameters.csv [distribution] {row['parameter']}: {row['distribution']!r};"
            " write triangular, beta CONCENTRATION or fixed"
        )
    return Parameter(
        symbol=row["parameter"],
        applies_to=row["applies_to"] or "",
        span=Span(
            low=row["low"],
            value=row["value"],
            high=row["high"],
            concentration=float(number) if number else 0.0,
        ),
        sampled=shape != "fixed",
        unit=row["unit"],
        ground=row["ground"],
    )
