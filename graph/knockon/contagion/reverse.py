"""The shock that a given loss needs: the stress test read backwards.

Loss(w) = sum over a group of the dollars lost at the least fixed point is nondecreasing in every size w_k of a
hit. Along one direction bisection finds the smallest that loses the target (`bisection`, which also certifies what
is found here). With several sources (docs/model.md, section 11)

    minimise sum_k c_k w_k   subject to   Loss(w) >= target,   0 <= w_k <= 1

is monotone but not convex. One source and two are solved outright: for two by branch and bound, as on a <= w_i
<= b the cheapest mix costs at least c_i a + c_j t(b), t(w_i) being the smallest w_j that suffices. More are
sought by sequential quadratic programming (SLSQP, Kraft 1988): a local optimum, and labelled so.
Loss may jump where the least fixed point does; then the loss at the answer exceeds the target, and `below` shows it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import Any

import numpy as np

from knockon.contagion.bisection import EPS, EXACT, bracket, certificate, loss_of, positive
from knockon.contagion.engine import Shock
from knockon.contagion.ranking import Flags, Hit, hits
from knockon.errors import BadInput
from knockon.exposures import Exposures, Index, Vector

GAP = 2e-3
"""Two sources: the answer costs at most this share more than the cheapest mix there is."""


class Optimum(StrEnum):
    """In which sense a mix is the cheapest."""

    ONE = "cheapest single source"
    PAIR = "cheapest of all pairs"
    LOCAL = "local optimum"


@dataclass(frozen=True, kw_only=True)
class Mix:
    """Sizes of hits on several sources that lose the target together."""

    optimum: Optimum
    target: float  # dollars
    reached: bool
    sources: Index  # (k,) positions of parties
    sizes: Vector  # (k,) in [0, 1]; the worst there is if not reached
    cost: float  # sum of costs x sizes
    bound: float | None  # no mix of this kind costs less; None: not known
    loss: float  # dollars at `sizes`
    below: float  # dollars at sizes (1 - EPS): < target; NaN as for a scale
    above: float  # dollars at sizes (1 + EPS), each at most 1


class Search:
    """One question with several answers: which hits on `sources` cost least and still lose `target` dollars.

    `sources` (k,) are positions of parties, `costs` (k,) > 0 the price of a whole hit on each (1 if not given),
    `over` (n,) who loses (None: everyone). Raises BadInput for an empty or doubled source, a cost or a target
    that is not positive, a source without a value that is to lose value.
    """

    def __init__(
        self,
        x: Exposures,
        sources: Index,
        target: float,
        hit: Hit = Hit.BOTH,
        over: Flags | None = None,
        costs: Vector | None = None,
    ) -> None:
        self.sources = np.asarray(sources, dtype=np.int64)
        self.target = positive(target)
        k, n = len(self.sources), len(x.balance.parties)
        self.costs = np.ones(k) if costs is None else np.asarray(costs, dtype=float)
        if k == 0 or len(np.unique(self.sources)) < k:
            raise BadInput("name at least one source of the shock, and none twice")
        if self.costs.shape != (k,) or not np.all((self.costs > 0) & np.isfinite(self.costs)):
            raise BadInput(f"give each of the {k} sources a cost above 0")
        if hit is Hit.VALUE and np.isnan(x.balance.value[self.sources]).any():
            at = self.sources[np.isnan(x.balance.value[self.sources])][0]
            raise BadInput(f"{x.balance.parties[at]} has no known value to lose; hit its performance")

        def shock(sizes: Vector) -> Shock:
            whole = np.zeros((n, sizes.shape[1]))
            whole[self.sources] = sizes
            return hits(x, whole, hit)

        self.loss = loss_of(x, over, shock)
        self._singles: Vector | None = None

    def one(self) -> Mix:
        """The cheapest single source, exactly; if none suffices, the one that costs most dollars."""
        single, whole = self._single_sizes(), np.eye(len(self.sources))
        if not np.isfinite(single).any():
            return self._mix(Optimum.ONE, whole[np.argmax(self.loss(whole).usd)], None, reached=False)
        best = int(np.argmin(self.costs * single))
        cost = float(self.costs[best] * single[best])
        return self._mix(Optimum.ONE, single[best] * whole[best], cost * (1 - EXACT))

    def pair(self) -> Mix:
        """The cheapest mix of at most two sources, over all pairs, to within GAP of its cost.

        Cost grows with the pairs that could beat the best single source; meant for some 40 sources.
        """
        c, single = self.costs, self._single_sizes()
        best = float(np.min(c * single))
        found = self.one().sizes
        i, j = np.array(list(combinations(range(len(c)), 2)), dtype=np.int64).reshape(-1, 2).T
        right = np.minimum(np.minimum(1.0, best / c[i]), single[i])  # beyond, no mix is cheaper than `best`
        most = np.minimum(np.minimum(1.0, best / c[j]), single[j])
        corner = self._two(i, j, right, most)
        reach = self.loss(corner).usd
        use = reach >= self.target
        if not np.isfinite(best) and not use.any():
            worst = corner[:, np.argmax(reach)] if len(i) else np.ones(1)
            return self._mix(Optimum.PAIR, worst, None, reached=False)
        i, j, right, most = i[use], j[use], right[use], most[use]
        left = np.zeros(len(i))
        least, enough = self._needed(i, j, right, np.zeros(len(i)), most, best)
        best, found = self._better(best, found, i, j, right, enough)
        bound = best
        while True:  # cells left <= w_i <= right, in which w_j >= least is needed and w_j <= most is of use
            floor = c[i] * left + c[j] * least
            alive = floor < best * (1 - GAP)
            bound = min(bound, float(floor[~alive].min(initial=np.inf)))
            if not alive.any():
                return self._mix(Optimum.PAIR, self._along(found), min(bound, best) * (1 - EXACT))
            i, j = i[alive], j[alive]
            left, right, least, most = left[alive], right[alive], least[alive], most[alive]
            middle = (left + right) / 2
            short, enough = self._needed(i, j, middle, least, most, best)
            best, found = self._better(best, found, i, j, middle, enough)
            can = np.isfinite(enough)  # else no cell up to `middle` is of use
            i, j = np.concatenate([i[can], i]), np.concatenate([j[can], j])
            left, right = np.concatenate([left[can], middle]), np.concatenate([middle[can], right])
            least = np.concatenate([short[can], least])
            most = np.concatenate([most[can], np.where(can, enough, most)])

    def many(self, start: Vector | None = None) -> Mix:
        """A mix of any number of sources that no small change makes cheaper: a local optimum.

        From `start` (k,), the cheapest single source if not given (all sources alike if none suffices), by
        SLSQP on differences of the loss, one batch a slope, then brought back to the target. Never dearer than
        the start.
        """
        from scipy import optimize

        k = len(self.sources)
        if self.loss(np.ones((k, 1))).usd[0] < self.target:
            return self._mix(Optimum.LOCAL, np.ones(k), None, reached=False)
        if start is None:
            start = self.one().sizes if np.isfinite(self._single_sizes()).any() else np.ones(k)
        best = self._along(np.asarray(start, dtype=float))
        unit = float(self.costs @ best)

        def slack(w: Vector) -> float:
            return float(self.loss(w[:, None]).usd[0] / self.target - 1)

        def slope(w: Vector) -> Vector:
            by = np.where(w > 0.5, -EPS, EPS)
            moved = np.concatenate([w[:, None], w[:, None] + np.diag(by)], axis=1)
            values = self.loss(moved).usd / self.target
            return np.asarray((values[1:] - values[0]) / by)

        constraint = {"type": "ineq", "fun": slack, "jac": slope}
        minimize: Any = optimize.minimize
        answer = minimize(
            lambda w: float(self.costs @ w) / unit,
            np.clip(best, 0.0, 1.0),
            jac=lambda w: self.costs / unit,
            bounds=[(0.0, 1.0)] * k,
            constraints=[constraint],
            method="SLSQP",
        )
        sizes = np.clip(answer.x, 0.0, 1.0)
        sizes[sizes < EPS] = 0.0
        sizes = self._along(sizes)
        return self._mix(Optimum.LOCAL, min(best, sizes, key=lambda w: float(self.costs @ w)), None)

    def _single_sizes(self) -> Vector:
        """(k,) the smallest size of each source that alone loses the target; inf where none does."""
        if self._singles is None:
            k = len(self.sources)
            self._singles = bracket(self.loss, self.target, np.zeros((k, k)), np.eye(k))[1]
        return self._singles

    def _two(self, i: Index, j: Index, w_i: Vector, w_j: Vector) -> Vector:
        """(k, m) sizes with w_i at i and w_j at j."""
        sizes = np.zeros((len(self.sources), len(i)))
        column = np.arange(len(i))
        sizes[i, column], sizes[j, column] = w_i, w_j
        return sizes

    def _needed(
        self, i: Index, j: Index, w_i: Vector, least: Vector, most: Vector, best: float
    ) -> tuple[Vector, Vector]:
        """Bounds, a fraction of GAP apart, on the w_j that suffices beside w_i; the upper is inf if `most` does not."""
        span = most - least
        fine = GAP / 4 * min(best, 1.0) / self.costs[j] / np.maximum(span, EXACT)
        start, end = self._two(i, j, w_i, least), self._two(i, j, w_i, most)
        short, enough = bracket(self.loss, self.target, start, end, fine)
        can = np.isfinite(enough)
        return least + short * span, np.where(can, least + np.where(can, enough, 0.0) * span, np.inf)

    def _better(self, best: float, found: Vector, i: Index, j: Index, w_i: Vector, w_j: Vector) -> tuple[float, Vector]:
        costs = self.costs[i] * w_i + self.costs[j] * w_j
        if not len(costs) or costs.min() >= best:
            return best, found
        at = [int(np.argmin(costs))]
        return float(costs.min()), self._two(i[at], j[at], w_i[at], w_j[at])[:, 0]

    def _along(self, sizes: Vector) -> Vector:
        """The first mix that loses the target on the way from none through `sizes` and whole hits on these to all."""
        way = np.column_stack([np.zeros(len(sizes)), sizes, sizes > 0, np.ones(len(sizes))])
        stop = max(1, int(np.argmax(self.loss(way).usd >= self.target)))
        start, end = way[:, [stop - 1]], way[:, [stop]]
        share = bracket(self.loss, self.target, start, end)[1]
        return np.asarray(start + share * (end - start))[:, 0]

    def _mix(self, optimum: Optimum, sizes: Vector, bound: float | None, reached: bool = True) -> Mix:
        below, at, above = certificate(self.loss, sizes)
        return Mix(
            optimum=optimum,
            target=self.target,
            reached=reached,
            sources=self.sources,
            sizes=sizes,
            cost=float(self.costs @ sizes),
            bound=bound,
            loss=at,
            below=below,
            above=above,
        )
