"""The page of loops shows the circles that the command lists, and takes the stated sum apart without adding twice."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

import knockon
from knockon.study import Study
from knockon.study.measures.asked import NEUTRAL
from knockon.study.measures.loops import scene
from knockon.views.loops import Loops, render
from knockon.views.rings import Hop, ring


@pytest.fixture(scope="module")
def found() -> Loops:
    return scene(knockon.open())


def test_every_circle_of_the_command_is_drawn_with_its_legs(found: Loops) -> None:
    html = render(found)
    loops = knockon.open().loops()
    assert html.count('<svg class="ring"') == len(found.circles) == len(loops)
    for loop, circle in zip(loops, found.circles, strict=True):
        assert len(circle.hops) == len(loop.parties)
        assert [leg.leg for hop in circle.legs for leg in hop] == [flow.leg for hop in loop.hops for flow in hop]
        assert circle.bottleneck == loop.bottleneck
    assert NEUTRAL in html


def test_the_curve_in_figures_is_the_commands(found: Loops) -> None:
    rows = knockon.open().circularity().rows()
    assert [(step.legs, step.loops, step.central) for step in found.steps] == [
        (row["legs"], row["loops"], row["bff"]) for row in rows
    ]


def test_the_stated_sum_is_taken_apart_on_its_own_day_and_now(found: Loops) -> None:
    then, now = found.apart
    assert (then.lab, then.stated, then.day, now.day) == ("OpenAI", 1.4e12, "2025-11-06", found.as_of)
    for apart in found.apart:
        sure = [line for line in apart.lines if line.part == "contract" and line.counted]
        assert apart.contracts == sum(line.counted or 0 for line in sure) and apart.firm == len(sure)
        assert not [line for line in apart.lines if line.why and line.counted]
    assert then.contracts == 300e9 + 250e9 + 38e9 + 11.9e9 + 6.5e9 + 4e9
    assert "6 contracts make $610bn. Behind $790bn of the stated sum no further amount is known" in render(found)


def test_before_anybody_stated_a_sum_there_is_none_to_take_apart(tiny: Study) -> None:
    page = render(scene(tiny))
    assert 'id="apart"' not in page and page.count('<svg class="ring"') == len(tiny.loops()) == 2


def test_a_ring_has_an_arrow_a_hop_and_a_dash_where_nothing_is_disclosed() -> None:
    hops = [Hop(kind="funds", amount="$5bn", disclosed=True), Hop(kind="buys", amount="undisclosed", disclosed=False)]
    svg = ring(["A", "<b>"], hops, 'A to <b>: "$5bn"')
    assert len(re.findall(r'<path class="\w+ head"', svg)) == 2 and svg.count(" silent") == 1
    assert "<b>" not in svg and "&lt;b&gt;" in svg


def test_hostile_names_stay_text(found: Loops) -> None:
    evil = "<img src=x onerror=alert(1)>\"&'"
    leg = replace(found.circles[0].legs[0][0], words=evil, leg=evil)
    circle = replace(found.circles[0], names=(evil, evil), legs=((leg,),), narrow=evil)
    line = replace(found.apart[0].lines[0], who=evil, leg=evil, why=evil)
    apart = (replace(found.apart[0], lab=evil, lines=(line,)),)
    html = render(replace(found, circles=(circle,), apart=apart))
    assert "<img" not in html and html.count("&lt;img") >= 8


def test_one_circle_is_shown_at_a_time_and_the_keyboard_turns_to_the_next(visit: Callable[..., Any]) -> None:
    page = visit("loops")
    shown = "[...document.querySelectorAll('.circles article')].filter((a) => a.offsetParent).map((a) => a.id)"
    assert page.evaluate(shown) == ["circle-1"]
    page.locator("#circle-1 .turn a", has_text="Next").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("location.hash === '#circle-2'")
    assert page.evaluate(shown) == ["circle-2"]
    assert page.locator(".chosen [aria-current]").get_attribute("href") == "#circle-2"
    assert page.evaluate("document.activeElement.id") == "circle-2"
