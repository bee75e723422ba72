"""What the engine leaves off until it is asked for, with the book's figures and the parameters: balance sheets, the
credit curve, the terms of a default, holders that sell, rivals."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from knockon.contagion.engine import Shock
from knockon.exposures import Curve, Exposures, Index, Sales, Vector
from knockon.parameters import Parameters
from knockon.vocab import Instrument

if TYPE_CHECKING:
    from knockon.contagion.terminal import Terms
    from knockon.study.dated import DatedBook


def with_balance_sheets(study: DatedBook, x: Exposures) -> Exposures:
    """The exposures with what the book knows of debts and volatilities on the date."""
    from knockon.projection.solvency import solvency

    quotes = ((r["party"], r["date"], float(r["market_value_usd"])) for r in study.book.tables["prices"])
    seniority = {f"{row['deal']}/{row['number']}": row["seniority"] for row in study.book.tables["legs"]}
    leases = frozenset(leg.id for leg in study.book.legs.values() if leg.instrument is Instrument.LEASE)
    known = (quote for quote in quotes if quote[1] <= study.as_of)
    return replace(x, solvency=solvency(x, study.ingredients["indebtedness"], known, seniority, leases))


def with_blackcox(x: Exposures, parameters: Parameters) -> Exposures:
    """The exposures with Black and Cox's curve for debts where balance sheets are known; who has none is listed."""
    known, horizon = x.solvency, parameters.find("blackcox_horizon").value
    assert known is not None
    curve = Curve(debt_share=known.debt / (known.debt + x.balance.value), sigma=known.sigma * np.sqrt(horizon))
    borrowers = np.unique(np.concatenate([x.debts.obligor, x.guarantees.obligor]))
    without_curve = tuple(x.balance.parties[i] for i in borrowers if not curve.known[i])
    assumed = tuple(
        {"what": "volatility of assets a year, from monthly market values", "where": x.balance.parties[i], "value": sd}
        for i in borrowers
        if curve.known[i] and (sd := round(float(known.sigma[i]), 4))
    )
    left_out = {**x.left_out, "no_credit_curve": without_curve}
    return replace(x, curve=curve, left_out=left_out, assumed=(*x.assumed, *assumed))


def terms(parameters: Parameters, end: str = "value") -> Terms:
    """What default costs, from the parameters: their value, or the low or high end of their range."""
    from knockon.contagion.terminal import Terms

    costs = [getattr(parameters.find(name).span, end) for name in ("bankruptcy_alpha", "bankruptcy_beta")]
    return Terms(alpha=costs[0], beta=costs[1], lease_years=parameters.find("lease_claim").value)


def with_sellers(x: Exposures, parameters: Parameters) -> Exposures:
    """The exposures with holders that keep to their loan-to-value (docs/model.md, section 9)."""
    assert x.solvency is not None
    volume = parameters.find("daily_volume").value * parameters.find("depth_days").value
    traded = x.balance.listed & ~np.isnan(x.balance.value)
    depth = np.where(traded, volume * x.balance.value, np.inf)
    return replace(x, sales=Sales(ltv=x.solvency.ltv, depth=depth))


def rival_shares(study: DatedBook, x: Exposures) -> tuple[Vector, Index]:
    """eta (n,) of each party, and the number (n,) that rivals share: parties of one kind that the parameters name."""
    kinds = [study.book.parties[party].kind for party in x.balance.parties]
    named = [kind for kind in sorted(set(kinds)) if ("eta", f"kind:{kind}") in study.parameters]
    group = np.array([named.index(kind) if kind in named else -1 for kind in kinds], dtype=np.int64)
    eta = [study.parameters["eta", f"kind:{kind}"].value if kind in named else 0.0 for kind in kinds]
    return np.array(eta), group


def overheard(study: DatedBook, x: Exposures, shock: Shock) -> Shock:
    """The shock with what bad news about a lab lowers at its peers."""
    from knockon.contagion.information import told

    kinds = [study.book.parties[party].kind for party in x.balance.parties]
    peers = np.array([_peer(study.parameters, kind) for kind in kinds])
    labs = np.array([kind == "ai_lab" for kind in kinds])
    return told(x, shock, peers, labs)


def _peer(parameters: Parameters, kind: str) -> float:
    """How far news of a lab is taken to hold for a party of the kind; 0 where the parameters say nothing."""
    key = ("rho_information", f"kind:{kind}")
    return parameters[key].value if key in parameters else 0.0
