"""The formats of answers: their media types, in our order of preference, and which of them a client wants."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pyoxigraph as ox

ROWS = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "text/csv": ox.QueryResultsFormat.CSV,
    "text/tab-separated-values": ox.QueryResultsFormat.TSV,
}
TRIPLES = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
}
NAMES = (
    *("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV"),
    *("Turtle", "N-Triples", "JSON-LD", "RDF_XML"),
)
"""The same in the W3C's list of formats, http://www.w3.org/ns/formats/."""
_OTHER_NAMES = {
    "application/json": "application/sparql-results+json",
    "application/xml": "application/sparql-results+xml",
}


def preferred(accept: str, offered: Sequence[str]) -> list[str]:
    """The media types of `offered` that an Accept header admits, best first; equals stay in their order.

    >>> preferred("text/csv;q=0.5, application/sparql-results+xml, */*;q=0.1", list(ROWS)[:3])
    ['application/sparql-results+xml', 'text/csv', 'application/sparql-results+json']
    """
    weights: dict[str, float] = {}
    for part in accept.split(","):
        media, *details = (piece.strip().lower() for piece in part.split(";"))
        quality = next((detail[2:] for detail in details if detail.startswith("q=")), "1")
        weight = float(quality) if re.fullmatch(r"[01](\.\d{0,3})?", quality) else 1.0
        media = media if media in offered else _OTHER_NAMES.get(media, media)
        weights[media] = max(weight, weights.get(media, 0.0)) if weight else 0.0

    def weight_of(media: str) -> float:
        ranges = (media, media.partition("/")[0] + "/*", "*/*")
        return next((weights[known] for known in ranges if known in weights), 0.0)

    return sorted((media for media in offered if weight_of(media) > 0), key=lambda media: -weight_of(media))
