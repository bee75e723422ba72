"""The question library: one file, one question; how a file is found, read, bound and answered.

A query is runnable as it is in any SPARQL 1.1 tool. Parameters stand in it as `VALUES ?name { default }`;
a user's value takes the default's place as a term of the same kind, never as pasted text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pyoxigraph as ox

from knockon.errors import BadInput, UnknownName
from knockon.refusal import refuse_service
from knockon.resources import shelf, walk
from knockon.store import BASE, XSD, Dataset
from knockon.vocab import LISTS

if TYPE_CHECKING:
    import pandas

    from knockon.endpoint import Endpoint

    Source = Dataset | Endpoint

Value = str | int | float | bool | date | None
EDGES = "exposures"
"""The topic that says what counts as an edge: asked by the program, in answer to no reader's question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A question and the SPARQL that answers it."""

    name: str  # topic/words
    title: str
    question: str
    columns: Mapping[str, str]  # column -> unit in words, often empty
    params: Mapping[str, str]  # name -> default, as a user would type it
    answers: tuple[str, ...]  # competency questions of the ontology, as q-who-says
    text: str

    @property
    def topic(self) -> str:
        """The folder it lies in."""
        return self.name.partition("/")[0]


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
        if not equals or param not in {name for name, _ in _VALUES.findall(text)}:
            raise BadInput(f"{name}: parameter {param!r} needs a default and a line VALUES ?{param} {{ … }}")
        params[param] = default
    return Query(
        name=name,
        title=" ".join(head.get("title", [name])),
        question=" ".join(head.get("question", [])),
        columns=columns,
        params=params,
        answers=tuple(re.findall(r"[\w-]+", " ".join(head.get("answers", [])))),
        text=text,
    )


_VALUES = re.compile(r"VALUES\s+\?(\w+)\s*\{([^}]*)\}")


def bind(query: Query, params: Mapping[str, str]) -> str:
    """The query's text with `params` in the place of its defaults.

    Raises UnknownName for a parameter it does not have and a code that its list does not have, BadInput for a value
    of another kind.
    """
    for name in params:
        if name not in query.params:
            remedy = f"it has {', '.join(query.params)}" if query.params else "it has none"
            raise UnknownName(f"parameter of {query.name}", name, query.params, remedy)

    def bound(match: re.Match[str]) -> str:
        name, default = match[1], match[2].strip()
        return (
            f"VALUES ?{name} {{ {_like(default, params[name], name, _space(query, default))} }}"
            if name in params
            else match[0]
        )

    return _VALUES.sub(bound, query.text)  # wherever a sub-select states it; what was put in is not read again


def parties(query: Query) -> frozenset[str]:
    """The parameters that name a party."""
    stated = _VALUES.findall(query.text)
    return frozenset(name for name, default in stated if name in query.params and _space(query, default) == _PARTIES)


_PREFIX = re.compile(r"PREFIX\s+(\w+):\s*<([^>]*)>")
_PARTIES = BASE + "id/parties/"


def _space(query: Query, default: str) -> str:
    """The namespace of a default; empty for a literal."""
    spaces: dict[str, str] = dict(_PREFIX.findall(query.text))
    return spaces.get(default.strip().partition(":")[0], "")


def _like(default: str, value: str, name: str, space: str) -> str:
    """`value` as a SPARQL term of the same kind as `default`, whose namespace is `space`."""
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
    listname = space.removeprefix(BASE + "list/").rstrip("/")
    codes = [str(code) for code in LISTS.get(listname, ())]
    if codes and value not in codes:
        raise UnknownName(f"{listname.replace('_', ' ')}", value, codes, f"{name} is one of {', '.join(codes)}")
    local = value.replace("/", "\\/")
    return f"{prefix}:{local}"


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
        if iri.startswith((BASE + "id/", BASE + "list/")):
            return unquote(iri[len(BASE) :].split("/", 2)[2])
        return iri
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
