"""Rows that answer a query, and how a store or an endpoint is asked for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pyoxigraph as ox

from knockon.errors import BadInput
from knockon.queries.binding import bind
from knockon.queries.query import Query
from knockon.refusal import refuse_service
from knockon.store import Dataset
from knockon.triples import BASE, XSD

if TYPE_CHECKING:
    import pandas

    from knockon.endpoint import Endpoint

    Source = Dataset | Endpoint

Value = str | int | float | bool | date | None


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows of a query; ids of the book's rows stand for their IRIs."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    units: Mapping[str, str] = field(default_factory=dict)

    def records(self) -> Iterator[dict[str, Value]]:
        """Each row by column name."""
        for row in self.rows:
            yield dict(zip(self.columns, row, strict=True))

    def frame(self) -> pandas.DataFrame:
        """The rows as a DataFrame with dtypes one can compute with: numbers, dates, text."""
        import pandas as pd

        frame = pd.DataFrame(list(self.rows), columns=list(self.columns), dtype=object)
        dtypes = {column: _dtype(row[place] for row in self.rows) for place, column in enumerate(self.columns)}
        return frame.astype(dtypes)


def _dtype(column: Iterable[Value]) -> str:
    """The dtype of a column's values; object for an empty one, a mixed one, or integers past 64 bits."""
    values = [value for value in column if value is not None]
    if any(isinstance(value, int) and abs(value) >= 2**63 for value in values):
        return "object"
    return _DTYPES.get(frozenset(map(type, values)), "object")


_DTYPES: Mapping[frozenset[type], str] = {
    frozenset({bool}): "boolean",
    frozenset({int}): "Int64",
    frozenset({float}): "Float64",
    frozenset({int, float}): "Float64",
    frozenset({date}): "datetime64[s]",
    frozenset({str}): "string",
}


def ask(source: Source, query: Query, params: Mapping[str, str] | None = None) -> Answer:
    """Run a SELECT (or ASK) query on `source`."""
    result = _rows(source, query, params)
    if isinstance(result, ox.QueryBoolean):
        return Answer(("answer",), ((bool(result),),))
    columns = tuple(variable.value for variable in result.variables)
    read = [_usd if query.columns.get(column) == "USD" else _python for column in columns]
    with _running(query.name):
        rows = tuple(tuple(read[i](solution[i]) for i in range(len(columns))) for solution in result)
    return Answer(columns, rows, query.columns)


def sparql_json(source: Source, query: Query, params: Mapping[str, str] | None = None) -> str:
    """The answer in the SPARQL 1.1 Query Results JSON Format, full IRIs and datatypes."""
    result = _rows(source, query, params)
    with _running(query.name):
        return (result.serialize(format=ox.QueryResultsFormat.JSON) or b"").decode()


def construct(source: Source, query: Query, params: Mapping[str, str] | None = None) -> str:
    """Run a CONSTRUCT query on `source`; Turtle."""
    text = bind(query, params or {})
    if not isinstance(source, Dataset):
        return source.turtle(text)
    result = _execute(source, text, query.name)
    if not isinstance(result, ox.QueryTriples):
        raise BadInput(f"{query.name} selects rows; ttl is for CONSTRUCT")
    with _running(query.name):
        return (result.serialize(format=ox.RdfFormat.TURTLE) or b"").decode()


def _rows(source: Source, query: Query, params: Mapping[str, str] | None) -> ox.QuerySolutions | ox.QueryBoolean:
    text = bind(query, params or {})
    result = _execute(source, text, query.name) if isinstance(source, Dataset) else source.rows(text)
    if isinstance(result, ox.QueryTriples):
        raise BadInput(f"{query.name} builds triples; ask for them with --format ttl")
    return result


def _execute(dataset: Dataset, text: str, name: str) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
    refuse_service(text, name)
    with _running(name):
        return dataset.store.query(text)


@contextmanager
def _running(name: str) -> Iterator[None]:
    """What the store says of a query it cannot parse or, once it runs, cannot answer, is the asker's to mend."""
    try:
        yield
    except SyntaxError as error:
        raise BadInput(f"{name}: not SPARQL: {error}") from None
    except (RuntimeError, ValueError, OSError) as error:
        raise BadInput(f"{name}: cannot be answered: {error}") from None


def _python(term: object) -> Value:
    """A term as a Python value; IRIs of the project become the ids people type."""
    if isinstance(term, ox.NamedNode):
        iri = term.value
        kind, *rest = iri.removeprefix(BASE).split("/", 2)
        ours = iri.startswith(BASE) and kind in ("id", "list") and len(rest) == 2
        return unquote(rest[1]) if ours else iri
    if isinstance(term, ox.Literal):
        read = _READ.get(term.datatype.value.removeprefix(XSD))
        try:
            return read(term.value) if read else term.value
        except ValueError:  # such as "soon"^^xsd:date, which RDF allows
            return term.value
    return None if term is None else str(term)


def _usd(term: object) -> Value:
    """Dollars are whole; some servers type a large sum of integers as a decimal."""
    value = _python(term)
    return int(value) if isinstance(value, float) and value.is_integer() else value


_READ: Mapping[str, Callable[[str], Value]] = {
    **dict.fromkeys(("integer", "int", "long", "nonNegativeInteger"), int),
    **dict.fromkeys(("decimal", "double", "float"), float),
    "boolean": lambda text: text in ("true", "1"),
    "date": date.fromisoformat,
}
