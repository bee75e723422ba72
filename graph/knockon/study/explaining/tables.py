"""Tables that several explanations share: legs by size, and what happened to a deal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from knockon.resolution import Resolved
from knockon.study.explaining.explanation import Section
from knockon.views.wording import amount

if TYPE_CHECKING:
    from knockon.study.dated import DatedBook


def history(study: DatedBook, deal: str, leg: str | None) -> Section:
    """What happened to a deal, or to one of its legs, up to the study's date."""
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


def by_size(title: str, legs: Sequence[Resolved], ends: tuple[str, ...] = ("payer", "payee")) -> Section:
    """Legs with their amounts, the largest first."""
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
