"""What we hold on a deal: its legs, and what happened to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knockon.study.explaining.explanation import Explanation
from knockon.study.explaining.tables import by_size, history

if TYPE_CHECKING:
    from knockon.study.dated import DatedBook


def deal(study: DatedBook, name: str) -> Explanation:
    """The deal as known on the study's date."""
    told = study.book.deals[name]
    legs = [leg for leg in study.resolved.values() if leg.leg.deal == name]
    if not legs:
        facts: tuple[tuple[str, str], ...] = (("not known yet", f"none of its legs was public on {study.as_of}"),)
        return Explanation(heading=name, facts=facts, sections=())
    return Explanation(
        heading=f"{told.title} ({name})",
        facts=(("summary", told.summary),),
        sections=(by_size("legs", legs), history(study, name, None)),
        record={"deal": name, "title": told.title, "legs": [leg.leg.id for leg in legs]},
    )
