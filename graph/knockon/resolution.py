"""What was known of a leg on a date: the rule that picks an amount, a firmness and a grade among claims.

Two clocks. A figure counts from the day it was public (`public_from`); the page that repeats it, its grade
and its word on how firm the promise is, only from the day it was stated (`stated_on`). So a filing of March
that repeats a price of September gives September the price, and neither its grade nor its hindsight.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from knockon.model import Book, Claim, Leg, StatusEvent
from knockon.vocab import Firmness, Grade, Status

_CLOSES = frozenset({Status.COMPLETED})
_ENDS = frozenset({Status.CANCELLED, Status.LAPSED, Status.SUPERSEDED})
_DOUBTS = frozenset({Status.STALLED, Status.DENIED, Status.IN_TALKS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """A leg as known on a date. `usd` None with no range: undisclosed, which is never zero."""

    leg: Leg
    usd_low: int | None
    usd: int | None
    usd_high: int | None
    firmness: Firmness
    grade: Grade
    winner: Claim | None  # gave `usd`; without a point, the claim that gave firmness and grade
    claims: tuple[Claim, ...]  # eligible on the date, best first
    status: StatusEvent | None  # the latest event on the date

    @property
    def live(self) -> bool:
        """Whether the promise stands."""
        return self.firmness is not Firmness.CANCELLED

    @property
    def disclosed(self) -> bool:
        """Whether any figure, be it a bound, was public."""
        return not (self.usd_low is None and self.usd is None and self.usd_high is None)


def resolve(book: Book, as_of: date) -> dict[str, Resolved]:
    """Every leg known on `as_of`, by id."""
    return {
        leg.id: resolve_leg(leg, book, as_of) for leg in book.legs.values() if leg.known_from.last <= as_of
    }


def resolve_leg(leg: Leg, book: Book, as_of: date) -> Resolved:
    """Apply the rule to one leg.

    A page that existed on the day goes before one that only repeats the figure later; then confirmed before
    unconfirmed, the better grade, the later statement, the source id. A claim with only bounds widens the
    span and never gives the point.
    """
    public = [claim for claim in book.claims.get(leg.id, ()) if claim.public_on(as_of)]

    def rank(claim: Claim) -> tuple[bool, bool, int, int, str]:
        stated = claim.stated_on.last.toordinal() if claim.stated_on else 0
        grade = _grade(claim, book, as_of)
        return (not claim.stated_by(as_of), not claim.confirmed, -grade.rung, -stated, claim.source)

    ranked = sorted(public, key=rank)
    winner = next((claim for claim in ranked if claim.usd is not None), ranked[0] if ranked else None)
    lows = [figure for claim in public for figure in (claim.usd_low, claim.usd) if figure is not None]
    highs = [figure for claim in public for figure in (claim.usd, claim.usd_high) if figure is not None]
    status = _latest(leg, book, as_of)
    return Resolved(
        leg=leg,
        usd_low=min(lows, default=None),
        usd=winner.usd if winner else None,
        usd_high=max(highs, default=None),
        firmness=_firmness(winner, status, as_of),
        grade=_grade(winner, book, as_of) if winner else Grade.UNSOURCED,
        winner=winner,
        claims=tuple(ranked),
        status=status,
    )


def _grade(claim: Claim, book: Book, as_of: date) -> Grade:
    """The source's grade; what is only repeated later was, on the day, no better than press."""
    grade = book.sources[claim.source].grade
    return grade if claim.stated_by(as_of) or grade.rung <= Grade.PRESS.rung else Grade.PRESS


def _latest(leg: Leg, book: Book, as_of: date) -> StatusEvent | None:
    """The latest event of the leg; a deal's event reaches the legs that have none of their own yet."""
    known = [event for event in book.status.get(leg.deal, ()) if event.date.last <= as_of]
    own = [event for event in known if event.leg == leg.id]
    events = own or [event for event in known if event.leg is None]
    return max(events, key=lambda e: (e.date.last, _weight(e.status)), default=None)


def _weight(status: Status) -> int:
    """Order of events on one day: what ends a promise speaks last."""
    return 3 if status in _ENDS else 2 if status in _CLOSES else 1 if status in _DOUBTS else 0


def _firmness(winner: Claim | None, status: StatusEvent | None, as_of: date) -> Firmness:
    """Firmness of the winning claim, unless a later event overrides it."""
    if winner is None:
        firmness, stated = Firmness.REPORTED, date.min
    elif winner.stated_by(as_of):
        firmness, stated = winner.firmness, winner.stated_on.last if winner.stated_on else date.min
    else:  # hindsight: neither its closing nor its end was known yet
        firmness, stated = winner.firmness, date.min
        if firmness is Firmness.CLOSED:
            firmness = Firmness.DEFINITIVE
        elif firmness is Firmness.CANCELLED:
            firmness = Firmness.REPORTED
    if status is None or status.date.last < stated:
        return firmness
    if status.status in _CLOSES:
        return Firmness.CLOSED
    if status.status in _ENDS:
        return Firmness.CANCELLED
    if status.status in _DOUBTS:
        return min(firmness, Firmness.REPORTED, key=lambda f: f.rung)
    return firmness
