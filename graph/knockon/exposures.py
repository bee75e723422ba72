"""The typed edges and balances that the numbers tower computes on: arrays, checked once, with ids for people.

Every edge runs from an obligor, who can fail to perform, to a holder, who then loses. Indices are positions
in `Balance.parties`. Amounts are in one unit throughout (US dollars when they come from the book).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knockon.errors import BadInput
from knockon.names import Names, Numbered

Vector = NDArray[np.float64]
Index = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Where a value may lie when it is drawn: a Beta where `concentration` > 0, else a triangle."""

    low: float
    value: float
    high: float
    concentration: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Balance:
    """What the engine knows of each party; n parties."""

    parties: Names
    value: Vector  # (n,) equity value > 0; NaN: unknown, the party is a sink
    listed: NDArray[np.bool_]  # (n,)
    revenue: Vector  # (n,) a year, 0 where unknown
    alpha: Vector  # (n,) curvature >= 0
    s: Vector  # (n,) funding dependence, 0 to 1
    pi: Vector  # (n,) demand pass-through, 0 to 1
    obligations: Vector | None = None  # (n,) present value; None: from the contracts

    def __post_init__(self) -> None:
        n = len(self.parties)
        if not isinstance(self.parties, Numbered) and len(set(self.parties)) != n:
            raise BadInput("a party stands twice in the balance")
        for name in ("value", "listed", "revenue", "alpha", "s", "pi"):
            if getattr(self, name).shape != (n,):
                raise BadInput(f"balance.{name} has shape {getattr(self, name).shape}, not ({n},)")
        known = ~np.isnan(self.value)
        if not np.all(self.value[known] > 0) or not np.all(np.isfinite(self.value[known])):
            raise BadInput("balance.value: a known value is a finite number above 0")
        for name, top in (("revenue", np.inf), ("alpha", np.inf), ("s", 1.0), ("pi", 1.0)):
            _within(f"balance.{name}", getattr(self, name), 0.0, top)

    def index(self, party: str) -> int:
        """Position of a party."""
        return self.parties.index(party)


@dataclass(frozen=True, kw_only=True)
class _Edges:
    """What every kind of edge has."""

    ids: Names
    obligor: Index  # (m,)
    holder: Index  # (m,)

    def __post_init__(self) -> None:
        m = len(self.ids)
        for item in fields(self):
            array = getattr(self, item.name)
            if isinstance(array, np.ndarray) and array.shape != (m,):
                raise BadInput(f"{type(self).__name__}.{item.name} has shape {array.shape}, not ({m},)")
        for name, top in _TOPS.items():
            if getattr(self, name, None) is not None:
                _within(f"{type(self).__name__}.{name}", getattr(self, name), 0.0, top)

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, kw_only=True)
class Contracts(_Edges):
    """Purchases and leases: the obligor buys, the holder sells."""

    amount: Vector  # K, nominal, remaining
    years: Vector  # T, remaining
    discount: Vector  # a, present value of one dollar of the schedule
    phi: Vector  # firmness
    margin: Vector  # m, after tax, incremental
    psi: Vector  # redeployment
    kappa: Vector  # stranded-capital share
    mu: Vector  # expectation multiple
    given: Vector  # V where it is given directly; NaN: phi K a m
    fixed: Vector  # C itself where an announcement has priced it; NaN: (V mu + G)(1 - psi)
    recovered: Vector | None = None  # dollars of C that the holder gets back from the obligor's estate


@dataclass(frozen=True, kw_only=True)
class Holdings(_Edges):
    """Equity: the issuer is the obligor."""

    theta: Vector  # share held
    lam: Vector  # pass-through


@dataclass(frozen=True, kw_only=True)
class Debts(_Edges):
    """Loans and bonds: the borrower is the obligor."""

    amount: Vector  # K
    lgd: Vector


@dataclass(frozen=True, kw_only=True)
class Fundings(_Edges):
    """Undrawn commitments: the investor is the obligor, the party to be funded the holder."""

    amount: Vector  # F, firmness already in it
    curvature: Vector  # a_F


@dataclass(frozen=True, kw_only=True)
class Guarantees(_Edges):
    """Promises to pay in another's stead: the guarantor is the obligor; `holder` is the covered edge's."""

    covers: Index  # position of the covered edge among the contracts, or among the debts
    covers_debt: NDArray[np.bool_]  # the covered edge is a debt
    cover: Vector  # share
    cap: Vector  # largest call: nominal (rent, principal) or, where `nominal` is False, of the loss
    nominal: NDArray[np.bool_]
    lgd: Vector | None = None  # share of a call that is lost if the guarantor fails; None: all of it


