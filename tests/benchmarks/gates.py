"""Every figure that is promised, beside its reference, in one run; writes docs/benchmarks.md.

    python tests/benchmarks/gates.py [--out FILE]

Exit 1 if a bound is missed that has no note to explain it. `tests/test_gates.py` runs the short form, and shows
that each gate can fail.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pyoxigraph as ox
from scipy import sparse

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

from bench_circularity import random_network
from harness import Bound, Figure, Gate, figure, machine, measured, table

import knockon
import synthetic
from knockon.contagion.capped_rounds import STEP, rounds
from knockon.contagion.coefficients import coefficients
from knockon.contagion.engine import Map, Shock
from knockon.contagion.fixedpoint import solve
from knockon.measures.cycles import cycles
from knockon.study import Study
from knockon.triples import K
from rdf import plain_rdflib

NUMPY_LOOP = (
    "the plain side is not slow: a round is little more than one product by BLAS. No scenario can leave its panel"
    " early, as all need 54 to 61 rounds there; the compiled loop uses what it has just computed and needs 34. It does"
    " some 3,000 million multiplications a second, and panels of 16 to 256 scenarios, eight debtors at a time, rows"
    " held apart and fewer promises about NaN made it no faster."
)
SECONDS = (
    "seconds of CPU grow when other work shares the cores; beside it stands what a bare interpreter took in the first"
    " line of the same run, which swings as the machine does, between 17 and 36 ms."
)
PROFILE = (
    f"{SECONDS} With that as 1: the 2,000 draws 13, numpy 7, our modules 5, typer and the command 4, rich and printing"
    " 4, hashing the tables 3, the result as a record 1."
)

PREFIXES = """
PREFIX k: <https://knockon.example/ontology/>
PREFIX party: <https://knockon.example/id/parties/>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""
QUESTIONS = {
    "sum": "SELECT (SUM(?usd) AS ?total) WHERE { GRAPH ?g { ?leg k:usd ?usd } }",
    "path": """SELECT DISTINCT ?reached WHERE { GRAPH ?g { party:openai (k:fundsDirectly|k:buysFrom)+ ?reached } }""",
    "as of a day": """SELECT ?leg ?day WHERE { GRAPH ?g { ?leg k:payer ?payer ; k:knownFrom ?day }
        FILTER(?day <= "2025-06-30"^^xsd:date) }""",
    "group by": """SELECT ?payer (SUM(?usd) AS ?total) WHERE {
        GRAPH ?g { ?leg k:payer ?payer } GRAPH ?h { ?leg k:usd ?usd } } GROUP BY ?payer""",
    "regex": """SELECT ?leg WHERE { GRAPH ?g { ?leg k:payer ?payer ; k:summary ?words }
        FILTER(REGEX(?words, "data cent(er|re)", "i")) }""",
}
ASKED = {K + name for name in ("usd", "payer", "payee", "knownFrom", "summary", "fundsDirectly", "buysFrom")}


def gates(short: bool = False) -> Iterator[Gate]:
    """All gates, one at a time since some hold much memory; `short` takes small sizes, for tests."""
    yield from commands(short)
    yield from engine(20 if short else 1000)
    yield from debtrank(40 if short else 2000)
    yield circles(60 if short else 1000, 300 if short else 5000)
    yield from questions(100 if short else 10_000)


