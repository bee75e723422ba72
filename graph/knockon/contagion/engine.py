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

from knockon.contagion.columns import column, divide, sum_by
from knockon.errors import NotConverged
from knockon.exposures import Exposures, Index, Vector

MAX_ROUNDS = 20_000
TOLERANCE = 1e-14


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
class Coefficients:
    """What the map needs of the exposures, each (k, 1) or (k, B): one column per draw."""

    value: Vector  # (n, .) E; inf for a sink, which therefore never falls
    alpha: Vector  # (n, .)
    s: Vector  # (n, .)
    pi: Vector  # (n, .)
    contract: Vector  # C, dollars lost if the obligor performs nothing
    demand: Vector  # omega (1 - psi)
    holding: Vector  # theta lam
    credit: Vector  # K lgd
    funding: Vector  # F / O
    cap: Vector  # largest call of a guarantee, in the unit of the loss
    unit: Vector  # dollars of loss per dollar called


@dataclass(frozen=True, kw_only=True)
class State:
    """A point of the lattice, (n, B) each, and how it was reached."""

    h: Vector
    d: Vector
    y: Vector
    rounds: int
    step: float


@dataclass(frozen=True, kw_only=True)
class Draw:
    """Values that replace the exposures' central ones, each (k, B)."""

    amount: Vector
    phi: Vector
    margin: Vector
    psi: Vector
    kappa: Vector
    mu: Vector
    alpha: Vector
    lgd: Vector


def central(x: Exposures) -> Draw:
    """The central values, as a draw of one column."""
    c = x.contracts
    return Draw(
        amount=column(c.amount),
        phi=column(c.phi),
        margin=column(c.margin),
        psi=column(c.psi),
        kappa=column(c.kappa),
        mu=column(c.mu),
        alpha=column(x.balance.alpha),
        lgd=column(x.debts.lgd),
    )


