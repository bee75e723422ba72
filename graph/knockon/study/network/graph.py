"""The network as networkx has it: parties as nodes, live legs as edges, for a user's own analysis."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx

from knockon.overlaps import contained, yields_to

if TYPE_CHECKING:
    from knockon.study.dated import DatedBook


def graph(study: DatedBook) -> nx.MultiDiGraph[str]:
    """One edge per live leg between named parties, keyed by DEAL/LEG, from payer to payee; amounts in US dollars."""
    found: nx.MultiDiGraph[str] = nx.MultiDiGraph(as_of=study.as_of.isoformat(), edition=str(study.edition))
    for leg in study.resolved.values():
        ends = [study.book.parties[leg.leg.payer], study.book.parties[leg.leg.payee]]
        if not leg.live or any(party.grouped for party in ends):
            continue
        for party in ends:
            worth = study.values.get(party.id)
            found.add_node(
                party.id,
                label=study.short(party.id),
                name=party.name,
                kind=party.kind,
                listed=party.listed_on(study.as_of),
                value_usd=worth.usd if worth else None,
            )
        found.add_edge(
            leg.leg.payer,
            leg.leg.payee,
            key=leg.leg.id,
            deal=study.book.deals[leg.leg.deal].title,
            instrument=str(leg.leg.instrument),
            family=str(leg.leg.instrument.family),
            firmness=str(leg.firmness),
            grade=str(leg.grade),
            usd=leg.usd,
            usd_low=leg.usd_low,
            usd_high=leg.usd_high,
            contained=contained(leg, study.resolved),
            yields_to=" ".join(yields_to(leg, study.resolved)),
            known_from=leg.leg.known_from,
            start=leg.leg.start,
            end=leg.leg.end,
        )
    return found