@dataclass(frozen=True, kw_only=True)
class Solvency:
    """What is known of debts, for credit curves and for clearing; NaN where it is not known."""

    debt: Vector  # (n,) nominal, to everybody
    sigma: Vector  # (n,) volatility of the assets, a year
    ltv: Vector  # (n,) debt / assets that a holder of shares keeps to, 0 where none is known
    rank: Index  # (debts,) 0 secured, 1 senior or unknown, 2 subordinated
    lease: Flags  # (contracts,) the contract is a lease


@dataclass(frozen=True, kw_only=True)
class Curve:
    """Black-Cox in the place of the exponential for debts and guarantees; NaN: the exponential stays."""

    debt_share: Vector  # (n,) debt / (debt + equity) before the shock
    sigma: Vector  # (n,) standard deviation of log assets to the horizon

    @property
    def known(self) -> Flags:
        """(n,) whose curve can be drawn."""
        return np.asarray(~(np.isnan(self.debt_share) | np.isnan(self.sigma)))


@dataclass(frozen=True, kw_only=True)
class Sales:
    """Holders that keep to a leverage sell shares when they lose, and the price gives way (common holders)."""

    ltv: Vector  # (n,) debt / assets kept to; 0: sells nothing
    depth: Vector  # (n,) dollars of sales that would take the whole price; inf: not traded


_TOPS = {
    "amount": np.inf,
    "years": np.inf,
    "discount": 1.0,
    "phi": 1.0,
    "psi": 1.0,
    "kappa": np.inf,
    "mu": np.inf,
    "margin": np.inf,
    "theta": 1.0,
    "lam": 1.0,
    "lgd": 1.0,
    "curvature": np.inf,
    "cover": 1.0,
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Exposures:
    """All edges between the parties of a balance, and what was assumed or left out to get them; equal to itself."""

    balance: Balance
    contracts: Contracts
    holdings: Holdings
    debts: Debts
    fundings: Fundings
    guarantees: Guarantees
    a_d: float  # curvature added for debts and guarantees
    solvency: Solvency | None = None
    curve: Curve | None = None  # None: exponential for everybody
    sales: Sales | None = None  # None: nobody sells
    spans: Mapping[str, Mapping[str, Span]] = field(default_factory=dict)  # parameter -> key -> range
    left_out: Mapping[str, Any] = field(default_factory=dict)
    assumed: tuple[Mapping[str, Any], ...] = ()

    def __post_init__(self) -> None:
        out = np.bincount(
            self.holdings.obligor,
            self.holdings.theta * self.holdings.lam,
            minlength=len(self.balance.parties),
        )
        if np.any(out > 1 + 1e-9):
            party = self.balance.parties[int(np.argmax(out))]
            raise BadInput(f"holdings in {party!r} add up to {out.max():.3f} of it; at most 1")
        g = self.guarantees
        for debt, count in ((False, len(self.contracts)), (True, len(self.debts))):
            chosen = g.covers_debt == debt
            total = np.bincount(g.covers[chosen], g.cover[chosen], minlength=count)
            if np.any(total > 1 + 1e-9):
                edge = (self.debts if debt else self.contracts).ids[int(np.argmax(total))]
                raise BadInput(f"guarantees cover {total.max():.3f} of {edge!r}; at most 1")


def _within(name: str, values: Vector, low: float, high: float) -> None:
    bad = ~((values >= low) & (values <= high))
    if np.any(bad):
        at = int(np.argmax(bad))
        raise BadInput(f"{name}[{at}] is {values[at]}; it lies between {low:g} and {high:g}")


def annuity(rate: float, years: Vector, wait: Vector | float = 0.0) -> Vector:
    """Present value of one dollar paid evenly over `years`, starting in `wait` years (docs/model.md, section 2).

    (1 - (1+r)^-T) / (r T) x (1+r)^-wait; 1 where nothing is left to wait for.

    >>> annuity(0.1, np.array([0.0, 5.0])).round(4).tolist()
    [1.0, 0.7582]
    """
    years = np.asarray(years, dtype=float)
    force = rate * np.where(years > 1e-9, years, 0.0)
    discount = -np.expm1(-years * np.log1p(rate))
    flat = np.divide(discount, force, out=np.ones_like(years), where=force > 0)
    return np.asarray(flat * (1 + rate) ** -np.asarray(wait, dtype=float))
