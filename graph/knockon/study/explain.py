"""What we hold on a party, a deal, a leg or an event: every claim and source, which won and why, what happened when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from knockon.errors import UnknownName
from knockon.identifiers import identifiers
from knockon.model import Claim
from knockon.overlaps import contained
from knockon.resolution import Resolved, known_from
from knockon.views.wording import amount, money
from knockon.vocab import Grade

if TYPE_CHECKING:
    from knockon.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A table of an explanation."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Facts in words, then tables; `record` holds the figures behind them."""

    heading: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    record: dict[str, Any] = field(default_factory=dict)


def explain(study: Study, name: str) -> Explanation:
    """Everything known on the study's date about `name`.

    Raises UnknownName with the nearest names of parties, deals, legs and events.
    """
    book = study.book
    events = {row["id"] for row in book.tables["events"]}
    if name in events:
        from knockon.study.dossier import dossier

        return dossier(study, name)
    if name in book.legs:
        return _leg(study, name)
    if name in book.deals:
        return _deal(study, name)
    try:
        return _party(study, study.party(name))
    except UnknownName:
        remedy = "parties.csv, deals.csv, legs.csv and events.csv of the book list them"
        known = [*book.parties, *book.deals, *book.legs, *events]
        raise UnknownName("party, deal, leg or event", name, known, remedy) from None


def _leg(study: Study, name: str) -> Explanation:
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
        sections=(_claims(study, resolved), _history(study, leg.deal, name)),
        record=record,
    )


def why(study: Study, resolved: Resolved) -> str:
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


def _claims(study: Study, resolved: Resolved) -> Section:
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


def _claim_record(study: Study, claim: Claim, won: bool) -> dict[str, Any]:
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


def _history(study: Study, deal: str, leg: str | None) -> Section:
    events = [
        event
        for event in study.book.status.get(deal, ())
        if event.date.last <= study.as_of and (leg is None or event.leg in (None, leg))
    ]
    return Section(
        title="what happened",
        columns=("date", "leg", "status", "note"),
        rows=tuple(
            (
                str(event.date),
                event.leg.rpartition("/")[2] if event.leg else "all",
                event.status.replace("_", " "),
                event.note,
            )
            for event in events
        ),
    )


def _amount(resolved: Resolved) -> str:
    words = amount(resolved.usd_low, resolved.usd, resolved.usd_high, resolved.leg.amount_basis)
    low, high = resolved.usd_low, resolved.usd_high
    if resolved.usd is not None and (low != resolved.usd or high != resolved.usd):
        words += f" ({amount(low, None, high)})"
    return f"{words}, {resolved.leg.amount_basis.replace('_', ' ')}" if resolved.disclosed else words


def _deal(study: Study, name: str) -> Explanation:
    deal = study.book.deals[name]
    legs = [leg for leg in study.resolved.values() if leg.leg.deal == name]
    if not legs:
        facts: tuple[tuple[str, str], ...] = (("not known yet", f"none of its legs was public on {study.as_of}"),)
        return Explanation(heading=name, facts=facts, sections=())
    return Explanation(
        heading=f"{deal.title} ({name})",
        facts=(("summary", deal.summary),),
        sections=(_legs("legs", legs), _history(study, name, None)),
        record={"deal": name, "title": deal.title, "legs": [leg.leg.id for leg in legs]},
    )


def _legs(title: str, legs: Sequence[Resolved], ends: tuple[str, ...] = ("payer", "payee")) -> Section:
    ordered = sorted(legs, key=lambda leg: (-(leg.usd or leg.usd_high or 0), leg.leg.id))
    return Section(
        title=title,
        columns=("leg", *ends, "instrument", "amount", "firmness"),
        rows=tuple(
            (
                leg.leg.id,
                *(getattr(leg.leg, end) for end in ends),
                leg.leg.instrument.replace("_", " "),
                amount(leg.usd_low, leg.usd, leg.usd_high, leg.leg.amount_basis),
                str(leg.firmness).replace("_", " "),
            )
            for leg in ordered
        ),
    )


def _party(study: Study, name: str) -> Explanation:
    party = study.book.parties[name]
    value = study.values.get(name)
    pays = [leg for leg in study.resolved.values() if leg.leg.payer == name]
    gets = [leg for leg in study.resolved.values() if leg.leg.payee == name]
    worth = f"{money(value.usd)} on {value.on} ({value.basis})" if value else "not known on this date"
    silent = sum(not leg.disclosed for leg in (*pays, *gets))
    numbers = identifiers(study.book, name)
    facts = (
        ("kind", party.kind.replace("_", " ") + (", listed" if party.listed_on(study.as_of) else "")),
        ("value", worth),
        ("known as", ", ".join((name, *party.aliases))),
        ("numbers", "; ".join(f"{scheme} {told.replace('_', ' ')}" for scheme, told in numbers.items())),
        (
            "legs",
            f"pays or promises in {len(pays)}, receives in {len(gets)}; {silent} without a public amount",
        ),
        ("mind", "legs overlap and contain one another: this list is not a sum"),
    )
    stakes = [
        row
        for row in study.book.tables["stakes"]
        if name in (row["holder"], row["issuer"]) and known_from(study.book, "stakes", row) <= study.as_of
    ]
    return Explanation(
        heading=f"{party.name} ({name})",
        facts=facts,
        sections=(
            _legs("pays or promises", pays, ("payee",)),
            _legs("receives", gets, ("payer",)),
            Section(
                title="holdings",
                columns=("holder", "of", "share", "dollars", "as of", "basis"),
                rows=tuple(
                    (
                        row["holder"],
                        row["issuer"],
                        "" if row["pct"] is None else f"{row['pct']:g}%",
                        "" if row["value_usd"] is None else money(row["value_usd"]),
                        str(row["as_of"]),
                        row["basis"] or "",
                    )
                    for row in stakes
                ),
            ),
        ),
        record={
            "party": name,
            "name": party.name,
            "kind": party.kind,
            "identifiers": numbers,
            "value_usd": value.usd if value else None,
            "pays": [leg.leg.id for leg in pays],
            "receives": [leg.leg.id for leg in gets],
        },
    )
