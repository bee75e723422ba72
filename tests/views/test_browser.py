"""The pages in a real browser: needs playwright and Chromium, and says so where they are missing."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from knockon.views import network, shock
from views import scenes

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = Path(shutil.which("chromium") or shutil.which("chromium-browser") or "chromium")
REQUIRED = os.environ.get("KNOCKON_BROWSER") == "required"  # then a missing browser fails instead
pytestmark = pytest.mark.skipif(not CHROMIUM.exists() and not REQUIRED, reason="no Chromium on the PATH")

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DRAWN = "knockon.drawn()"
SELECTED = "knockon.selected()"
Open = Callable[..., Any]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages as files, written once."""
    folder = tmp_path_factory.mktemp("pages")
    pages = {
        "small": network.render(scenes.small()),
        "shock": shock.render(scenes.small_shock()),
        "hostile": network.render(scenes.hostile()),
        "large": network.render(scenes.large()),
    }
    for name, html in pages.items():
        (folder / f"{name}.html").write_text(html, encoding="utf-8")
    return folder


@pytest.fixture
def visit(browser: Any, shelf: Path) -> Iterator[Open]:
    """Opens a page from disk, offline; at the end nothing may have been asked or complained about."""
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    asked: list[str] = []
    said: list[str] = []

    def visit_(name: str, fragment: str = "", width: int = 1280) -> Any:
        view = context.new_page()
        view.set_viewport_size({"width": width, "height": 900})
        view.on("request", lambda request: asked.append(request.url))
        view.on("console", lambda message: said.append(message.text))
        view.on("pageerror", lambda error: said.append(str(error)))
        view.goto(f"{(shelf / name).as_uri()}.html{fragment}")
        return view

    yield visit_
    context.close()
    assert said == []
    assert [url for url in asked if not re.match(r"file:///.*\.html|data:|blob:", url)] == []


def rows(view: Any) -> list[str]:
    """The payers in the visible rows of the table of legs, in order."""
    names: list[str] = view.locator("#leg-table tbody tr:not([hidden]) th").all_inner_texts()
    return names


def tick(view: Any, value: str) -> None:
    view.locator(f"#key input[value={value}]").click()


@pytest.mark.parametrize("name", ["small", "shock", "hostile", "large"])
def test_a_page_opens_offline_without_a_request_or_a_complaint(visit: Open, name: str) -> None:
    view = visit(name)
    view.wait_for_timeout(200)
    assert view.evaluate(DRAWN)["edges"] > 0


def test_the_table_holds_what_the_picture_draws(visit: Open) -> None:
    view = visit("small")
    assert view.evaluate(DRAWN) == {"nodes": 7, "edges": 9, "rows": 9}
    assert len(rows(view)) == 9
    assert "Drawn: 9 of 10 legs between 7 parties, 1 hidden." in view.inner_text("#drawn")


def test_the_cancelled_are_hidden_until_asked_for(visit: Open) -> None:
    view = visit("small")
    tick(view, "cancelled")
    assert view.evaluate(DRAWN)["edges"] == 10


def test_a_filter_takes_the_same_legs_from_picture_and_table(visit: Open) -> None:
    view = visit("small")
    tick(view, "compute")
    assert view.evaluate(DRAWN) == {"nodes": 7, "edges": 5, "rows": 5}
    assert "SoftBank" in rows(view)


def test_a_party_without_a_visible_leg_is_not_drawn(visit: Open) -> None:
    view = visit("small")
    tick(view, "staged")
    assert view.evaluate(DRAWN)["nodes"] == 6


def test_a_group_of_parties_can_be_hidden_with_its_legs(visit: Open) -> None:
    view = visit("small")
    tick(view, "labs")
    assert view.evaluate(DRAWN) == {"nodes": 3, "edges": 2, "rows": 2}


def test_a_least_amount_hides_the_undisclosed_too(visit: Open) -> None:
    view = visit("small")
    view.select_option("#least", str(50 * scenes.BN))
    assert view.evaluate(DRAWN) == {"nodes": 3, "edges": 2, "rows": 2}


def test_bundling_draws_one_edge_per_payer_and_payee(visit: Open) -> None:
    view = visit("small")
    view.check("#bundle")
    assert view.evaluate(DRAWN) == {"nodes": 7, "edges": 8, "rows": 9}


