"""How dates are written: a day, a month or a year; a stretch of a party's accounts."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache

from knockon.errors import BadInput


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
