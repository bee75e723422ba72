"""Whether a network's circularity is more than its ingredients would give: four null models and exact p-values.

An edge keeps its payer, its dollars and its kind; what a null model moves is the payee. So every payer pays out what
it paid, and every payee is paid by as many, in each of
    a  directed double-edge swaps: u>v, x>y become u>y, x>v
    b  the same, mutual pairs among themselves and one-way edges among themselves: what goes back and forth between
       two stays as frequent, so this one tests longer cycles
    c  nobody moves; the dollars are dealt anew among the edges of a kind: does the placement of the money matter?
    d  as a, but only between edges of one kind whose payees are of one class: labs go on buying chips from chip
       makers. The honest one
A swap that would make a loop or an edge that is there already is refused and the network stays as it is for that
step; dropping such edges instead (a stub-shuffling null) loses circular flow and calls a third of random networks
significant. a and d are chains of swaps, b too: from the observed network one chain runs to a hub and the draws run
from the hub, so that observed and drawn are exchangeable and the rank is exact however slowly the chain mixes (Besag
and Clifford 1989, doi:10.1093/biomet/76.4.633). p = (1 + draws as large as observed) / (1 + draws).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from knockon.arrays import Index, Matrix, Vector
from knockon.engines import LOCAL, Engine, Tick
from knockon.errors import BadInput
from knockon.measures.network import Edges

NULLS = ("a", "b", "c", "d")
TOGETHER = 20
"""Drawn networks looked at in one piece: a second or so of work."""
_CELLS = 20_000_000  # of the adjacency of all draws that swap together
_SAME = 1e-9  # relative: two values of a statistic that differ by rounding

Statistic = Callable[[Matrix], Mapping[str, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Significance:
    """One statistic under one null model."""

    null: str
    statistic: str
    observed: float
    mean: float
    sd: float
    low: float  # 5th percentile of the draws
    high: float  # 95th
    p: float
    moved: float  # share of edges that a draw pays to somebody else, or with other dollars


def significance(
    edges: Edges,
    classes: Mapping[str, str],
    statistic: Statistic,
    null: str,
    draws: int = 999,
    seed: int = 7,
    sweeps: int = 20,
    progress: Tick | None = None,
    engine: Engine = LOCAL,
) -> list[Significance]:
    """Every value of `statistic` on the network beside its distribution under one of NULLS.

    `classes` gives each party's class. A chain makes `sweeps` proposals per edge. Each null has a random stream of
    its own, so that one answers alike alone and beside the others. Raises `BadInput` for an unknown null.
    """
    if null not in NULLS:
        raise BadInput(f"no null model {null!r}; one of {', '.join(NULLS)}")
    if draws < 1:
        raise BadInput(f"{draws} draws; a p-value needs at least one")
    random = np.random.default_rng(np.random.SeedSequence(seed).spawn(len(NULLS))[NULLS.index(null)])
    n = len(edges.parties)
    payer, payee, usd, kind = _merged(edges) if null in ("a", "b") else _by_kind(edges)
    payees, dollars = np.tile(payee, (draws, 1)), np.tile(usd, (draws, 1))
    if null == "c":
        for code in range(int(kind.max(initial=-1)) + 1):
            dollars[:, kind == code] = random.permuted(dollars[:, kind == code], axis=1)
    else:
        chain = _chain(null, payer, payee, kind, _codes(classes[party] for party in edges.parties), n, random)
        payees = chain.draw(payee, draws, sweeps * len(payer))
    observed = dict(statistic(_matrix(payer, payee, usd, n)))
    pieces = [(payees[k : k + TOGETHER], dollars[k : k + TOGETHER]) for k in range(0, draws, TOGETHER)]
    tick = (lambda done: progress(min(draws, done * TOGETHER))) if progress else None
    found: dict[str, list[float]] = {name: [] for name in observed}
    for part in engine.map(_looked_at, (statistic, payer, n), pieces, tick):
        for values in part:
            for name, value in values.items():
                found[name].append(value)
    moved = float(((payees != payee) | (dollars != usd)).mean()) if len(payer) else 0.0
    return [_row(null, name, observed[name], np.array(values), moved) for name, values in found.items()]


def _looked_at(shared: tuple[Statistic, Index, int], piece: tuple[Index, Vector]) -> list[Mapping[str, float]]:
    """The statistic of some drawn networks; nearly all of a test's time goes here, the drawing is quick."""
    statistic, payer, n = shared
    return [statistic(_matrix(payer, payee, usd, n)) for payee, usd in zip(*piece, strict=True)]


def _row(null: str, name: str, observed: float, drawn: Vector, moved: float) -> Significance:
    as_large = int((drawn >= observed - _SAME * max(1.0, abs(observed))).sum())
    low, high = np.quantile(drawn, [0.05, 0.95])
    return Significance(
        null=null,
        statistic=name,
        observed=observed,
        mean=float(drawn.mean()),
        sd=float(drawn.std()),
        low=float(low),
        high=float(high),
        p=(1 + as_large) / (1 + len(drawn)),
        moved=moved,
    )


def _merged(edges: Edges) -> tuple[Index, Index, Vector, Index]:
    """Edges of all kinds between two parties as one."""
    M = edges.matrix.tocoo()
    order = np.lexsort((M.col, M.row))
    return _index(M.row[order]), _index(M.col[order]), M.data[order], np.zeros(len(order), dtype=np.int64)


def _by_kind(edges: Edges) -> tuple[Index, Index, Vector, Index]:
    return edges.payer, edges.payee, edges.usd, _codes(map(str, edges.family))


