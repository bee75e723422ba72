"""The engine: one fixed point for six channels on three numbers per party.

State, each in [0, 1]: h, lost share of equity value; d, demand shortfall; y, funding shortfall. With obligor b
and holder c of an edge (design: nonlinear DebtRank, Bardoscia et al. 2016, generalised to typed edges):

    f(h)  = s h exp(-alpha (1-h))            contracts
    fD(h) = s h exp(-(alpha+a_D) (1-h))      debts and guarantees: commitments are cut before debt is missed
    x     = 1 - (1-z)(1-w)(1-f)(1-pi d)(1-y) purchase, lease
    x     = 1 - (1-z)(1-w)(1-f(alpha+a_F))   funding
    x     = 1 - (1-z)(1-w)(1-fD)             loan, bond; a guarantor's own failure
    x     = h                                equity

With a `Curve`, fD is Black and Cox's where debts and volatility are known: [PD(E(1-h)) - PD(E)] / (1 - PD(E)).
With `Sales`, a holder with assets A = E + D that keeps to its D / A sells D / E times what it loses, which is h D / A
of all it owns, and the price of each traded firm falls by the sales over its depth (Greenwood, Landier, Thesmar 2015).
    h_c = min(1, u_c + losses of c / E_c)
    d_c = min(1, sum omega (1-psi) x) over purchases and leases into c, omega = phi K / (T R)
    y_c = min(1, sum F x / O) over funding into c

Every term is continuous and nondecreasing, so iteration from 0 rises to the least fixed point and from 1
falls to the greatest (Tarski, Kleene). Columns are scenarios: all arrays may carry a second axis.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from knockon.contagion.coefficients import Coefficients
from knockon.contagion.columns import column, only, present, sum_by
from knockon.contagion.distress import blackcox, exponential
from knockon.exposures import Exposures, Index, Vector


class Channel(StrEnum):
    """A way in which a shock travels; the letter is the design's."""

    CONTRACT = "a"
    EQUITY = "b"
    CREDIT = "c"
    GUARANTEE = "d"
    DEMAND = "e"
    FUNDING = "r"


ALL = frozenset(Channel)


@dataclass(frozen=True, kw_only=True)
class Shock:
    """Direct hits, all in [0, 1]; (k,) or (k, B) arrays."""

    u: Vector  # (n,) equity value
    w: Vector  # (n,) performance on all contracts and debts
    z: Vector  # (contracts,) one contract
    z_debt: Vector  # (debts,)
    z_funding: Vector  # (fundings,)
    z_guarantee: Vector  # (guarantees,)

    @staticmethod
    def none(x: Exposures) -> Shock:
        """No hit at all."""
        zero = np.zeros
        return Shock(
            u=zero(len(x.balance.parties)),
            w=zero(len(x.balance.parties)),
            z=zero(len(x.contracts)),
            z_debt=zero(len(x.debts)),
            z_funding=zero(len(x.fundings)),
            z_guarantee=zero(len(x.guarantees)),
        )


@dataclass(frozen=True, kw_only=True)
class Losses:
    """Dollars lost by edge, (m, B) each, and by party."""

    contract: Vector  # net of what guarantors pay
    holding: Vector
    credit: Vector  # net likewise
    call: Vector  # to guarantors


