"""GraphML: parties and one edge per leg; for Gephi, yEd, Cytoscape, Neo4j, igraph, networkx.

An undisclosed amount is no attribute, never 0. Dates are text as the book has them.
"""

from __future__ import annotations

from collections.abc import Iterator

import networkx as nx

from knockon.exports import Snapshot, Writer
from knockon.exports.network import Network

suffix = ".graphml"


def render(snapshot: Snapshot) -> Writer:
    """Edges are named by DEAL/LEG."""
    return lambda out: out.writelines(f"{line}\n".encode() for line in _lines(snapshot))


def _lines(snapshot: Snapshot) -> Iterator[str]:
    """The text, which networkx makes of a graph that it holds whole."""
    network = Network(snapshot)
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(**network.head())
    graph.add_nodes_from(network.nodes())
    for payer, payee, leg, values in network.edges():
        graph.add_edge(payer, payee, key=leg, **values)
    yield '<?xml version="1.0" encoding="utf-8"?>'
    yield from nx.generate_graphml(graph)
