"""What creditors get back when a party is in default: its estate, cleared by rank (docs/model.md, section 5).

Before a default a debt loses K lgd fD(h), with lgd a parameter. Once default is declared lgd is what clearing leaves:

    estate  e_i = alpha X_i + beta (what others in default pay i + what i's shares are still worth)
    X_i = max(0, A_i - claims on others - shares at their value before),   A_i = debts of i
    ranks   secured loans and bonds; then the other senior ones, debts to creditors nobody names, rent due on
            leases, guarantees called; then subordinated ones

A_i: default is when assets have fallen to the debts (Black and Cox 1976), so the assets at that moment are the debts
themselves; alpha and beta are what default leaves of them (Rogers and Veraart 2013); each rank is paid once the ranks
before it are (Elsinger 2009, `classics.seniority`). Losses before and recoveries after default are solved in turn:
recoveries only fall as losses rise, so from no losses at all the two rise to the least solution together. A party whose
equity is wiped out on the way, and whose debts are edges, is taken to default too. Where debts are not known nothing
is cleared, the parameter stays, and the party is listed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from knockon.contagion.coefficients import coefficients
from knockon.contagion.engine import Map, Shock
from knockon.contagion.fixedpoint import State, solve
from knockon.errors import BadInput, NotConverged
from knockon.exposures import Exposures, Flags, Index, Solvency, Span, Vector

RANKS = ("secured", "senior", "subordinated")
_ROUNDS = 1_000
_STILL = 1e-12
_GONE = 1 - 1e-9


@dataclass(frozen=True, kw_only=True)
class Terms:
    """Of a default: shares that survive it, and how much rent falls due."""

    alpha: float  # of outside assets, 0 to 1
    beta: float  # of claims on others and of shares held
    lease_years: float  # rent of so many years is claimed for a lease that is rejected


@dataclass(frozen=True, kw_only=True)
class Estate:
    """One party in default, US dollars."""

    party: int
    debts: float
    assets: float  # what default leaves to pay with
    owed: Vector  # (ranks,)
    recovery: Vector  # (ranks,) share paid; NaN where nothing is owed


@dataclass(frozen=True, kw_only=True)
class Settled:
    """Exposures and shock with the recoveries in them, and the estates they come from."""

    exposures: Exposures
    shock: Shock
    estates: tuple[Estate, ...]
    refused: tuple[int, ...]  # in default, but their debts are not known


def settle(x: Exposures, shock: Shock, declared: Index, terms: Terms) -> Settled:
    """The exposures after the parties `declared` default: they lose all value and perform nothing.

    Raises BadInput without balance sheets, NotConverged.
    """
    if x.solvency is None:
        raise BadInput("no balance sheets are known, so no default can be cleared")
    u, w = shock.u.copy(), shock.w.copy()
    u[declared] = np.where(np.isnan(x.balance.value[declared]), u[declared], 1.0)
    w[declared] = 1.0
    hit = replace(shock, u=u, w=w)
    down = np.zeros(len(u), dtype=bool)
    down[declared] = True
    while True:
        settled, state = _cleared(x, x.solvency, hit, down, terms)
        borrowed = np.bincount(x.debts.obligor, x.debts.amount, minlength=len(u)) > 0
        more = borrowed & ((state.h[:, 0] >= _GONE) | down)
        if (more <= down).all():
            return settled
        down |= more


def _cleared(x: Exposures, known: Solvency, shock: Shock, down: Flags, terms: Terms) -> tuple[Settled, State]:
    """Losses and recoveries in turn for a given set of parties in default, from no losses upwards."""
    failed = np.flatnonzero(down & ~np.isnan(known.debt))
    h, calls = np.where(down, 1.0, 0.0), np.zeros(len(x.guarantees))
    before = np.full((len(RANKS), len(down)), np.inf)
    for _ in range(_ROUNDS):
        estates = _estates(x, known, failed, h, calls, terms)
        recovery = np.ones((len(RANKS), len(down)))
        for estate in estates:
            recovery[:, estate.party] = np.where(np.isnan(estate.recovery), 1.0, estate.recovery)
        y = _recovered(x, known, failed, recovery, terms)
        f = Map(y, coefficients(y), shock)
        state = solve(f)
        if np.abs(recovery - before).max() <= _STILL:
            refused = tuple(int(i) for i in np.flatnonzero(down & np.isnan(known.debt)))
            return Settled(exposures=y, shock=shock, estates=tuple(estates), refused=refused), state
        before, h = recovery, state.h[:, 0]
        losses = f.losses(f.edge_shortfalls(state.h, state.d, state.y))
        calls = np.divide(losses.call, f.k.unit, out=np.zeros_like(losses.call), where=f.k.unit > 0)[:, 0]
    raise NotConverged(f"recoveries still move after {_ROUNDS} rounds", recovery)


def _estates(x: Exposures, known: Solvency, failed: Index, h: Vector, calls: Vector, terms: Terms) -> list[Estate]:
    """Clear the debts of the parties `failed`, given everybody's lost share of value and the guarantees called."""
    from knockon.contagion.classics.seniority import seniority  # scipy, which no other shock needs

    n, d = len(h), x.debts
    down = np.zeros(n + 2, dtype=bool)
    down[failed] = True
    debts = np.maximum(np.nan_to_num(known.debt), np.bincount(d.obligor, d.amount, minlength=n))
    owed = _owed(x, known, failed, down, debts, calls, terms)
    outside = np.append(np.where(down[:n], _outside(x, debts, h, down, terms), 0.0), [0.0, 0.0])
    p = seniority(outside, list(owed), np.zeros((n + 2, n + 2))).p
    pbar = owed.sum(axis=2)
    paid = np.divide(p, pbar, out=np.zeros_like(p), where=pbar > 0)
    received = np.einsum("kij,ki->j", owed, paid)
    return [
        Estate(
            party=int(i),
            debts=float(debts[i]),
            assets=float(outside[i] + received[i]),
            owed=pbar[:, i],
            recovery=np.where(pbar[:, i] > 0, paid[:, i], np.nan),
        )
        for i in failed
    ]


