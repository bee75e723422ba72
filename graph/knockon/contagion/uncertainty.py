"""How sure a ranking is, and which datum would make it surer: one shock under many draws of the inputs.

Over the draws of `sampling` (N of them, in blocks), with L_i the dollars party i loses,

    P5, P50, P95 of each L_i, and of what listed parties lose together;
    ahead_ij = P(L_i > L_j) + P(L_i = L_j) / 2                  for the k parties with the largest medians;
    share_q  = r(rank of input q, rank of the output)^2         first-order index by rank correlation

(docs/model.md, section 10; Spearman's r, ties at their mean rank; Saltelli et al. 2004, Sensitivity Analysis in
Practice, section 2). The index is the share of the output's variance in ranks that input q explains alone, if the
output rises or falls with q; inputs tied by the copula share what they explain together, so the indices need not
sum to 1. An input that has nothing to do with the output still shows 1 / (N - 1) on average: `noise`. Inputs of
promises that the shock never reaches cannot matter and are left out, as are those without a range.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from knockon.contagion.coefficients import Draw, coefficients
from knockon.contagion.engine import Map, Shock
from knockon.contagion.fixedpoint import State, solve
from knockon.contagion.ranking import Flags, lost, mask
from knockon.contagion.sampling import CELLS, block_of, blocks, in_draws
from knockon.engines import LOCAL, Engine, Tick
from knockon.errors import BadInput
from knockon.exposures import Exposures, Index, Vector

PERCENTILES = (5, 50, 95)


@dataclass(frozen=True, slots=True, kw_only=True)
class Datum:
    """One uncertain input and what it explains of the output."""

    parameter: str  # its symbol in parameters.csv: amount, phi, m, psi, kappa, mu, alpha, lgd
    key: str  # the leg (amount, phi, lgd), the supplier (m, psi, kappa, mu), or the party (alpha)
    correlation: float  # Spearman's with the output, -1 to 1

    @property
    def share(self) -> float:
        """First-order index: the share of the output's variance in ranks that it explains alone."""
        return self.correlation**2


@dataclass(frozen=True, kw_only=True)
class Uncertainty:
    """What the draws say; (n,) arrays in the order of `exposures.balance.parties`, dollars."""

    exposures: Exposures
    count: int
    low: Vector  # (n,) 5th percentile of the loss
    median: Vector  # (n,)
    high: Vector  # (n,) 95th percentile
    output: tuple[float, float, float]  # 5th, 50th and 95th percentile of the output
    top: Index  # (k,) the parties with the largest median loss, largest first, ties by name
    ahead: Vector  # (k, k) probability that the row loses more than the column; 1/2 on the diagonal
    data: tuple[Datum, ...]  # largest share first, ties by parameter and key
    noise: float  # the share that an unrelated input shows on average


def uncertainty(
    x: Exposures,
    shock: Shock,
    count: int,
    seed: int,
    rho: float,
    over: Flags | None = None,
    top: int = 10,
    progress: Tick | None = None,
    engine: Engine = LOCAL,
) -> Uncertainty:
    """One shock (one column) under `count` draws; the output is what the parties `over` (n,) lose (None: everyone).

    `rho` ties the inputs of one obligor's edges; the same seed gives the same numbers. `progress` is told the
    number of draws done. Cost: `count` columns of the fixed point, held as (n + inputs, count) floats.
    Raises BadInput for fewer than two draws or a batch of shocks, NotConverged.
    """
    if count < 2:
        raise BadInput(f"{count} draws say nothing of ranges; ask for 2 at least, 1000 for the percentiles")
    if np.ndim(shock.u) != 1:
        raise BadInput("uncertainty is asked for one shock at a time; give (n,) sizes, not a batch")
    chosen = mask(x, over)
    pieces = blocks(x, count)
    named = _acting(x, *_solved(x, shock, block_of(x, pieces[0], seed, rho)))
    found = engine.map(_piece, (x, shock, seed, rho, named), pieces, in_draws(pieces, progress))
    loss = np.concatenate([losses for losses, _ in found], axis=1)
    total = loss[chosen].sum(axis=0)
    low, median, high = np.percentile(loss, PERCENTILES, axis=1)
    leading = np.lexsort((np.array(x.balance.parties), -np.where(chosen, median, -1.0)))[: min(top, chosen.sum())]
    first = loss[leading]
    wins = (first[:, None] > first[None, :]).mean(axis=2)
    ends = np.percentile(total, PERCENTILES)
    data: list[Datum] = []
    if named:
        tied = spearman(np.concatenate([inputs for _, inputs in found], axis=1), total)
        data = [Datum(parameter=p, key=key, correlation=float(r)) for (p, key, _), r in zip(named, tied, strict=True)]
    return Uncertainty(
        exposures=x,
        count=count,
        low=low,
        median=median,
        high=high,
        output=(float(ends[0]), float(ends[1]), float(ends[2])),
        top=leading,
        ahead=(1 + wins - wins.T) / 2,
        data=tuple(sorted(data, key=lambda datum: (-datum.share, datum.parameter, datum.key))),
        noise=1 / (count - 1),
    )


