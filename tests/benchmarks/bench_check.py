"""`knockon check` on seeded books, and pyshacl on the same graph and shapes, in one run: results equal, then timed.

    python tests/benchmarks/bench_check.py [CLAIMS ...]

CPU seconds, one round after one that warms up; pyshacl, which parses each rule anew for each row, only up to 200
claims.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pyshacl
from harness import interleaved
from rdflib import Graph

sys.path.insert(0, str(Path(__file__).parents[1]))

import books
from knockon.resources import shelf
from knockon.shapes import findings, graphs
from knockon.tables import parse

CLAIMS = (200, 1_000, 10_000)
SMALL = 200  # claims that pyshacl is given
ROUNDS = 1  # the other program takes minutes


def slow(folder: Path) -> bool:
    """Whether pyshacl finds the book sound."""
    flat = ox.Store()
    flat.extend(ox.Quad(quad.subject, quad.predicate, quad.object) for quad in next(graphs(parse(folder))[1]).store)
    text = flat.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph())
    assert text is not None
    shapes = Graph().parse(data=(shelf("ontology") / "shapes.ttl").read_text("utf-8"))
    return bool(pyshacl.validate(Graph().parse(data=text, format="nt"), shacl_graph=shapes, inference="none")[0])


def row(name: str, folder: Path, beside: bool) -> str:
    """The line of a book, found sound by every side before anything is timed."""
    sides: dict[str, Callable[[], object]] = {"ours": lambda: findings(folder)}
    assert findings(folder) == []
    if beside:
        sides["theirs"] = lambda: slow(folder)
        assert slow(folder)
    times = {side: f"{statistics.median(found):.1f}" for side, found in interleaved(sides, ROUNDS).items()}
    claims = len(parse(folder).tables["claims"])
    return f"| {name} | {claims:,} | {times['ours']} | {times.get('theirs', '')} |"


def main(sizes: list[int]) -> int:
    """Print a row for the shipped book and one for each size."""
    print("| book | claims | check, s | pyshacl, s |")
    print("|---|---:|---:|---:|")
    print(row("shipped", shelf("data"), beside=False))
    for size in sizes:
        with tempfile.TemporaryDirectory() as place:
            print(row("seeded", books.write(Path(place), size), beside=size <= SMALL), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main([int(word) for word in sys.argv[1:]] or list(CLAIMS)))