def _owed(
    x: Exposures, known: Solvency, failed: Index, down: Flags, debts: Vector, calls: Vector, terms: Terms
) -> Vector:
    """(ranks, n + 2, n + 2) what estates owe: last but one the creditors nobody names, last what default consumes."""
    n, d, c, g = len(debts), x.debts, x.contracts, x.guarantees
    owed = np.zeros((len(RANKS), n + 2, n + 2))

    def add(rank: Index | int, debtor: Index, creditor: Index, usd: Vector) -> None:
        kept = np.where(down[creditor], terms.beta, 1.0)  # what one estate owes another suffers a second default
        rank = np.broadcast_to(rank, debtor.shape)
        for to, part in ((creditor, kept), (np.full(len(debtor), n + 1), 1 - kept)):
            np.add.at(owed, (rank, debtor, to), np.where(down[debtor], usd * part, 0.0))

    unnamed = debts - np.bincount(d.obligor, d.amount, minlength=n)
    add(known.rank, d.obligor, d.holder, d.amount)
    add(1, failed, np.full(len(failed), n), unnamed[failed])
    add(1, c.obligor, c.holder, np.where(known.lease, _rent(x, terms), 0.0))
    add(1, g.obligor, g.holder, calls)
    return owed


def _outside(x: Exposures, debts: Vector, h: Vector, down: Flags, terms: Terms) -> Vector:
    """(n,) what default leaves of all a party has but its claims on other estates."""
    n, d, held = len(debts), x.debts, x.holdings
    shares = held.theta * held.lam * np.nan_to_num(x.balance.value)[held.obligor]
    claims = np.bincount(d.holder, d.amount, minlength=n)
    paid_in_full = np.bincount(d.holder, d.amount * ~down[d.obligor], minlength=n)
    rest = np.maximum(0.0, debts - claims - np.bincount(held.holder, shares, minlength=n))
    still_worth = np.bincount(held.holder, shares * (1 - h[held.obligor]), minlength=n)
    return np.asarray(terms.alpha * rest + terms.beta * (paid_in_full + still_worth))


def _rent(x: Exposures, terms: Terms) -> Vector:
    """(contracts,) rent claimed when a contract is rejected: so many years of it, and no more than is left."""
    c = x.contracts
    years = np.maximum(c.years, 1.0)
    return np.asarray(c.phi * c.amount * np.minimum(1.0, terms.lease_years / years))


def _recovered(x: Exposures, known: Solvency, failed: Index, recovery: Vector, terms: Terms) -> Exposures:
    """The exposures with what the estates pay in the place of the parameters."""
    d, c, g = x.debts, x.contracts, x.guarantees
    lgd = np.where(np.isin(d.obligor, failed), 1 - recovery[known.rank, d.obligor], d.lgd)
    fixed = {d.ids[i]: Span(low=lgd[i], value=lgd[i], high=lgd[i]) for i in np.flatnonzero(np.isin(d.obligor, failed))}
    rented = known.lease & np.isin(c.obligor, failed)
    return replace(
        x,
        debts=replace(d, lgd=lgd),
        contracts=replace(c, recovered=np.where(rented, recovery[1, c.obligor] * _rent(x, terms), 0.0)),
        guarantees=replace(g, lgd=np.where(np.isin(g.obligor, failed), 1 - recovery[1, g.obligor], 1.0)),
        spans={**x.spans, "lgd": {**x.spans.get("lgd", {}), **fixed}},
    )
