"""Who did it: the exact split of a solved shock over its sources, edges and paths.

At the solution every edge term is a cause times its secant slope, so that with Y = (h in dollars, d, y)

    Y = S Y + B 1,   B one column a source (u, w of a party, z of an edge)   =>   Y = (I - S)^-1 B 1

exactly, not linearised (docs/model.md, section 6.2). What source k did is (I - S)^-1 B_k; paths are the terms of
B + S B + S^2 B + ..., largest first.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from knockon.contagion.engine import Map
from knockon.contagion.fixedpoint import State
from knockon.contagion.secant import Flows, flows
from knockon.contagion.stability import DENSE
from knockon.errors import NotConverged
from knockon.exposures import Vector
from knockon.names import Names

ROUNDING = 1e-15
MOST_ROUNDS = 100_000
_EXPANSIONS = 200_000
"""Partial paths looked at before the search gives up and says so."""


@dataclass(frozen=True, slots=True)
class Path:
    """One way the loss took: from the party first hit, over edges, to the party that loses `usd`."""

    parties: tuple[str, ...]
    legs: tuple[str, ...]
    usd: float


@dataclass(frozen=True)
class Attribution:
    """The split of one scenario's losses; dollars throughout."""

    parties: Names
    flows: Flows

    @cached_property
    def secant(self) -> sparse.csr_array:
        """S (3n, 3n): what one unit of a state adds to another; >= 0, spectral radius below 1."""
        k = 3 * len(self.parties)
        f = self.flows
        acts = np.flatnonzero(f.origin < k)
        acts = acts[f.level[f.origin[acts]] > 0]
        slope = f.amount[acts] / f.level[f.origin[acts]]
        return sparse.csr_array((slope, (f.target[acts], f.origin[acts])), shape=(k, k))

    @cached_property
    def hits(self) -> sparse.csc_array:
        """B (3n, sources): what each source does at once."""
        k = 3 * len(self.parties)
        f = self.flows
        outer = f.origin >= k
        at = (f.target[outer], f.origin[outer] - k)
        return sparse.csc_array((f.amount[outer], at), shape=(k, len(f.sources)))

    def by_source(self) -> Mapping[str, Vector]:
        """Dollars (n,) that each source did to every party; the columns add up to the losses."""
        n = len(self.parties)
        acting = np.flatnonzero(np.diff(self.hits.indptr))
        full = self._summed(self.secant, self.hits[:, acting].toarray())
        return {self.flows.sources[source]: full[:n, i] for i, source in enumerate(acting)}

    def _summed(self, matrix: sparse.csr_array, first: Vector) -> Vector:
        """(I - matrix)^-1 first (3n,) or (3n, k), over the states that were reached: the others act on nothing.

        Solved where they are few; else summed round by round, until one adds less than ROUNDING of what is there.
        Raises NotConverged where MOST_ROUNDS are not enough.
        """
        reached = np.flatnonzero(self.flows.level > 0)
        inner, found = matrix[reached][:, reached], np.array(first)
        if len(reached) <= DENSE:
            found[reached] = np.linalg.solve(np.eye(len(reached)) - inner.toarray(), first[reached])
            return found
        total = added = first[reached]
        for _ in range(MOST_ROUNDS):
            added = inner @ added
            total = total + added
            if np.all(np.abs(added) <= ROUNDING * np.abs(total).max()):
                found[reached] = total
                return found
        raise NotConverged(f"the split of the losses: {MOST_ROUNDS} rounds were not enough", found)

    def paths(self, most: int) -> tuple[list[Path], float]:
        """The `most` largest paths, and the share of all losses beyond the direct hits that they cover.

        Best-first: a partial path is worth at most what it can still cause, which (I - S)^-1 tells, so paths
        come out in order. Ties are broken by the order of states and edges.
        """
        n = len(self.parties)
        losing = np.r_[np.ones(n), np.zeros(2 * n)]
        reach = self._summed(self.secant.T.tocsr(), losing)
        total = float(self.flows.level[:n].sum()) - self._direct()
        found: list[Path] = []
        for path in self._best_first(reach):
            found.append(path)
            if len(found) >= most:
                break
        return found, sum(path.usd for path in found) / total if total > 0 else 0.0

    def _direct(self) -> float:
        return float(self.flows.amount[self.flows.edge < 0].sum())

    def _best_first(self, reach: Vector) -> Iterator[Path]:
        n = len(self.parties)
        f = self.flows
        onward: dict[int, list[int]] = {}
        for i, origin in enumerate(f.origin):
            onward.setdefault(int(origin), []).append(i)
        # entries: (-bound, serial, is a finished path, states, edges, dollars or level of the last state)
        queue: list[tuple[float, int, bool, tuple[int, ...], tuple[int, ...], float]] = []
        serial = 0

        def push(states: tuple[int, ...], edges: tuple[int, ...], mass: float) -> None:
            nonlocal serial
            last = states[-1]
            if edges and last < n:
                heapq.heappush(queue, (-mass, serial, True, states, edges, mass))
            heapq.heappush(queue, (-mass * float(reach[last]), serial + 1, False, states, edges, mass))
            serial += 2

        for origin in range(3 * n, 3 * n + len(self.flows.sources)):
            for i in onward.get(origin, ()):
                first, edge = int(f.target[i]), int(f.edge[i])
                if edge < 0:
                    push((first,), (), float(f.amount[i]))
                else:
                    push((int(self.flows.starts[origin - 3 * n]), first), (edge,), float(f.amount[i]))
        for _ in range(_EXPANSIONS):
            if not queue:
                return
            bound, _serial, finished, states, edges, mass = heapq.heappop(queue)
            if -bound < 1e-6:  # less than a millionth of a dollar: nothing worth listing is left
                return
            if finished:
                yield self._path(states, edges, mass)
                continue
            last = states[-1]
            for i in onward.get(last, ()):
                if f.amount[i] > 0 and self.flows.level[last] > 0:
                    step = mass * float(f.amount[i]) / float(self.flows.level[last])
                    push((*states, int(f.target[i])), (*edges, int(f.edge[i])), step)

    def _path(self, states: tuple[int, ...], edges: tuple[int, ...], usd: float) -> Path:
        n = len(self.parties)
        names = [self.parties[state % n] for state in states]
        parties = [name for i, name in enumerate(names) if i == 0 or name != names[i - 1]]
        return Path(tuple(parties), tuple(self.flows.edges[edge] for edge in edges), usd)


def attribute(f: Map, state: State) -> Attribution:
    """Split the losses of the first scenario of `f` at its fixed point `state`."""
    return Attribution(f.x.balance.parties, flows(f, state))
