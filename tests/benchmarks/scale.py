"""What each step costs as a book grows, in CPU seconds and memory: `make scale` writes docs/scale.md from it.

    python tests/benchmarks/scale.py [LEGS ...] [--steps WORD] [--limit SECONDS] [--memory GB] [--book DIR]

Books of `tests/large.py` (default: 10,000, 100,000 and 1,000,000 legs) are written to a temporary folder and read
once; each step then runs in a fork of its own, so that it pays for itself alone, with a limit on its CPU time and its
memory; those that ask a graph share the process that built it. A step that passes a limit is reported so. What was
measured is kept in scale.json, so that sizes and steps (`--steps graph`, a regular expression) can be measured one by
one, and the page is written from all that is there. CPU time, since a machine that does other work besides stretches
only the clock on the wall; memory is the peak of the process, the book in it included.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import resource
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

import large
from knockon import exports, study
from knockon.contagion.coefficients import coefficients
from knockon.contagion.engine import Map, Shock
from knockon.contagion.fixedpoint import solve
from knockon.contagion.ranking import lost
from knockon.engines import versions
from knockon.exposures import Exposures
from knockon.queries import ask, find
from knockon.shapes import findings
from knockon.study import Study

HERE = Path(__file__).parent
Cost = list[float] | str
"""CPU seconds and megabytes, or what stopped it."""
SIZES = (10_000, 100_000, 1_000_000)
MB = 1024
HIT = "party-0000001"


def shocked(book: Study) -> None:
    book.shock({HIT: 0.2}, {HIT: 0.2}, draws=0).record()


def drawn(book: Study) -> None:
    book.shock({HIT: 0.2}, {HIT: 0.2}, draws=200).record()


def exported(name: str) -> Callable[[Study], None]:
    def written(book: Study) -> None:
        content = exports.find(name).render(book)
        with Path(os.devnull).open("wb") as nowhere:
            for write in content.values() if isinstance(content, Mapping) else (content,):
                write(nowhere)

    return written


COLUMNS: dict[str, Callable[[Study], object]] = {
    "exposures": lambda book: book.exposures,
    "shock, no draws": shocked,
    "shock, 200 draws": drawn,
    "loops of up to 3": lambda book: book.loops(longest=3),
    "sums: customer-concentration of all": lambda book: book.measure("customer-concentration"),
    "sums: substitutability of all": lambda book: book.measure("substitutability"),
    "export gexf": exported("gexf"),
    "export nq": exported("nq"),
    "export parquet": exported("parquet"),
    "export sqlite": exported("sqlite"),
    "export ttl": exported("ttl"),
}
"""Steps that read the book's columns; the book itself is read before them."""
GRAPH: dict[str, Callable[[Study], object]] = {
    "graph: build": lambda book: book.full,
    "graph: ask by-grade": lambda book: ask(book.full, find("by-grade")),
    "graph: ask straight-back": lambda book: ask(book.full, find("straight-back")),
    "graph: ask loops-of-three": lambda book: ask(book.full, find("loops-of-three")),
}
"""Steps that need the RDF store: one process builds it, and is then asked."""


def apart(steps: Mapping[str, Callable[[], object]], limit: float, memory: float) -> Iterator[tuple[str, Cost]]:
    """CPU seconds of each step and peak megabytes after it, in a process of their own, or why a step has none."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        os.close(read)
        resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time() + limit) + 1,) * 2)
        resource.setrlimit(resource.RLIMIT_AS, (int(memory * 2**30),) * 2)
        try:
            for step in steps.values():
                used = time.process_time()
                step()
                cost = [round(time.process_time() - used, 1), round(peak())]
                os.write(write, f"{json.dumps(cost)}\n".encode())
        except MemoryError:
            os.write(write, f'"over {memory:,.0f} GB"\n'.encode())
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(0)
    os.close(write)
    told = iter(steps)
    with os.fdopen(read) as pipe:
        for line in pipe:
            yield next(told), json.loads(line)
    _, status = os.waitpid(child, 0)
    for name in told:
        yield name, f"over {limit:,.0f} s" if os.WIFSIGNALED(status) else "failed"


def peak() -> float:
    """Megabytes that this process had at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MB


