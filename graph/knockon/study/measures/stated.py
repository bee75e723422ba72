"""What stands behind the sum that a lab says it has committed, promise by promise, as known on a day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from knockon import queries
from knockon.periods import Period
from knockon.study.promises import Figure
from knockon.views.apart import Apart, Behind
from knockon.views.wording import word

if TYPE_CHECKING:
    from knockon.study.dated import DatedBook

STATED = "stated_compute_commitments"
QUERY = "the-1-4-trillion"


def then_and_now(study: DatedBook) -> Iterator[Apart]:
    """The largest stated sum taken apart on the day it was stated and on the study's; nothing where none is known."""
    sums = [(party, study.promises.balance(party, STATED)) for party in sorted(study.book.parties)]
    known: list[tuple[str, Figure]] = [(party, figure) for party, figure in sums if figure]
    if not known:
        return
    lab, stated = max(known, key=lambda item: item[1].usd)
    then = Period.parse(stated.period).last
    for day in dict.fromkeys((min(then, study.as_of), study.as_of)):
        yield apart(study, lab, stated.usd, day, rows(study, lab, day))


def rows(study: DatedBook, lab: str, day: date) -> list[dict[str, Any]]:
    """What the question of the stated sum answers for a lab on a day."""
    known = study if day == study.as_of else type(study)(study.book, day)
    return list(queries.ask(known.source, queries.find(QUERY), {"buyer": lab}).records())


def apart(study: DatedBook, lab: str, stated: float, day: date, found: Sequence[dict[str, Any]]) -> Apart:
    """That answer as a page shows it."""
    lines = [_behind(study, row) for row in found if row["what"] != STATED]
    firm = [line.counted or 0.0 for line in lines if line.part == "contract" and line.counted]
    return Apart(
        lab=study.short(lab),
        stated=stated,
        day=day.isoformat(),
        lines=tuple(lines),
        contracts=sum(firm),
        firm=len(firm),
        other=sum(line.counted or 0.0 for line in lines) - sum(firm),
        silent=sum(line.part == "undisclosed" for line in lines),
    )


def _behind(study: DatedBook, row: dict[str, Any]) -> Behind:
    part, why = row["part"].partition(" ")[2], row["not_to_be_added"] or ""
    stated, same = part == "stated", "same demand as "
    if why.startswith(same):
        why = same + ", ".join(study.short(party) for party in why.removeprefix(same).split(", "))
    return Behind(
        part="also stated" if stated else part,
        who=word({}, row["what"]) if stated else study.short(row["supplier"]),
        leg="" if stated else row["what"],
        low=row["usd"],
        most=row["at_most"] or row["usd"],
        counted=row["usd_counted"],
        why=why,
    )
