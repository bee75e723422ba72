"""An answer of the page of sliders beside the bare solve inside it, on the real book.

    python tests/benchmarks/bench_pages.py

The same shocks, turn by turn, each party at another share; CPU time. The answer is what a slider waits for: the
scenario run without draws, its record, its words for the page, as JSON. The page has to answer within 500 ms.
"""

from __future__ import annotations

import platform
import statistics
import sys
import time
from collections.abc import Callable

import numpy as np

import knockon
from knockon.contagion.coefficients import coefficients
from knockon.contagion.engine import Map, Shock
from knockon.contagion.fixedpoint import solve
from knockon.scenarios import Scenario
from knockon.serve.what_if import _json

PARTIES = ("openai", "anthropic", "coreweave", "oracle", "microsoft", "nvidia", "softbank")
HALF = 0.5
"""Seconds within which the page answers."""


def timed(call: Callable[[], object]) -> float:
    """CPU seconds of one call."""
    start = time.process_time()
    call()
    return time.process_time() - start


def main() -> int:
    """Print the table; 1 if the two sides disagree or the page is too slow."""
    study = knockon.open()
    x = study.exposures
    answers, solves = [], []
    for turn, party in enumerate(PARTIES * 3):
        size = 0.1 + 0.04 * turn
        shock = Shock.none(x)
        shock.u[x.balance.index(party)] = size
        scenario = Scenario(value={party: size}, draws=0)
        solves.append(timed(lambda shock=shock: solve(Map(x, coefficients(x), shock))))
        answers.append(timed(lambda scenario=scenario: _json(study.run(scenario))))
        told = {row["party"]: row["loss_share"] for row in study.run(scenario).rows() if row["loss_share"]}
        h = solve(Map(x, coefficients(x), shock)).h[:, 0]
        if any(not np.isclose(share, h[x.balance.index(name)], rtol=1e-6) for name, share in told.items()):
            print(f"{party}: the sides disagree", file=sys.stderr)
            return 1
    print(f"{platform.machine()}, Python {platform.python_version()}; {len(answers)} shocks, {study.edition}\n")
    print("| task | ms, median | least to most |\n|---|---|---|")
    for name, times in (("answer of the page, no draws", answers), ("bare solve", solves)):
        print(f"| {name} | {1e3 * statistics.median(times):.0f} | {1e3 * min(times):.0f} to {1e3 * max(times):.0f} |")
    return int(statistics.median(answers) > HALF)


if __name__ == "__main__":
    sys.exit(main())
