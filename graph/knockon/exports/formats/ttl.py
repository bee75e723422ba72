"""Turtle: facts, computed amounts and vocabulary in one graph; for Protégé, rdflib, Jena and any RDF tool."""

from __future__ import annotations

from typing import IO

from knockon.exports import Snapshot, Writer
from knockon.exports.quads import rows, turtle

suffix = ".ttl"


def render(snapshot: Snapshot) -> Writer:
    """Sorted by subject, so that two editions can be compared line by line."""

    def write(out: IO[bytes]) -> None:
        turtle((line for _, row in rows(snapshot) for line in row), out)

    return write