def python(*words: str, cache: str = "off") -> Callable[[], str]:
    """A fresh interpreter that runs `words`, and what it prints."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def run() -> str:
        run_env = {**env, "KNOCKON_CACHE": cache}
        return subprocess.run([sys.executable, *words], capture_output=True, text=True, check=True, env=run_env).stdout

    return run


def commands(short: bool) -> Iterator[Gate]:
    """Starting, a shock and a question, each in a fresh process; the last two take seconds, too long for `short`."""
    bare = python("-c", "pass")
    yield Gate(
        task="`knockon --help`",
        beside="a bare interpreter",
        ours=python("-m", "knockon", "--help"),
        theirs=bare,
        same=lambda ours, theirs: "shock" in ours,
        bound=Bound.AS_LONG,
        limit=12,
    )
    asked = (("shock", "openai=0.2"), PROFILE), (("ask", "commitments/compute-contracts"), SECONDS)
    for words, note in () if short else asked:
        with tempfile.TemporaryDirectory() as cache:
            yield Gate(
                task=f"`knockon {' '.join(words)}`",
                beside="the same without a snapshot",
                ours=python("-m", "knockon", *words, "--quiet", cache=f"{cache}/knockon"),
                theirs=python("-m", "knockon", *words, "--quiet"),
                same=lambda ours, theirs: ours == theirs,
                bound=Bound.SECONDS,
                limit=1.0,
                note=note,
            )


def questions(legs: int) -> Iterator[Gate]:
    """SPARQL by Oxigraph and by rdflib's own engine, on copies of the real book until there are `legs` legs."""
    study = knockon.open()
    wanted = -(-legs // len(study.resolved))
    store = ox.Store()
    store.bulk_extend(quad for quad in synthetic.quads(study, wanted) if quad.predicate.value in ASKED)
    dataset = plain_rdflib(store)
    for name, text in QUESTIONS.items():
        yield Gate(
            task=f"SPARQL at {wanted * len(study.resolved):,} legs: {name}",
            beside="rdflib's own engine",
            ours=lambda text=text: by_oxigraph(store, PREFIXES + text),
            theirs=lambda text=text: by_rdflib(dataset, PREFIXES + text),
            same=lambda ours, theirs: len(ours) > 0 and ours == theirs,
            bound=Bound.QUICKER,
            limit=10,
        )


def by_oxigraph(store: ox.Store, text: str) -> list[tuple[str, ...]]:
    """The rows, as text, in one order."""
    found: Any = store.query(text)
    return sorted(tuple(term.value for term in row) for row in found)


def by_rdflib(dataset: Any, text: str) -> list[tuple[str, ...]]:
    """The same by rdflib."""
    return sorted(tuple(str(term) for term in row) for row in dataset.query(text))


def circles(parties: int, legs: int) -> Gate:
    """Every cycle of at most five parties in a random network."""
    W = random_network(parties, legs, heavy=False)
    G = nx.from_scipy_sparse_array(W, create_using=nx.DiGraph)

    def theirs() -> list[tuple[int, ...]]:
        found = nx.simple_cycles(G, length_bound=5)
        return sorted(tuple(c[c.index(min(c)) :] + c[: c.index(min(c))]) for c in found)

    return Gate(
        task=f"cycles of up to 5 among {parties:,} parties and {legs:,} legs",
        beside="networkx",
        ours=lambda: list(cycles(W, 5)),
        theirs=theirs,
        same=lambda ours, theirs: ours == theirs and len(ours) > 0,
        bound=Bound.QUICKER,
        limit=50,
    )


def engine(scenarios: int) -> Iterator[Gate]:
    """The engine's six channels on the real book: numpy one by one, numpy in a batch, compiled."""
    study: Study = knockon.open()
    x = study.exposures
    k, n = coefficients(x), len(x.balance.parties)
    random = np.random.default_rng(7)
    u = random.uniform(0, 1, (n, scenarios)) * (random.random((n, scenarios)) < 0.02)
    u[np.isnan(x.balance.value)] = 0.0
    part, tolerance = min(scenarios, 20), 1e-10
    batch = Map(x, k, replace(Shock.none(x), u=u))
    singles = [batch.only(np.array([b])) for b in range(part)]

    def one_by_one() -> Any:
        found = []
        for f in singles:
            now, step = (np.zeros((n, 1)),) * 3, 1.0
            while step > tolerance:
                before, now = now, f.step(*now)
                step = max(np.abs(a - b).max() for a, b in zip(now, before, strict=True))
            found.append(now[0])
        return np.column_stack(found)

    for way, compiled, limit in (("compiled", True, 50), ("by numpy", False, 8)):
        yield Gate(
            task=f"contagion, six channels, {n} parties, {scenarios:,} scenarios, {way}",
            beside="numpy, one scenario after the other",
            ours=lambda compiled=compiled: solve(batch, tolerance=tolerance, compiled=compiled).h,
            theirs=one_by_one,
            same=lambda ours, theirs: bool(np.allclose(ours[:, :part], theirs, rtol=0, atol=1e-12)),
            bound=Bound.QUICKER,
            limit=limit,
            scale=scenarios / part,
        )


def debtrank(scenarios: int) -> Iterator[Gate]:
    """h = min(1, s0 + W h) at 200 parties of ten debtors each: numpy one by one, scipy in blocks, compiled."""
    n, random = 200, np.random.default_rng(1)
    i, j = random.integers(0, n, (2, 10 * n))
    keep = i != j
    A = sparse.csr_array((random.lognormal(0, 1, 10 * n)[keep], (i[keep], j[keep])), shape=(n, n))
    A.sum_duplicates()
    W = sparse.csr_array(A.multiply(1 / (A.sum(axis=1) / 0.6 + 0.1)[:, None]))
    s0 = random.uniform(0, 0.5, (n, scenarios)) * (random.random((n, scenarios)) < 0.05)
    dense, part = W.toarray(), min(scenarios, 100)

    def one_by_one() -> Any:
        found = []
        for b in range(part):
            first = np.ascontiguousarray(s0[:, b])
            h, step = np.minimum(1, first), 1.0
            while step > STEP:
                before, h = h, np.minimum(1, first + dense @ h)
                step = np.abs(h - before).max()
            found.append(h)
        return np.column_stack(found)

    def close(ours: Any, theirs: Any) -> bool:
        return bool(np.allclose(ours[:, : theirs.shape[1]], theirs, rtol=0, atol=1e-10))

    task = f"linear DebtRank, {n} parties, {scenarios:,} scenarios"
    yield Gate(
        task=task,
        beside="numpy, one scenario after the other",
        ours=lambda: rounds(W, s0, 1000, compiled=True)[0],
        theirs=one_by_one,
        same=close,
        bound=Bound.QUICKER,
        limit=50,
        scale=scenarios / part,
        note=NUMPY_LOOP,
    )
    yield Gate(
        task=f"{task}, compiled",
        beside="scipy's product, in blocks",
        ours=lambda: rounds(W, s0, 1000, compiled=True)[0],
        theirs=lambda: rounds(W, s0, 1000, compiled=False)[0],
        same=close,
        bound=Bound.QUICKER,
        limit=2.5,
    )


PACKAGES = ("numpy", "scipy", "networkx", "numba", "rdflib", "pyoxigraph", "typer")


def page(figures: list[Figure], head: str) -> str:
    """The page that `make bench` writes."""
    notes = [f"- {found.gate.task}: {found.gate.note}" for found in figures if found.gate.note and not found.met]
    return TEXT.format(head=head, table=table(figures), notes="\n".join(notes))


TEXT = """# How fast it is

Written by `make bench`; do not edit. Each figure stands beside its reference, measured in the same run: results
are checked equal first, then both sides take turns; CPU time, medians of seven rounds. What counts is the figure,
not the milliseconds, which are those of the machine named. A `~` marks a reference that ran a part of the
scenarios and is scaled up.

{head}

{table}

{notes}
"""


def main(out: Path) -> int:
    """Measure, print as it goes, write the page; 1 if a bound is missed without a word why."""
    os.environ["KNOCKON_CACHE"] = "off"  # the user's own is not for the benchmark
    figures: list[Figure] = []
    head = machine(*PACKAGES)
    for gate in gates():
        figures.append(measured(gate))
        out.write_text(page(figures, head), encoding="utf-8")
        print(f"{gate.task}: {figure(figures[-1])} ({gate.beside})", file=sys.stderr, flush=True)
    print(table(figures))
    return int(any(not found.met and not found.gate.note for found in figures))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[2] if sys.argv[1:2] == ["--out"] else "docs/benchmarks.md")))
