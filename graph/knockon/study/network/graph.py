"""The network as networkx has it: parties as nodes, live legs as edges, for a user's own analysis."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx

from knockon.exports.network import drawn, of_leg, of_party, parties

if TYPE_CHECKING:
    from knockon.study.dated import DatedBook


def graph(study: DatedBook) -> nx.MultiDiGraph[str]:
    """One edge per live leg between named parties, keyed by DEAL/LEG, from payer to payee; amounts in US dollars."""
    found: nx.MultiDiGraph[str] = nx.MultiDiGraph(as_of=study.as_of.isoformat(), edition=str(study.edition))
    legs = list(drawn(study))
    found.add_nodes_from((party, of_party(study, party)) for party in parties(legs))
    for leg in legs:
        found.add_edge(leg.leg.payer, leg.leg.payee, key=leg.leg.id, **of_leg(study, leg))
    return found
