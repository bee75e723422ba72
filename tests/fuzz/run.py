"""The long form: so many spoilt inputs for every reader, in processes of their own, with a clock and a limit of memory.

python -m fuzz.run --inputs 100000 --seed 1      prints the count for each reader; exit 1 if anything went wrong
"""

from __future__ import annotations

import argparse
import multiprocessing as mp
import os
import resource
import sys
import tempfile
import time
from contextlib import nullcontext
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

from fuzz import readers, wire

READERS = {**readers.READERS, **wire.READERS}
CORPUS = Path(__file__).parent / "corpus"
MEMORY = 3 << 30
"""Bytes of data that a process may hold: the libraries, the books, and whatever an input makes of them."""
PATIENCE = 60
"""Seconds after which an input hangs."""
OWN_CLOCK = {"query", "parameter"}
"""A question of one's own may take as long as it asks for; these are counted, and are no failure."""


def worker(
    name: str, seed: int, start: int, count: int, at: Synchronized[int], found: mp.SimpleQueue[tuple[int, str]]
) -> None:
    """The inputs from `start` on, one after the other; `at` says which is on."""
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    reader = READERS[name]
    with tempfile.TemporaryDirectory() as place, wire.server() if name == "http" else nullcontext():
        for number in range(start, count):
            at.value = number
            folder = Path(place) / str(number // 100)  # few files lie in each
            folder.mkdir(exist_ok=True)
            if why := reader.judged(reader.input(seed, number), folder):
                found.put((number, why))
    at.value = count


def tried(name: str, seed: int, count: int) -> tuple[list[tuple[int, str]], int, int]:
    """Failures, inputs that took longer than their time, and the largest memory of a process in MB."""
    failures: list[tuple[int, str]] = []
    slow, start, fork = 0, 0, mp.get_context("fork")
    while start < count:
        at, found = fork.Value("q", start), fork.SimpleQueue()
        process = fork.Process(target=worker, args=(name, seed, start, count, at, found))
        process.start()
        last, since = start, time.monotonic()
        while process.is_alive():
            process.join(0.2)
            while not found.empty():
                failures.append(found.get())
            if at.value != last:
                last, since = at.value, time.monotonic()
            elif time.monotonic() - since > PATIENCE / (6 if name in OWN_CLOCK else 1):
                process.kill()
                process.join()
                break
        while not found.empty():
            failures.append(found.get())
        if at.value >= count and process.exitcode == 0:
            break
        if name in OWN_CLOCK and process.exitcode == -9:
            slow += 1
        else:
            failures.append((at.value, f"hung, or ended its process: exit code {process.exitcode}"))
        start = at.value + 1
    return failures, slow, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024


def main() -> int:
    """The command."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--inputs", type=int, default=100_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--only", nargs="*", choices=sorted(READERS), default=sorted(READERS))
    options.add_argument("--keep", type=Path, help="a folder for the inputs that fail")
    asked = options.parse_args()
    total = wrong = 0
    for name in asked.only:
        count, began = asked.inputs * READERS[name].share // 100, time.monotonic()
        failures, slow, memory = tried(name, asked.seed, count)
        total, wrong = total + count, wrong + len(failures)
        took = f"{time.monotonic() - began:.0f} s, at most {memory} MB"
        print(f"{name:10} {count:7,} inputs  {len(failures)} failures  {slow} stopped by the clock  {took}", flush=True)
        for number, why in failures[:20]:
            print(f"  input {number}: {why}", file=sys.stderr, flush=True)
            if asked.keep:
                asked.keep.mkdir(parents=True, exist_ok=True)
                (asked.keep / f"{name}-{number}").write_bytes(READERS[name].input(asked.seed, number))
    print(f"{total:,} inputs, seed {asked.seed}: {wrong} failures")
    return 1 if wrong else 0


if __name__ == "__main__":
    os.environ.setdefault("PYTHONHASHSEED", "0")
    sys.exit(main())
