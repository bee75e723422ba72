"""Every query of the library on the real book: milliseconds each, the slowest first.

    python tests/benchmarks/bench_library.py [--quick]

Medians of seven rounds of CPU time, turn by turn, answer read to its last row, on the last day the data know. Exit 1
if a query takes longer than 100 ms.
"""

from __future__ import annotations

import statistics
import sys

from harness import ROUNDS, interleaved, machine

import knockon
from knockon.queries import ask, library

LIMIT = 100.0
SHOWN = 12


def main(quick: bool) -> int:
    """Print the table; 1 if a query is too slow."""
    study = knockon.open()
    rounds = 3 if quick else ROUNDS
    calls = {query.name: lambda query=query: ask(study.full, query) for query in library().values()}
    times = {name: statistics.median(found) * 1e3 for name, found in interleaved(calls, rounds).items()}
    slowest = sorted(times, key=times.__getitem__, reverse=True)
    print(
        f"{machine('pyoxigraph')}; real book of {study.as_of}:\n"
        f"{len(study.full.store):,} quads, {len(times)} queries; CPU time, medians of {rounds} rounds\n"
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
