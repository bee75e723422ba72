"""The network as graph files hold it: parties and live legs with plain values, and nothing where nothing is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import networkx as nx

from knockon.exports import Snapshot
from knockon.exports.about import about


def network(snapshot: Snapshot) -> nx.MultiDiGraph[str]:
    """One edge per live leg, parallel legs apart, sorted; a value that is not known is no attribute at all.

    The graph says what it is: edition, day, terms, how many edges have no amount and how many legs it leaves out.
    """
    drawn = snapshot.graph()
    edges = sorted(drawn.edges(keys=True, data=True), key=lambda edge: edge[2])
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    graph.graph |= {
        **about(snapshot).record(),
        "edges_without_amount": sum(values["usd"] is None for *_, values in edges),
        "legs_of_groups_left_out": sum(leg.live for leg in snapshot.resolved.values()) - len(edges),
    }
    for party in sorted(drawn.nodes):
        graph.add_node(party, **_known(drawn.nodes[party]))
    for payer, payee, leg, values in edges:
        graph.add_edge(payer, payee, key=leg, **_known(values))
    return graph


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value if isinstance(value, (bool, int, str)) else str(value)
        for name, value in values.items()
        if value is not None
    }
