"""The page of a timeline shows the years of the command, and its bars are what covers them."""

from __future__ import annotations

from dataclasses import replace

import pytest

import knockon
from knockon.study import Study
from knockon.study.measures.timeline import most_indebted, scene
from knockon.views.bars import Part, bar
from knockon.views.timeline import Timeline, render


@pytest.fixture(scope="module")
def found() -> Timeline:
    return scene(knockon.open())


def test_the_parts_of_a_bar_add_up_to_what_is_due_and_are_the_commands(found: Timeline) -> None:
    study = knockon.open()
    rows = study.timeline(most_indebted(study)).rows()
    assert len(found.years) == len(rows) > 5
    for year, row in zip(found.years, rows, strict=True):
        earned, funded, cash, gap = year.parts
        assert sum(year.parts) == pytest.approx(year.due) == pytest.approx(row["due_usd"])
        assert (cash, gap) == (row["from_cash_usd"], row["gap_usd"])
        assert earned <= row["revenue_usd"] and funded <= row["committed_funding_usd"] * (1 + 1e-9)


def test_by_default_it_is_the_party_with_most_left_to_pay(tiny: Study) -> None:
    def left(party: str) -> float:
        return sum(flow.left or 0 for flow in tiny.timeline(party).found.due)

    named = [party.id for party in tiny.book.parties.values() if not party.grouped]
    assert left(most_indebted(tiny)) == max(map(left, named)) > 0


def test_the_page_tells_schedule_gap_and_legs(found: Timeline) -> None:
    html = render(found)
    assert "Schedule: a straight line from start to end" in html and "OpenAI has to pay $753bn" in html
    assert all(line.leg in html for line in (*found.legs, *found.funding))
    assert "by money promised to it" in html and "Promised money" in html
    assert html.count("(assumed)") == sum(line.default_term for line in (*found.legs, *found.funding)) > 0


def test_a_party_that_owes_nothing_has_a_page_that_says_so(tiny: Study) -> None:
    page = render(scene(tiny, "chips"))
    assert "with a public amount and something left to pay is known on this day" in page


def test_a_bar_leaves_out_what_is_empty_and_says_itself_in_words() -> None:
    row = bar("<b>", [Part("equity", 0, 0.5), Part("goods", 0.5, 0.5)], "$1bn", '"words"')
    assert row.count("<rect") == 1 and 'width="50.00%"' in row and "<b>" not in row
    assert 'aria-label="&quot;words&quot;"' in row


def test_hostile_names_stay_text(found: Timeline) -> None:
    evil = "<img src=x onerror=alert(1)>\"&'"
    line = replace(found.legs[0], words=evil, leg=evil)
    html = render(replace(found, party=evil, headline=evil, legs=(line,), notes=(evil,), left_out=(evil,)))
    assert "<img" not in html and html.count("&lt;img") >= 7
