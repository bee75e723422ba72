"""How a book, as known on a date, becomes an RDF dataset: one property per column, named graphs, Oxigraph.

`kg:book` and `kg:market` hold the facts that were public on the date, `kg:known` what the rules compute from
them (amounts, firmness, values, shortcuts), `kg:ontology` the terms. Later knowledge is not in the dataset.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from shutil import rmtree
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from weakref import finalize

import pyoxigraph as ox

from knockon.book import Book
from knockon.errors import BadInput
from knockon.flows import FUNDING
from knockon.known import known_rows
from knockon.overlaps import contained, yields_to
from knockon.periods import Period
from knockon.resolution import Resolved, Value
from knockon.resources import shelf, walk
from knockon.rows import Rows
from knockon.tables.columns import Column, row_ids, schema
from knockon.vocab import Instrument

if TYPE_CHECKING:
    import rdflib

BASE = "https://knockon.example/"
"""A name only, under a domain that is reserved for names, until a permanent address is registered."""
K = BASE + "ontology/"
GRAPHS = {name: f"{BASE}graph/{name}" for name in ("ontology", "book", "known", "market", "results")}
MARKET_TABLES = frozenset({"prices", "event_returns", "loadings"})

XSD = "http://www.w3.org/2001/XMLSchema#"
_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"


def row_iri(table: str, name: str) -> str:
    """The IRI of a row."""
    return f"{BASE}id/{table}/{quote(name, safe='/-._~')}"


def concept_iri(listname: str, value: str) -> str:
    """The IRI of a member of a closed list."""
    return f"{BASE}list/{listname}/{value}"


class Room:
    """A temporary folder that goes when nobody holds it any more, or when the program ends."""

    def __init__(self) -> None:
        self.name = mkdtemp(prefix="knockon-")
        finalize(self, rmtree, self.name, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Dataset:
    """The facts known on a date, as RDF."""

    store: ox.Store
    as_of: date
    room: Room | None = None  # where the store of a large book lies

    def rdflib(self) -> rdflib.Dataset:
        """The same triples behind rdflib's API."""
        import rdflib
        from oxrdflib.store import OxigraphStore

        return rdflib.Dataset(store=OxigraphStore(store=self.store))


def build(
    book: Book,
    resolved: Mapping[str, Resolved],
    values: Mapping[str, Value],
    as_of: date,
    ontology: bool = True,
    due: Iterable[tuple[str, int, int]] = (),
) -> Dataset:
    """The dataset of `book` on `as_of`; leaving out the ontology makes it quicker to build.

    `due`: what of which leg falls due in which calendar year, in whole dollars, which takes a model's parameters.
    A book of more than IN_MEMORY legs is laid down in a temporary folder, and asked there. Raises BadInput where
    that has no room for it.
    """
    try:
        room = Room() if len(book.legs) > IN_MEMORY else None
        store = ox.Store(room.name) if room else ox.Store()
        _fill(store, book, resolved, values, as_of, ontology, due)
    except OSError as error:
        raise BadInput(f"no room for the graph: {error}; let TMPDIR name a larger place") from None
    return Dataset(store, as_of, room)


def _fill(
    store: ox.Store,
    book: Book,
    resolved: Mapping[str, Resolved],
    values: Mapping[str, Value],
    as_of: date,
    ontology: bool,
    due: Iterable[tuple[str, int, int]],
) -> None:
    rows = known_rows(book, resolved, as_of)
    for table, columns in schema().items():
        graph = GRAPHS["market" if table in MARKET_TABLES else "book"]
        _load(store, graph, _table_triples(table, columns, rows[table]))
    _load(store, GRAPHS["known"], _known_triples(book, resolved, values, as_of))
    _load(store, GRAPHS["known"], _due_triples(due))
    if ontology:
        for _, file in walk(shelf("ontology"), ".ttl"):
            store.bulk_load(
                input=file.read_bytes(), format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(GRAPHS["ontology"])
            )


