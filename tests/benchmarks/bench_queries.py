"""Oxigraph beside rdflib's own engine, in one run: answers checked equal, then timed; and each shipped query.

    python tests/benchmarks/bench_queries.py [--quick]

The real book as known on 2025-11-05 without its market tables, at 1, 10 and 100 times its size (`--quick`: without
100). CPU time until the last row is read, medians. rdflib gets `LIMIT` seconds for a query; one that takes longer
is reported as such and not tried on a larger book.
"""

from __future__ import annotations

import platform
import signal
import statistics
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import rdflib

sys.path.insert(0, str(Path(__file__).parents[1]))

from harness import interleaved

import knockon
import synthetic
from knockon.queries import ask, find, library
from rdf import plain_rdflib

LIMIT = 30
ROUNDS = 7
PATH = """
PREFIX k: <https://knockon.example/ontology/>
PREFIX kg: <https://knockon.example/graph/>
PREFIX party: <https://knockon.example/id/parties/>
SELECT DISTINCT ?reached WHERE { GRAPH kg:known { party:openai (k:fundsDirectly|k:buysFrom)+ ?reached } }
"""
TASKS = {
    "cycle (loops-of-three)": find("loops-of-three").text,
    "aggregation (straight-back)": find("straight-back").text,
    "path (who is paid, directly or in the end)": PATH,
    "OPTIONAL (exposures/contracts)": find("exposures/contracts").text,
    "filter (largest)": find("largest").text,
}


class TooSlow(Exception):
    """rdflib had its time."""


def ours(store: ox.Store, text: str) -> list[tuple[str | None, ...]]:
    """The rows of Oxigraph, as text."""
    result: Any = store.query(text)
    return sorted((tuple(None if term is None else term.value for term in row) for row in result), key=str)


def theirs(dataset: rdflib.Dataset, text: str) -> list[tuple[str | None, ...]]:
    """The rows of rdflib, as text. Raises TooSlow."""
    signal.setitimer(signal.ITIMER_PROF, LIMIT)
    try:
        rows: Any = dataset.query(text)
        return sorted((tuple(None if term is None else str(term) for term in row) for row in rows), key=str)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def median(rounds: int, call: Callable[..., object], *arguments: object) -> float:
    """CPU seconds that a call takes."""
    return statistics.median(interleaved({"it": lambda: call(*arguments)}, rounds)["it"])


def main(quick: bool) -> int:
    """Print the tables; 1 if the two engines disagree."""

    def late(*_: object) -> None:
        raise TooSlow

    signal.signal(signal.SIGPROF, late)
    study = knockon.open(as_of="2025-11-05")
    print(
        f"{platform.machine()}, Python {platform.python_version()}, rdflib {rdflib.__version__}; book of 2025-11-05\n"
    )
    print("| size | triples | task | rows | Oxigraph, ms | rdflib, ms | ratio |")
    print("|---:|---:|---|---:|---:|---:|---:|")
    beaten: set[str] = set()
    for times in (1, 10) if quick else (1, 10, 100):
        store = ox.Store()
        store.bulk_extend(synthetic.quads(study, times))
        dataset = plain_rdflib(store)
        for task, text in TASKS.items():
            rows = ours(store, text)
            fast = median(ROUNDS, ours, store, text)
            row = f"| {times} | {len(store):,} | {task} | {len(rows):,} | {fast * 1e3:,.1f} |"
            if task in beaten:
                print(f"{row} - | - |", flush=True)
                continue
            try:
                if theirs(dataset, text) != rows:
                    print(f"{task}: the two engines disagree", file=sys.stderr)
                    return 1
                slow = median(ROUNDS, theirs, dataset, text)
            except TooSlow:
                beaten.add(task)
                print(f"{row} >{LIMIT * 1e3:,.0f} | >{LIMIT / fast:,.0f} |", flush=True)
            else:
                print(f"{row} {slow * 1e3:,.1f} | {slow / fast:,.0f} |", flush=True)
        del dataset
    print(
        "\n- not tried, having taken longer on a smaller book.\n\n| shipped query, on the whole real book | rows | ms |"
    )
    print("|---|---:|---:|")
    took = {}
    for name, query in library().items():
        rows = ask(study.full, query).rows
        took[name] = median(ROUNDS, ask, study.full, query)
        print(f"| {name} | {len(rows):,} | {took[name] * 1e3:,.1f} |")
    worst = max(took, key=lambda name: took[name])
    print(f"\nSlowest of {len(took)}: {worst}, {took[worst] * 1e3:,.1f} ms.")
    return 0


if __name__ == "__main__":
    sys.exit(main("--quick" in sys.argv))
