"""Cycles beside networkx, the curve and the null draws on the real book, and the size of the nulls in the long form.

    python tests/benchmarks/bench_circularity.py [--quick]

Medians of CPU time, the two sides interleaved; the lists of cycles are checked equal before anything is timed.
"""

from __future__ import annotations

import platform
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable
from itertools import islice

import networkx as nx
import numpy as np
from harness import interleaved
from scipy import sparse

import knockon
from knockon.arrays import Matrix
from knockon.measures.circularity import central
from knockon.measures.curve import curve
from knockon.measures.cycles import cycles
from knockon.measures.network import Edges
from knockon.measures.nulls import NULLS, significance
from knockon.vocab import Family


def random_network(n: int, m: int, heavy: bool, seed: int = 1) -> Matrix:
    """m arrows between n parties, alike or with a few hubs."""
    random = np.random.default_rng(seed)
    weight = np.arange(1, n + 1) ** -0.7 if heavy else np.ones(n)
    found: set[tuple[int, int]] = set()
    while len(found) < m:
        ends = random.choice(n, (m, 2), p=weight / weight.sum())
        found |= {(int(i), int(j)) for i, j in ends if i != j}
    pairs = np.array(sorted(found)[:: max(1, len(found) // m)][:m])
    return sparse.csr_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(n, n))


def seconds(call: Callable[[], object]) -> float:
    """CPU time of one call."""
    start = time.process_time()
    call()
    return time.process_time() - start


def beside_networkx(rounds: int) -> int:
    """The table of cycles; 1 if the two sides disagree."""
    print("| parties | arrows | length | cycles | knockon, ms | networkx, ms | ratio |")
    print("|---:|---:|---:|---:|---:|---:|---:|")
    for n, m, longest in ((100, 500, 5), (1000, 5000, 4), (1000, 5000, 5)):
        W = random_network(n, m, heavy=False)
        G = nx.from_scipy_sparse_array(W, create_using=nx.DiGraph)
        ours = list(cycles(W, longest))
        theirs = [tuple(c[c.index(min(c)) :] + c[: c.index(min(c))]) for c in nx.simple_cycles(G, length_bound=longest)]
        if ours != sorted(theirs):
            print("the two sides disagree: nothing is timed", file=sys.stderr)
            return 1
        sides = {
            "ours": lambda W=W, longest=longest: list(cycles(W, longest)),
            "theirs": lambda G=G, longest=longest: list(nx.simple_cycles(G, length_bound=longest)),
        }
        x, y = (statistics.median(times) for times in interleaved(sides, rounds).values())
        print(f"| {n:,} | {m:,} | {longest} | {len(ours):,} | {x * 1e3:,.1f} | {y * 1e3:,.0f} | {y / x:,.0f} |")
    return 0


def size(null: str, graphs: int) -> float:
    """Share of random networks that a null calls significant at 5%."""
    random, n, m = np.random.default_rng(11), 12, 30
    kinds = (Family.EQUITY, Family.COMPUTE)
    pairs = [(i, j, kind) for i in range(n) for j in range(n) if i != j for kind in kinds]
    hits = 0
    for seed in range(graphs):
        chosen = sorted(random.choice(len(pairs), size=m, replace=False).tolist())
        parties = tuple(f"p{i:02}" for i in range(n))
        x = Edges(
            parties=parties,
            payer=np.array([pairs[k][0] for k in chosen]),
            payee=np.array([pairs[k][1] for k in chosen]),
            usd=random.lognormal(size=m),
            family=tuple(pairs[k][2] for k in chosen),
            left_out={},
        )
        classes = {party: str(i % 2) for i, party in enumerate(parties)}
        (found,) = significance(x, classes, lambda W: {"bff": central(W)}, null, draws=19, seed=seed, sweeps=5)
        hits += found.p <= 0.05
    return hits / graphs


def main(quick: bool) -> int:
    """Print the tables."""
    print(f"{platform.machine()}, Python {platform.python_version()}, networkx {nx.__version__}; CPU time\n")
    if beside_networkx(1 if quick else 7):
        return 1
    W = random_network(2000, 10_000, heavy=True)
    tracemalloc.start()
    took = seconds(lambda: sum(1 for _ in islice(cycles(W, 6), 100_000)))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    print("\n2,000 parties, 10,000 arrows with hubs, length 6: the first 100,000 cycles")
    print(f"in {took:.1f} s under the memory tracer, {most / 1e6:.0f} MB at most")
    for day in ("2025-11-05", None):
        study = knockon.open(as_of=day)
        promises = study.promises
        took = seconds(lambda p=promises: curve(p.all, "cash", p.grouped))
        print(f"real book of {study.as_of}: the curve, six thresholds, in {took * 1e3:.0f} ms")
        found, draws = study.circularity(), 99 if quick else 999
        for null in NULLS:
            took = seconds(lambda f=found, null=null, draws=draws: f.significance(null, draws))
            print(f"  null {null}, {draws} draws: {took:.1f} s")
    graphs = 100 if quick else 1000
    for null in NULLS:
        print(f"null {null} calls {size(null, graphs):.1%} of {graphs:,} random networks significant at 5%")
    return 0


if __name__ == "__main__":
    sys.exit(main("--quick" in sys.argv))
