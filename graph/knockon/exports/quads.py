"""A snapshot as lines of RDF: stable names for blank nodes, one order, one set of prefixes, what it says of itself.

Lines go from the tables through a sort into the file, so that the quads of a large book are never held as objects.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from io import BufferedWriter, RawIOBase
from itertools import groupby, islice
from typing import IO, TYPE_CHECKING

import pyoxigraph as ox

from knockon.exports import Snapshot
from knockon.exports.about import CC_BY, TITLE, about
from knockon.exports.sorting import ordered
from knockon.resources import shelf, walk
from knockon.triples import BASE, GRAPHS, triples

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

ABOUT = f"{BASE}graph/about"
DCAT = "http://www.w3.org/ns/dcat#"
DCTERMS = "http://purl.org/dc/terms/"
PROV = "http://www.w3.org/ns/prov#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
VOID = "http://rdfs.org/ns/void#"
XSD = "http://www.w3.org/2001/XMLSchema#"
TYPE = ox.NamedNode(RDF + "type")
_TYPE = str(TYPE)
_AT_ONCE = 1000
"""Lines that are parsed together."""
_BLOCK = 1 << 16
"""Bytes that are written together; the first of them hold all prefixes."""


def rows(snapshot: Snapshot) -> Iterator[tuple[str, list[str]]]:
    """Graph and lines of N-Triples, those of a row together: the facts, the vocabulary and `graph/about`."""
    facts = triples(snapshot.book, snapshot.resolved, snapshot.values, snapshot.as_of, snapshot.promises.due())
    for graph, lines in facts:
        for _, row in groupby(lines, key=lambda line: line.partition(" ")[0]):
            yield graph, list(row)
    yield GRAPHS["ontology"], list(map(line, _terms()))
    yield ABOUT, list(map(line, _about(snapshot)))


def line(triple: ox.Triple) -> str:
    """A triple as a line of N-Triples."""
    return f"{triple.subject} {triple.predicate} {triple.object} .\n"


@contextmanager
def nquads(rows: Iterable[tuple[str, list[str]]]) -> Iterator[Iterator[bytes]]:
    """Lines of N-Quads by graph, subject, predicate (types first) and object, each once."""
    with ordered(_record(line, graph) for graph, row in rows for line in row) as found:
        yield (b"%b %b .\n" % (triple, graph) for graph, triple in map(_parts, found))


def quads(snapshot: Snapshot) -> list[ox.Quad]:
    """All of them as objects, in the same order."""
    with nquads(rows(snapshot)) as lines:
        return list(_parsed(lines, ox.RdfFormat.N_QUADS))


def turtle(lines: Iterable[str], out: IO[bytes]) -> None:
    """Write lines of N-Triples as one Turtle graph, by subject, predicate and object, each once; prefixes in order."""
    with ordered(map(_record, lines)) as found:
        parsed = _parsed((b"%b .\n" % triple for _, triple in map(_parts, found)), ox.RdfFormat.N_TRIPLES)
        with BufferedWriter(_Headed(out), _BLOCK) as into:
            ox.serialize((quad.triple for quad in parsed), into, format=ox.RdfFormat.TURTLE, prefixes=dict(prefixes()))


class _Headed(RawIOBase):
    """Passes on what is written, the prefixes in its first block sorted."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out, self._begun = out, False

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, block: ReadableBuffer) -> int:
        """A block of text."""
        text = bytes(block)
        if not self._begun:
            lines, count = text.splitlines(keepends=True), len(prefixes())
            text, self._begun = b"".join([*sorted(lines[:count]), *lines[count:]]), True
        self._out.write(text)
        return len(text)


def _record(line: str, graph: str = "") -> bytes:
    """A line of N-Triples so that its bytes have the order of exports.

    What stands before a space sorts before what is longer; the predicate that goes first has no name.
    """
    subject, predicate, rest = line.split(" ", 2)
    name = "" if predicate == _TYPE else predicate[1:-1]
    return f"<{graph}> {subject} {name} {rest[:-3]}\n".replace("\t", "\\t").encode()


def _parts(record: bytes) -> tuple[bytes, bytes]:
    """The graph of a record, and its triple."""
    graph, subject, name, term = record.split(b" ", 3)
    return graph, b"%b <%b> %b" % (subject, name or _TYPE[1:-1].encode(), term[:-1])


def _parsed(lines: Iterator[bytes], format: ox.RdfFormat) -> Iterator[ox.Quad]:
    while text := b"".join(islice(lines, _AT_ONCE)):
        yield from ox.parse(text, format=format)


@lru_cache(maxsize=1)
def prefixes() -> Mapping[str, str]:
    """Prefix -> namespace: those of `ontology/prefixes.ttl`, and two for the data about the data."""
    parser = ox.parse((shelf("ontology") / "prefixes.ttl").read_bytes(), format=ox.RdfFormat.TURTLE)
    list(parser)
    return {**parser.prefixes, "dcat": DCAT, "void": VOID}


def dataset_iri(snapshot: Snapshot) -> ox.NamedNode:
    """The name of the snapshot: its edition, by hash, and its day."""
    return ox.NamedNode(f"{BASE}edition/{snapshot.edition.hash}/{snapshot.as_of}")


def text(value: str) -> ox.Literal:
    """A sentence in English."""
    return ox.Literal(value, language="en")


def _terms() -> list[ox.Triple]:
    """The vocabulary, its blank nodes named after what is said of them."""
    store, graph = ox.Store(), ox.NamedNode(GRAPHS["ontology"])
    for _, file in walk(shelf("ontology"), ".ttl"):
        store.bulk_load(input=file.read_bytes(), format=ox.RdfFormat.TURTLE, to_graph=graph)
    found = ox.Dataset(store)
    found.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return [quad.triple for quad in found]


def _about(snapshot: Snapshot) -> list[ox.Triple]:
    this, words = dataset_iri(snapshot), about(snapshot)
    span = ox.NamedNode(this.value + "/time")
    day = ox.Literal(snapshot.as_of.isoformat(), datatype=ox.NamedNode(XSD + "date"))
    facts: list[tuple[ox.NamedNode, str, ox.NamedNode | ox.Literal]] = [
        (this, TYPE.value, ox.NamedNode(DCAT + "Dataset")),
        (this, TYPE.value, ox.NamedNode(VOID + "Dataset")),
        (this, DCTERMS + "title", text(TITLE)),
        (this, DCTERMS + "description", text(words.description)),
        (this, DCTERMS + "rights", text(words.licence)),
        (this, DCTERMS + "bibliographicCitation", ox.Literal(words.citation)),
        (this, DCTERMS + "identifier", ox.Literal(snapshot.edition.hash)),
        (this, DCTERMS + "temporal", span),
        (this, DCAT + "version", ox.Literal(str(snapshot.edition))),
        (span, TYPE.value, ox.NamedNode(DCTERMS + "PeriodOfTime")),
        (span, DCAT + "endDate", day),
    ]
    if words.ours:
        facts.append((this, DCTERMS + "license", ox.NamedNode(CC_BY)))
    return [ox.Triple(subject, ox.NamedNode(predicate), term) for subject, predicate, term in facts]