class Map:
    """The monotone map F on (h, d, y), for one network and one set of shocks."""

    def __init__(self, x: Exposures, k: Coefficients, shock: Shock, channels: frozenset[Channel] = ALL) -> None:
        self.x, self.k, self.shock, self.channels = x, k, shock, channels
        self.n = len(x.balance.parties)
        self.u, self.w = column(shock.u), column(shock.w)
        self.z, self.z_debt = column(shock.z), column(shock.z_debt)
        self.z_funding, self.z_guarantee = column(shock.z_funding), column(shock.z_guarantee)
        hits = (self.u, self.w, self.z, self.z_debt, self.z_funding, self.z_guarantee)
        self.width = max(array.shape[1] for array in (*hits, k.contract, k.alpha))
        self.on = {channel: float(channel in channels) for channel in Channel}
        g = x.guarantees
        live = np.where(g.covers_debt, Channel.CREDIT in channels, Channel.CONTRACT in channels)
        self.live = column((live & (Channel.GUARANTEE in channels)).astype(float))
        self.buyers = present(x.contracts.obligor)  # few, of many contracts
        self.buyer = np.searchsorted(self.buyers, x.contracts.obligor)
        self.edges = sum(map(len, (x.contracts, x.holdings, x.debts, x.fundings, g)))
        self.holding_usd = k.holding * finite(k.value)[x.holdings.obligor]
        self.guarantee_lgd = column(np.ones(len(g)) if g.lgd is None else g.lgd)

    @property
    def edgewise(self) -> bool:
        """Whether `edgewise` states the whole of this map: it knows no credit curve and no sales."""
        return self.x.curve is None and self.x.sales is None

    def only(self, at: Index) -> Map:
        """The same map of the scenarios `at` alone."""
        return Map(self.x, only(self.k, at), only(self.shock, at), self.channels)

    def own_distress(self, h: Vector, at: Index, extra: float | Vector = 0.0) -> Vector:
        """Performance shortfall of the parties `at` caused by lost value, f(h) with curvature alpha + `extra`."""
        return exponential(h[at], self.k.s[at], self.k.alpha[at] + extra)

    def debt_distress(self, h: Vector, at: Index) -> Vector:
        """Shortfall of the parties `at` on debts and guarantees, fD(h): the exponential, or Black and Cox's curve."""
        exponential = self.own_distress(h, at, self.x.a_d)
        curve = self.x.curve
        if curve is None:
            return exponential
        share, sigma = column(curve.debt_share[at]), column(curve.sigma[at])
        return np.where(curve.known[at][:, None], blackcox(h[at], share, sigma), exponential)

    def buyer_causes(self, h: Vector, d: Vector, y: Vector) -> tuple[Vector, ...]:
        """What each buyer withholds of all it promised, by cause: performance, distress, demand, funding."""
        b, zero = self.buyers, np.zeros((len(self.buyers), 1))
        return (
            self.w[b],
            self.own_distress(h, b),
            self.k.pi[b] * d[b] if Channel.DEMAND in self.channels else zero,
            y[b] if Channel.FUNDING in self.channels else zero,
        )

    def contract_causes(self, h: Vector, d: Vector, y: Vector) -> tuple[Vector, ...]:
        """Shortfall of each contract by cause: the leg's own hit, performance, distress, demand, funding."""
        return (self.z, *(cause[self.buyer] for cause in self.buyer_causes(h, d, y)))

    def edge_shortfalls(self, h: Vector, d: Vector, y: Vector) -> dict[str, Vector]:
        """x of every edge, by kind."""
        x = self.x
        f, g, b = x.fundings, x.guarantees, x.debts.obligor
        return {
            "contract": either(self.z, either(*self.buyer_causes(h, d, y))[self.buyer]),
            "holding": h[x.holdings.obligor],
            "debt": either(self.z_debt, self.w[b], self.debt_distress(h, b)),
            "funding": either(
                self.z_funding,
                self.w[f.obligor],
                self.own_distress(h, f.obligor, column(f.curvature)),
            ),
            "guarantee": either(self.z_guarantee, self.w[g.obligor], self.debt_distress(h, g.obligor)),
        }

    def losses(self, short: dict[str, Vector]) -> Losses:
        """Dollars lost on every edge at the given shortfalls; a called guarantee is double default."""
        x, k, g = self.x, self.k, self.x.guarantees
        contract = k.contract * short["contract"]
        credit = k.credit * short["debt"]
        covered = np.zeros((len(g), max(contract.shape[1], credit.shape[1])))
        covered[g.covers_debt] = credit[g.covers[g.covers_debt]]
        covered[~g.covers_debt] = contract[g.covers[~g.covers_debt]]
        call = np.minimum(k.cap, column(g.cover) * covered) * self.live
        paid = call * (1 - self.guarantee_lgd * short["guarantee"])
        credit = credit - sum_by(g.covers[g.covers_debt], len(x.debts), paid[g.covers_debt])
        contract = contract - sum_by(g.covers[~g.covers_debt], len(x.contracts), paid[~g.covers_debt])
        return Losses(
            contract=contract * self.on[Channel.CONTRACT],
            holding=self.holding_usd * short["holding"] * self.on[Channel.EQUITY],
            credit=credit * self.on[Channel.CREDIT],
            call=call,
        )

    def dollars(self, losses: Losses) -> Vector:
        """Dollars lost by each party through all edges, (n, B), before the cap at its value."""
        x = self.x
        return np.asarray(
            sum_by(x.contracts.holder, self.n, losses.contract)
            + sum_by(x.holdings.holder, self.n, losses.holding)
            + sum_by(x.debts.holder, self.n, losses.credit)
            + sum_by(x.guarantees.obligor, self.n, losses.call)
        )

    def pressed(self, h: Vector) -> Vector:
        """(holdings, B) share of the issuer's value lost to what the holder sells of it; 0 where nobody sells."""
        sales, held = self.x.sales, self.x.holdings
        if sales is None:
            return np.zeros((len(held), 1))
        sold = self.holding_usd * column(sales.ltv)[held.holder] * h[held.holder]
        return np.asarray(sold / column(sales.depth)[held.obligor])

    def step(self, h: Vector, d: Vector, y: Vector) -> tuple[Vector, Vector, Vector]:
        """One application of F."""
        short = self.edge_shortfalls(h, d, y)
        lost = self.dollars(self.losses(short))
        fallen = self.u + lost / self.k.value
        if self.x.sales is not None:
            fallen = fallen + sum_by(self.x.holdings.obligor, self.n, self.pressed(h))
        h_next = np.minimum(1.0, fallen)
        none = np.zeros_like(h_next)
        demand = sum_by(self.x.contracts.holder, self.n, self.k.demand * short["contract"])
        funding = sum_by(self.x.fundings.holder, self.n, self.k.funding * short["funding"])
        d_next = np.minimum(1.0, demand) if Channel.DEMAND in self.channels else none
        y_next = np.minimum(1.0, funding) if Channel.FUNDING in self.channels else none
        return h_next, d_next, y_next

    def first_round(self) -> Vector:
        """Dollars lost by each party when the hit parties' distress acts once on their counterparties, (n, B)."""
        start = np.broadcast_to(self.u, (self.n, self.width))
        still = np.zeros((self.n, self.width))
        lost = self.dollars(self.losses(self.edge_shortfalls(start, still, still)))
        room = np.where(np.isinf(self.k.value), np.inf, (1 - self.u) * finite(self.k.value))
        return np.minimum(lost, room)


def either(*causes: Vector) -> Vector:
    """1 - prod(1 - q): the share that does not come when any cause may withhold it."""
    kept: Vector | float = 1.0
    for cause in causes:
        kept = kept * (1 - cause)
    return np.asarray(1 - kept)


def finite(values: Vector) -> Vector:
    """`values` with 0 in the place of infinities."""
    return np.where(np.isinf(values), 0.0, values)
