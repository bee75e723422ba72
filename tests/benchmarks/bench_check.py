"""`knockon check` on seeded books, and pyshacl on the same graph and shapes, in one run: results equal, then timed.

    python tests/benchmarks/bench_check.py [CLAIMS ...]

CPU seconds, one round each; pyshacl, which parses each rule anew for each row, only up to 200 claims.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pyshacl
from rdflib import Graph

sys.path.insert(0, str(Path(__file__).parents[1]))

import books
from knockon.resources import shelf
from knockon.shapes import checked, findings
from knockon.tables import parse


def seconds(call: Callable[[], object]) -> tuple[float, object]:
    """CPU time of one call, and what it gave."""
    start = time.process_time()
    found = call()
    return time.process_time() - start, found


def slow(folder: Path) -> bool:
    """Whether pyshacl finds the book sound."""
    flat = ox.Store()
    flat.extend(ox.Quad(quad.subject, quad.predicate, quad.object) for quad in checked(parse(folder)).store)
    text = flat.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph())
    assert text is not None
    shapes = Graph().parse(data=(shelf("ontology") / "shapes.ttl").read_text("utf-8"))
    return bool(pyshacl.validate(Graph().parse(data=text, format="nt"), shacl_graph=shapes, inference="none")[0])


def main(sizes: list[int]) -> int:
    """Print a row for the shipped book and one for each size."""
    print("| book | claims | check, s | pyshacl, s |")
    print("|---|---:|---:|---:|")
    ours, found = seconds(lambda: findings(shelf("data")))
    assert found == []
    print(f"| shipped | {len(parse(shelf('data')).tables['claims']):,} | {ours:.1f} | |")
    for size in sizes:
        with tempfile.TemporaryDirectory() as place:
            folder = books.write(Path(place), size)
            ours, found = seconds(lambda folder=folder: findings(folder))
            assert found == []
            theirs = ""
            if size <= 200:
                took, sound = seconds(lambda folder=folder: slow(folder))
                assert sound
                theirs = f"{took:.1f}"
            print(f"| seeded | {size:,} | {ours:.1f} | {theirs} |")
    return 0


if __name__ == "__main__":
    sys.exit(main([int(word) for word in sys.argv[1:]] or [200, 1_000, 10_000]))
