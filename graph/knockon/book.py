"""A book: its tables as rows, and as the few types with rules of their own, made when first asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from knockon.model import Claim, Deal, Edition, Leg, Party, Source, StatusEvent
from knockon.rows import Row
from knockon.vocab import AmountBasis, Firmness, Grade, Instrument, Status


@dataclass(frozen=True)
class Book:
    """All tables, as rows and as the few types that have rules of their own."""

    tables: Mapping[str, Sequence[Row]]
    edition: Edition

    @cached_property
    def parties(self) -> Mapping[str, Party]:
        """By id."""
        return {
            row["id"]: Party(
                id=row["id"],
                name=row["name"],
                kind=row["kind"],
                ticker=row["ticker"] or "",
                listed=bool(row["listed"]),
                listed_from=row["listed_from"],
                grouped=row["grouped"],
                aliases=row["aliases"] or (),
                fiscal_year_end_month=row["fiscal_year_end_month"] or 12,
            )
            for row in self.tables["parties"]
        }

    @cached_property
    def sources(self) -> Mapping[str, Source]:
        """By id."""
        return {
            row["id"]: Source(
                id=row["id"],
                publisher=row["publisher"],
                url=row["url"] or "",
                published=str(row["published"] or ""),
                grade=Grade(row["grade"]),
            )
            for row in self.tables["sources"]
        }

    @cached_property
    def deals(self) -> Mapping[str, Deal]:
        """By id."""
        return {
            row["id"]: Deal(id=row["id"], title=row["title"], summary=row["summary"] or "")
            for row in self.tables["deals"]
        }

    @cached_property
    def legs(self) -> Mapping[str, Leg]:
        """By DEAL/NUMBER."""
        legs = (
            Leg(
                deal=row["deal"],
                number=row["number"],
                payer=row["payer"],
                payee=row["payee"],
                instrument=Instrument(row["instrument"]),
                amount_basis=AmountBasis(row["amount_basis"]),
                known_from=row["known_from"],
                start=row["start"],
                end=row["end"],
                within=row["within"],
                overlaps=row["overlaps"] or (),
                covers=row["covers"],
                summary=row["summary"] or "",
            )
            for row in self.tables["legs"]
        )
        return {leg.id: leg for leg in legs}

    @cached_property
    def claims(self) -> Mapping[str, tuple[Claim, ...]]:
        """By leg."""
        by_leg: dict[str, list[Claim]] = {}
        for row in self.tables["claims"]:
            by_leg.setdefault(row["leg"], []).append(
                Claim(
                    leg=row["leg"],
                    source=row["source"],
                    usd_low=row["usd_low"],
                    usd=row["usd"],
                    usd_high=row["usd_high"],
                    firmness=Firmness(row["firmness"]),
                    stated_on=row["stated_on"],
                    public_from=row["public_from"],
                    confirmed=row["confirmed"],
                    note=row["note"] or "",
                )
            )
        return {leg: tuple(claims) for leg, claims in by_leg.items()}

    @cached_property
    def status(self) -> Mapping[str, tuple[StatusEvent, ...]]:
        """By deal, in order of date."""
        by_deal: dict[str, list[StatusEvent]] = {}
        for row in self.tables["status"]:
            by_deal.setdefault(row["deal"], []).append(
                StatusEvent(
                    deal=row["deal"],
                    leg=row["leg"],
                    date=row["date"],
                    status=Status(row["status"]),
                    paid_usd=row["paid_usd"],
                    note=row["note"] or "",
                    source=row["source"],
                )
            )
        return {deal: tuple(sorted(events, key=lambda e: e.date.last)) for deal, events in by_deal.items()}
