"""Turtle: facts, computed amounts and vocabulary in one graph; for Protégé, rdflib, Jena and any RDF tool."""

from __future__ import annotations

from knockon.exports import Snapshot
from knockon.exports.quads import quads, turtle

suffix = ".ttl"


def render(snapshot: Snapshot) -> bytes:
    """Sorted by subject, so that two editions can be compared line by line."""
    return turtle(quads(snapshot))
