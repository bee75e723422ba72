"""RDF 1.2 Turtle: as ttl, and each claim reifies what it states of its leg; for Oxigraph and other RDF 1.2 stores.

A claim that names 22.4bn for a leg reifies the triple term `<<( leg k:usd 22400000000 )>>`. A triple term is
quoted, not asserted: only the amounts that the rule picked are asserted of the leg itself. rdflib 7 cannot
read this.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from knockon.exports import Snapshot
from knockon.exports.quads import RDF, quads, turtle
from knockon.store import K

suffix = ".rdf12.ttl"

STATED = {"usdLow": "usdLow", "usd": "usd", "usdHigh": "usdHigh", "statedFirmness": "firmness"}
"""What a claim has -> what it thereby says of its leg."""


def render(snapshot: Snapshot) -> bytes:
    """The Turtle of `ttl` with one `rdf:reifies` per figure of a claim."""
    found = quads(snapshot)
    return turtle([*found, *_reified(found)])


def _reified(found: list[ox.Quad]) -> Iterator[ox.Quad]:
    claim, leg, reifies = ox.NamedNode(K + "Claim"), ox.NamedNode(K + "leg"), ox.NamedNode(RDF + "reifies")
    stated = {ox.NamedNode(K + own): ox.NamedNode(K + said) for own, said in STATED.items()}
    claims = {quad.subject for quad in found if quad.object == claim}
    legs = {
        quad.subject: quad.object
        for quad in found
        if quad.predicate == leg and quad.subject in claims and isinstance(quad.object, ox.NamedNode)
    }
    for quad in found:
        if quad.subject in legs and quad.predicate in stated:
            term = ox.Triple(legs[quad.subject], stated[quad.predicate], quad.object)
            yield ox.Quad(quad.subject, reifies, term, quad.graph_name)