def test_the_keyboard_reaches_the_sources_of_a_leg(visit: Open) -> None:
    view = visit("small")
    view.keyboard.press("Tab")
    view.keyboard.press("Enter")  # the skip link
    tab_until(view, "#leg-table tbody button")
    view.keyboard.press("Enter")
    assert view.evaluate(SELECTED) == "openai-oracle-2025/1"
    assert view.evaluate("document.activeElement.matches('#panel h2')")
    tab_until(view, "#panel .claims a")
    link = view.locator("#panel .claims a:focus")
    assert link.get_attribute("href") == "https://example.org/story"
    assert link.get_attribute("rel") == "noopener noreferrer"
    view.keyboard.press("Escape")
    assert view.evaluate(SELECTED) is None
    assert view.evaluate("document.activeElement.matches('#leg-table tbody button')")


def tab_until(view: Any, selector: str, most: int = 20) -> None:
    for _ in range(most):
        view.keyboard.press("Tab")
        if view.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"{selector} is not among the next {most} stops of the Tab key")


def test_a_leg_chosen_in_the_table_is_told_in_the_panel(visit: Open) -> None:
    view = visit("small")
    view.get_by_role("button", name="OpenAI to CoreWeave").click()
    panel = view.inner_text("#panel")
    for text in ("Compute purchase", "$22.4bn", "Signed", "From 2027 to 2031", "2 sources", "Filing 10-Q"):
        assert text in panel
    assert view.locator("#leg-table tr[aria-current]").count() == 1


def test_a_click_on_a_party_opens_it_and_a_click_on_paper_closes_it(visit: Open) -> None:
    view = visit("small")
    view.locator("#picture").click(position=view.evaluate("knockon.where('openai')"))
    assert view.evaluate(SELECTED) == "openai"
    assert view.inner_text("#panel h2") == "OpenAI"
    assert view.locator("#panel .list button").count() == 7
    view.locator("#picture").click(position={"x": 300, "y": 8})
    assert view.evaluate(SELECTED) is None


def test_a_click_on_an_edge_marks_its_row(visit: Open) -> None:
    view = visit("small")
    start, end = (view.evaluate(f"knockon.where('{party}')") for party in ("softbank", "openai"))
    middle = {axis: (start[axis] + end[axis]) / 2 for axis in "xy"}
    for offset in range(-40, 41, 8):  # the edge bends to one side
        view.locator("#picture").click(position={"x": middle["x"], "y": middle["y"] + offset})
        if view.evaluate(SELECTED):
            break
    assert view.evaluate(SELECTED) == "softbank-openai-2025/1"
    assert view.inner_text("#leg-table tr[aria-current] th") == "SoftBank"


def test_the_search_finds_a_party_by_the_start_of_its_name(visit: Open) -> None:
    view = visit("small")
    view.fill("#search", "core")
    view.press("#search", "Enter")
    assert view.evaluate(SELECTED) == "coreweave"
    view.fill("#search", "nobody")
    view.press("#search", "Enter")
    assert "No party is called" in view.inner_text("#drawn")


def test_the_address_brings_back_every_choice(visit: Open) -> None:
    view = visit("small")
    tick(view, "equity")
    tick(view, "cancelled")
    view.select_option("#least", str(10 * scenes.BN))
    view.check("#bundle")
    view.get_by_role("button", name="OpenAI to Oracle").click()
    again = visit("small", "#" + view.url.split("#")[1])
    for state in (DRAWN, SELECTED):
        assert again.evaluate(state) == view.evaluate(state)
    assert again.evaluate(DRAWN) != visit("small").evaluate(DRAWN)
    assert again.input_value("#least") == str(10 * scenes.BN)
    assert again.is_checked("#bundle")
    assert not again.is_checked("#key input[value=equity]")


def test_an_address_that_names_nothing_known_is_the_plain_page(visit: Open) -> None:
    view = visit("small", "#leg=nowhere/9&family=none&least=abc&party=%3Cscript%3E")
    assert view.evaluate(SELECTED) is None
    assert view.evaluate(DRAWN)["rows"] == 0  # no known family is asked for
    view.click("#reset")
    assert view.evaluate(DRAWN)["rows"] == 9


def test_rows_sort_both_ways_with_the_undisclosed_last(visit: Open) -> None:
    view = visit("small")
    head = view.get_by_role("columnheader", name="Amount")
    cells = view.locator("#leg-table tbody tr:not([hidden]) td.number")
    assert head.get_attribute("aria-sort") == "descending"
    assert cells.all_inner_texts()[0] == "$300bn"
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    texts = cells.all_inner_texts()
    assert (texts[0], texts[-2:]) == ("$6.3bn", ["undisclosed", "undisclosed"])


