"""The ground language of the measures: one promise in dollars, as far as known, and the days it has to run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from knockon.vocab import Family, Firmness, Instrument

FUNDING = frozenset({Family.EQUITY, Family.CREDIT, Family.GUARANTEE})
"""Families whose payer puts money behind the payee; the others buy something from it."""
CONTINGENT = frozenset(
    {Instrument.WARRANT, Instrument.GRANT, Instrument.GUARANTEE, Instrument.BACKSTOP, Instrument.ACQUISITION}
)
"""No money moves from payer to payee by the promise itself: shares change hands, or somebody stands behind another."""

LADDER = (
    Firmness.RUMOURED,
    Firmness.REPORTED,
    Firmness.LETTER_OF_INTENT,
    Firmness.OPTION,
    Firmness.DEFINITIVE,
    Firmness.CLOSED,
)
"""The thresholds of every curve, from all that is said to what is done; `option` takes in `staged`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A live leg. Dollars are None where nothing is disclosed, which is never zero."""

    leg: str  # DEAL/NUMBER
    payer: str
    payee: str
    instrument: Instrument
    firmness: Firmness
    known_from: date
    usd: float | None  # promised in all; the central value where there is only a range
    paid: float  # of it, as far as an event or a closing says so: money only
    left: float | None  # of it, still ahead
    first: date  # the days over which what is left falls due, in a straight line
    last: date
    yearly: float | None  # dollars a year at the leg's own pace
    default_term: bool  # no term is known: `last` is an assumption
    within: str | None  # the leg whose amount already contains this one
    overlaps: tuple[str, ...]  # legs that show the same demand or money from another side
    covers: str | None  # for a guarantee: the leg it stands behind

    @property
    def deal(self) -> str:
        """The deal that the leg belongs to."""
        return self.leg.rpartition("/")[0]

    @property
    def family(self) -> Family:
        """What the instrument does."""
        return self.instrument.family

    @property
    def funding(self) -> bool:
        """Whether the payer puts money behind the payee, rather than buys from it."""
        return self.family in FUNDING

    @property
    def cash(self) -> bool:
        """Whether money moves by the promise itself."""
        return self.instrument not in CONTINGENT

    def due(self, first: date, last: date) -> float:
        """Dollars of what is left that fall due from `first` to `last`, both days included; 0 where undisclosed."""
        if not self.left or last < self.first or first > self.last:
            return 0.0
        days = (min(last, self.last) - max(first, self.first) + timedelta(days=1)).days
        return self.left * days / ((self.last - self.first).days + 1)

    def by_year(self) -> Iterator[tuple[int, int]]:
        """Each calendar year in which something falls due, and whole dollars; together what is left, rounded once."""
        before = 0
        for year in range(self.first.year, self.last.year + 1):
            until = round(self.due(self.first, date(year, 12, 31)))
            if until > before:
                yield year, until - before
            before = until