IN_MEMORY = 150_000
"""Legs of a book whose graph is held in memory, some 3 GB; on disk it takes 17 GB a million legs, and is slower."""
_AT_ONCE = 500_000
"""Triples that are handed over together: some hundred megabytes of text."""


def _load(store: ox.Store, graph: str, triples: Iterator[str]) -> None:
    while text := "".join(islice(triples, _AT_ONCE)):
        store.bulk_load(input=text.encode(), format=ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(graph))


def triples(
    book: Book,
    resolved: Mapping[str, Resolved],
    values: Mapping[str, Value],
    as_of: date,
    due: Iterable[tuple[str, int, int]] = (),
) -> Iterator[tuple[str, Iterator[str]]]:
    """What `build` loads, but for the ontology: graph and lines of N-Triples, those of a row after each other."""
    rows = known_rows(book, resolved, as_of)
    for table, columns in schema().items():
        yield GRAPHS["market" if table in MARKET_TABLES else "book"], _table_triples(table, columns, rows[table])
    yield GRAPHS["known"], _known_triples(book, resolved, values, as_of)
    yield GRAPHS["known"], _due_triples(due)


def _table_triples(table: str, columns: tuple[Column, ...], rows: Rows) -> Iterator[str]:
    """N-Triples of the rows."""
    rdf_class = f"<{K}{columns[0].property}>"
    writers = [(f"<{K}{c.property}", _writer(c)) for c in columns[1:]]
    cells = zip(*(rows.column(column.name) for column in columns[1:]), strict=True)
    for name, values in zip(row_ids(table, rows), cells, strict=True):
        subject = f"<{row_iri(table, name)}>"
        yield f"{subject} {_TYPE} {rdf_class} .\n"
        for value, (prefix, write) in zip(values, writers, strict=True):
            if value is not None:
                yield from write(subject, prefix, value)


_Writer = Callable[[str, str, Any], Iterator[str]]


def _writer(column: Column) -> _Writer:
    """How values of a column's datatype become triples; `prefix` is the open property IRI."""
    kind, _, target = column.datatype.partition(":")

    def one(term: Callable[[Any], str]) -> _Writer:
        def write(subject: str, prefix: str, value: Any) -> Iterator[str]:
            yield f"{subject} {prefix}> {term(value)} .\n"

        return write

    def many(term: Callable[[Any], str]) -> _Writer:
        def write(subject: str, prefix: str, value: Any) -> Iterator[str]:
            for part in value:
                yield f"{subject} {prefix}> {term(part)} .\n"

        return write

    def ordered(subject: str, prefix: str, value: tuple[str, ...]) -> Iterator[str]:
        for part in value:
            yield f"{subject} {prefix}> {_literal(part)} .\n"
        if list(value) != sorted(value):
            yield f"{subject} {prefix}Order> {_literal(';'.join(value))} .\n"

    def partial(subject: str, prefix: str, value: Period) -> Iterator[str]:
        yield f"{subject} {prefix}> {_typed(value.last, 'date')} .\n"
        if value.first != value.last:
            yield f"{subject} {prefix}Earliest> {_typed(value.first, 'date')} .\n"

    def reference(name: str) -> str:
        return f"<{row_iri(target, name)}>"

    match kind:
        case "ref":
            return one(reference)
        case "refs":
            return many(reference)
        case "enum":
            return one(lambda value: f"<{concept_iri(target, value)}>")
        case "list":
            return ordered
        case "date":
            return partial
        case "usd" | "signed_usd" | "integer":
            return one(lambda value: _typed(value, "integer"))
        case "number":
            return one(lambda value: _typed(plain(value), "decimal"))
        case "day":
            return one(lambda value: _typed(value, "date"))
        case "flag":
            return one(lambda value: _typed("true" if value else "false", "boolean"))
        case "url":
            return one(lambda value: f"{_literal(value)}^^<{XSD}anyURI>")
    return one(_literal)


