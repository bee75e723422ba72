"""The page of an event says what the dossier and the cross-section say, and keeps hindsight apart."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

import knockon
from knockon.errors import BadInput
from knockon.study import Study
from knockon.study.explaining.event import chief, known, scene
from knockon.views.event import Day, Remark, render

SEED = "2025-11-06-openai-backstop"


@pytest.fixture(scope="module")
def day() -> Day:
    return scene(knockon.open())


def section(html: str, name: str) -> str:
    found = re.search(rf'<section class="board" id="{name}".*?</section>', html, re.DOTALL)
    return found[0] if found else ""


def test_the_chief_event_is_the_one_whose_article_the_book_holds(day: Day, eve: Study) -> None:
    assert day.id == chief(knockon.open()) == SEED
    assert chief(eve) == known(eve)[-1]["id"] == "2025-11-04-ai-valuation"  # before the article, the latest


def test_the_three_numbers_are_the_cross_sections_and_add_up(day: Day) -> None:
    split = {row["name"]: row for row in knockon.open().cross_section(SEED)}
    scored = [firm for firm in day.firms if firm.factor is not None]
    assert len(scored) == len(split) > 80
    for firm in scored:
        assert firm.factor + firm.network + firm.residual == pytest.approx(firm.change, abs=1e-9)
    assert min(firm.network or 0.0 for firm in scored) == min(row["network"] for row in split.values())


def test_what_came_after_stands_only_in_hindsight(day: Day) -> None:
    html = render(day)
    later = day.said_after[0]
    assert later.said not in html.replace(section(html, "hindsight"), "")
    assert all(remark.date <= day.date for remark in day.said)
    assert day.followed.rows and all(row[0] >= "2025-11" for row in day.followed.rows)


def test_stated_and_recomputed_totals_stand_side_by_side(day: Day) -> None:
    article = section(render(day), "article")
    assert "What the article says, and what the tables give" in article
    assert article.count(">yes<") == day.reproduced and article.count(">no<") == len(day.compared.rows) - day.reproduced


def test_firms_with_news_of_their_own_are_marked() -> None:
    own = scene(knockon.open(), "2025-02-27-nvidia-earnings")
    html = render(own)
    assert [firm.name for firm in own.firms if firm.own_news] == ["NVIDIA"]
    assert html.count("own news</small>") == 1


def test_a_day_without_a_score_says_why() -> None:
    html = render(scene(knockon.open(), "2024-09-03-nvidia-record-loss"))
    assert "The day has no score: no loadings." in html and "Network</button>" not in html


def test_an_event_after_the_study_is_not_told(eve: Study) -> None:
    with pytest.raises(BadInput, match="is of 2025-11-06, after 2025-11-05"):
        scene(eve, SEED)


def test_hostile_words_stay_text_and_odd_addresses_are_no_links(day: Day) -> None:
    evil = "<img src=x onerror=alert(1)>\"&'"
    remark = Remark(date=evil, who=evil, said=evil, publisher=evil, url="javascript:alert(1)")
    firm = replace(day.firms[0], name=evil)
    html = render(
        replace(day, title=evil, summary=evil, origin=evil, said=(remark,), firms=(firm,), url="javascript:alert(2)")
    )
    assert "<img" not in html and 'href="javascript' not in html
    assert html.count("&lt;img") >= 7


def test_a_head_sorts_what_is_not_known_last(visit: Callable[..., Any]) -> None:
    page = visit("event")
    page.locator("#three thead button", has_text="Network").click()
    values = page.evaluate("[...document.querySelectorAll('#three tbody tr')].map((r) => r.cells[3].dataset.value)")
    known = [float(value) for value in values if value]
    assert known == sorted(known, reverse=True) and "" not in values[: len(known)]
