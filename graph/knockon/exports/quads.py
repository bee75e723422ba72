"""A snapshot as quads: stable names for blank nodes, one order, one set of prefixes, and what it says of itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from io import BytesIO
from itertools import groupby

import pyoxigraph as ox

from knockon.exports import Snapshot
from knockon.exports.about import CC_BY, TITLE, about
from knockon.resources import shelf
from knockon.store import BASE, GRAPHS

ABOUT = f"{BASE}graph/about"
DCAT = "http://www.w3.org/ns/dcat#"
DCTERMS = "http://purl.org/dc/terms/"
PROV = "http://www.w3.org/ns/prov#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
VOID = "http://rdfs.org/ns/void#"
XSD = "http://www.w3.org/2001/XMLSchema#"
TYPE = ox.NamedNode(RDF + "type")


def quads(snapshot: Snapshot) -> list[ox.Quad]:
    """All quads of the snapshot's dataset, and those of `graph/about`."""
    ontology = ox.NamedNode(GRAPHS["ontology"])
    asserted, terms = [], ox.Dataset()
    for quad in snapshot.full.store:
        if quad.graph_name == ontology:
            terms.add(quad)
        else:
            asserted.append(quad)
    terms.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return [*asserted, *terms, *_about(snapshot)]


def ordered(found: Iterable[ox.Quad]) -> list[ox.Quad]:
    """By graph, subject, predicate (types first) and object."""
    return sorted(found, key=lambda quad: (str(quad.graph_name), *_place(quad.triple)))


def _place(triple: ox.Triple) -> tuple[str, str, str]:
    return str(triple.subject), "" if triple.predicate == TYPE else triple.predicate.value, str(triple.object)


def turtle(found: Iterable[ox.Quad]) -> bytes:
    """The quads as one Turtle graph, whatever graphs they stood in; each triple once, prefixes in order."""
    triples = [triple for triple, _ in groupby(sorted((quad.triple for quad in found), key=_place))]
    lines = serialized(triples, ox.RdfFormat.TURTLE).splitlines(keepends=True)
    count = len(prefixes())
    return b"".join([*sorted(lines[:count]), *lines[count:]])


def serialized(found: Iterable[ox.Triple] | Iterable[ox.Quad], format: ox.RdfFormat) -> bytes:
    """The text of triples or quads, in the order given."""
    into = BytesIO()
    ox.serialize(found, into, format=format, prefixes=dict(prefixes()))
    return into.getvalue()


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


def _about(snapshot: Snapshot) -> Iterable[ox.Quad]:
    this, graph, words = dataset_iri(snapshot), ox.NamedNode(ABOUT), about(snapshot)
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
    return [ox.Quad(subject, ox.NamedNode(predicate), term, graph) for subject, predicate, term in facts]
