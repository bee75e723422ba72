"""What the network page shows: which parties and legs, where they stand, in which words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knockon.resolution import Resolved
from knockon.study.network.history import history
from knockon.study.network.layout import places
from knockon.views.scene import ClaimLine, EdgeMark, Moment, NodeMark, Scene

if TYPE_CHECKING:
    from knockon.study.dated import DatedBook

WORDS = {
    "ai_lab": "AI lab",
    "common_holders": "sales by common holders",
    "spv": "special-purpose vehicle",
    "datacenter_developer": "data-centre developer",
    "neocloud": "GPU cloud",
    "up_to": "up to",
    "contract_total": "contract total",
    "closed": "closed or in execution",
    "definitive": "definitive agreement",
    "staged": "staged, by milestones",
    "reported": "press report only",
    "equity": "equity",
    "credit": "loans and bonds",
    "compute": "computing",
    "goods": "chips and equipment",
    "lease": "leases",
    "power": "power",
    "guarantee": "guarantees and backstops",
}
"""Plain words where the id with its underscores opened would not do."""


def scene(study: DatedBook) -> Scene:
    """The network of all legs known on the date between named parties; cancelled ones are there, marked so."""
    parties = study.book.parties
    legs = [leg for leg in study.resolved.values() if not _grouped(study, leg)]
    ids = sorted({end for leg in legs for end in (leg.leg.payer, leg.leg.payee)})
    spots = places(ids, legs)
    grouped = len(study.resolved) - len(legs)
    silent = sum(not leg.disclosed for leg in legs)
    return Scene(
        title="Who has promised what to whom",
        subtitle=f"{len(legs)} legs between {len(ids)} parties of the AI build-out, as known on {study.as_of}",
        edition=str(study.edition),
        as_of=study.as_of.isoformat(),
        nodes=tuple(
            NodeMark(
                id=party,
                name=study.short(party),
                kind=parties[party].kind,
                listed=parties[party].listed_on(study.as_of),
                value_usd=study.values[party].usd if party in study.values else None,
                value_on=study.values[party].on.isoformat() if party in study.values else "",
                x=spots[party][0],
                y=spots[party][1],
            )
            for party in ids
        ),
        edges=tuple(_edge(study, leg) for leg in legs),
        left_out=(
            f"{silent} of the legs have no public amount; they are drawn as hairlines and are not zero.",
            f"{grouped} legs to or from groups that no source itemises are not drawn.",
        ),
        words=WORDS,
    )


def _grouped(study: DatedBook, leg: Resolved) -> bool:
    return study.book.parties[leg.leg.payer].grouped or study.book.parties[leg.leg.payee].grouped


def _edge(study: DatedBook, leg: Resolved) -> EdgeMark:
    sources = study.book.sources
    return EdgeMark(
        id=leg.leg.id,
        deal=leg.leg.deal,
        title=study.book.deals[leg.leg.deal].title,
        payer=leg.leg.payer,
        payee=leg.leg.payee,
        instrument=leg.leg.instrument,
        family=leg.leg.instrument.family,
        firmness=leg.firmness,
        basis=leg.leg.amount_basis,
        usd_low=leg.usd_low,
        usd=leg.usd,
        usd_high=leg.usd_high,
        known_from=leg.leg.known_from.last.isoformat(),
        start=str(leg.leg.start or ""),
        end=str(leg.leg.end or ""),
        summary=leg.leg.summary,
        status=_status(leg),
        claims=tuple(
            ClaimLine(
                source=sources[claim.source].publisher,
                url=sources[claim.source].url,
                grade=sources[claim.source].grade,
                stated_on=str(claim.stated_on or ""),
                public_on=str((claim.public_from or claim.stated_on or leg.leg.known_from).last),
                firmness=claim.firmness,
                usd_low=claim.usd_low,
                usd=claim.usd,
                usd_high=claim.usd_high,
                won=claim is leg.winner,
                note=claim.note,
            )
            for claim in leg.claims
        ),
        moments=tuple(
            Moment(
                on=day.isoformat(),
                usd_low=then.usd_low,
                usd=then.usd,
                usd_high=then.usd_high,
                firmness=then.firmness,
                status=_status(then),
                won=leg.claims.index(then.winner) if then.winner else None,
            )
            for day, then in history(leg.leg, study.book, study.as_of)
        ),
    )


def _status(leg: Resolved) -> str:
    event = leg.status
    return f"{event.date}: {event.status.replace('_', ' ')}. {event.note}" if event else ""
