"""N-Quads with one graph per source for what that source says; for Oxigraph, Jena, GraphDB, Virtuoso.

A row that names its source stands in that source's graph, `graph/source/ID`; `graph/about` says of each such
graph that it was derived from the source. Market tables stay in `graph/market`, since their terms differ, and
each of their rows names its source itself. What no source says stays in `graph/book`, `known`, `ontology`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import IO

from knockon.exports import Snapshot, Writer
from knockon.exports.quads import ABOUT, PROV, nquads, rows
from knockon.triples import BASE, GRAPHS, K

suffix = ".nq"

_SOURCE = f" <{K}source> <"


def render(snapshot: Snapshot) -> Writer:
    """Sorted by graph, subject, predicate, object."""

    def write(out: IO[bytes]) -> None:
        with nquads(_placed(rows(snapshot))) as lines:
            out.writelines(lines)

    return write


def _placed(found: Iterable[tuple[str, list[str]]]) -> Iterator[tuple[str, list[str]]]:
    """The rows of the book that name their source in its graph, and what each such graph was derived from."""
    for graph, row in found:
        named = row[0].partition(" ")[0] + _SOURCE
        said = next((line for line in row if line.startswith(named)), "") if graph == GRAPHS["book"] else ""
        if said:
            page = said[len(named) : -len("> .\n")]
            graph = page.replace(f"{BASE}id/sources/", f"{BASE}graph/source/")
            yield ABOUT, [f"<{graph}> <{PROV}wasDerivedFrom> <{page}> .\n"]
        yield graph, row
