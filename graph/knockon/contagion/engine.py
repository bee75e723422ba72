"""The engine: one fixed point for six channels on three numbers per party.

State, each in [0, 1]: h, lost share of equity value; d, demand shortfall; y, funding shortfall. With obligor b
and holder c of an edge (design: nonlinear DebtRank, Bardoscia et al. 2016, generalised to typed edges):

    f(h)  = s h exp(-alpha (1-h))            contracts
    fD(h) = s h exp(-(alpha+a_D) (1-h))      debts and guarantees: commitments are cut before debt is missed
    x     = 1 - (1-z)(1-w)(1-f)(1-pi d)(1-y) purchase, lease
    x     = 1 - (1-z)(1-w)(1-f(alpha+a_F))   funding
    x     = 1 - (1-z)(1-w)(1-fD)             loan, bond; a guarantor's own failure
    x     = h                                equity

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
        amount=_column(c.amount),
        phi=_column(c.phi),
        margin=_column(c.margin),
        psi=_column(c.psi),
        kappa=_column(c.kappa),
        mu=_column(c.mu),
        alpha=_column(x.balance.alpha),
        lgd=_column(x.debts.lgd),
    )


def coefficients(x: Exposures, draw: Draw | None = None) -> Coefficients:
    """The map's coefficients at the central values, or at drawn ones (contagion.md, section 2)."""
    v = draw or central(x)
    b, c = x.balance, x.contracts
    n = len(b.parties)
    firm = v.phi * v.amount
    given = _column(c.given)
    priced = np.where(np.isnan(given), firm * _column(c.discount) * v.margin, given) * v.mu
    fixed = _column(c.fixed)
    contract = np.where(np.isnan(fixed), (priced + firm * v.kappa) * (1 - v.psi), fixed)
    rate = firm / np.maximum(_column(c.years), 1.0)
    demand = _divide(rate, _column(b.revenue)[c.holder]) * (1 - v.psi)
    if b.obligations is None:
        owed = _sum_by(c.obligor, n, firm * _column(c.discount))
    else:
        owed = _column(b.obligations)
    debts = x.debts
    g = x.guarantees
    unit = np.ones((len(g), contract.shape[1]))
    on_contract, on_debt = g.nominal & ~g.covers_debt, g.nominal & g.covers_debt
    unit[on_contract] = _divide(contract, firm)[g.covers[on_contract]]
    unit[on_debt] = v.lgd[g.covers[on_debt]]
    return Coefficients(
        value=_column(np.where(np.isnan(b.value), np.inf, b.value)),
        alpha=v.alpha,
        s=_column(b.s),
        pi=_column(b.pi),
        contract=contract,
        demand=demand,
        holding=_column(x.holdings.theta * x.holdings.lam),
        credit=_column(debts.amount) * v.lgd,
        funding=_divide(_column(x.fundings.amount), owed[x.fundings.holder]),
        cap=_column(g.cap) * unit,
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
        self.u, self.w = _column(shock.u), _column(shock.w)
        self.z, self.z_debt = _column(shock.z), _column(shock.z_debt)
        self.z_funding, self.z_guarantee = _column(shock.z_funding), _column(shock.z_guarantee)
        hits = (self.u, self.w, self.z, self.z_debt, self.z_funding, self.z_guarantee)
        self.width = max(array.shape[1] for array in (*hits, k.contract, k.alpha))
        g = x.guarantees
        live = np.where(g.covers_debt, Channel.CREDIT in channels, Channel.CONTRACT in channels)
        self.live = _column((live & (Channel.GUARANTEE in channels)).astype(float))

    def own_distress(self, h: Vector, at: Index, extra: float | Vector = 0.0) -> Vector:
        """Performance shortfall of the parties `at` caused by lost value, f(h) with curvature alpha + `extra`."""
        lost = h[at]
        return np.asarray(self.k.s[at] * lost * np.exp(-(self.k.alpha[at] + extra) * (1 - lost)))

    def contract_causes(self, h: Vector, d: Vector, y: Vector) -> tuple[Vector, ...]:
        """Shortfall of each contract by cause: the leg's own hit, performance, distress, demand, funding."""
        b = self.x.contracts.obligor
        zero = np.zeros((1, 1))
        return (
            self.z,
            self.w[b],
            self.own_distress(h, b),
            self.k.pi[b] * d[b] if Channel.DEMAND in self.channels else zero,
            y[b] if Channel.FUNDING in self.channels else zero,
        )

    def edge_shortfalls(self, h: Vector, d: Vector, y: Vector) -> dict[str, Vector]:
        """x of every edge, by kind."""
        x = self.x
        f, g, b = x.fundings, x.guarantees, x.debts.obligor
        return {
            "contract": _either(*self.contract_causes(h, d, y)),
            "holding": h[x.holdings.obligor],
            "debt": _either(self.z_debt, self.w[b], self.own_distress(h, b, x.a_d)),
            "funding": _either(
                self.z_funding,
                self.w[f.obligor],
                self.own_distress(h, f.obligor, _column(f.curvature)),
            ),
            "guarantee": _either(self.z_guarantee, self.w[g.obligor], self.own_distress(h, g.obligor, x.a_d)),
        }

    def losses(self, short: dict[str, Vector]) -> Losses:
        """Dollars lost on every edge at the given shortfalls; a called guarantee is double default."""
        x, k, g = self.x, self.k, self.x.guarantees
        contract = k.contract * short["contract"]
        credit = k.credit * short["debt"]
        covered = np.zeros((len(g), max(contract.shape[1], credit.shape[1])))
        covered[g.covers_debt] = credit[g.covers[g.covers_debt]]
        covered[~g.covers_debt] = contract[g.covers[~g.covers_debt]]
        call = np.minimum(k.cap, _column(g.cover) * covered) * self.live
        paid = call * (1 - short["guarantee"])
        credit = credit - _sum_by(g.covers[g.covers_debt], len(x.debts), paid[g.covers_debt])
        contract = contract - _sum_by(g.covers[~g.covers_debt], len(x.contracts), paid[~g.covers_debt])
        on = self.channels
        return Losses(
            contract=contract * (Channel.CONTRACT in on),
            holding=k.holding * _finite(k.value)[x.holdings.obligor] * short["holding"] * (Channel.EQUITY in on),
            credit=credit * (Channel.CREDIT in on),
            call=call,
        )

    def dollars(self, losses: Losses) -> Vector:
        """Dollars lost by each party through all edges, (n, B), before the cap at its value."""
        x = self.x
        return np.asarray(
            _sum_by(x.contracts.holder, self.n, losses.contract)
            + _sum_by(x.holdings.holder, self.n, losses.holding)
            + _sum_by(x.debts.holder, self.n, losses.credit)
            + _sum_by(x.guarantees.obligor, self.n, losses.call)
        )

    def step(self, h: Vector, d: Vector, y: Vector) -> tuple[Vector, Vector, Vector]:
        """One application of F."""
        short = self.edge_shortfalls(h, d, y)
        lost = self.dollars(self.losses(short))
        h_next = np.minimum(1.0, self.u + lost / self.k.value)
        d_next, y_next = np.zeros_like(h_next), np.zeros_like(h_next)
        if Channel.DEMAND in self.channels:
            d_next = d_next + _sum_by(self.x.contracts.holder, self.n, self.k.demand * short["contract"])
        if Channel.FUNDING in self.channels:
            y_next = y_next + _sum_by(self.x.fundings.holder, self.n, self.k.funding * short["funding"])
        return h_next, np.minimum(1.0, d_next), np.minimum(1.0, y_next)

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
        room = np.where(np.isinf(self.k.value), np.inf, (1 - self.u) * _finite(self.k.value))
        return np.minimum(lost, room)


CHANNELS = ("direct", "contract", "equity", "credit", "guarantee", "demand", "funding")


def by_channel(f: Map, state: State) -> dict[str, Vector]:
    """Dollars lost by each party through each channel, (n, B); they add up to its loss exactly.

    A contract's loss is split over its causes by their Shapley values: the obligor's own distress goes to
    `contract`, what its customers withhold to `demand`, what its investors withhold to `funding`. Where the
    loss is capped at the party's value all its channels are scaled alike.
    """
    x, n = f.x, f.n
    short = f.edge_shortfalls(state.h, state.d, state.y)
    losses = f.losses(short)
    causes = f.contract_causes(state.h, state.d, state.y)
    own, demand, funding = (_divide(part, short["contract"]) for part in _by_group(causes, ((0, 1, 2), (3,), (4,))))
    holder = x.contracts.holder
    value = _finite(f.k.value)
    parts = {
        "direct": np.broadcast_to(f.u * value, state.h.shape),
        "contract": _sum_by(holder, n, losses.contract * own),
        "equity": _sum_by(x.holdings.holder, n, losses.holding),
        "credit": _sum_by(x.debts.holder, n, losses.credit),
        "guarantee": _sum_by(x.guarantees.obligor, n, losses.call),
        "demand": _sum_by(holder, n, losses.contract * demand),
        "funding": _sum_by(holder, n, losses.contract * funding),
    }
    raw = np.sum(list(parts.values()), axis=0)
    capped = np.where(np.isinf(f.k.value), raw, value * np.minimum(1.0, _divide(raw, value)))
    scale = np.where(raw > 0, _divide(capped, raw), 1.0)
    return {channel: np.asarray(part * scale) for channel, part in parts.items()}


# Gauss-Legendre with three nodes on [0, 1]: exact for the integrals below, whose degree is at most four.
_NODES = 0.5 + np.array([-0.5, 0.0, 0.5]) * np.sqrt(0.6)
_WEIGHTS = np.array([5.0, 8.0, 5.0]) / 18.0


def shapley_causes(causes: tuple[Vector, ...]) -> tuple[Vector, ...]:
    """Shares of 1 - prod(1 - q_k) that belong to each of at most five causes: their Shapley values.

    phi_k = q_k integral_0^1 prod_{j != k} (1 - t q_j) dt (Owen's multilinear extension, 1972).

    >>> [round(float(part), 4) for part in shapley_causes((np.array(0.5), np.array(0.5)))]
    [0.375, 0.375]
    """
    parts = []
    for k, cause in enumerate(causes):
        others = [q for j, q in enumerate(causes) if j != k]
        integral: Vector | float = 0.0
        for node, weight in zip(_NODES, _WEIGHTS, strict=True):
            product: Vector | float = weight
            for q in others:
                product = product * (1 - node * q)
            integral = integral + product
        parts.append(np.asarray(cause * integral))
    return tuple(parts)


def _by_group(causes: tuple[Vector, ...], groups: tuple[tuple[int, ...], ...]) -> list[Vector]:
    parts = shapley_causes(causes)
    return [np.asarray(sum(parts[k] for k in group)) for group in groups]


def _either(*causes: Vector) -> Vector:
    """1 - prod(1 - q): the share that does not come when any cause may withhold it."""
    kept: Vector | float = 1.0
    for cause in causes:
        kept = kept * (1 - cause)
    return np.asarray(1 - kept)


def _column(values: Vector) -> Vector:
    values = np.asarray(values, dtype=float)
    return values[:, None] if values.ndim == 1 else values


def _finite(values: Vector) -> Vector:
    return np.where(np.isinf(values), 0.0, values)


def _divide(a: Vector, b: Vector) -> Vector:
    """a / b, and 0 where b is 0."""
    a, b = np.broadcast_arrays(a, b)
    return np.divide(a, b, out=np.zeros(a.shape), where=b != 0)


def _sum_by(index: Index, n: int, values: Vector) -> Vector:
    """Sum the rows of `values` (m, B) that share an index, into (n, B)."""
    total = np.zeros((n, values.shape[1]))
    if len(index):
        order = np.argsort(index, kind="stable")
        ordered = index[order]
        starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
        total[ordered[starts]] = np.add.reduceat(values[order], starts, axis=0)
    return total
