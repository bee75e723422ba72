"""Every query of the library on the real book: milliseconds each, the slowest first.

    python tests/benchmarks/bench_library.py [--quick]

Medians of seven rounds of wall time, answer read to its last row, on the last day the data know. Exit 1 if a query
takes longer than 100 ms.
"""

from __future__ import annotations

import platform
import statistics
import sys
import time

import pyoxigraph

import knockon
from knockon.queries import Query, ask, library
from knockon.study import Study

LIMIT = 100.0
ROUNDS = 7
SHOWN = 12


def milliseconds(study: Study, query: Query, rounds: int) -> float:
    """Median time of a query."""
    found = []
    for _ in range(rounds):
        start = time.perf_counter()
        ask(study.full, query)
        found.append(time.perf_counter() - start)
    return statistics.median(found) * 1e3


def main(quick: bool) -> int:
    """Print the table; 1 if a query is too slow."""
    study = knockon.open()
    rounds = 3 if quick else ROUNDS
    times = {query.name: milliseconds(study, query, rounds) for query in library().values()}
    slowest = sorted(times, key=times.__getitem__, reverse=True)
    print(
        f"{platform.machine()}, Python {platform.python_version()}, pyoxigraph {pyoxigraph.__version__}; "
        f"real book of {study.as_of}:\n{len(study.full.store):,} quads, {len(times)} queries; medians of {rounds}\n"
    )
    print("| query | rows | ms |")
    print("|---|---:|---:|")
    for name in slowest[:SHOWN]:
        print(f"| {name} | {len(ask(study.full, library()[name]).rows)} | {times[name]:,.1f} |")
    rest = [times[name] for name in slowest[SHOWN:]]
    print(f"| the other {len(rest)}, each at most | | {max(rest):,.1f} |")
    print(f"| all together | | {sum(times.values()):,.1f} |")
    return int(times[slowest[0]] > LIMIT)


if __name__ == "__main__":
    sys.exit(main("--quick" in sys.argv))
