"""What a book is made of: parties, deals, legs, claims, sources, events in a deal's life; and partial dates."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property, lru_cache
from typing import Any

from knockon.errors import BadInput
from knockon.vocab import AmountBasis, Firmness, Grade, Instrument, Status

Row = Mapping[str, Any]
"""One row of a table: column -> value of the column's datatype, None where the cell is empty."""


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A day, a month or a year. What is dated so is known from its `last` day on."""

    first: date
    last: date

    @staticmethod
    @lru_cache(maxsize=1 << 16)
    def parse(text: str) -> Period:
        """Read `2025-11-05`, `2025-11` or `2025`.

        >>> Period.parse("2024-02").last
        datetime.date(2024, 2, 29)
        """
        match = re.fullmatch(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?", text)
        try:
            if not match:
                raise ValueError
            year, month, day = (int(part) if part else 0 for part in match.groups())
            if day:
                return Period(date(year, month, day), date(year, month, day))
            if month:
                return Period(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))
            return Period(date(year, 1, 1), date(year, 12, 31))
        except ValueError:
            raise BadInput(f"not a date: {text!r}; write 2025-11-05, 2025-11 or 2025") from None

    def __str__(self) -> str:
        if self.first == self.last:
            return self.first.isoformat()
        return f"{self.first:%Y-%m}" if self.first.month == self.last.month else f"{self.first:%Y}"


@dataclass(frozen=True, slots=True)
class FiscalPeriod:
    """A stretch of a party's accounts: the days it covers and the figure's factor to a full year."""

    first: date
    last: date

    @property
    def years(self) -> float:
        """Length in years, to the month; 0 for a balance on a day."""
        if self.first == self.last:
            return 0.0
        return ((self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1) / 12


@cache
def fiscal_period(text: str, year_end_month: int = 12) -> FiscalPeriod:
    """Read `FY2025`, `FY2026Q1`, `2025Q3`, `2025H1`, `2025-9M`, `TTM-2026Q1`, a date or `2026-2041`.

    Fiscal years are named after the year in which they end (at `year_end_month`); the others are calendar,
    `9M` counts from January, `TTM` is the twelve months up to the quarter's end.

    >>> fiscal_period("FY2026Q1", 5)
    FiscalPeriod(first=datetime.date(2025, 6, 1), last=datetime.date(2025, 8, 31))
    """
    try:
        return _fiscal_period(text, year_end_month)
    except (BadInput, ValueError):  # years that no calendar has
        raise BadInput(f"not a fiscal period: {text!r}; write FY2025, FY2026Q1, 2025Q3, 2025H1 or a date") from None


def _fiscal_period(text: str, year_end_month: int) -> FiscalPeriod:
    if match := re.fullmatch(r"FY([0-9]{4})(?:Q([1-4]))?", text):
        year, quarter = int(match[1]), int(match[2] or 0)
        start = _month_after(year - 1, year_end_month)
        return _months(*(_shift(*start, 3 * (quarter - 1)) if quarter else start), 3 if quarter else 12)
    if match := re.fullmatch(r"([0-9]{4})Q([1-4])", text):
        return _months(int(match[1]), 3 * int(match[2]) - 2, 3)
    if match := re.fullmatch(r"([0-9]{4})H([12])", text):
        return _months(int(match[1]), 6 * int(match[2]) - 5, 6)
    if match := re.fullmatch(r"([0-9]{4})-([1-9]|1[01])M", text):
        return _months(int(match[1]), 1, int(match[2]))
    if match := re.fullmatch(r"TTM-([0-9]{4})Q([1-4])", text):
        return _months(*_shift(int(match[1]), 3 * int(match[2]), -11), 12)
    if match := re.fullmatch(r"CY([0-9]{4})", text):
        return _months(int(match[1]), 1, 12)
    if match := re.fullmatch(r"([0-9]{4})-([0-9]{4})", text):
        return FiscalPeriod(date(int(match[1]), 1, 1), date(int(match[2]), 12, 31))
    period = Period.parse(text)
    return FiscalPeriod(period.first, period.last)


def _shift(year: int, month: int, by: int) -> tuple[int, int]:
    return year + (month - 1 + by) // 12, (month - 1 + by) % 12 + 1


def _month_after(year: int, month: int) -> tuple[int, int]:
    return _shift(year, month, 1)


def _months(year: int, month: int, count: int) -> FiscalPeriod:
    return FiscalPeriod(date(year, month, 1), date(*_shift(year, month, count), 1) - timedelta(days=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """An organisation, or (`grouped`) several that a source does not itemise."""

    id: str
    name: str
    kind: str
    ticker: str
    listed: bool
    listed_from: Period | None
    grouped: bool
    aliases: tuple[str, ...]
    fiscal_year_end_month: int

    def listed_on(self, day: date) -> bool:
        """Whether its shares traded on `day`."""
        return self.listed and (self.listed_from is None or self.listed_from.last <= day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One page, or publisher and date where no address is known."""

    id: str
    publisher: str
    url: str
    published: str
    grade: Grade


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """One real deal; its money moves in legs."""

    id: str
    title: str
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One promise of value by `payer` to `payee`; its amounts are claims."""

    deal: str
    number: int
    payer: str
    payee: str
    instrument: Instrument
    amount_basis: AmountBasis
    known_from: Period
    start: Period | None
    end: Period | None
    within: str | None
    overlaps: tuple[str, ...]
    covers: str | None
    summary: str

    @property
    def id(self) -> str:
        """DEAL/NUMBER."""
        return f"{self.deal}/{self.number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What one source says about one leg; whole US dollars, None where it says nothing."""

    leg: str
    source: str
    usd_low: int | None
    usd: int | None
    usd_high: int | None
    firmness: Firmness
    stated_on: Period | None
    public_from: Period | None
    confirmed: bool
    note: str

    def public_on(self, day: date) -> bool:
        """Whether the figure was public at the end of `day`."""
        since = self.public_from or self.stated_on
        return since is not None and since.last <= day

    def stated_by(self, day: date) -> bool:
        """Whether the statement itself had been made by `day`; a later page may repeat an older figure."""
        return self.stated_on is None or self.stated_on.last <= day


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusEvent:
    """Something that happened to a deal (`leg` None) or to one of its legs."""

    deal: str
    leg: str | None
    date: Period
    status: Status
    paid_usd: int | None  # so far
    note: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """Which data, which code: printed with every number that leaves the program."""

    data: str  # version of the book
    hash: str  # of data, ontology and queries
    code: str  # version of the package

    def __str__(self) -> str:
        return f"edition {self.data} ({self.hash}), knockon {self.code}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A defect of a book, with the place to mend it."""

    file: str
    row: int | None
    column: str | None
    what: str

    def __str__(self) -> str:
        row = f":{self.row}" if self.row is not None else ""
        return f"{self.file}{row}{f' [{self.column}]' if self.column else ''} {self.what}"


@dataclass(frozen=True)
class Book:
    """All tables, as rows and as the few types that have rules of their own."""

    tables: Mapping[str, tuple[Row, ...]]
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
