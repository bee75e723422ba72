"""The slider of days on the network page, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import knockon
from knockon.resolution import resolve
from knockon.study import Study
from knockon.views import network
from knockon.views.scene import Scene

Open = Callable[..., Any]
DRAWN = "knockon.drawn()"


def turn(view: Any, day: str) -> None:
    view.evaluate(
        """day => { const slider = document.getElementById("day");
          slider.value = Math.round((Date.parse(day) - Date.parse(scene_from())) / 86400000);
          slider.dispatchEvent(new Event("input"));
          function scene_from() { return JSON.parse(document.getElementById("scene").textContent).replay.from } }""",
        day,
    )


def test_the_slider_turns_the_page_back_to_what_was_known(visit: Open) -> None:
    view = visit("replay")
    assert view.evaluate(DRAWN)["rows"] == 9
    turn(view, "2025-08-01")
    assert view.evaluate(DRAWN) == {"nodes": 3, "edges": 2, "rows": 2}
    assert view.locator("#leg-table tbody td.number").all_inner_texts() == ["$40bn", "undisclosed"]
    assert "Known on 2025-08-01" in view.inner_text("#day-words")
    assert "as known on 2025-08-01" in view.inner_text("#drawn")
    view.get_by_role("button", name="OpenAI to Oracle").click()
    panel = view.inner_text("#panel")
    assert "Rumour Daily" in panel and "Filing 8-K" not in panel
    assert "Press report" in panel or "Reported" in panel
    turn(view, "2025-09-10")
    assert view.evaluate(DRAWN)["rows"] == 8
    assert "$300bn" in view.inner_text("#panel") and "Filing 8-K" in view.inner_text("#panel")


def test_the_arrows_step_to_the_days_on_which_something_changed(visit: Open) -> None:
    view = visit("replay")
    known = []
    for _ in range(4):
        view.click("#day-before")
        known.append(view.inner_text("#day-words").split()[-1])
    assert known == ["2025-10-06", "2025-09-10", "2025-07-01", "2025-05-01"]
    view.click("#day-after")
    assert view.inner_text("#day-words").endswith("2025-07-01")
    view.click("#reset")
    assert view.evaluate(DRAWN)["rows"] == 9


def test_the_keyboard_moves_the_slider_and_hears_the_day(visit: Open) -> None:
    view = visit("replay")
    view.focus("#day")
    view.keyboard.press("Home")
    assert view.get_attribute("#day", "aria-valuetext") == "Known on 2025-05-01"
    assert view.evaluate(DRAWN)["rows"] == 1
    view.keyboard.press("End")
    assert view.evaluate(DRAWN)["rows"] == 9


def test_the_address_brings_back_the_day(visit: Open) -> None:
    view = visit("replay", "#day=2025-08-01")
    assert view.evaluate(DRAWN)["rows"] == 2
    assert visit("replay", "#day=2024-13-45").evaluate(DRAWN)["rows"] == 9


def test_the_replay_runs_to_the_end_and_stops(visit: Open) -> None:
    view = visit("replay")
    view.clock.install()
    view.click("#replay-play")
    assert view.evaluate(DRAWN)["rows"] == 1
    view.clock.run_for(700 * 12)
    assert view.inner_text("#replay-play") == "Replay"
    assert view.evaluate(DRAWN)["rows"] == 9


def test_every_bar_of_the_histogram_counts_the_legs_of_its_month(visit: Open) -> None:
    view = visit("replay")
    bars = view.locator("#bars span").evaluate_all("all => all.map((one) => one.title)")
    assert bars[0] == "2025-05: 1 legs became known"
    assert [int(bar.split()[1]) for bar in bars] == [1, 0, 1, 0, 7, 1, 0]


def test_the_page_of_today_turned_back_says_what_the_page_of_that_day_says(visit: Open, tmp_path: Any) -> None:
    """On the real book: amounts and firmness of every leg, not through our own history but through the rule."""
    now = knockon.open(as_of="2026-05-01")
    (tmp_path / "now.html").write_text(network.render(now.scene()), encoding="utf-8")
    view = visit(
        tmp_path / "now.html",
        "#day=2025-11-05&firmness=closed,definitive,staged,option,letter_of_intent,reported,rumoured,cancelled",
    )
    with view.expect_download() as waiting:
        view.click("#csv")
    lines = waiting.value.path().read_text(encoding="utf-8").splitlines()
    then = resolve(now.book, knockon.open(as_of="2025-11-05").as_of)
    ids = drawable(now, now.scene())
    shown = {line.split(",")[0]: line for line in lines[1:]}
    assert set(shown) == set(then) & ids
    for name, line in shown.items():
        leg = then[name]
        figures = ["" if usd is None else str(usd) for usd in (leg.usd_low, leg.usd, leg.usd_high)]
        assert f",{leg.firmness},{leg.leg.amount_basis.replace('_', ' ')},{','.join(figures)}," in line


def drawable(study: Study, scene: Scene) -> set[str]:
    return {edge.id for edge in scene.edges} & set(study.resolved)
