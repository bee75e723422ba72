"""How a book, as known on a date, becomes triples: one property per column, lines of N-Triples graph by graph.

`kg:book` and `kg:market` hold the facts that were public on the date, `kg:known` what the rules compute from
them (amounts, firmness, values, shortcuts). Later knowledge is in none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from knockon.book import Book
from knockon.flows import FUNDING
from knockon.known import known_rows
from knockon.overlaps import contained, yields_to
from knockon.periods import Period
from knockon.resolution import Resolved, Value
from knockon.rows import Rows
from knockon.tables.columns import Column, row_ids, schema
from knockon.vocab import Instrument

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


def triples(
    book: Book,
    resolved: Mapping[str, Resolved],
    values: Mapping[str, Value],
    as_of: date,
    due: Iterable[tuple[str, int, int]] = (),
) -> Iterator[tuple[str, Iterator[str]]]:
    """Graph and lines of N-Triples, those of a row after each other."""
    yield from triples_of(known_rows(book, resolved, as_of), book, resolved, values, as_of)
    yield GRAPHS["known"], _due_triples(due)


def triples_of(
    rows: Mapping[str, Rows], book: Book, resolved: Mapping[str, Resolved], values: Mapping[str, Value], as_of: date
) -> Iterator[tuple[str, Iterator[str]]]:
    """The same of `rows` alone, some or all of those known on the day, with what the rules make of them."""
    for table, columns in schema().items():
        yield GRAPHS["market" if table in MARKET_TABLES else "book"], _table_triples(table, columns, rows[table])
    yield GRAPHS["known"], _known_triples(rows, book, resolved, values, as_of)


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
    rows: Mapping[str, Rows], book: Book, resolved: Mapping[str, Resolved], values: Mapping[str, Value], as_of: date
) -> Iterator[str]:
    """What the rules make of the claims: the amounts and firmness of legs, values of parties, shortcuts; the day."""
    yield f"<{GRAPHS['known']}> <{K}asOf> {_typed(as_of, 'date')} .\n"
    shortcuts: set[str] = set()
    for name in row_ids("legs", rows["legs"]):
        leg = resolved[name]
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
    for name in row_ids("parties", rows["parties"]):
        subject = f"<{row_iri('parties', name)}>"
        if value := values.get(name):
            yield f"{subject} <{K}valueUsd> {_typed(value.usd, 'integer')} .\n"
            yield f"{subject} <{K}valueOn> {_typed(value.on, 'date')} .\n"
            yield f"{subject} <{K}valueBasis> <{concept_iri('value_basis', value.basis)}> .\n"
        listed = _typed(str(book.parties[name].listed_on(as_of)).lower(), "boolean")
        yield f"{subject} <{K}listedNow> {listed} .\n"


def _due_triples(due: Iterable[tuple[str, int, int]]) -> Iterator[str]:
    """What falls due by leg and year: SPARQL has no calendar that could spread a promise over its days."""
    for leg, year, usd in due:
        subject = f"<{row_iri('due', f'{leg}/{year}')}>"
        yield f"{subject} {_TYPE} <{K}Due> .\n"
        yield f"{subject} <{K}leg> <{row_iri('legs', leg)}> .\n"
        yield f"{subject} <{K}year> {_typed(year, 'integer')} .\n"
        yield f"{subject} <{K}usd> {_typed(usd, 'integer')} .\n"
