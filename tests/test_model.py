"""Partial dates and fiscal periods."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.errors import BadInput
from knockon.periods import Period, fiscal_period


@given(st.dates(min_value=date(1900, 1, 1)))
def test_a_day_is_its_own_period(day: date) -> None:
    assert Period.parse(day.isoformat()) == Period(day, day)
    assert str(Period.parse(day.isoformat())) == day.isoformat()


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2999, 12, 31)))
def test_a_month_and_a_year_hold_their_days(day: date) -> None:
    month, year = Period.parse(f"{day:%Y-%m}"), Period.parse(f"{day:%Y}")
    assert year.first <= month.first <= day <= month.last <= year.last
    assert (str(month), str(year)) == (f"{day:%Y-%m}", f"{day:%Y}")


@pytest.mark.parametrize("text", ["", "2025-13", "2025-02-30", "25-01-01", "2025-1-1", "tomorrow", "2025-11-05T00:00"])
def test_what_is_no_date_is_refused_with_a_remedy(text: str) -> None:
    with pytest.raises(BadInput, match=r"not a date.*write 2025-11-05"):
        Period.parse(text)


@pytest.mark.parametrize(
    ("text", "month", "first", "last", "years"),
    [
        ("FY2025", 12, "2025-01-01", "2025-12-31", 1.0),
        ("FY2026", 1, "2025-02-01", "2026-01-31", 1.0),  # NVIDIA
        ("FY2026Q1", 5, "2025-06-01", "2025-08-31", 0.25),  # Oracle
        ("FY2026Q2", 1, "2025-05-01", "2025-07-31", 0.25),  # NVIDIA's quarter to July 2025
        ("2025Q3", 6, "2025-07-01", "2025-09-30", 0.25),
        ("2025H1", 12, "2025-01-01", "2025-06-30", 0.5),
        ("2025-9M", 12, "2025-01-01", "2025-09-30", 0.75),
        ("TTM-2026Q1", 12, "2025-04-01", "2026-03-31", 1.0),
        ("2026-2041", 12, "2026-01-01", "2041-12-31", 16.0),
        ("2025-08-31", 12, "2025-08-31", "2025-08-31", 0.0),
    ],
)
def test_fiscal_periods(text: str, month: int, first: str, last: str, years: float) -> None:
    period = fiscal_period(text, month)
    assert (period.first.isoformat(), period.last.isoformat(), period.years) == (first, last, years)


def test_four_fiscal_quarters_make_the_year() -> None:
    for month in range(1, 13):
        year = fiscal_period("FY2025", month)
        quarters = [fiscal_period(f"FY2025Q{q}", month) for q in range(1, 5)]
        assert (quarters[0].first, quarters[3].last) == (year.first, year.last)
        assert all((b.first - a.last).days == 1 for a, b in pairwise(quarters))