def plain(number: float) -> str:
    """A number as people write it, with every digit it has and no exponent.

    >>> plain(0.1), plain(5.0), plain(1e-7)
    ('0.1', '5', '0.0000001')
    """
    return format(Decimal(repr(number)), "f").removesuffix(".0")


def _typed(value: object, datatype: str) -> str:
    return f'"{value}"^^<{XSD}{datatype}>'


def _literal(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{escaped}"'


def _known_triples(
    book: Book, resolved: Mapping[str, Resolved], values: Mapping[str, Value], as_of: date
) -> Iterator[str]:
    """What the rules make of the claims: the amounts and firmness of legs, values of parties, shortcuts; the day."""
    yield f"<{GRAPHS['known']}> <{K}asOf> {_typed(as_of, 'date')} .\n"
    shortcuts: set[str] = set()
    for name, leg in resolved.items():
        subject = f"<{row_iri('legs', name)}>"
        for prop, usd in (
            ("usdLow", leg.usd_low),
            ("usd", leg.usd),
            ("usdHigh", leg.usd_high),
            ("paidUsd", leg.paid_usd),
        ):
            if usd is not None:
                yield f"{subject} <{K}{prop}> {_typed(usd, 'integer')} .\n"
        yield f"{subject} <{K}firmness> <{concept_iri('firmness', leg.firmness)}> .\n"
        yield f"{subject} <{K}grade> <{concept_iri('grade', leg.grade)}> .\n"
        for prop, flag in (
            ("live", leg.live),
            ("disclosed", leg.disclosed),
            ("contained", contained(leg, resolved)),
        ):
            yield f"{subject} <{K}{prop}> {_typed(str(flag).lower(), 'boolean')} .\n"
        for other in yields_to(leg, resolved):
            yield f"{subject} <{K}yieldsTo> <{row_iri('legs', other)}> .\n"
        if leg.winner:
            claim = row_iri("claims", f"{name}/{leg.winner.source}")
            yield f"{subject} <{K}resolvedBy> <{claim}> .\n"
        if leg.status:
            event = leg.status
            parts = (event.deal, event.leg, event.date, event.status, event.source)
            key = "/".join(str(part) for part in parts if part is not None)
            yield f"{subject} <{K}latestStatus> <{row_iri('status', key)}> .\n"
        if leg.live and leg.leg.instrument is not Instrument.ACQUISITION:
            link = "fundsDirectly" if leg.leg.instrument.family in FUNDING else "buysFrom"
            payer, payee = row_iri("parties", leg.leg.payer), row_iri("parties", leg.leg.payee)
            shortcuts.add(f"<{payer}> <{K}{link}> <{payee}> .\n")
    yield from sorted(shortcuts)
    for name, value in values.items():
        subject = f"<{row_iri('parties', name)}>"
        yield f"{subject} <{K}valueUsd> {_typed(value.usd, 'integer')} .\n"
        yield f"{subject} <{K}valueOn> {_typed(value.on, 'date')} .\n"
        yield f"{subject} <{K}valueBasis> <{concept_iri('value_basis', value.basis)}> .\n"
    for party in book.parties.values():
        listed = _typed(str(party.listed_on(as_of)).lower(), "boolean")
        yield f"<{row_iri('parties', party.id)}> <{K}listedNow> {listed} .\n"


def _due_triples(due: Iterable[tuple[str, int, int]]) -> Iterator[str]:
    """What falls due by leg and year: SPARQL has no calendar that could spread a promise over its days."""
    for leg, year, usd in due:
        subject = f"<{row_iri('due', f'{leg}/{year}')}>"
        yield f"{subject} {_TYPE} <{K}Due> .\n"
        yield f"{subject} <{K}leg> <{row_iri('legs', leg)}> .\n"
        yield f"{subject} <{K}year> {_typed(year, 'integer')} .\n"
        yield f"{subject} <{K}usd> {_typed(usd, 'integer')} .\n"