def _matrix(payer: Index, payee: Index, usd: Vector, n: int) -> Matrix:
    return sparse.csr_array((usd, (payer, payee)), shape=(max(1, n), max(1, n)))


def _codes(words: Iterable[str]) -> Index:
    """A number for each word, alike for equal ones."""
    found = list(words)
    order = {word: code for code, word in enumerate(sorted(set(found)))}
    return np.array([order[word] for word in found], dtype=np.int64)


def _index(values: NDArray[Any]) -> Index:
    return values.astype(np.int64)


def _chain(
    null: str, payer: Index, payee: Index, kind: Index, place: Index, n: int, random: np.random.Generator
) -> _Chain:
    """The chain of a null model; edges of one `group` may swap."""
    group = np.zeros_like(kind)
    if null == "b":
        pairs = set(zip(payer.tolist(), payee.tolist(), strict=True))
        group = np.array([(v, u) in pairs for u, v in zip(payer.tolist(), payee.tolist(), strict=True)], dtype=np.int64)
    if null == "d":
        group = _codes(f"{a} {b}" for a, b in zip(kind, place[payee], strict=True))
    pool = [np.flatnonzero(group == code) for code in range(int(group.max(initial=-1)) + 1)]
    return _Chain(
        payer=payer,
        kind=kind,
        n=n,
        dyads=null == "b",
        pool=tuple(edges for edges in pool if len(edges) > 1),
        random=random,
    )


@dataclass(frozen=True, slots=True)
class _Chain:
    """Swaps in many copies of a network at once; each step can be taken back as likely as it was taken."""

    payer: Index  # (m,)
    kind: Index  # (m,) two edges between the same parties differ in kind
    n: int
    dyads: bool  # keep mutual pairs mutual and one-way edges one-way
    pool: tuple[Index, ...]  # edges that may swap
    random: np.random.Generator

    def draw(self, payee: Index, draws: int, steps: int) -> Index:
        """(draws, m) payees: `steps` to the hub, then as many from the hub in every draw."""
        if not self.pool:
            return np.tile(payee, (draws, 1))
        hub = self.run(payee[None, :], steps)
        width = max(1, _CELLS // ((int(self.kind.max()) + 1) * self.n**2))
        parts = [self.run(np.tile(hub, (min(width, draws - k), 1)), steps) for k in range(0, draws, width)]
        return np.concatenate(parts)

    def run(self, payees: Index, steps: int) -> Index:
        """(B, m) payees after `steps` proposals in each of B copies."""
        state, copies = payees.copy(), np.arange(len(payees))
        there = np.zeros((len(payees), int(self.kind.max()) + 1, self.n, self.n), dtype=bool)
        there[copies[:, None], self.kind, self.payer, state] = True
        members, sizes = np.concatenate(self.pool), np.array([len(edges) for edges in self.pool])
        size_of, start_of = np.repeat(sizes, sizes), np.repeat(np.cumsum(sizes) - sizes, sizes)
        swap = self._swap_dyads if self.dyads else self._swap
        for _ in range(steps):
            at = self.random.integers(len(members), size=len(copies))
            other = start_of[at] + (self.random.random(len(copies)) * size_of[at]).astype(np.int64)
            swap(state, there, copies, members[at], members[other])
        return state

    def _swap(self, state: Index, there: NDArray[np.bool_], copies: Index, e: Index, f: Index) -> None:
        """u>v, x>y become u>y, x>v where that makes no loop and no second edge; one payer's edges trade dollars."""
        u, x, kind = self.payer[e], self.payer[f], self.kind[e]
        v, y = state[copies, e], state[copies, f]
        free = ~there[copies, kind, u, y] & ~there[copies, kind, x, v] & (u != y) & (x != v)
        k, e, f, u, x, v, y, kind = (a[free | (u == x)] for a in (copies, e, f, u, x, v, y, kind))
        there[k, kind, u, v] = there[k, kind, x, y] = False
        there[k, kind, u, y] = there[k, kind, x, v] = True
        state[k, e], state[k, f] = y, v

    def _swap_dyads(self, state: Index, there: NDArray[np.bool_], copies: Index, e: Index, f: Index) -> None:
        """The same between parties that nothing links yet; where an edge has an answer, the answer moves with it."""
        linked = there[:, 0]
        u, x = self.payer[e], self.payer[f]
        v, y = state[copies, e], state[copies, f]
        tied = linked[copies, u, y] | linked[copies, y, u] | linked[copies, x, v] | linked[copies, v, x]
        free = ~tied & (u != y) & (x != v) & (u != x) & (v != y)
        k, e, f, u, x, v, y = (a[free] for a in (copies, e, f, u, x, v, y))
        mutual = linked[k, v, u]
        linked[k, u, v] = linked[k, x, y] = False
        linked[k, u, y] = linked[k, x, v] = True
        state[k, e], state[k, f] = y, v
        k, u, x, v, y = (a[mutual] for a in (k, u, x, v, y))
        back, forth = self._edge(state, k, v, u), self._edge(state, k, y, x)
        linked[k, v, u] = linked[k, y, x] = False
        linked[k, v, x] = linked[k, y, u] = True
        state[k, back], state[k, forth] = x, u

    def _edge(self, state: Index, copies: Index, payer: Index, payee: Index) -> Index:
        """The edge of `payer` that pays `payee`, in each of some copies."""
        found: Index = ((self.payer == payer[:, None]) & (state[copies] == payee[:, None])).argmax(axis=1)
        return found
