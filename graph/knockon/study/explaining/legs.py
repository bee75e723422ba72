"""What we hold on a leg: its promise, every claim and source, and why the one that won did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from knockon.model import Claim
from knockon.overlaps import contained
from knockon.resolution import Resolved
from knockon.study.explaining.explanation import Explanation, Section
from knockon.study.explaining.tables import history
from knockon.views.wording import amount, money
from knockon.vocab import Grade

if TYPE_CHECKING:
    from knockon.study.dated import DatedBook


def leg(study: DatedBook, name: str) -> Explanation:
    """The leg as known on the study's date."""
    resolved = study.resolved.get(name)
    if resolved is None:
        known = study.book.legs[name].known_from
        return Explanation(
            heading=name, facts=(("not known yet", f"public from {known}, after {study.as_of}"),), sections=()
        )
    leg = resolved.leg
    names = study.book.parties
    facts = [
        ("deal", study.book.deals[leg.deal].title),
        ("promise", f"{names[leg.payer].name} → {names[leg.payee].name}: {leg.instrument.replace('_', ' ')}"),
        ("amount", _amount(resolved)),
        ("firmness", str(resolved.firmness).replace("_", " ")),
        ("evidence", f"{str(resolved.grade).replace('_', ' ')}, {why(study, resolved)}"),
        ("known from", str(leg.known_from)),
    ]
    if leg.start or leg.end:
        facts.append(("runs", f"{leg.start or '?'} to {leg.end or '?'}"))
    if resolved.paid_usd is not None:
        facts.append(("paid so far", money(resolved.paid_usd)))
    if leg.within:
        part = "counted there" if contained(resolved, study.resolved) else "which is not known yet on this date"
        facts.append(("inside", f"{leg.within} ({part})"))
    if leg.overlaps:
        facts.append(("never add to", ", ".join(leg.overlaps)))
    facts.append(("summary", leg.summary))
    record = {
        "leg": name,
        "payer": leg.payer,
        "payee": leg.payee,
        "instrument": leg.instrument,
        "amount_basis": leg.amount_basis,
        "usd_low": resolved.usd_low,
        "usd": resolved.usd,
        "usd_high": resolved.usd_high,
        "firmness": resolved.firmness,
        "grade": resolved.grade,
        "claims": [_claim_record(study, claim, claim is resolved.winner) for claim in resolved.claims],
    }
    return Explanation(
        heading=name,
        facts=tuple(facts),
        sections=(_claims(study, resolved), history(study, leg.deal, name)),
        record=record,
    )


def why(study: DatedBook, resolved: Resolved) -> str:
    """Why the winning claim won, in words."""
    winner = resolved.winner
    if winner is None:
        return "no claim was public"
    source = study.book.sources[winner.source].publisher
    if len(resolved.claims) == 1:
        return f"the only claim, by {source}"
    if winner.usd is None:
        return f"no claim gives an amount; firmness by {source}"
    rivals = [claim for claim in resolved.claims if claim is not winner and claim.usd is not None]
    if not rivals:
        return f"the only claim with an amount, by {source}"
    best = rivals[0]
    grades = study.book.sources
    if winner.stated_by(study.as_of) != best.stated_by(study.as_of):
        return f"{source} had said it by the date"
    if winner.confirmed != best.confirmed:
        return f"{source} is confirmed, the next is not"
    if Grade(grades[winner.source].grade) != Grade(grades[best.source].grade):
        return f"{source} is the better grade of source"
    if winner.stated_on != best.stated_on:
        return f"{source} said it last among its grade"
    return f"{source} by order of id, all else being equal"


def _claims(study: DatedBook, resolved: Resolved) -> Section:
    sources = study.book.sources
    rows = []
    for claim in resolved.claims:
        source = sources[claim.source]
        grade = str(source.grade).replace("_", " ")
        rows.append(
            (
                "●" if claim is resolved.winner else "",
                amount(claim.usd_low, claim.usd, claim.usd_high),
                str(claim.firmness).replace("_", " "),
                str(claim.stated_on or ""),
                f"{source.publisher} ({grade}{'' if claim.confirmed else ', unconfirmed'})\n{source.url}".rstrip(),
            )
        )
    return Section(
        title="claims, best first (● won)",
        columns=("", "amount", "firmness", "stated", "source"),
        rows=tuple(rows),
    )


def _claim_record(study: DatedBook, claim: Claim, won: bool) -> dict[str, Any]:
    source = study.book.sources[claim.source]
    return {
        "source": claim.source,
        "publisher": source.publisher,
        "url": source.url,
        "grade": source.grade,
        "usd_low": claim.usd_low,
        "usd": claim.usd,
        "usd_high": claim.usd_high,
        "firmness": claim.firmness,
        "stated_on": str(claim.stated_on or ""),
        "public_from": str(claim.public_from or ""),
        "confirmed": claim.confirmed,
        "won": won,
    }


def _amount(resolved: Resolved) -> str:
    words = amount(resolved.usd_low, resolved.usd, resolved.usd_high, resolved.leg.amount_basis)
    low, high = resolved.usd_low, resolved.usd_high
    if resolved.usd is not None and (low != resolved.usd or high != resolved.usd):
        words += f" ({amount(low, None, high)})"
    return f"{words}, {resolved.leg.amount_basis.replace('_', ' ')}" if resolved.disclosed else words