def network(parties: int, edges: int, seed: int = 7) -> Exposures:
    """Purchases alone, drawn with a heavy tail."""
    from knockon.exposures import Balance, Contracts, Debts, Fundings, Guarantees, Holdings, Vector
    from knockon.names import Numbered

    dice = np.random.default_rng(seed)
    weight = np.cumsum(dice.permutation(np.arange(1.0, parties + 1) ** -0.8))
    ends = np.minimum(np.searchsorted(weight, dice.random((2, edges)) * weight[-1]), parties - 1)
    none, nowhere = np.zeros(0), np.zeros(0, dtype=np.int64)

    def full(value: float, count: int = edges) -> Vector:
        return np.broadcast_to(value, count)  # what holds for all of them is kept once

    size = np.exp(dice.normal(22.5, 1.6, parties))
    return Exposures(
        balance=Balance(
            parties=Numbered(parties),
            value=size,
            listed=dice.random(parties) < 0.25,
            revenue=size / 4,
            alpha=full(1.0, parties),
            s=full(0.5, parties),
            pi=full(0.5, parties),
        ),
        contracts=Contracts(
            ids=Numbered(edges),
            obligor=ends[0],
            holder=np.where(ends[0] == ends[1], (ends[1] + 1) % parties, ends[1]),
            amount=np.exp(dice.normal(18, 1.5, edges)),
            years=full(5.0),
            discount=full(0.8),
            phi=full(0.8),
            margin=full(0.3),
            psi=full(0.3),
            kappa=full(0.1),
            mu=full(1.0),
            given=full(np.nan),
            fixed=full(np.nan),
        ),
        holdings=Holdings(ids=(), obligor=nowhere, holder=nowhere, theta=none, lam=none),
        debts=Debts(ids=(), obligor=nowhere, holder=nowhere, amount=none, lgd=none),
        fundings=Fundings(ids=(), obligor=nowhere, holder=nowhere, amount=none, curvature=none),
        guarantees=Guarantees(
            ids=(),
            obligor=nowhere,
            holder=nowhere,
            covers=nowhere,
            covers_debt=np.zeros(0, dtype=bool),
            cover=none,
            cap=none,
            nominal=np.zeros(0, dtype=bool),
        ),
        a_d=1.0,
    )


def spread(x: Exposures) -> int:
    """The least fixed point after the largest party fails; its rounds."""
    hit = Shock.none(x)
    hit.u[np.argmax(x.balance.value)] = hit.w[np.argmax(x.balance.value)] = 1.0
    f = Map(x, coefficients(x), hit)
    state = solve(f, tolerance=1e-10)
    assert lost(f, state).sum() > 0
    return state.rounds


def measured(place: Path, legs: int, word: str, limit: float, memory: float) -> Iterator[tuple[str, Cost]]:
    """Cost of each step whose name matches the word, on the book in a folder."""
    if re.search(word, "check"):
        yield from apart({"check": lambda: _sound(place)}, limit, memory)
    alone = [{name: step} for name, step in COLUMNS.items() if re.search(word, name)]
    together = {name: step for name, step in GRAPH.items() if re.search(word, name)}
    if alone or together or re.search(word, "read"):
        used = time.process_time()
        book = _ready(place)
        yield "read and resolve", [round(time.process_time() - used, 1), round(peak())]
        for steps in (*alone, *([together] if together else ())):
            yield from apart({name: partial(step, book) for name, step in steps.items()}, limit, memory)


def _ready(place: Path) -> Study:
    book = study.open(data=place)
    assert book.resolved and book.values
    return book


def _sound(place: Path) -> None:
    assert findings(place) == []


