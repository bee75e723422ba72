"""The same network with something changed: edges taken out, a market in which capacity is hard to sell again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from knockon.exposures import Exposures, Span, Vector
from knockon.names import Names

_NOTHING = Span(low=0.0, value=0.0, high=0.0)


def without(x: Exposures, edges: Collection[str]) -> Exposures:
    """The exposures less the named edges; what a party owes in all (O, for funding) stays as it was."""
    gone = frozenset(edges)
    if not gone:
        return x

    def kept(ids: Names) -> Vector:
        return np.array([name not in gone for name in ids], dtype=float)

    c, h, d, f, g = x.contracts, x.holdings, x.debts, x.fundings, x.guarantees
    stay = kept(c.ids)
    return replace(
        x,
        balance=replace(x.balance, obligations=obligations(x)),
        contracts=replace(
            c,
            amount=c.amount * stay,
            given=np.where(stay > 0, c.given, np.nan),
            fixed=np.where(stay > 0, c.fixed, np.nan),
        ),
        holdings=replace(h, theta=h.theta * kept(h.ids)),
        debts=replace(d, amount=d.amount * kept(d.ids)),
        fundings=replace(f, amount=f.amount * kept(f.ids)),
        guarantees=replace(g, cover=g.cover * kept(g.ids), cap=np.where(kept(g.ids) > 0, g.cap, 0.0)),
        spans={
            symbol: {name: _NOTHING if symbol == "amount" and name in gone else span for name, span in spans.items()}
            for symbol, spans in x.spans.items()
        },
    )


def obligations(x: Exposures) -> Vector:
    """(n,) present value of what each party has promised to buy and rent, as far as it is firm."""
    if x.balance.obligations is not None:
        return x.balance.obligations
    c = x.contracts
    return np.bincount(c.obligor, c.phi * c.amount * c.discount, minlength=len(x.balance.parties)).astype(float)


def in_glut(x: Exposures, divisor: float) -> Exposures:
    """The exposures in a market where `divisor` times less can be sold to others: redeployment psi is divided.

    What a backstopper has promised to take is not: it is a promise, not a market.
    """
    if divisor == 1:
        return x
    c = x.contracts
    resold = np.array([x.spans["resold"][name].value for name in c.ids]) if "resold" in x.spans else np.zeros(len(c))
    open_market = 1 - (1 - c.psi) / np.where(resold < 1, 1 - resold, 1.0)
    psi = 1 - (1 - open_market / divisor) * (1 - resold)
    spans = {
        symbol: {name: _divided(span, divisor) for name, span in spans.items()} if symbol == "psi" else spans
        for symbol, spans in x.spans.items()
    }
    return replace(x, contracts=replace(c, psi=psi), spans=spans)


def _divided(span: Span, by: float) -> Span:
    return replace(span, low=span.low / by, value=span.value / by, high=span.high / by)
