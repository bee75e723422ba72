"""What a reader does to the network page, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from knockon.study import Study
from knockon.views import network
from views import scenes

DRAWN = "knockon.drawn()"
SELECTED = "knockon.selected()"
Open = Callable[..., Any]


def rows(view: Any) -> list[str]:
    """The payers in the visible rows of the table of legs, in order."""
    names: list[str] = view.locator("#leg-table tbody tr th").all_inner_texts()
    return names


def tick(view: Any, value: str) -> None:
    view.locator(f"#key input[value={value}]").click()


@pytest.mark.parametrize("name", ["small", "replay", "shock", "hostile", "hostile-shock", "large", "book"])
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
    cells = view.locator("#leg-table tbody tr td.number")
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


@pytest.mark.parametrize("name", ["replay", "shock", "hostile", "hostile-shock", "large"])
def test_a_narrow_screen_never_scrolls_sideways(visit: Open, name: str) -> None:
    view = visit(name, "#party=party0", width=400)
    assert view.evaluate("document.documentElement.scrollWidth") <= 400


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


def test_an_instrument_can_be_asked_for_alone(visit: Open) -> None:
    view = visit("small")
    view.select_option("#instrument", "equity investment")
    assert view.evaluate(DRAWN) == {"nodes": 3, "edges": 2, "rows": 2}


def test_the_network_around_a_party_holds_its_partners_and_what_runs_among_them(visit: Open) -> None:
    view = visit("small", "#party=coreweave")
    view.get_by_role("button", name="Show only its neighbours").click()
    assert view.evaluate(DRAWN) == {"nodes": 3, "edges": 2, "rows": 2}  # CoreWeave, OpenAI, NVIDIA: its two legs
    tick(view, "cancelled")
    assert view.evaluate(DRAWN)["rows"] == 3  # and the one between its partners
    again = visit("small", "#" + view.url.split("#")[1])
    assert again.evaluate(DRAWN) == view.evaluate(DRAWN)
    view.get_by_role("button", name="Only around CoreWeave").click()
    assert view.evaluate(DRAWN)["rows"] == 10


def test_a_deal_leads_to_its_legs_and_they_to_claims_and_sources(visit: Open) -> None:
    view = visit("small")
    view.locator("#leg-table .deal button", has_text="openai and microsoft, 2025").first.click()
    assert view.inner_text("#panel .kicker") == "Deal of 2 legs"
    view.locator("#panel .list button").first.click()
    assert view.evaluate(SELECTED) == "openai-microsoft-2025/1"
    assert view.locator("#panel .claims a").count() == 2
    view.locator("#panel dd button").click()
    assert view.evaluate(SELECTED) == "openai-microsoft-2025"
    assert visit("small", "#deal=openai-microsoft-2025").inner_text("#panel h2") == "openai and microsoft, 2025"


def test_the_drawing_has_a_line_for_every_edge_and_a_mark_for_every_party(visit: Open) -> None:
    view = visit("small")
    with view.expect_download() as waiting:
        view.click("#svg")
    root = ElementTree.parse(waiting.value.path()).getroot()
    paths = list(root.iter("{http://www.w3.org/2000/svg}path"))
    assert sum("Q" in path.get("d", "") for path in paths) == 9
    assert sum("scale" in path.get("transform", "") for path in paths) == 7
    assert len(list(root.iter("{http://www.w3.org/2000/svg}line"))) == 2  # the marks of the undisclosed
    said = " ".join(root.itertext())
    assert all(name in said for name in ("OpenAI", "Oracle", "Who owes whom", "as of 2025-11-05", "CC BY 4.0"))


def test_the_table_equals_the_graph_of_the_real_book(visit: Open, eve: Study, tmp_path: Path) -> None:
    (tmp_path / "eve.html").write_text(network.render(eve.scene()), encoding="utf-8")
    view = visit(tmp_path / "eve.html")
    live = {leg.id for leg in eve.scene().edges if leg.firmness != "cancelled"}
    with view.expect_download() as waiting:
        view.click("#csv")
    rows_ = waiting.value.path().read_text(encoding="utf-8").splitlines()[1:]
    assert {row.split(",")[0] for row in rows_} == live
    assert view.evaluate(DRAWN)["edges"] == len(live) == view.locator("#leg-table tbody tr").count()


def test_the_focus_on_a_row_lights_its_line_and_a_line_that_is_chosen_its_row(visit: Open) -> None:
    view = visit("small")
    view.focus("#leg-table tbody tr:nth-child(2) button")
    assert view.evaluate("knockon.lit()") == "openai-microsoft-2025/1"
    view.keyboard.press("Enter")
    assert view.evaluate(SELECTED) == "openai-microsoft-2025/1" == view.evaluate("knockon.lit()")
    assert view.locator("#leg-table tr[aria-current] button").first.inner_text() == "OpenAI"
    view.focus("#search")
    view.keyboard.press("Escape")
    assert view.evaluate(SELECTED) is None
    view.evaluate("document.activeElement.blur()")
    assert view.evaluate("knockon.lit()") is None


def test_whoever_asks_for_less_motion_gets_none(visit: Open) -> None:
    view = visit("small")
    moved = view.evaluate(
        """async () => {
          const frame = () => new Promise((done) => requestAnimationFrame(done));
          const before = knockon.where("oracle").x;
          document.querySelector("#zoom-in").click();
          await frame();
          const [first, later] = [knockon.where("oracle").x, (await frame(), await frame(), knockon.where("oracle").x)];
          return [before !== first, first === later];
        }"""
    )
    assert moved == [True, True]
    slow = "[...document.querySelectorAll('*')].map((one) => getComputedStyle(one).transitionDuration)"
    assert set(view.evaluate(slow)) == {"0s"}