def contagion(parties: int, limit: float, memory: float) -> Iterator[tuple[str, Cost]]:
    """The cost of making the arrays of a network with five edges to a party, and of these with one shock."""
    edges = 5 * parties
    yield from apart({NETWORK[0]: lambda: network(parties, edges)}, limit, memory)
    yield from apart({NETWORK[1]: lambda: spread(network(parties, edges))}, limit, memory)


def shown(cost: Cost) -> str:
    """A cost as the page writes it."""
    return cost if isinstance(cost, str) else f"{cost[0]:,.1f} s · {cost[1]:,.0f} MB"


Found = dict[str, dict[str, Cost]]
"""Step -> number of legs, or of parties, as text -> cost."""


def page(found: Found) -> str:
    """docs/scale.md."""
    steps = {name: row for name, row in found.items() if not name.startswith("network")}
    sizes = sorted({int(size) for row in steps.values() for size in row})
    order = ["read and resolve", "check", *COLUMNS, *GRAPH]
    rows = [
        [name, *(shown(steps[name].get(str(size), "")) for size in sizes), growth(steps[name])]
        for name in order
        if name in steps
    ]
    wide = [
        [f"{n:,}", f"{5 * n:,}", f"{5 * n * 24 / 2**20:,.0f} MB", *(shown(found[name][str(n)]) for name in NETWORK)]
        for n in sorted(map(int, found.get(NETWORK[1], {})))
    ]
    made = ", ".join(f"{name} {number}" for name, number in versions().items())
    words = (HERE / "scale.in.md").read_text("utf-8")
    return (
        words.replace("{steps}", table(["step", *(f"{size:,} legs" for size in sizes), "growth"], rows))
        .replace("{networks}", table(["parties", "edges", "edge list", "arrays made", "and one shock spread"], wide))
        .replace("{machine}", f"{platform.machine()}, {os.cpu_count()} cores, Linux; {made}")
    )


NETWORK = ("network: make arrays", "network: and one shock")


def growth(row: dict[str, Cost]) -> str:
    """The exponent of CPU time between the two largest sizes that were measured: 1 is linear, 2 quadratic."""
    costs = sorted((int(size), cost) for size, cost in row.items() if not isinstance(cost, str))
    known = [(size, cost[0]) for size, cost in costs if cost[0] > 0]
    if len(known) < 2:
        return ""
    (less, before), (more, after) = known[-2:]
    return f"{np.log(after / before) / np.log(more / less):.2f}"


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table, numbers to the right."""
    lines = [head, ["---", *("---:" for _ in head[1:])], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main(argv: list[str]) -> None:
    os.environ["KNOCKON_CACHE"] = "off"  # else what one step made is there for the next
    words: Any = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    words.add_argument("legs", nargs="*", type=int, default=list(SIZES))
    words.add_argument("--steps", default="")
    words.add_argument("--limit", type=float, default=1200.0)
    words.add_argument("--memory", type=float, default=12.0)
    words.add_argument("--book", help="a folder that large.py wrote already, for one size")
    asked = words.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        tempfile.tempdir = folder  # for what a step leaves behind when its limit ends it
        for legs in asked.legs:
            for name, cost in contagion(legs, asked.limit, asked.memory) if re.search(asked.steps, NETWORK[1]) else ():
                note(name, legs, cost)
            if asked.steps.startswith("network"):
                continue
            place = Path(asked.book) if asked.book else large.write(Path(folder) / str(legs), legs)
            for name, cost in measured(place, legs, asked.steps, asked.limit, asked.memory):
                note(name, legs, cost)


def note(name: str, size: int, cost: Cost) -> None:
    """Keep what was measured, and write the page anew."""
    print(f"{size:>10,} {name:40} {shown(cost)}", file=sys.stderr, flush=True)
    kept = HERE / "scale.json"
    found: Found = json.loads(kept.read_text("utf-8")) if kept.exists() else {}
    found.setdefault(name, {})[str(size)] = cost
    kept.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    (HERE.parents[1] / "docs" / "scale.md").write_text(page(found), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
