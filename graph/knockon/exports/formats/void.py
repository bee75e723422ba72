"""VoID and DCAT in Turtle: what the RDF dataset holds, counted by graph, class and property; for data catalogues."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyoxigraph as ox

from knockon import exports
from knockon.exports import Snapshot, Writer
from knockon.exports.about import CC_BY, about
from knockon.exports.quads import ABOUT, DCAT, DCTERMS, TYPE, VOID, XSD, dataset_iri, line, quads, text, turtle
from knockon.triples import BASE, GRAPHS, K

suffix = ".void.ttl"

_Fact = tuple[ox.NamedNode, str, ox.NamedNode | ox.Literal]


def render(snapshot: Snapshot) -> Writer:
    """The description alone; the data are what `ttl` and `nq` write."""
    return lambda out: turtle(map(line, _described(snapshot, quads(snapshot))), out)


def _described(snapshot: Snapshot, found: list[ox.Quad]) -> Iterator[ox.Triple]:
    this, here = dataset_iri(snapshot), ox.NamedNode(ABOUT)
    yield from (quad.triple for quad in found if quad.graph_name == here)
    for facts in (_counts(this, found), _whole(this), _graphs(snapshot, this, found), _files(this)):
        yield from (ox.Triple(subject, ox.NamedNode(predicate), term) for subject, predicate, term in facts)


def _whole(this: ox.NamedNode) -> Iterator[_Fact]:
    yield this, VOID + "uriSpace", ox.Literal(f"{BASE}id/")
    yield this, VOID + "vocabulary", ox.NamedNode(K)
    yield this, DCTERMS + "conformsTo", ox.NamedNode(K)


def _graphs(snapshot: Snapshot, this: ox.NamedNode, found: list[ox.Quad]) -> Iterator[_Fact]:
    """A subset per graph; the market's terms are its own."""
    for name, iri in sorted(GRAPHS.items()):
        subset = ox.NamedNode(iri)
        inside = [quad for quad in found if quad.graph_name == subset]
        if not inside:
            continue
        yield this, VOID + "subset", subset
        yield subset, TYPE.value, ox.NamedNode(VOID + "Dataset")
        yield subset, DCTERMS + "title", text(name)
        yield from _counts(subset, inside)
        classes = Counter(quad.object for quad in inside if quad.predicate == TYPE)
        yield from _partition(subset, "class", "entities", classes)
        yield from _partition(subset, "property", "triples", Counter(quad.predicate for quad in inside))
        if name == "market":
            yield subset, DCTERMS + "rights", text(about(snapshot).licence)
        elif about(snapshot).ours:
            yield subset, DCTERMS + "license", ox.NamedNode(CC_BY)


def _counts(of: ox.NamedNode, found: Iterable[ox.Quad]) -> Iterator[_Fact]:
    triples = {quad.triple for quad in found}
    subjects, objects = {triple.subject for triple in triples}, {triple.object for triple in triples}
    yield of, VOID + "triples", _number(len(triples))
    yield of, VOID + "distinctSubjects", _number(len(subjects))
    yield of, VOID + "distinctObjects", _number(len(objects))


def _partition(of: ox.NamedNode, by: str, measure: str, counts: Mapping[Any, int]) -> Iterator[_Fact]:
    """Our own classes and properties, each with how often it stands there."""
    for term, count in counts.items():
        if term.value.startswith(K):
            part = ox.NamedNode(f"{of.value}#{by}-{term.value.removeprefix(K)}")
            yield of, f"{VOID}{by}Partition", part
            yield part, f"{VOID}{by}", term
            yield part, VOID + measure, _number(count)


def _files(this: ox.NamedNode) -> Iterator[_Fact]:
    """The formats that `knockon export` writes."""
    for name, words in exports.described().items():
        file = ox.NamedNode(f"{this.value}/{name}")
        yield this, DCAT + "distribution", file
        yield file, TYPE.value, ox.NamedNode(DCAT + "Distribution")
        yield file, DCTERMS + "title", ox.Literal(name)
        yield file, DCTERMS + "description", text(words)


def _number(count: int) -> ox.Literal:
    return ox.Literal(str(count), datatype=ox.NamedNode(XSD + "integer"))
