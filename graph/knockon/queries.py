"""The question library: one file, one question; how a file is found, read, bound and answered.

A query is runnable as it is in any SPARQL 1.1 tool. Parameters stand in it as `VALUES ?name { default }`;
a user's value takes the default's place as a term of the same kind, never as pasted text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pyoxigraph as ox

from knockon.errors import BadInput, UnknownName
from knockon.resources import shelf, walk
from knockon.store import BASE, Dataset

if TYPE_CHECKING:
    import pandas

Value = str | int | float | bool | date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A question and the SPARQL that answers it."""

    name: str  # topic/words
    title: str
    question: str
    columns: Mapping[str, str]  # column -> unit in words, often empty
    params: Mapping[str, str]  # name -> default, as a user would type it
    answers: tuple[str, ...]  # the ontology's questions that it answers
    text: str


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

        frame = pd.DataFrame(list(self.rows), columns=list(self.columns)).convert_dtypes()
        for column in self.columns:
            values = [value for value in frame[column] if isinstance(value, date)]
            if values and len(values) == frame[column].notna().sum():
                frame[column] = pd.to_datetime(frame[column])
        return frame


@lru_cache(maxsize=1)
def library() -> Mapping[str, Query]:
    """Every query that ships, by topic/words; those under `exposures/` say what counts as an edge."""
    return {
        path.removesuffix(".rq"): parse(file.read_text(encoding="utf-8"), path.removesuffix(".rq"))
        for path, file in walk(shelf("queries"), ".rq")
    }


def find(name: str) -> Query:
    """The query called `topic/words`, or just `words`.

    Raises UnknownName with the nearest names.
    """
    known = library()
    if name in known:
        return known[name]
    matches = [path for path in known if path.split("/")[-1] == name]
    if len(matches) == 1:
        return known[matches[0]]
    if matches:
        raise BadInput(f"{name!r} is more than one query: {', '.join(matches)}")
    raise UnknownName("query", name, [*known, *(path.split("/")[-1] for path in known)], "knockon queries lists them")


def parse(text: str, name: str) -> Query:
    """Read the `#+` header of a query; a file without one is a query too."""
    head: dict[str, list[str]] = {}
    for match in re.finditer(r"^#\+ *(\w+): *(.*)$", text, re.MULTILINE):
        head.setdefault(match[1], []).append(match[2].strip())
    columns = {}
    for part in (part.strip() for part in ",".join(head.get("columns", [])).split(",")):
        if part:
            column, _, unit = part.partition(" (")
            columns[column] = unit.removesuffix(")")
    params = {}
    for line in head.get("param", []):
        param, equals, default = (part.strip() for part in line.partition("="))
        if not equals or not re.search(_values_of(param), text):
            raise BadInput(f"{name}: parameter {param!r} needs a default and a line VALUES ?{param} {{ … }}")
        params[param] = default
    return Query(
        name=name,
        title=" ".join(head.get("title", [name])),
        question=" ".join(head.get("question", [])),
        columns=columns,
        params=params,
        answers=tuple(part.strip() for part in ",".join(head.get("answers", [])).split(",") if part.strip()),
        text=text,
    )


def _values_of(param: str) -> str:
    return rf"VALUES\s+\?{re.escape(param)}\s*\{{([^}}]*)\}}"


def bind(query: Query, params: Mapping[str, str]) -> str:
    """The query's text with `params` in the place of its defaults.

    Raises UnknownName for a parameter it does not have, BadInput for a value of another kind.
    """
    text = query.text
    for name, value in params.items():
        if name not in query.params:
            raise UnknownName(f"parameter of {query.name}", name, query.params)
        match = re.search(_values_of(name), text)
        assert match  # parse() saw it
        term = _like(match[1].strip(), value, name)
        text = text[: match.start()] + f"VALUES ?{name} {{ {term} }}" + text[match.end() :]
    return text


def _like(default: str, value: str, name: str) -> str:
    """`value` as a SPARQL term of the same kind as `default`."""
    if default.startswith('"'):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
        return f'"{escaped}"' + default[default.rindex('"') + 1 :]
    if re.fullmatch(r"[-+]?[\d.]+", default):
        if not re.fullmatch(r"[-+]?\d+(\.\d+)?", value):
            raise BadInput(f"parameter {name}: not a number: {value!r}")
        return value
    prefix = default.partition(":")[0]
    if not re.fullmatch(r"[A-Za-z0-9][\w.-]*(/\d+)?", value):
        raise BadInput(f"parameter {name}: not an id: {value!r}")
    local = value.replace("/", "\\/")
    return f"{prefix}:{local}"


def ask(dataset: Dataset, query: Query, params: Mapping[str, str] | None = None) -> Answer:
    """Run a SELECT (or ASK) query on `dataset`."""
    result = _execute(dataset, bind(query, params or {}), query.name)
    if isinstance(result, ox.QueryBoolean):
        return Answer(("answer",), ((bool(result),),))
    if isinstance(result, ox.QueryTriples):
        raise BadInput(f"{query.name} builds triples; ask for them with --format ttl")
    columns = tuple(variable.value for variable in result.variables)
    rows = tuple(tuple(_python(solution[i]) for i in range(len(columns))) for solution in result)
    return Answer(columns, rows, query.columns)


def construct(dataset: Dataset, query: Query, params: Mapping[str, str] | None = None) -> str:
    """Run a CONSTRUCT query on `dataset`; Turtle."""
    result = _execute(dataset, bind(query, params or {}), query.name)
    if not isinstance(result, ox.QueryTriples):
        raise BadInput(f"{query.name} selects rows; ttl is for CONSTRUCT")
    return (result.serialize(format=ox.RdfFormat.TURTLE) or b"").decode()


def _execute(dataset: Dataset, text: str, name: str) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
    if re.search(r"^\s*SERVICE\b", text, re.MULTILINE | re.IGNORECASE):
        raise BadInput(f"{name}: SERVICE is refused; no query here uses the network")
    try:
        return dataset.store.query(text)
    except SyntaxError as error:
        raise BadInput(f"{name}: not SPARQL: {' '.join(str(error).split())}") from None


def _python(term: object) -> Value:
    """A term as a Python value; IRIs of the project become the ids people type."""
    if isinstance(term, ox.NamedNode):
        iri = term.value
        if iri.startswith((BASE + "id/", BASE + "list/")):
            return unquote(iri[len(BASE) :].split("/", 2)[2])
        return iri
    if isinstance(term, ox.Literal):
        kind = term.datatype.value.rpartition("#")[2]
        if kind == "integer":
            return int(term.value)
        if kind in ("decimal", "double", "float"):
            return float(term.value)
        if kind == "boolean":
            return term.value in ("true", "1")
        if kind == "date":
            return date.fromisoformat(term.value)
        return term.value
    return None if term is None else str(term)


def sparql_json(dataset: Dataset, query: Query, params: Mapping[str, str] | None = None) -> str:
    """The answer in the SPARQL 1.1 Query Results JSON Format, full IRIs and datatypes."""
    result = _execute(dataset, bind(query, params or {}), query.name)
    if isinstance(result, ox.QueryTriples):
        raise BadInput(f"{query.name} builds triples; ask for them with --format ttl")
    return (result.serialize(format=ox.QueryResultsFormat.JSON) or b"").decode()
