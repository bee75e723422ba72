"""What was known when: the rule that picks amounts and firmness, and its two clocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import knockon
from knockon.book import Book
from knockon.model import Claim, Edition
from knockon.periods import Period
from knockon.resolution import known_from, resolve, resolve_leg, values
from knockon.study import Study
from knockon.vocab import Firmness, Grade, Status

SEED = date(2025, 11, 6)
COMPUTE = {
    "openai-oracle-compute-2025-09/1": 300,
    "openai-microsoft-azure-2025-10/1": 250,
    "openai-amazon-compute-2025-11/1": 38,
    "openai-coreweave-compute-2025-03/1": 11.9,
    "openai-coreweave-compute-2025-05/1": 4,
    "openai-coreweave-compute-2025-09/1": 6.5,
}


def test_openai_had_promised_610bn_for_computing_on_the_seed_day(eve: Study) -> None:
    legs = resolve(eve.book, SEED)
    assert {leg: (legs[leg].usd or 0) / 1e9 for leg in COMPUTE} == COMPUTE
    assert sum(legs[leg].usd or 0 for leg in COMPUTE) == 610_400_000_000


def test_nvidias_letter_stalled_was_disowned_and_gave_way(eve: Study) -> None:
    leg = eve.book.legs["openai-nvidia-loi-2025-09/1"]
    states = [
        resolve_leg(leg, eve.book, day).firmness
        for day in (
            date(2025, 11, 5),
            date(2025, 11, 19),
            date(2026, 1, 31),
            date(2026, 2, 2),
            date(2026, 2, 20),
        )
    ]
    assert states == [
        Firmness.LETTER_OF_INTENT,
        Firmness.REPORTED,  # the 10-Q gives no assurance: in talks
        Firmness.REPORTED,
        Firmness.REPORTED,
        Firmness.CANCELLED,
    ]


def test_a_payment_of_december_is_not_closed_in_november(eve: Study) -> None:
    leg = eve.book.legs["softbank-openai-equity-2025-03/2"]
    before, after = resolve_leg(leg, eve.book, SEED), resolve_leg(leg, eve.book, date(2025, 12, 26))
    assert (before.usd, before.firmness) == (22_500_000_000, Firmness.DEFINITIVE)
    assert after.firmness is Firmness.CLOSED


def test_a_later_page_lends_its_figure_but_not_its_grade_nor_its_hindsight(tiny: Study) -> None:
    leg = tiny.book.legs["lab-rents-cloud/1"]
    then = resolve_leg(leg, tiny.book, date(2025, 4, 30))
    assert then.winner is not None
    assert (then.winner.source, then.usd, then.grade) == ("press", 50_000_000_000, Grade.PRESS)
    assert (then.usd_low, then.usd_high) == (50_000_000_000, 60_000_000_000)
    assert then.firmness is Firmness.DEFINITIVE
    now = resolve_leg(leg, tiny.book, date(2026, 6, 1))
    assert now.winner is not None
    assert (now.winner.source, now.grade, now.firmness) == ("later", Grade.FILING, Firmness.CLOSED)


def test_a_later_event_overrides_and_an_undisclosed_leg_is_not_zero(tiny: Study) -> None:
    legs = resolve(tiny.book, date(2026, 3, 1))
    assert not legs["cloud-buys-chips/1"].live
    assert legs["lab-rents-cloud/3"].usd is None
    assert not legs["lab-rents-cloud/3"].disclosed
    assert resolve(tiny.book, date(2026, 2, 28))["cloud-buys-chips/1"].live


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["filing", "press", "blog"]),
            st.one_of(st.none(), st.integers(1, 100)),
            st.booleans(),
            st.dates(date(2025, 1, 1), date(2025, 12, 31)),
        ),
        min_size=1,
        max_size=5,
        unique_by=lambda claim: claim[0],
    )
)
def test_the_winner_is_confirmed_then_best_graded_and_the_span_holds_all(
    said: Sequence[tuple[str, int | None, bool, date]],
) -> None:
    study = knockon.open(as_of="2026-01-01", data=_tiny())
    template = study.book.claims["chips-funds-lab/1"][0]
    claims = tuple(
        replace(
            template,
            source=source,
            usd_low=None,
            usd=usd,
            usd_high=None,
            confirmed=confirmed,
            stated_on=Period(day, day),
            public_from=Period(day, day),
        )
        for source, usd, confirmed, day in said
    )
    book = _with_claims(study.book, claims)
    found = resolve_leg(book.legs["chips-funds-lab/1"], book, date(2026, 1, 1))
    points = [claim for claim in claims if claim.usd is not None]
    if not points:
        assert found.usd is None
        return
    best = min(points, key=lambda c: (not c.confirmed, -book.sources[c.source].grade.rung))
    assert found.usd == best.usd
    assert (found.usd_low, found.usd_high) == (min(c.usd for c in points), max(c.usd for c in points))


def test_nothing_stated_or_dated_later_changes_what_was_known(eve: Study) -> None:
    """Taking every later event and later-stated firmness out of the book leaves an earlier day as it was."""
    day = date(2025, 9, 30)
    before = resolve(eve.book, day)
    pruned = {leg: tuple(claim for claim in claims if claim.stated_by(day)) for leg, claims in eve.book.claims.items()}
    for leg, found in before.items():
        stated = [claim for claim in pruned[leg] if claim.public_on(day) and claim.usd is not None]
        if stated:  # a page of the time gave a figure: no later page may decide
            assert found.winner in stated, leg
        if found.status:
            assert found.status.date.last <= day
        if found.firmness is Firmness.CANCELLED:
            ended = found.status is not None and found.status.status in (
                Status.CANCELLED,
                Status.LAPSED,
                Status.SUPERSEDED,
            )
            assert ended or (found.winner is not None and found.winner.stated_by(day)), leg


@pytest.mark.parametrize("day", [date(2024, 12, 31), date(2025, 11, 5), date(2026, 7, 1)])
def test_values_are_the_last_known_and_never_sought(eve: Study, day: date) -> None:
    found = values(eve.book, day)
    assert found["openai"].basis == "private"
    assert all(value.on <= day + timedelta(days=31) and value.usd > 0 for value in found.values())
    sought = {row["source"] for row in eve.book.tables["financials"] if "in_talks" in row["metric"]}
    assert not {value.source for value in found.values() if value.basis == "private"} & sought


def test_a_party_counts_as_listed_from_its_first_day(eve: Study) -> None:
    assert values(eve.book, date(2026, 5, 31))["spacex"].basis == "private"
    assert not eve.book.parties["coreweave"].listed_on(date(2025, 3, 27))
    assert eve.book.parties["coreweave"].listed_on(date(2025, 3, 28))


def test_rows_keep_their_clock(eve: Study) -> None:
    stake = next(row for row in eve.book.tables["stakes"] if row["issuer"] == "reflection-ai")
    assert known_from(eve.book, "stakes", stake) == date(2025, 10, 31)  # dated to the month
    oracle = next(
        row
        for row in eve.book.tables["financials"]
        if (row["party"], row["metric"], row["period"]) == ("oracle", "revenue", "FY2026Q1")
    )
    assert oracle["known_from"] is None
    assert known_from(eve.book, "financials", oracle) == date(2025, 10, 31)  # 61 days after 31 August


def _tiny() -> str:
    from conftest import TINY

    return str(TINY)


def _with_claims(book: Book, claims: tuple[Claim, ...]) -> Book:
    fresh = Book(tables=book.tables, edition=Edition(data="", hash="", code=""))
    fresh.__dict__["claims"] = {**book.claims, "chips-funds-lab/1": claims}
    return fresh
