"""Clearing and linear DebtRank beside plain Python per party, in one run: results checked equal, then timed.

    python tests/benchmarks/bench_classics.py [--quick]

Random networks of mean degree 10. The plain side iterates until nothing moves by more than 1e-10 of a debt (of a
buffer); ours goes on to rounding, which is more work. CPU time, medians, the two sides turn by turn. Where the
plain side would take minutes it runs some scenarios and is scaled up (marked ~), or is left out (marked -).
"""

from __future__ import annotations

import gc
import itertools
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from harness import machine
from scipy import sparse

from knockon.contagion.classics.clearing import clearing
from knockon.contagion.classics.debtrank import debtrank

TOLERANCE = 1e-10
DEGREE = 10
ROUNDS = 7
AT_MOST = 20.0  # seconds that the plain side may take for all its rounds of one row, if more than one scenario

Owed = list[list[tuple[int, float]]]


def plain_clearing(owed_to: Owed, pbar: list[float], ea: list[float]) -> list[float]:
    """Payments of one scenario, party by party; owed_to[i] lists (debtor, share of his payments) of i."""
    p = pbar[:]
    while True:
        new = []
        for i, due in enumerate(pbar):
            assets = ea[i]
            for debtor, share in owed_to[i]:
                assets += share * p[debtor]
            new.append(due if assets >= due else assets)
        step = max(abs(a - b) / due for a, b, due in zip(new, p, pbar, strict=True))
        p = new
        if step <= TOLERANCE:
            return p


def plain_debtrank(claims: Owed, s0: list[float]) -> list[float]:
    """Raw stress of one scenario, party by party; claims[i] lists (debtor, claim over i's buffer)."""
    s = s0[:]
    while True:
        new = []
        for i, stress in enumerate(s0):
            for debtor, weight in claims[i]:
                stress += weight * min(1.0, s[debtor])
            new.append(stress)
        step = max(abs(a - b) for a, b in zip(new, s, strict=True))
        s = new
        if step <= TOLERANCE:
            return s


@dataclass(frozen=True)
class Task:
    """One row: what we run on all scenarios, what the plain side runs on one, and how both are compared."""

    name: str
    scenarios: int
    ours: Callable[[], Any]  # (n, scenarios)
    plain: Callable[[int], list[float]] | None  # the result of one scenario
    hit: Callable[[], float]  # share of parties in default, or busted


def links(M: Any) -> Owed:
    """The rows of a sparse matrix as lists of (column, entry)."""
    at, cols, vals = M.indptr.tolist(), M.indices.tolist(), M.data.tolist()
    return [list(zip(cols[a:b], vals[a:b], strict=True)) for a, b in itertools.pairwise(at)]


def network(n: int, rng: np.random.Generator) -> Any:
    """L (n, n): about ten creditors each, amounts lognormal."""
    i, j = rng.integers(0, n, (2, n * DEGREE))
    keep = i != j
    L = sparse.csr_array((rng.lognormal(0, 1, n * DEGREE)[keep], (i[keep], j[keep])), shape=(n, n))
    L.sum_duplicates()
    return L


def clear(n: int, scenarios: int, timed: bool) -> Task:
    """Outsiders are owed half to one and a half times what the network is; equity 8% of debt; assets fall by 0-16%."""
    rng = np.random.default_rng(n + scenarios)
    L = network(n, rng)
    inside, claims = np.asarray(L.sum(axis=1)), np.asarray(L.sum(axis=0))
    el = inside * rng.uniform(0.5, 1.5, n) + 0.1
    pbar = inside + el
    sound = np.maximum(1.08 * pbar - claims, 0.1 * pbar)
    ea = sound[:, None] * (1 - rng.uniform(0, 0.16, (n, scenarios)))
    plain = None
    if timed:
        owed_to = links(sparse.csr_array(L.multiply(1 / pbar[:, None])).T.tocsr())
        due = pbar.tolist()

        def plain(b: int) -> list[float]:
            return plain_clearing(owed_to, due, ea[:, b].tolist())

    def ours() -> Any:
        return clearing(L, ea, el).p / pbar[:, None]

    def compared(b: int) -> list[float]:
        assert plain is not None
        return (np.array(plain(b)) / pbar).tolist()

    def failed() -> float:
        return float(clearing(L, ea, el).defaulted.mean())

    return Task("clearing", scenarios, ours, compared if timed else None, failed)