def _piece(
    shared: tuple[Exposures, Shock, int, float, list[tuple[str, str, int]]], block: tuple[int, int, int]
) -> tuple[Vector, Vector]:
    """(n, B) losses and (inputs, B) drawn values of one block."""
    x, shock, seed, rho, named = shared
    draw = block_of(x, block, seed, rho)
    f, state = _solved(x, shock, draw)
    return lost(f, state), np.array([getattr(draw, _FIELDS[symbol])[row] for symbol, _, row in named])


def _solved(x: Exposures, shock: Shock, draw: Draw) -> tuple[Map, State]:
    f = Map(x, coefficients(x, draw), shock)
    return f, solve(f, tolerance=1e-10)


def spearman(inputs: Vector, output: Vector) -> Vector:
    """(q,) rank correlation of each row of `inputs` (q, N) with `output` (N,); 0 for a constant.

    >>> spearman(np.array([[1.0, 2.0, 3.0], [9.0, 4.0, 1.0], [5.0, 5.0, 5.0]]), np.array([1.0, 8.0, 27.0])).tolist()
    [1.0, -1.0, 0.0]
    """
    column = _centred_ranks(output[None, :])[0]
    parts = np.array_split(inputs, inputs.size // CELLS + 1)  # of a large book's inputs, some at a time
    return np.concatenate([_tied(_centred_ranks(part), column) for part in parts])


def _tied(rows: Vector, column: Vector) -> Vector:
    size = np.sqrt((rows**2).sum(axis=1) * (column**2).sum())
    return np.asarray(np.divide(rows @ column, size, out=np.zeros(len(rows)), where=size > 0))


def _centred_ranks(values: Vector) -> Vector:
    """Ranks along each row less their mean, ties at their mean rank."""
    order = np.argsort(values, axis=1)
    ordered = np.take_along_axis(values, order, axis=1)
    count = values.shape[1]
    rank = np.broadcast_to(np.arange(count) - (count - 1) / 2, values.shape).copy()
    for row in np.flatnonzero((ordered[:, 1:] == ordered[:, :-1]).any(axis=1)):
        start = np.flatnonzero(np.concatenate(([True], ordered[row, 1:] != ordered[row, :-1])))
        size = np.diff(np.append(start, count))
        rank[row] = np.repeat(start + (size - 1) / 2, size) - (count - 1) / 2
    ranks = np.empty_like(rank)
    np.put_along_axis(ranks, order, rank, axis=1)
    return ranks


_FIELDS = {
    "amount": "amount",
    "phi": "phi",
    "m": "margin",
    "psi": "psi",
    "kappa": "kappa",
    "mu": "mu",
    "alpha": "alpha",
    "lgd": "lgd",
}
"""Where a draw holds each parameter."""


def _acting(x: Exposures, f: Map, state: State) -> list[tuple[str, str, int]]:
    """(parameter, key, row in its array of the draw) of every input with a range on the way of the shock.

    A promise on which nothing is withheld in any draw stays at that whatever its own terms.
    """
    short = f.edge_shortfalls(state.h, state.d, state.y)
    contracts, debts = (np.flatnonzero(short[kind].any(axis=1)) for kind in ("contract", "debt"))
    resold = np.array([x.spans["resold"][x.contracts.ids[e]].value for e in contracts])
    freest = contracts[np.argsort(resold, kind="stable")]  # what is resold for sure does not show its seller's psi
    sellers, at = np.unique(x.contracts.holder[freest], return_index=True)
    giving = np.concatenate([e.obligor for e in (x.contracts, x.debts, x.fundings, x.guarantees)])
    fallen = np.intersect1d(giving, np.flatnonzero(state.h.any(axis=1)))
    parties = x.balance.parties
    found = [(p, x.contracts.ids[e], int(e)) for p in ("amount", "phi") for e in contracts]
    found += [
        (p, parties[seller], int(freest[k]))
        for p in ("m", "psi", "kappa", "mu")
        for seller, k in zip(sellers, at, strict=True)
    ]
    found += [("alpha", parties[i], int(i)) for i in fallen]
    found += [("lgd", x.debts.ids[e], int(e)) for e in debts]
    return [item for item in found if x.spans[item[0]][item[1]].high > x.spans[item[0]][item[1]].low]
