"""How good the evidence is on a study's day: the answers of the provenance queries, with names for ids."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from knockon.views.quality import BEST, GradeLine, LegLine, PartyLine, Quality

if TYPE_CHECKING:
    from knockon.study.dated import DatedBook

_AGES = ((90, "up to 3 months"), (180, "3 to 6 months"), (365, "6 to 12 months"), (730, "1 to 2 years"))
_OLDER = "more than 2 years"


def scene(study: DatedBook) -> Quality:
    """What the quality page shows."""
    grades = tuple(GradeLine(**row) for row in _rows(study, "by-grade"))
    parties = tuple(_party(study, row) for row in _rows(study, "newest-facts"))
    ages = Counter(_age(line.days) for line in parties)
    return Quality(
        edition=str(study.edition),
        as_of=study.as_of.isoformat(),
        legs=sum(leg.live for leg in study.resolved.values()),
        grades=grades,
        primary=sum(line.share for line in grades if line.grade in BEST),
        single_source=tuple(_leg(study, row) for row in _rows(study, "single-source")),
        differing=tuple(_leg(study, row) for row in _rows(study, "claims-that-differ")),
        without_amount=tuple(_leg(study, row) for row in _rows(study, "without-amount")),
        parties=parties,
        ages=tuple((words, ages[words]) for words in (*(words for _, words in _AGES), _OLDER)),
    )


def _rows(study: DatedBook, name: str) -> list[dict[str, Any]]:
    return list(study.answer(f"provenance/{name}").records())


def _leg(study: DatedBook, row: dict[str, Any]) -> LegLine:
    leg = study.resolved[row["leg"]]
    source = study.book.sources[leg.winner.source] if leg.winner else None
    return LegLine(
        leg=row["leg"],
        payer=study.short(leg.leg.payer),
        payee=study.short(leg.leg.payee),
        promise=leg.leg.instrument,
        usd=row.get("usd", row.get("won")),
        least=row.get("least"),
        most=row.get("most"),
        claims=row.get("claims", 0),
        source=row.get("publisher", ""),
        url=source.url if source and source.publisher == row.get("publisher") else "",
        grade=row.get("grade", ""),
        firmness=row.get("firmness", ""),
        known_from=str(row.get("known_from", "")),
    )


def _party(study: DatedBook, row: dict[str, Any]) -> PartyLine:
    days = (study.as_of - row["newest"]).days
    return PartyLine(party=row["party"], name=study.short(row["party"]), newest=str(row["newest"]), days=days)


def _age(days: int) -> str:
    return next((words for most, words in _AGES if days <= most), _OLDER)
