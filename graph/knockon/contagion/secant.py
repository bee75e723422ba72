"""How a solved shock becomes flows: for every edge, what reaches whom from which cause, in exact secant shares.

Products of causes are split by their Shapley values; a guarantee that is called and not paid is split half to the
causes of the call and half to the guarantor's (docs/model.md, section 6.2).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from knockon.contagion.channels import shapley_causes
from knockon.contagion.engine import Channel, Map
from knockon.contagion.fixedpoint import State
from knockon.exposures import Index, Vector


@dataclass(frozen=True, slots=True)
class Flows:
    """Contributions to the states' levels, one row each: what reaches `target` from `origin` over `edge`.

    States and sources are numbered in one row: h in dollars, d, y of every party, then the sources.
    """

    sources: tuple[str, ...]  # u:PARTY, w:PARTY, z:EDGE
    starts: Index  # (sources,) the party each source starts from: the one hit, or the obligor of the edge hit
    edges: tuple[str, ...]
    level: Vector  # (3n,)
    target: Index
    origin: Index
    amount: Vector
    edge: Index  # position among `edges`; -1: a party's own direct loss


def flows(f: Map, state: State) -> Flows:
    """The flows of the first scenario of `f` at its fixed point `state`."""
    return _Builder(f, state).build()


class _Builder:
    """Collects the flows kind by kind."""

    def __init__(self, f: Map, state: State) -> None:
        x = f.x
        self.f, self.x, self.n = f, x, f.n
        self.h, self.d, self.y = (level[:, :1] for level in (state.h, state.d, state.y))
        self.short = f.edge_shortfalls(self.h, self.d, self.y)
        self.losses = f.losses(self.short)
        self.kinds = (x.contracts, x.holdings, x.debts, x.fundings, x.guarantees)
        self.edges = tuple(name for edges in self.kinds for name in edges.ids)
        sizes = np.cumsum([0, *(len(edges) for edges in self.kinds)])
        self.at = dict(zip(("contract", "holding", "debt", "funding", "guarantee"), sizes, strict=False))
        names = x.balance.parties
        self.sources = (*(f"u:{p}" for p in names), *(f"w:{p}" for p in names), *(f"z:{e}" for e in self.edges))
        self.rows: list[tuple[Index, Index, Vector, Index]] = []

    def add(self, target: Index, origin: Index, amount: Vector, edge: Index) -> None:
        keep = np.abs(amount) > 0
        self.rows.append((target[keep], origin[keep], amount[keep], edge[keep]))

    def u(self) -> Index:
        return 3 * self.n + np.arange(self.n)

    def w(self, party: Index) -> Index:
        return np.asarray(4 * self.n + party)

    def z(self, kind: str, count: int) -> Index:
        return np.asarray(5 * self.n + self.at[kind] + np.arange(count))

    def build(self) -> Flows:
        f, n = self.f, self.n
        value = np.where(np.isinf(f.k.value), 0.0, f.k.value)[:, 0]
        everyone = np.arange(n)
        self.add(everyone, self.u(), f.u[:, 0] * value, np.full(n, -1))
        self._holdings(value)
        self._contracts()
        self._debts()
        self._fundings()
        target, origin, amount, edge = (np.concatenate(parts) for parts in zip(*self.rows, strict=True))
        raw = np.bincount(target, amount, minlength=3 * n)
        level = np.concatenate([self.h[:, 0] * value, self.d[:, 0], self.y[:, 0]])
        sink = np.isinf(f.k.value[:, 0])
        level[:n][sink] = raw[:n][sink]
        scale = np.divide(level, raw, out=np.ones(3 * n), where=raw > 0)  # where a cap binds
        return Flows(
            sources=self.sources,
            starts=np.concatenate([everyone, everyone, *(edges.obligor for edges in self.kinds)]),
            edges=self.edges,
            level=level,
            target=target.astype(np.int64),
            origin=origin.astype(np.int64),
            amount=amount * scale[target],
            edge=edge.astype(np.int64),
        )

    def _holdings(self, value: Vector) -> None:
        h = self.x.holdings
        if Channel.EQUITY in self.f.channels:
            dollars = self.losses.holding[:, 0]
            edge = self.at["holding"] + np.arange(len(h))
            self.add(h.holder, h.obligor, dollars, edge)
        if self.x.sales is not None:
            pressed = np.broadcast_to(self.f.pressed(self.h), (len(h), 1))[:, 0] * value[h.obligor]
            self.add(h.obligor, h.holder, pressed, self.at["holding"] + np.arange(len(h)))

    def _causes(self, kind: str) -> list[tuple[Index, Vector]]:
        """(origin, Shapley part) of each cause of an edge's shortfall, for contracts or debts."""
        f, n = self.f, self.n
        if kind == "contract":
            b = self.x.contracts.obligor
            causes = f.contract_causes(self.h, self.d, self.y)
            origins = [self.z(kind, len(b)), self.w(b), b, n + b, 2 * n + b]
        else:
            b = self.x.debts.obligor
            causes = (f.z_debt, f.w[b], f.debt_distress(self.h, b))
            origins = [self.z(kind, len(b)), self.w(b), b]
        return self._split(causes, origins, len(b))

    def _split(self, causes: tuple[Vector, ...], origins: list[Index], count: int) -> list[tuple[Index, Vector]]:
        columns = tuple(np.broadcast_to(cause, (count, cause.shape[1]))[:, 0] for cause in causes)
        parts = shapley_causes(columns)
        return list(zip(origins, parts, strict=True))

    def _covered(self, kind: str, holder: Index, gross: Vector) -> None:
        """Losses of the edges of a kind, net of their guarantees, and the calls on the guarantors."""
        g = self.x.guarantees
        x = self.short[kind][:, 0]
        causes = self._causes(kind)
        chosen = np.flatnonzero(g.covers_debt == (kind == "debt"))
        call = self.losses.call[:, 0]
        lgd = self.f.guarantee_lgd[:, 0]
        failed = np.broadcast_to(self.short["guarantee"], (len(g), self.short["guarantee"].shape[1]))[:, 0] * lgd
        called = np.bincount(g.covers[chosen], call[chosen], minlength=len(x)).astype(float)
        unpaid = np.bincount(g.covers[chosen], (call * failed)[chosen], minlength=len(x)).astype(float)
        slope = np.divide(gross * x - called + 0.5 * unpaid, x, out=np.zeros(len(x)), where=x > 0)
        edge = self.at[kind] + np.arange(len(x))
        for origin, part in causes:
            self.add(holder, origin, slope * part, edge)
            per_call = np.divide(
                call[chosen], x[g.covers[chosen]], out=np.zeros(len(chosen)), where=x[g.covers[chosen]] > 0
            )
            self.add(
                g.obligor[chosen],
                origin[g.covers[chosen]],
                per_call * part[g.covers[chosen]],
                self.at["guarantee"] + chosen,
            )
        b = g.obligor
        own = (self.f.z_guarantee, self.f.w[b], self.f.debt_distress(self.h, b))
        for origin, part in self._split(own, [self.z("guarantee", len(g)), self.w(b), b], len(g)):
            self.add(g.holder[chosen], origin[chosen], 0.5 * (call * lgd * part)[chosen], self.at["guarantee"] + chosen)

    def _contracts(self) -> None:
        c, f = self.x.contracts, self.f
        if Channel.CONTRACT in f.channels:
            self._covered("contract", c.holder, f.k.contract[:, 0])
        if Channel.DEMAND in f.channels:
            for origin, part in self._causes("contract"):
                edge = self.at["contract"] + np.arange(len(c))
                self.add(self.n + c.holder, origin, f.k.demand[:, 0] * part, edge)

    def _debts(self) -> None:
        if Channel.CREDIT in self.f.channels:
            self._covered("debt", self.x.debts.holder, self.f.k.credit[:, 0])

    def _fundings(self) -> None:
        f, x = self.f, self.x.fundings
        if Channel.FUNDING not in f.channels:
            return
        b = x.obligor
        own = (f.z_funding, f.w[b], f.own_distress(self.h, b, x.curvature[:, None]))
        for origin, part in self._split(own, [self.z("funding", len(x)), self.w(b), b], len(x)):
            edge = self.at["funding"] + np.arange(len(x))
            self.add(2 * self.n + x.holder, origin, f.k.funding[:, 0] * part, edge)
