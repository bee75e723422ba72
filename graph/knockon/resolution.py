"""What was known of a leg on a date: the rule that picks an amount, a firmness and a grade among claims.

Two clocks. A figure counts from the day it was public (`public_from`); the page that repeats it, its grade
and its word on how firm the promise is, only from the day it was stated (`stated_on`). So a filing of March
that repeats a price of September gives September the price, and neither its grade nor its hindsight.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import repeat

from knockon.book import Book
from knockon.model import Claim, Leg, StatusEvent
from knockon.periods import Period, fiscal_period
from knockon.rows import Row, Rows
from knockon.tables.columns import schema
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
    paid_usd: int | None  # paid so far, where an event says so

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
    return {name: resolve_leg(leg, book, as_of) for name, leg in book.legs.items() if leg.known_from.last <= as_of}


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
        firmness=_firmness(leg, winner, status, book, as_of),
        grade=_grade(winner, book, as_of) if winner else Grade.UNSOURCED,
        winner=winner,
        claims=tuple(ranked),
        status=status,
        paid_usd=max(
            (
                event.paid_usd
                for event in book.status.get(leg.deal, ())
                if event.leg == leg.id and event.paid_usd is not None and event.date.last <= as_of
            ),
            default=None,
        ),
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


def _firmness(leg: Leg, winner: Claim | None, status: StatusEvent | None, book: Book, as_of: date) -> Firmness:
    """Firmness of the winning claim, unless a later event overrides it."""
    if winner is None:
        firmness, stated = Firmness.REPORTED, date.min
    elif winner.stated_by(as_of):
        firmness, stated = winner.firmness, winner.stated_on.last if winner.stated_on else date.min
    else:
        firmness, stated = _without_hindsight(leg, winner, status, book, as_of), date.min
    if status is None or status.date.last < stated:
        return firmness
    if status.status in _CLOSES:
        return Firmness.CLOSED
    if status.status in _ENDS:
        return Firmness.CANCELLED
    if status.status in _DOUBTS:
        return min(firmness, Firmness.REPORTED, key=lambda f: f.rung)
    return firmness


def _without_hindsight(leg: Leg, winner: Claim, status: StatusEvent | None, book: Book, as_of: date) -> Firmness:
    """What a page written after the day says of the leg, less what nobody could know on the day.

    That it ended was not known. That it closed was, unless the book dates the closing later: by its start,
    by an event after the day, or because on the day only a part had been paid.
    """
    if winner.firmness is Firmness.CANCELLED:
        return Firmness.REPORTED
    if winner.firmness is not Firmness.CLOSED:
        return winner.firmness
    later = any(
        event.date.last > as_of and event.status in (Status.COMPLETED, Status.PARTLY_PAID)
        for event in book.status.get(leg.deal, ())
        if event.leg in (None, leg.id)
    )
    starts_later = leg.start is not None and leg.start.last > as_of
    partly = status is not None and status.status is Status.PARTLY_PAID
    return Firmness.DEFINITIVE if later or starts_later or partly else Firmness.CLOSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """What a party was worth on a date."""

    usd: int
    on: date
    basis: str  # market, or private: the post-money of its latest round
    source: str


def values(book: Book, as_of: date) -> dict[str, Value]:
    """Each party's value: the last market value if it is listed, else the latest known private valuation.

    Values that are sought, in talks or pre-money do not count. A party without an entry is a sink.
    """
    found: dict[str, Value] = {}
    for row in book.tables["prices"]:
        party, on = row["party"], row["date"]
        if on > as_of or not book.parties[party].listed_on(as_of) or row["market_value_usd"] <= 0:
            continue
        if party not in found or on > found[party].on:
            found[party] = Value(usd=row["market_value_usd"], on=on, basis="market", source=row["source"])
    for row in book.tables["financials"]:
        party = row["party"]
        if row["metric"] != "valuation_private" or known_from(book, "financials", row) > as_of:
            continue
        on = fiscal_period(row["period"]).last
        if party in found and (found[party].basis == "market" or found[party].on >= on):
            continue
        found[party] = Value(usd=round(row["value"]), on=on, basis="private", source=row["source"])
    return found


def known_from(book: Book, table: str, row: Row) -> date:
    """First day on which a row counts: the last day of its clock column; rows without a clock always count.

    A figure without a date of publication is taken as public two months after its period's end.
    """
    clock = _CLOCKS[table]
    if clock is None:
        return date.min
    value: Period | date | None = row[clock] if row[clock] is not None else row.get("stated_on")
    if value is not None:
        return value.last if isinstance(value, Period) else value
    if row.get("period") is None:
        return date.max
    party = book.parties[row.get("supplier") or row["party"]]
    end = fiscal_period(row["period"], party.fiscal_year_end_month).last
    return end + timedelta(days=61)


def known_days(book: Book, table: str, rows: Rows) -> Iterator[date]:
    """The same of each row of a table, in order."""
    clock = _CLOCKS[table]
    for i, value in enumerate(rows.column(clock) if clock else repeat(date.min, len(rows))):
        if isinstance(value, Period):
            yield value.last
        else:
            yield known_from(book, table, rows[i]) if value is None else value


_CLOCKS = {
    table: next((column.name for column in columns if column.clock), None) for table, columns in schema().items()
}


def last_day(book: Book) -> date:
    """The last day on which anything became known; figures dated to a month or a year only do not count."""
    days = [row["date"] for row in book.tables["prices"]]
    periods = [claim.public_from for claims in book.claims.values() for claim in claims]
    periods += [event.date for events in book.status.values() for event in events]
    days += [period.last for period in periods if period is not None and period.first == period.last]
    return max(days, default=date.min)


def first_day(book: Book) -> date:
    """The first day on which a leg was known; before it the book is empty."""
    return min((leg.known_from.last for leg in book.legs.values()), default=date.max)
