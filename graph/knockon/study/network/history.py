"""How what was known of a leg changed from day to day: the days on which the rule gave another answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from knockon.book import Book
from knockon.model import Leg
from knockon.resolution import Resolved, resolve_leg


def history(leg: Leg, book: Book, as_of: date) -> list[tuple[date, Resolved]]:
    """The leg as resolved on each day up to `as_of` on which amount, firmness, status or sources changed.

    On any day the leg was as the last entry up to it says; before the first entry it was not known.
    """
    found: list[tuple[date, Resolved]] = []
    for day in sorted(set(_candidates(leg, book))):
        if leg.known_from.last <= day <= as_of:
            now = resolve_leg(leg, book, day)
            if not found or _told(now) != _told(found[-1][1]):
                found.append((day, now))
    return found


def _candidates(leg: Leg, book: Book) -> Iterator[date]:
    """Every day on which a clock of the leg, its claims or its deal strikes."""
    yield leg.known_from.last
    if leg.start is not None:
        yield leg.start.last
    for claim in book.claims.get(leg.id, ()):
        yield from (period.last for period in (claim.public_from, claim.stated_on) if period is not None)
    for event in book.status.get(leg.deal, ()):
        yield from (event.date.last, event.date.last - timedelta(days=1))


def _told(leg: Resolved) -> tuple[object, ...]:
    return leg.usd_low, leg.usd, leg.usd_high, leg.firmness, leg.status, leg.winner, frozenset(leg.claims)