def coefficients(x: Exposures, draw: Draw | None = None) -> Coefficients:
    """The map's coefficients at the central values, or at drawn ones (docs/model.md, section 2)."""
    v = draw or central(x)
    b, c = x.balance, x.contracts
    n = len(b.parties)
    firm = v.phi * v.amount
    given = column(c.given)
    priced = np.where(np.isnan(given), firm * column(c.discount) * v.margin, given) * v.mu
    fixed = column(c.fixed)
    contract = np.where(np.isnan(fixed), (priced + firm * v.kappa) * (1 - v.psi), fixed)
    if c.recovered is not None:
        contract = np.maximum(0.0, contract - column(c.recovered))
    rate = firm / np.maximum(column(c.years), 1.0)
    demand = divide(rate, column(b.revenue)[c.holder]) * (1 - v.psi)
    if b.obligations is None:
        owed = sum_by(c.obligor, n, firm * column(c.discount))
    else:
        owed = column(b.obligations)
    debts = x.debts
    g = x.guarantees
    unit = np.ones((len(g), contract.shape[1]))
    on_contract, on_debt = g.nominal & ~g.covers_debt, g.nominal & g.covers_debt
    unit[on_contract] = divide(contract, firm)[g.covers[on_contract]]
    unit[on_debt] = v.lgd[g.covers[on_debt]]
    return Coefficients(
        value=column(np.where(np.isnan(b.value), np.inf, b.value)),
        alpha=v.alpha,
        s=column(b.s),
        pi=column(b.pi),
        contract=contract,
        demand=demand,
        holding=column(x.holdings.theta * x.holdings.lam),
        credit=column(debts.amount) * v.lgd,
        funding=divide(column(x.fundings.amount), owed[x.fundings.holder]),
        cap=column(g.cap) * unit,
        unit=unit,
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
        self.x, self.k, self.channels = x, k, channels
        self.n = len(x.balance.parties)
        self.u, self.w = column(shock.u), column(shock.w)
        self.z, self.z_debt = column(shock.z), column(shock.z_debt)
        self.z_funding, self.z_guarantee = column(shock.z_funding), column(shock.z_guarantee)
        hits = (self.u, self.w, self.z, self.z_debt, self.z_funding, self.z_guarantee)
        self.width = max(array.shape[1] for array in (*hits, k.contract, k.alpha))
        g = x.guarantees
        live = np.where(g.covers_debt, Channel.CREDIT in channels, Channel.CONTRACT in channels)
        self.live = column((live & (Channel.GUARANTEE in channels)).astype(float))
        self.buyers, self.buyer = np.unique(x.contracts.obligor, return_inverse=True)  # few buyers, many contracts
        self.holding_usd = k.holding * finite(k.value)[x.holdings.obligor]
        self.guarantee_lgd = column(np.ones(len(g)) if g.lgd is None else g.lgd)

    def own_distress(self, h: Vector, at: Index, extra: float | Vector = 0.0) -> Vector:
        """Performance shortfall of the parties `at` caused by lost value, f(h) with curvature alpha + `extra`."""
        lost = h[at]
        return np.asarray(self.k.s[at] * lost * np.exp(-(self.k.alpha[at] + extra) * (1 - lost)))

    def debt_distress(self, h: Vector, at: Index) -> Vector:
        """Shortfall of the parties `at` on debts and guarantees, fD(h): the exponential, or Black and Cox's curve."""
        exponential = self.own_distress(h, at, self.x.a_d)
        curve = self.x.curve
        if curve is None:
            return exponential
        share, sigma = column(curve.debt_share[at]), column(curve.sigma[at])
        return np.where(curve.known[at][:, None], blackcox(h[at], share, sigma), exponential)

    def contract_causes(self, h: Vector, d: Vector, y: Vector) -> tuple[Vector, ...]:
        """Shortfall of each contract by cause: the leg's own hit, performance, distress, demand, funding."""
        b = self.x.contracts.obligor
        zero = np.zeros((1, 1))
        return (
            self.z,
            self.w[b],
            self.own_distress(h, self.buyers)[self.buyer],
            self.k.pi[b] * d[b] if Channel.DEMAND in self.channels else zero,
            y[b] if Channel.FUNDING in self.channels else zero,
        )

    def edge_shortfalls(self, h: Vector, d: Vector, y: Vector) -> dict[str, Vector]:
        """x of every edge, by kind."""
        x = self.x
        f, g, b = x.fundings, x.guarantees, x.debts.obligor
        return {
            "contract": either(*self.contract_causes(h, d, y)),
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
        on = self.channels
        return Losses(
            contract=contract * (Channel.CONTRACT in on),
            holding=self.holding_usd * short["holding"] * (Channel.EQUITY in on),
            credit=credit * (Channel.CREDIT in on),
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

    def solve(self, greatest: bool = False, tolerance: float = TOLERANCE) -> State:
        """The least fixed point, or the greatest.

        Raises NotConverged with the last iterate after MAX_ROUNDS rounds.
        """
        shape = (self.n, self.width)
        h, d, y = (np.full(shape, 1.0 if greatest else 0.0) for _ in range(3))
        change = np.inf
        for rounds in range(1, MAX_ROUNDS + 1):
            following = self.step(h, d, y)
            change = max(float(np.max(np.abs(a - b), initial=0.0)) for a, b in zip(following, (h, d, y), strict=True))
            h, d, y = following
            if change <= tolerance:
                return State(h=h, d=d, y=y, rounds=rounds, step=change)
        raise NotConverged(
            f"contagion: still moving by {change:.1e} after {MAX_ROUNDS} rounds",
            State(h=h, d=d, y=y, rounds=MAX_ROUNDS, step=change),
        )

    def first_round(self) -> Vector:
        """Dollars lost by each party when the hit parties' distress acts once on their counterparties, (n, B)."""
        start = np.broadcast_to(self.u, (self.n, self.width))
        still = np.zeros((self.n, self.width))
        lost = self.dollars(self.losses(self.edge_shortfalls(start, still, still)))
        room = np.where(np.isinf(self.k.value), np.inf, (1 - self.u) * finite(self.k.value))
        return np.minimum(lost, room)


def blackcox(lost: Vector, debt_share: Vector, sigma: Vector) -> Vector:
    """Added probability of default, [PD(E(1-h)) - PD(E)] / (1 - PD(E)), when a share `lost` of equity is gone.

    Default is when assets, log-normal, touch the debts before the horizon (Black and Cox 1976, as in network
    valuation, `classics.valuation`). debt_share: debt over debt and equity before the shock; sigma to the horizon.

    >>> blackcox(np.array([0.0, 0.5, 1.0]), np.array(0.5), np.array(0.4)).round(3).tolist()
    [0.0, 0.295, 1.0]
    """
    from knockon.contagion.classics.valuation import first_passage  # scipy, which no other shock needs

    left = debt_share / (debt_share + (1 - debt_share) * (1 - lost))
    with np.errstate(divide="ignore"):  # no debt is never touched: log 0
        before, after = (first_passage(np.log(share), sigma) for share in (debt_share, left))
    return divide(after - before, 1 - before)


def either(*causes: Vector) -> Vector:
    """1 - prod(1 - q): the share that does not come when any cause may withhold it."""
    kept: Vector | float = 1.0
    for cause in causes:
        kept = kept * (1 - cause)
    return np.asarray(1 - kept)


def finite(values: Vector) -> Vector:
    """`values` with 0 in the place of infinities."""
    return np.where(np.isinf(values), 0.0, values)
