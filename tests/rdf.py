"""The same triples in rdflib's own memory store."""

from __future__ import annotations

import pyoxigraph as ox
import rdflib


def plain_rdflib(store: ox.Store) -> rdflib.Dataset:
    """Literals keep their text: rdflib would otherwise rewrite numbers."""
    dataset = rdflib.Dataset()
    graphs: dict[object, rdflib.Graph] = {}
    for quad in store:
        graph = graphs.get(quad.graph_name)
        if graph is None:
            graph = graphs[quad.graph_name] = dataset.graph(rdflib.URIRef(quad.graph_name.value))
        subject, predicate, value = (_term(term) for term in (quad.subject, quad.predicate, quad.object))
        graph.add((subject, predicate, value))
    return dataset


def _term(term: object) -> rdflib.term.Identifier:
    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return rdflib.BNode(term.value)
    assert isinstance(term, ox.Literal)
    if term.language:
        return rdflib.Literal(term.value, lang=term.language)
    if term.datatype.value.endswith("#string"):  # which rdflib keeps apart from a plain literal
        return rdflib.Literal(term.value)
    return rdflib.Literal(term.value, datatype=rdflib.URIRef(term.datatype.value), normalize=False)
