"""N-Quads with one graph per source for what that source says; for Oxigraph, Jena, GraphDB, Virtuoso.

A row that names its source stands in that source's graph, `graph/source/ID`; `graph/about` says of each such
graph that it was derived from the source. Market tables stay in `graph/market`, since their terms differ, and
each of their rows names its source itself. What no source says stays in `graph/book`, `known`, `ontology`.
"""

from __future__ import annotations

import pyoxigraph as ox

from knockon.exports import Snapshot
from knockon.exports.quads import ABOUT, PROV, ordered, quads, serialized
from knockon.store import BASE, GRAPHS, K

suffix = ".nq"


def render(snapshot: Snapshot) -> bytes:
    """Sorted by graph, subject, predicate, object."""
    found = quads(snapshot)
    book, source = ox.NamedNode(GRAPHS["book"]), ox.NamedNode(K + "source")
    said_by = {
        quad.subject: quad.object
        for quad in found
        if quad.predicate == source and quad.graph_name == book and isinstance(quad.object, ox.NamedNode)
    }
    placed = [
        ox.Quad(quad.subject, quad.predicate, quad.object, graph_of(said_by[quad.subject]))
        if quad.graph_name == book and quad.subject in said_by
        else quad
        for quad in found
    ]
    derived, here = ox.NamedNode(PROV + "wasDerivedFrom"), ox.NamedNode(ABOUT)
    placed += [ox.Quad(graph_of(page), derived, page, here) for page in set(said_by.values())]
    return serialized(ordered(placed), ox.RdfFormat.N_QUADS)


def graph_of(page: ox.NamedNode) -> ox.NamedNode:
    """The graph of what a source says."""
    return ox.NamedNode(page.value.replace(f"{BASE}id/sources/", f"{BASE}graph/source/"))
