"""GraphML: parties and one edge per leg; for Gephi, yEd, Cytoscape, Neo4j, igraph, networkx.

An undisclosed amount is no attribute, never 0. Dates are text as the book has them.
"""

from __future__ import annotations

import networkx as nx

from knockon.exports import Snapshot
from knockon.exports.network import network

suffix = ".graphml"


def render(snapshot: Snapshot) -> bytes:
    """Edges are named by DEAL/LEG."""
    lines = ['<?xml version="1.0" encoding="utf-8"?>', *nx.generate_graphml(network(snapshot)), ""]
    return "\n".join(lines).encode()