def stress(n: int, scenarios: int, timed: bool) -> Task:
    """Claims are 60% of each buffer; one party in twenty loses up to half of it."""
    rng = np.random.default_rng(n + scenarios)
    A = network(n, rng).T.tocsr()
    total = np.asarray(A.sum(axis=1))
    buffer = total / 0.6 + 0.1
    s0 = rng.uniform(0, 0.5, (scenarios, n)) * (rng.random((scenarios, n)) < 0.05)
    claims = links(sparse.csr_array(A.multiply(1 / buffer[:, None]))) if timed else []

    def ours() -> Any:
        return debtrank(A, buffer, np.ones(n), s0).final_stress_raw.T

    def plain(b: int) -> list[float]:
        return plain_debtrank(claims, s0[b].tolist())

    def failed() -> float:
        return float((ours() >= 1).mean())

    return Task("DebtRank", scenarios, ours, plain if timed else None, failed)


def row(task: Task, n: int, rounds: int, at_most: float) -> str:
    """Check, then time turn by turn. Raises AssertionError where the two sides disagree."""
    start = time.process_time()
    found = task.ours()
    once = time.process_time() - start
    sample, plain_once = 0, 0.0
    if task.plain is not None:
        start = time.process_time()
        first = task.plain(0)
        plain_once = time.process_time() - start
        sample = max(1, min(task.scenarios, int(at_most / rounds / max(plain_once, 1e-9))))
        for b in range(min(sample, 3)):
            expected = first if b == 0 else task.plain(b)
            gap = float(np.abs(found[:, b] - np.array(expected)).max())
            assert gap <= 1e-8, f"{task.name} n={n} scenario {b}: the two sides differ by {gap:.1e}; nothing is timed"
    del found
    repeat = max(1, int(0.05 / max(once, 1e-6)))  # so short that one call is less than the clock can tell
    ours: list[float] = []
    plain: list[float] = []
    for _ in range(rounds):
        gc.collect()
        start = time.process_time()
        for _ in range(repeat):
            task.ours()
        ours.append((time.process_time() - start) / repeat)
        if task.plain is not None:
            start = time.process_time()
            for b in range(sample):
                task.plain(b)
            plain.append((time.process_time() - start) / sample * task.scenarios)
    a = statistics.median(ours)
    cells = [
        task.name,
        f"{n:,}",
        f"{task.scenarios:,}",
        f"{task.hit():.0%}",
        _ms(a),
        f"{_ms(min(ours))} to {_ms(max(ours))}",
    ]
    if plain:
        b = statistics.median(plain)
        about = "~" if sample < task.scenarios else ""
        return f"| {' | '.join([*cells, about + _ms(b), about + _ratio(b / a)])} |"
    return f"| {' | '.join([*cells, '-', '-'])} |"


def _ms(seconds: float) -> str:
    return f"{seconds * 1e3:,.1f}" if seconds < 10 else f"{seconds * 1e3:,.0f}"


def _ratio(times: float) -> str:
    return f"{times:,.0f}" if times >= 10 else f"{times:.1f}"


def main(quick: bool) -> int:
    """Print the table, row by row; 1 if the two sides disagree."""
    rounds = 3 if quick else ROUNDS
    sizes = (50, 500, 5_000) if quick else (50, 500, 5_000, 50_000, 500_000)
    many, most = (100, 500) if quick else (1_000, 10_000)
    print(f"{machine('numpy', 'scipy')}. Mean degree {DEGREE}, tolerance {TOLERANCE:g};")
    print(f"CPU time, medians of {rounds} rounds, the two sides turn by turn.\n")
    print("| model | n | scenarios | failed | knockon, ms | least to most | plain Python, ms | ratio |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|", flush=True)
    for make in (clear, stress):
        jobs = [(n, 1) for n in sizes]
        jobs += [(n, many) for n in sizes if n <= (500 if quick else 5_000)] + [(500, most)]
        for n, scenarios in jobs:
            try:
                print(row(make(n, scenarios, n <= 50_000), n, rounds, 1.0 if quick else AT_MOST), flush=True)
            except AssertionError as error:
                print(error, file=sys.stderr)
                return 1
    print("\n~ scaled up from fewer scenarios; - the plain side would take minutes and is left out.")
    return 0


if __name__ == "__main__":
    sys.exit(main("--quick" in sys.argv))
