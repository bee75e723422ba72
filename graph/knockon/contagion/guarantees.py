"""What one guarantee more would change: candidates added in turn.

For a shock and a group S of parties, Loss_S = sum over i in S of the dollars i loses at the least fixed point.

    worth of guarantee q = Loss_S(G) - Loss_S(G with q)     (docs/model.md, section 11)

One column per candidate, in blocks. A guarantee that works has a positive worth as a candidate (as an edge that is
there a negative one, `counterfactual`). Most of it only moves loss from the covered to the guarantor; `net` is what
stops second rounds.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from knockon.contagion.coefficients import Coefficients, coefficients
from knockon.contagion.columns import divide, only
from knockon.contagion.engine import Losses, Map, Shock
from knockon.contagion.fixedpoint import solve
from knockon.contagion.ranking import Flags, lost, mask
from knockon.engines import LOCAL, Engine, Progress, in_items
from knockon.errors import BadInput
from knockon.exposures import Exposures, Guarantees, Index, Vector

BLOCK = 128
"""Candidates solved together: wide enough for numpy, narrow enough for the cache."""


@dataclass(frozen=True, kw_only=True)
class GuaranteeWorth:
    """What each candidate guarantee would change under one shock; (m,) arrays in the order of `candidates`."""

    candidates: Guarantees
    net: Vector  # dollars less lost by the whole group, its guarantors in it included
    protected: Vector  # dollars less lost by the protected
    cost: Vector  # dollars more lost by the guarantor
    called: Vector  # dollars called, in the unit of the loss
    at_risk: Vector  # the most that can be called, in the unit of the candidate's cap
    total: float  # dollars lost by the group without any candidate

    @property
    def net_per_dollar(self) -> Vector:
        """(m,) `net` per dollar of guarantee that can be called; 0 where none can."""
        return divide(self.net, self.at_risk)

    @property
    def order(self) -> Index:
        """(m,) positions, largest net first, ties by id."""
        return np.lexsort((np.array(self.candidates.ids), -self.net))


def worth_of_guarantees(
    x: Exposures,
    shock: Shock,
    candidates: Guarantees,
    over: Flags | None = None,
    protected: Flags | None = None,
    told: Progress | None = None,
    engine: Engine = LOCAL,
) -> GuaranteeWorth:
    """Add each candidate alone: the losses of the group `over` and of the `protected` (n,); None: everyone.

    A candidate without a value pays without falling; its cost is what it is called for. Raises BadInput for
    more than one shock and where an edge would be covered more than whole, NotConverged.
    """
    group, safe, g = mask(x, over), mask(x, protected), candidates
    k = coefficients(x)
    f = Map(x, k, shock)
    if f.width != 1:
        raise BadInput(f"guarantees are tried under one shock at a time; this one has {f.width} columns")
    _refuse_more_than_whole(x, g)
    before = lost(f, solve(f))
    added = coefficients(replace(x, guarantees=replace(g, cover=np.zeros(len(g)))))  # caps in the unit of the loss
    promised = _of_covered(g, k.contract, k.credit, np.zeros(len(g), dtype=np.int64))
    saved, called = np.empty((f.n, len(g))), np.empty(len(g))
    pieces = [np.arange(start, min(start + BLOCK, len(g))) for start in range(0, len(g), BLOCK)]
    solved = engine.map(_guarantees, (x, shock, g, added.cap, before), pieces, in_items(len(g), BLOCK, told))
    for part, (less, calls) in zip(pieces, solved, strict=True):
        saved[:, part], called[part] = less, calls
    return GuaranteeWorth(
        candidates=g,
        net=saved[group].sum(axis=0),
        protected=saved[safe].sum(axis=0),
        cost=-saved[g.obligor, np.arange(len(g))],
        called=called,
        at_risk=divide(np.minimum(added.cap[:, 0], g.cover * promised), added.unit[:, 0]),
        total=float(before[group].sum()),
    )


def _guarantees(shared: tuple[Exposures, Shock, Guarantees, Vector, Vector], part: Index) -> tuple[Vector, Vector]:
    """(n, B) dollars less lost with each of some candidates, and (B,) dollars it is called for."""
    x, shock, g, cap, before = shared
    trial = _Trial(x, coefficients(x), shock, _taken(g, part), cap[part, 0])
    state = solve(trial)
    called = trial.losses(trial.edge_shortfalls(state.h, state.d, state.y)).added
    return before - lost(trial, state), called


def candidates(x: Exposures, largest: int, cover: float, cap: float = np.inf) -> Guarantees:
    """Every party with a value as guarantor of each of the `largest` promises that nobody covers yet.

    Promises are contracts and debts, by the dollars lost if nothing is performed. `cover` is the share, `cap`
    nominal dollars (inf: the whole promise). Nobody guarantees his own promise, or one made to himself.
    Raises BadInput for a cover that is no share or a negative cap.
    """
    if not (0 <= cover <= 1 and cap >= 0):
        raise BadInput(f"a guarantee covers a share from 0 to 1 up to a cap >= 0; not {cover:g} up to {cap:g}")
    k, g, c, d = coefficients(x), x.guarantees, x.contracts, x.debts
    size = np.concatenate([k.contract[:, 0], k.credit[:, 0]])
    size[np.where(g.covers_debt, len(c) + g.covers, g.covers)] = 0.0
    ids = (*c.ids, *d.ids)
    order = np.lexsort((np.array(ids), -size))[:largest]
    obligor, holder = np.concatenate([c.obligor, d.obligor]), np.concatenate([c.holder, d.holder])
    able = np.flatnonzero(~np.isnan(x.balance.value))
    edge, who = (grid.ravel() for grid in np.meshgrid(order[size[order] > 0], able, indexing="ij"))
    apart = (who != obligor[edge]) & (who != holder[edge])
    edge, who = edge[apart], who[apart]
    debt = edge >= len(c)
    return Guarantees(
        ids=tuple(f"{x.balance.parties[i]} > {ids[e]}" for i, e in zip(who, edge, strict=True)),
        obligor=who,
        holder=holder[edge],
        covers=np.where(debt, edge - len(c), edge),
        covers_debt=debt,
        cover=np.full(len(edge), float(cover)),
        cap=np.full(len(edge), float(cap)),
        nominal=np.ones(len(edge), dtype=bool),
    )


@dataclass(frozen=True, kw_only=True)
class _TrialLosses(Losses):
    """Losses, and what the added guarantee of each column is called for, (B,)."""

    added: Vector


class _Trial(Map):
    """The map with one more guarantee in each column: candidate b in column b, capped in the unit of the loss."""

    def __init__(self, x: Exposures, k: Coefficients, shock: Shock, g: Guarantees, cap: Vector) -> None:
        super().__init__(x, k, shock)
        self.added, self.cap = g, cap
        self.width = len(g)
        self.columns = np.arange(len(g))

    @property
    def edgewise(self) -> bool:
        """It is not: the added guarantees are stated here alone."""
        return False

    def only(self, at: Index) -> _Trial:
        """The same of the candidates `at` alone."""
        return _Trial(self.x, only(self.k, at), only(self.shock, at), _taken(self.added, at), self.cap[at])

    def edge_shortfalls(self, h: Vector, d: Vector, y: Vector) -> dict[str, Vector]:
        """x of every edge by kind, and of the added guarantors: (1, B)."""
        at = self.added.obligor
        own = np.diagonal(self.debt_distress(h, at))
        return super().edge_shortfalls(h, d, y) | {"added": 1 - (1 - self.w[at].T) * (1 - own)}

    def losses(self, short: dict[str, Vector]) -> _TrialLosses:
        """Losses with the added guarantee paying, double default as for the others."""
        g, k = self.added, self.k
        whole = super().losses(short)
        gross = _of_covered(g, k.contract * short["contract"], k.credit * short["debt"], self.columns)
        call = np.minimum(self.cap, g.cover * gross)
        paid = call * (1 - short["added"][0])
        for kind, chosen in ((whole.contract, ~g.covers_debt), (whole.credit, g.covers_debt)):
            kind[g.covers[chosen], self.columns[chosen]] -= paid[chosen]
        return _TrialLosses(
            contract=whole.contract, holding=whole.holding, credit=whole.credit, call=whole.call, added=call
        )

    def dollars(self, losses: Losses) -> Vector:
        """Dollars lost by each party through all edges, the added calls included, (n, B)."""
        total = super().dollars(losses)
        if isinstance(losses, _TrialLosses):
            total[self.added.obligor, self.columns] += losses.added
        return total


def _of_covered(g: Guarantees, contract: Vector, debt: Vector, columns: Index) -> Vector:
    """(m,) the entry of the edge that candidate b covers, in column columns[b]."""
    out = np.empty(len(g))
    for values, chosen in ((contract, ~g.covers_debt), (debt, g.covers_debt)):
        out[chosen] = values[g.covers[chosen], columns[chosen]]
    return out


def _taken(g: Guarantees, part: Index) -> Guarantees:
    arrays = {
        item.name: getattr(g, item.name)[part] for item in fields(g) if isinstance(getattr(g, item.name), np.ndarray)
    }
    return replace(g, ids=tuple(g.ids[i] for i in part), **arrays)


def _refuse_more_than_whole(x: Exposures, g: Guarantees) -> None:
    for debt, edges in ((False, x.contracts), (True, x.debts)):
        old, new = x.guarantees.covers_debt == debt, g.covers_debt == debt
        covered = np.bincount(x.guarantees.covers[old], x.guarantees.cover[old], minlength=len(edges))
        whole = covered[g.covers[new]] + g.cover[new]
        if np.any(whole > 1 + 1e-9):
            at = int(np.argmax(whole))
            name, edge = np.array(g.ids)[new][at], edges.ids[g.covers[new][at]]
            raise BadInput(f"candidate {name!r} would cover {whole[at]:.3f} of {edge!r}; at most 1 together")
