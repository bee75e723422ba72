"""Loading and resolving the shipped book beside a bare pass over the same files, in one run; then every export.

    python tests/benchmarks/bench_book.py [--quick]

Rows and dollars are checked equal first. Medians of CPU time, the sides turn by turn. The bare passes parse no
type, check no key, reference or range, and resolve nothing: they are the floor, not the same task.
"""

from __future__ import annotations

import csv
import platform
import statistics
import sys

import pandas as pd
from harness import interleaved

import knockon
from knockon import exports, tables
from knockon.resolution import last_day, resolve, values
from knockon.resources import shelf
from knockon.tables.columns import schema

ROUNDS = 9


def plain() -> tuple[int, int]:
    """Rows of all tables, and the dollars of all claims, by csv.DictReader."""
    rows = dollars = 0
    for table in schema():
        with (shelf("data") / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                rows += 1
                dollars += int(row["usd"] or 0) if table == "claims" else 0
    return rows, dollars


def by_pandas() -> tuple[int, int]:
    """The same by pandas.read_csv."""
    rows = dollars = 0
    for table in schema():
        with (shelf("data") / f"{table}.csv").open(encoding="utf-8") as file:
            frame = pd.read_csv(file)
        rows += len(frame)
        dollars += int(frame["usd"].sum()) if table == "claims" else 0
    return rows, dollars


def ours() -> tuple[int, int]:
    """Read, checked, and resolved on the last day the data know."""
    book = tables.read()
    day = last_day(book)
    resolve(book, day)
    values(book, day)
    claims = (claim for found in book.claims.values() for claim in found)
    return sum(map(len, book.tables.values())), sum(claim.usd or 0 for claim in claims)


def main(quick: bool) -> int:
    """Print both tables; 1 if the sides disagree."""
    found = {plain(), by_pandas(), ours()}
    if len(found) > 1:
        print(f"the sides disagree, nothing is timed: {found}", file=sys.stderr)
        return 1
    rounds = 3 if quick else ROUNDS
    print(f"{platform.machine()}, Python {platform.python_version()}, pandas {pd.__version__}; the shipped book:")
    print(f"{found.pop()[0]:,} rows in {len(schema())} tables; CPU time, medians of {rounds}, turn by turn\n")
    print("| task | ms | least to most |")
    print("|---|---:|---:|")
    task = {
        "knockon: read, check, resolve, value": ours,
        "csv.DictReader: read only": plain,
        "pandas.read_csv: read only": by_pandas,
    }
    for name, times in interleaved(task, rounds).items():
        ms = [1e3 * seconds for seconds in times]
        print(f"| {name} | {statistics.median(ms):,.0f} | {min(ms):,.0f} to {max(ms):,.0f} |")
    study = knockon.open()
    print(f"\nExports as of {study.as_of}, the book ready; not written to disk\n")
    print("| export | MB | ms | least to most |")
    print("|---|---:|---:|---:|")
    renders = {name: lambda name=name: exports.in_memory(name, study) for name in exports.names()}
    sizes = {name: _size(render()) for name, render in renders.items()}
    for name, times in interleaved(renders, rounds).items():
        ms = [1e3 * seconds for seconds in times]
        print(f"| {name} | {sizes[name] / 1e6:.2f} | {statistics.median(ms):,.0f} | {min(ms):,.0f} to {max(ms):,.0f} |")
    return 0


def _size(content: bytes | dict[str, bytes]) -> int:
    return sum(map(len, content.values())) if isinstance(content, dict) else len(content)


if __name__ == "__main__":
    sys.exit(main("--quick" in sys.argv))