def test_hostile_texts_are_shown_and_never_run(visit: Open) -> None:
    view = visit("hostile", "#leg=openai-oracle-2025/1")
    assert view.inner_text("h1") == scenes.SCRIPT_END
    assert scenes.SCRIPT_END in view.inner_text("#panel")
    assert view.locator("img").count() == 0
    assert view.evaluate("window.broken") is None
    links = view.eval_on_selector_all("a", "all => all.map(one => one.protocol)")
    assert set(links) == {"file:", "https:"}
    assert view.locator("#panel .claims a").count() == 1


def test_no_cell_of_the_csv_is_a_formula(visit: Open) -> None:
    view = visit("hostile")
    with view.expect_download() as waiting:
        view.click("#csv")
    text = Path(waiting.value.path()).read_text(encoding="utf-8")
    assert '"\'=HYPERLINK(""http://example.org"",""x"")"' in text
    assert "'@SUM(1)" in text
    assert len(text.splitlines()) == 1 + 9


def test_the_picture_can_be_taken_away(visit: Open) -> None:
    view = visit("small")
    with view.expect_download() as waiting:
        view.click("#png")
    assert Path(waiting.value.path()).read_bytes().startswith(b"\x89PNG")


def test_a_shock_page_tells_who_loses_and_how(visit: Open) -> None:
    view = visit("shock")
    assert view.inner_text("#headline").startswith("If OpenAI lost a fifth")
    assert "−$29.0bn" in view.inner_text("#totals")
    table = view.locator("#loss-table tbody tr")
    assert table.count() == 3
    assert table.nth(1).locator(".bar").get_attribute("aria-label") == "contracts −$25.0bn, funding −$2.0bn"
    widths = table.nth(1).locator(".bar i").evaluate_all("all => all.map(one => parseFloat(one.style.width))")
    assert widths == pytest.approx([25 / 150 * 100, 2 / 150 * 100], rel=1e-3)
    table.nth(1).get_by_role("button").click()
    assert "How the loss arrives" in view.inner_text("#panel")


@pytest.mark.parametrize("name", ["small", "shock", "hostile", "large"])
def test_a_narrow_screen_never_scrolls_sideways(visit: Open, name: str) -> None:
    view = visit(name, "#party=party0", width=400)
    assert view.evaluate("document.documentElement.scrollWidth") <= 400


@pytest.mark.parametrize("name", ["small", "shock"])
def test_every_control_has_a_name_and_every_column_a_scope(visit: Open, name: str) -> None:
    view = visit(name)
    nameless = view.evaluate(
        """() => [...document.querySelectorAll("button, input, select, a")].filter((one) =>
          !one.getAttribute("aria-label") && !one.textContent.trim() && !one.labels?.[0]?.textContent.trim()
        ).map((one) => one.outerHTML)"""
    )
    assert nameless == []
    assert view.locator("th:not([scope])").count() == 0
    assert view.locator("table:not(:has(caption))").count() == 0


def test_the_reader_can_switch_to_dark(visit: Open) -> None:
    view = visit("small")
    paper = "getComputedStyle(document.documentElement).backgroundColor"
    before = view.evaluate(paper)
    view.click("#theme")
    assert (before, view.evaluate(paper)) == ("rgb(255, 255, 255)", "rgb(20, 23, 28)")


def test_a_large_network_is_ready_within_two_seconds(visit: Open) -> None:
    assert min(visit("large").evaluate("knockon.readyAfter") for _ in range(3)) < 2000


def test_the_wheel_scrolls_the_page_and_zooms_only_with_ctrl(visit: Open) -> None:
    view = visit("small")
    view.locator("#picture").hover(position={"x": 300, "y": 200})
    before = view.evaluate("knockon.where('oracle')")
    view.mouse.wheel(0, 200)
    view.wait_for_function("scrollY > 0")
    assert view.evaluate("knockon.where('oracle')") == before
    view.keyboard.down("Control")
    view.mouse.wheel(0, -100)
    view.wait_for_function("x => knockon.where('oracle').x !== x", arg=before["x"])


def test_a_pinned_selection_survives_a_filter_only_while_it_is_drawn(visit: Open) -> None:
    view = visit("small", "#leg=openai-oracle-2025/1")
    tick(view, "equity")
    assert view.evaluate(SELECTED) == "openai-oracle-2025/1"
    tick(view, "compute")
    assert view.evaluate(SELECTED) is None
