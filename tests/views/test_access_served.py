"""The pages of the server before axe-core: front page, sliders, console, and the record of a party."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from conftest import TINY
from serving import Server, serving
from views.test_access import COLOURS, serious
from views.test_access import pytestmark as pytestmark

PATHS = {
    "/": "#parties",
    "/what-if": '#status:has-text("with ranges")',
    "/console": "#questions button",
    "/party/lab": ".facts",
}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving("--data", str(TINY), "--as-of", "2025-04-30", "--workers", "1") as started:
        yield started


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("path", PATHS)
def test_axe_finds_no_serious_fault_in_what_is_served(browser: Any, server: Server, path: str, dark: bool) -> None:
    scheme = "dark" if dark else "light"
    page = browser.new_page(color_scheme=scheme, reduced_motion="reduce", viewport={"width": 400, "height": 900})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(server.base + path)
    page.wait_for_selector(PATHS[path])
    assert serious(page, COLOURS if dark else ()) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 400
    page.close()
    assert said == []
