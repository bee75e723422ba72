"""What one promise less would change: every edge taken away in turn.

For a shock and a group S of parties, Loss_S = sum over i in S of the dollars i loses at the least fixed point.

    worth of edge e = Loss_S(G) - Loss_S(G without e)       (docs/model.md, section 6.4)

One column per edge, in blocks; never derivatives, since caps and curvature matter. Obligations O_i, revenue and
values stay as they are (section 4), and an edge takes the guarantees that cover it with it, since nothing is left to
call. A positive worth is contagion that runs through the edge; a guarantee that works has a negative one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from knockon.contagion.coefficients import Coefficients, coefficients
from knockon.contagion.engine import Map, Shock
from knockon.contagion.fixedpoint import solve
from knockon.contagion.ranking import Flags, lost, mask
from knockon.engines import LOCAL, Engine, Progress, in_items
from knockon.errors import BadInput
from knockon.exposures import Exposures, Index, Vector

BLOCK = 128
"""Columns solved together: wide enough for numpy, narrow enough for the cache."""

KINDS = ("contract", "holding", "debt", "funding", "guarantee")


@dataclass(frozen=True, kw_only=True)
class Worth:
    """What each edge carries; (m,) arrays over contracts, holdings, debts, fundings, guarantees in this order."""

    kinds: tuple[str, ...]  # (m,) of KINDS
    ids: tuple[str, ...]  # (m,)
    obligor: Index  # (m,)
    holder: Index  # (m,)
    usd: Vector  # (m,) dollars less lost without the edge
    total: float  # dollars lost with all edges

    @property
    def order(self) -> Index:
        """(m,) positions, largest worth first, ties by kind and id."""
        return np.lexsort((np.array(self.ids), np.array(self.kinds), -self.usd))


def worth_of_edges(
    x: Exposures, shock: Shock, over: Flags | None = None, told: Progress | None = None, engine: Engine = LOCAL
) -> Worth:
    """The worth of every edge under one shock, in the loss of the parties `over` (n,); None: of everyone.

    An edge on which nothing is lost is worth 0 exactly, as it never moves the iteration; only the others
    are solved for, and `told` of. Raises BadInput for a shock of more than one column, NotConverged.
    """
    chosen = mask(x, over)
    k = coefficients(x)
    f = Map(x, k, shock)
    if f.width != 1:
        raise BadInput(f"the worth of edges is asked for one shock at a time; this one has {f.width} columns")
    state = solve(f)
    before = lost(f, state)
    short = f.edge_shortfalls(state.h, state.d, state.y)
    acts = (short["contract"], short["holding"], short["debt"], short["funding"], f.losses(short).call)
    edges = (x.contracts, x.holdings, x.debts, x.fundings, x.guarantees)
    at = np.flatnonzero(np.concatenate([part[:, 0] for part in acts]) > 0)
    usd = np.zeros(sum(map(len, edges)))
    pieces = [at[start : start + BLOCK] for start in range(0, len(at), BLOCK)]
    solved = engine.map(_edges, (x, shock, before, chosen), pieces, in_items(len(at), BLOCK, told))
    for gone, less in zip(pieces, solved, strict=True):
        usd[gone] = less
    return Worth(
        kinds=tuple(kind for kind, e in zip(KINDS, edges, strict=True) for _ in e.ids),
        ids=tuple(name for e in edges for name in e.ids),
        obligor=np.concatenate([e.obligor for e in edges]),
        holder=np.concatenate([e.holder for e in edges]),
        usd=usd,
        total=float(before[chosen].sum()),
    )


def _edges(shared: tuple[Exposures, Shock, Vector, Flags], gone: Index) -> Vector:
    """(B,) dollars less lost by the chosen without each of the edges `gone`."""
    x, shock, before, chosen = shared
    without = Map(x, _without(coefficients(x), gone), shock)
    return np.asarray((before - lost(without, solve(without)))[chosen].sum(axis=0))


def _without(k: Coefficients, gone: Index) -> Coefficients:
    """Coefficients of the network without edge gone[b] (counted over all kinds) in column b."""
    start = np.cumsum([0, *(len(part) for part in (k.contract, k.holding, k.credit, k.funding))])

    def cut(part: Vector, kind: int) -> Vector:
        kept = np.repeat(part, len(gone), axis=1)
        here = np.flatnonzero((gone >= start[kind]) & (gone < start[kind] + len(part)))
        kept[gone[here] - start[kind], here] = 0.0
        return kept

    return replace(
        k,
        contract=cut(k.contract, 0),
        demand=cut(k.demand, 0),
        holding=cut(k.holding, 1),
        credit=cut(k.credit, 2),
        funding=cut(k.funding, 3),
        cap=cut(k.cap, 4),
    )
