"""What holds of every page, whatever it shows: offline, at both widths, in both themes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from knockon.study import pages

Open = Callable[..., Any]
VIEWS = {"network": "book", "shock": "shock"}
ALL = sorted({VIEWS.get(view, view) for view in pages.known()} | {"index"})


def test_no_view_is_forgotten() -> None:
    assert len(ALL) == 9


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("width", [400, 1280])
def test_a_page_fits_its_window_and_no_table_its_box_too_tightly(visit: Open, name: str, width: int) -> None:
    page = visit(name, width=width)
    page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    boxes = "[...document.querySelectorAll('.scroll')].filter((one) => one.scrollWidth > one.clientWidth + 1)"
    assert page.evaluate(f"{boxes}.map((one) => one.innerText.slice(0, 60))") == []


@pytest.mark.parametrize("name", ALL)
def test_a_page_says_of_what_day_and_edition_it_is_and_turns_dark(visit: Open, name: str) -> None:
    page = visit(name)
    assert page.locator("h1").count() == page.locator("main").count() == 1
    assert page.inner_text("#edition") and page.inner_text("#as-of").startswith("as of ")
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    assert page.evaluate(ground) == "rgb(255, 255, 255)"
    page.click("#theme")
    assert page.evaluate(ground) == "rgb(20, 23, 28)" == visit(name, dark=True).evaluate(ground)


@pytest.mark.parametrize("name", ALL)
def test_every_picture_of_a_page_has_words_and_every_control_a_name(visit: Open, name: str) -> None:
    page = visit(name)
    nameless = page.evaluate(
        """() => [...document.querySelectorAll("button, input, select, a, summary, [role=img]")].filter((one) =>
          !one.getAttribute("aria-label") && !one.textContent.trim() && !one.labels?.[0]?.textContent.trim()
        ).map((one) => one.outerHTML)"""
    )
    assert nameless == []
    for bare in (
        "th:not([scope])",
        "table:not(:has(caption)):not([aria-label])",
        "svg:not([role=img]):not([aria-hidden]):not(svg svg, [aria-hidden] svg)",
    ):
        assert page.locator(bare).count() == 0, bare
