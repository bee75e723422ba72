"""Edges become arrays, with the parameters that depend on who stands at their ends, and a list of what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache

import numpy as np

from knockon.exposures import (
    Balance,
    Contracts,
    Debts,
    Exposures,
    Fundings,
    Guarantees,
    Holdings,
    Index,
    Span,
    Vector,
    annuity,
)
from knockon.parameters import Parameters
from knockon.projection.amounts import Record
from knockon.projection.credit import Cover, Debt, Funding
from knockon.projection.holdings import Holding
from knockon.projection.notes import Notes
from knockon.projection.purchases import Purchase

STALE_DAYS = 90


def assemble(
    nodes: list[Record],
    revenue: Mapping[str, float],
    needs: Mapping[str, float],
    bought: list[Purchase],
    held: list[Holding],
    lent: list[Debt],
    money: list[Funding],
    guarantees: list[Cover],
    priced: Mapping[str, float],
    parameters: Parameters,
    notes: Notes,
    as_of: date,
) -> Exposures:
    """The edges as arrays, with the parameters that depend on who stands at their ends."""
    position = {row["party"]: i for i, row in enumerate(nodes)}
    kinds = {row["party"]: row["kind"] for row in nodes}

    def of(symbol: str, party: str) -> Span:
        return parameters.of_party(symbol, party, kinds[party]).span

    def at(names: Iterable[str]) -> Index:
        return np.array([position[name] for name in names], dtype=np.int64)

    rate = parameters.find("r").value
    mu = parameters.find("mu").span
    multiple = mu if priced else Span(low=mu.value, value=mu.value, high=mu.value)
    years = _array(edge.years for edge in bought)
    contracts = Contracts(
        ids=tuple(edge.id for edge in bought),
        obligor=at(edge.obligor for edge in bought),
        holder=at(edge.holder for edge in bought),
        amount=_array(edge.usd.value for edge in bought),
        years=years,
        discount=annuity(rate, years, _array(edge.wait for edge in bought)),
        phi=_array(edge.phi.value for edge in bought),
        margin=_array(of("m", edge.holder).value for edge in bought),
        psi=_array(1 - (1 - of("psi", edge.holder).value) * (1 - edge.resold) for edge in bought),
        kappa=_array(of("kappa", edge.holder).value for edge in bought),
        mu=_array(multiple.value for _ in bought),
        given=np.full(len(bought), np.nan),
        fixed=_array(priced.get(edge.id, np.nan) for edge in bought),
    )
    n = len(nodes)
    firm = contracts.phi * contracts.amount
    sales = np.bincount(contracts.holder, firm / np.maximum(years, 1.0), minlength=n)
    once = _array(not edge.again for edge in bought)
    owed = np.bincount(contracts.obligor, once * firm * contracts.discount, minlength=n).astype(float)
    promised = np.bincount(at(f.payee for f in money), _array(f.usd for f in money), minlength=n)
    funded = np.divide(promised, owed, out=np.zeros(n), where=owed > 0)
    value = _array(row["usd"] if row["usd"] is not None else np.nan for row in nodes)
    s = parameters.find("s").value
    notes.assume("funding dependence, less the part that promised funding supplies", "every other party", s)
    balance = Balance(
        parties=tuple(row["party"] for row in nodes),
        value=value,
        listed=np.array([row["listed"] for row in nodes], dtype=bool),
        revenue=np.maximum(_array(revenue.get(row["party"], 0.0) for row in nodes), sales),
        alpha=_array(of("alpha", row["party"]).value for row in nodes),
        s=np.maximum(0.0, _array(needs.get(row["party"], s) for row in nodes) - funded),
        pi=_array(of("pi", row["party"]).value for row in nodes),
        obligations=owed,
    )
    _list_missing(nodes, balance, contracts, held, lent, notes, as_of)
    edges = {edge.id: i for i, edge in enumerate(bought)}
    loans = {debt.id: i for i, debt in enumerate(lent)}
    return Exposures(
        balance=balance,
        contracts=contracts,
        holdings=Holdings(
            ids=tuple(h.id for h in held),
            obligor=at(h.issuer for h in held),
            holder=at(h.holder for h in held),
            theta=_array(h.theta for h in held),
            lam=np.ones(len(held)),
        ),
        debts=Debts(
            ids=tuple(debt.id for debt in lent),
            obligor=at(debt.obligor for debt in lent),
            holder=at(debt.holder for debt in lent),
            amount=_array(debt.usd for debt in lent),
            lgd=_array(debt.lgd.value for debt in lent),
        ),
        fundings=Fundings(
            ids=tuple(f.id for f in money),
            obligor=at(f.investor for f in money),
            holder=at(f.payee for f in money),
            amount=_array(f.usd for f in money),
            curvature=_array(parameters.find("a_F").value for _ in money),
        ),
        guarantees=Guarantees(
            ids=tuple(c.id for c in guarantees),
            obligor=at(c.guarantor for c in guarantees),
            holder=at(
                bought[edges[c.covers]].holder if c.covers in edges else lent[loans[c.covers]].holder
                for c in guarantees
            ),
            covers=np.array([edges.get(c.covers, loans.get(c.covers, -1)) for c in guarantees], dtype=np.int64),
            covers_debt=np.array([c.covers in loans for c in guarantees], dtype=bool),
            cover=_array(c.share for c in guarantees),
            cap=_array(c.cap for c in guarantees),
            nominal=np.ones(len(guarantees), dtype=bool),
        ),
        a_d=parameters.find("a_D").value,
        spans={
            "amount": {edge.id: edge.usd for edge in bought},
            "phi": {edge.id: edge.phi for edge in bought},
            "m": {edge.holder: of("m", edge.holder) for edge in bought},
            "psi": {edge.holder: of("psi", edge.holder) for edge in bought},
            "kappa": {edge.holder: of("kappa", edge.holder) for edge in bought},
            "mu": {edge.holder: multiple for edge in bought},
            "alpha": {party: of("alpha", party) for party in balance.parties},
            "lgd": {debt.id: debt.lgd for debt in lent},
            "resold": {edge.id: _point(edge.resold) for edge in bought},
        },
        left_out={key: tuple(sorted(names)) for key, names in sorted(notes.left_out.items())},
        assumed=tuple(notes.assumed),
    )


def _list_missing(
    nodes: list[Record],
    balance: Balance,
    contracts: Contracts,
    held: list[Holding],
    lent: list[Debt],
    notes: Notes,
    as_of: date,
) -> None:
    """Name the parties on an edge whose value or revenue is unknown, or whose value is old."""
    on_edges = {balance.parties[i] for i in (*contracts.obligor, *contracts.holder)}
    on_edges |= {party for h in held for party in (h.holder, h.issuer)}
    on_edges |= {party for debt in lent for party in (debt.obligor, debt.holder)}
    for i, row in enumerate(nodes):
        party = row["party"]
        if party not in on_edges:
            continue
        if np.isnan(balance.value[i]):
            notes.leave_out("parties_without_value", party)
        elif row["basis"] == "market" and (as_of - row["on"]).days > STALE_DAYS:
            notes.leave_out("stale_values", f"{party} ({row['on']})")


@lru_cache
def _point(value: float) -> Span:
    """A span of one value; edges of the same value share it."""
    return Span(low=value, value=value, high=value)


def _array(values: Iterable[float]) -> Vector:
    return np.array(list(values), dtype=float)
