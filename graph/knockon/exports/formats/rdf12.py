"""RDF 1.2 Turtle: as ttl, and each claim reifies what it states of its leg; for Oxigraph and other RDF 1.2 stores.

A claim that names 22.4bn for a leg reifies the triple term `<<( leg k:usd 22400000000 )>>`. A triple term is
quoted, not asserted: only the amounts that the rule picked are asserted of the leg itself. rdflib 7 cannot
read this.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from knockon.exports import Snapshot, Writer
from knockon.exports.quads import RDF, rows, turtle
from knockon.triples import K

suffix = ".rdf12.ttl"

STATED = {"usdLow": "usdLow", "usd": "usd", "usdHigh": "usdHigh", "statedFirmness": "firmness"}
"""What a claim has -> what it thereby says of its leg."""


def render(snapshot: Snapshot) -> Writer:
    """The Turtle of `ttl` with one `rdf:reifies` per figure of a claim."""

    def write(out: IO[bytes]) -> None:
        turtle((line for _, row in rows(snapshot) for line in (*row, *_reified(row))), out)

    return write


def _reified(row: list[str]) -> Iterator[str]:
    """What a claim says of its leg, quoted."""
    if not row[0].endswith(f" <{K}Claim> .\n"):
        return
    subject = row[0].partition(" ")[0]
    said = {name: term[:-3] for _, name, term in (line.split(" ", 2) for line in row)}
    for own, of_leg in STATED.items():
        if f"<{K}{own}>" in said:
            term = f"<<( {said[f'<{K}leg>']} <{K}{of_leg}> {said[f'<{K}{own}>']} )>>"
            yield f"{subject} <{RDF}reifies> {term} .\n"
