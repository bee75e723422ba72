"""What the map multiplies with: the exposures' terms, at their central values or at drawn ones, as coefficients.

Contracts are worth V = phi K a m, the holder's gain, and G = kappa phi K, what it sank; C = (V mu + G)(1 - psi) is
lost if the obligor performs nothing (docs/model.md, section 2). Every array is (k, 1), or (k, B): a column a draw.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from knockon.contagion.columns import column, divide, sum_by
from knockon.exposures import Exposures, Vector


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
