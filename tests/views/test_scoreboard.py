from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from knockon.views.scoreboard import render
from views.boards import RUNGS, board


def test_no_text_of_the_record_becomes_a_tag() -> None:
    html = render(board())
    assert "<script>alert" not in html and "<b>" not in html and "<i>so" not in html
    assert html.count("<script") == 2


def test_every_mark_has_words_and_every_figure_stands_in_a_table() -> None:
    html = render(board())
    pictures = re.findall(r'<svg height="26" role="img" aria-label="([^"]+)"', html)
    assert len(pictures) == len(RUNGS) + 3
    assert "Direct exposure only: 0.10, after market and AI basket &#8722;0.12" in pictures
    assert html.count("<table") == 3 + 3
    assert "&#8722;0.00<" not in html and "Mean of the engine 0.00, p = 0.500" in html
    for words in ("2026-11-23", "as of the day before each event", "Not scored, no returns: d.", "3 ordinary days"):
        assert words in html


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (400, "dark")])
def test_the_page_sorts_fits_and_asks_nothing_of_any_network(
    browser: Any, tmp_path: Path, width: int, scheme: str
) -> None:
    file = tmp_path / "board.html"
    file.write_text(render(board()), "utf-8")
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda request: request.url.startswith("file:") or wrong.append(request.url))
    page.goto(file.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    head = page.locator("#ladder-table thead button").nth(1)
    firsts = []
    for way in ("descending", "ascending"):
        head.click()
        assert page.locator("#ladder-table th[aria-sort]:not([aria-sort=none])").get_attribute("aria-sort") == way
        firsts.append(page.locator("#ladder-table tbody tr").first.inner_text().split("\t")[0])
    assert firsts == ["Market beta", "The engine with the information channel"]
    page.locator("summary").first.click()
    assert page.locator("#day-0").is_visible()
    page.locator("#theme").click()
    assert page.locator("#theme").inner_text() == ("Light" if scheme == "light" else "Dark")
    assert wrong == []
    page.close()
