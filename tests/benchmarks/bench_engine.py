"""The engine beside a plain loop over edges and scenarios, in one run: results checked equal, then timed.

    python tests/benchmarks/bench_engine.py [--quick]

Medians of seven rounds of CPU time, the two sides interleaved, the same network, stop rule and tolerance.
"""

from __future__ import annotations

import math
import platform
import statistics
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
from harness import interleaved

import knockon
from knockon.contagion.coefficients import coefficients
from knockon.contagion.engine import Map, Shock
from knockon.contagion.fixedpoint import solve
from knockon.contagion.ranking import Hit, hits, ranking
from knockon.contagion.spread import spread
from knockon.exposures import Exposures

TOLERANCE = 1e-10
ROUNDS = 7


def plain(x: Exposures, u: list[float], w: list[float]) -> list[float]:
    """The same fixed point for one scenario, as one would write it down: loops over edges, no arrays."""
    k = coefficients(x)
    n = len(x.balance.parties)
    value, alpha, s, pi = (list(map(float, a[:, 0])) for a in (k.value, k.alpha, k.s, k.pi))
    contract, demand, credit = (list(map(float, a[:, 0])) for a in (k.contract, k.demand, k.credit))
    holding, funding, cap = (list(map(float, a[:, 0])) for a in (k.holding, k.funding, k.cap))
    edges = [list(zip(e.obligor.tolist(), e.holder.tolist(), strict=True)) for e in _edges(x)]
    g = x.guarantees
    covers = list(zip(g.covers.tolist(), g.covers_debt.tolist(), g.cover.tolist(), strict=True))
    curvature = x.fundings.curvature.tolist()
    h, d, y = [0.0] * n, [0.0] * n, [0.0] * n

    def f(i: int, extra: float) -> float:
        return s[i] * h[i] * math.exp(-(alpha[i] + extra) * (1 - h[i]))

    while True:
        lost, less, dry = [0.0] * n, [0.0] * n, [0.0] * n
        gross = []
        for e, (b, c) in enumerate(edges[0]):
            x_e = 1 - (1 - w[b]) * (1 - f(b, 0.0)) * (1 - pi[b] * d[b]) * (1 - y[b])
            gross.append(contract[e] * x_e)
            lost[c] += contract[e] * x_e
            less[c] += demand[e] * x_e
        for e, (b, c) in enumerate(edges[1]):
            lost[c] += holding[e] * (0.0 if math.isinf(value[b]) else value[b]) * h[b]
        owed = []
        for e, (b, c) in enumerate(edges[2]):
            owed.append(credit[e] * (1 - (1 - w[b]) * (1 - f(b, x.a_d))))
            lost[c] += owed[e]
        for e, (b, c) in enumerate(edges[3]):
            dry[c] += funding[e] * (1 - (1 - w[b]) * (1 - f(b, curvature[e])))
        for e, (b, c) in enumerate(edges[4]):
            at, debt, cover = covers[e]
            call = min(cap[e], cover * (owed[at] if debt else gross[at]))
            lost[b] += call
            lost[c] -= call * (1 - w[b]) * (1 - f(b, x.a_d))
        new = [min(1.0, u[i] + lost[i] / value[i]) for i in range(n)]
        step = max(max(abs(a - b) for a, b in zip(p, q, strict=True)) for p, q in ((new, h), (less, d), (dry, y)))
        h, d, y = new, [min(1.0, v) for v in less], [min(1.0, v) for v in dry]
        if step <= TOLERANCE:
            return h


def _edges(x: Exposures) -> tuple[Any, ...]:
    return (x.contracts, x.holdings, x.debts, x.fundings, x.guarantees)


def medians(ours: Callable[[], object], theirs: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Median CPU seconds of both, taken turn by turn."""
    times = interleaved({"ours": ours, "theirs": theirs}, rounds)
    return statistics.median(times["ours"]), statistics.median(times["theirs"])


def main(quick: bool) -> int:
    """Print the table; 1 if the two sides disagree."""
    x = knockon.open(as_of="2025-11-05").exposures
    n = len(x.balance.parties)
    openai = x.balance.index("openai")
    rounds = 3 if quick else ROUNDS
    shock = Shock.none(x)
    shock.u[openai] = 0.2
    u, none = [0.0] * n, [0.0] * n
    u[openai] = 0.2
    k = coefficients(x)
    everyone = np.eye(n)

    def batch() -> Any:
        return solve(Map(x, coefficients(x), hits(x, everyone, Hit.BOTH)), tolerance=TOLERANCE).h

    def loop() -> Any:
        valued = ~np.isnan(x.balance.value)
        columns = [
            plain(x, [float(j == i and valued[i]) for j in range(n)], [float(j == i) for j in range(n)])
            for i in range(n)
        ]
        return np.array(columns).T

    one = solve(Map(x, k, shock), tolerance=TOLERANCE).h[:, 0]
    if not np.allclose(one, plain(x, u, none), rtol=0, atol=1e-9) or not np.allclose(
        batch(), loop(), rtol=0, atol=1e-9
    ):
        print("the two sides disagree: nothing is timed", file=sys.stderr)
        return 1
    rows = []
    ours, theirs = medians(
        lambda: solve(Map(x, coefficients(x), shock), tolerance=TOLERANCE), lambda: plain(x, u, none), rounds
    )
    rows.append(("one shock", ours, theirs))
    ours, theirs = medians(batch, loop, rounds)
    rows.append((f"every party in turn, {n} scenarios in one batch", ours, theirs))
    draws = 1000 if quick else 10_000
    ours, theirs = medians(lambda: spread(x, shock, draws, 7, 0.3), lambda: [plain(x, u, none) for _ in range(20)], 3)
    rows.append((f"{draws:,} draws, with the least and greatest fixed point", ours, theirs / 20 * draws))
    ours = medians(lambda: ranking(x), lambda: None, rounds)[0]
    print(f"{platform.machine()}, Python {platform.python_version()}, numpy {np.__version__}; real book of 2025-11-05:")
    print(
        f"{n} parties, {sum(len(e) for e in _edges(x))} edges; tolerance {TOLERANCE:g}; CPU time, medians of {rounds}\n"
    )
    print("| task | engine, ms | plain loop, ms | ratio |")
    print("|---|---:|---:|---:|")
    for name, a, b in rows:
        print(f"| {name} | {a * 1e3:,.1f} | {b * 1e3:,.1f} | {b / a:,.0f} |")
    print(f"\n`rank` on the same book: {ours * 1e3:,.0f} ms. The plain loop of the draws is extrapolated from 20.")
    return 0


if __name__ == "__main__":
    sys.exit(main("--quick" in sys.argv))
