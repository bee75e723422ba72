"""The shock page in a real browser: its rounds and its paths."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from knockon.cli import run
from knockon.views import shock, wording
from views import scenes

Open = Callable[..., Any]
EVE = ["shock", "openai=0.2", "--as-of", "2025-11-05", "--draws", "0", "--quiet"]


def test_the_page_opens_at_the_end_and_any_round_can_be_chosen(visit: Open) -> None:
    view = visit("shock")
    lost = view.evaluate("knockon.lost()")
    assert (lost["oracle"], lost["coreweave"], lost["amd"]) == ("−$27.0bn", "−$2.0bn", "")
    view.get_by_role("radio", name="The hit itself").check()
    lost = view.evaluate("knockon.lost()")
    assert (lost["openai"], lost["oracle"]) == ("−$100bn", "")
    view.keyboard.press("ArrowRight")
    assert view.evaluate("knockon.lost()")["oracle"] == "−$25.0bn"
    assert "round=1" in view.url
    assert visit("shock", "#round=1").evaluate("knockon.lost()") == view.evaluate("knockon.lost()")


def test_the_player_runs_from_the_hit_to_the_numbers_of_the_command(
    visit: Open, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "shock.html"
    assert run([*EVE, "--format", "json", "--html", str(page)]) == 0
    told = json.loads(capsys.readouterr().out)
    view = visit(page)
    view.clock.install()
    view.click("#rounds-play")
    totals = [view.inner_text(".round:has(:checked) b")]
    while view.inner_text("#rounds-play") == "Stop":
        view.clock.run_for(1300)
        totals.append(view.inner_text(".round:has(:checked) b"))
    assert totals[0] == "$0" and len(totals) >= 3
    lost = view.evaluate("knockon.lost()")
    told_of = {row["party"]: wording.loss(row["loss_usd"]) for row in told["losses"]}
    assert {party: words for party, words in lost.items() if words} == {
        party: words for party, words in told_of.items() if party in lost
    }
    assert totals[-1] == wording.loss(told["totals"]["listed_usd"])
    assert view.inner_text("#loss-table tbody tr:first-child td.number") == lost["openai"]


def test_a_path_is_a_sentence_that_lights_up_its_legs(visit: Open) -> None:
    view = visit("shock")
    assert "carry 86% of what others lose" in view.inner_text("#paths-block")
    view.get_by_role("button", name="From OpenAI to Oracle through the compute purchase.").click()
    panel = view.inner_text("#panel")
    assert "OpenAI → Oracle" in panel and "−$25.0bn" in panel
    view.locator("#panel .list button").click()
    assert view.evaluate("knockon.selected()") == "openai-oracle-2025/1"


def test_hostile_words_in_a_shock_are_shown_and_never_run(visit: Open) -> None:
    view = visit("hostile-shock")
    view.locator("#paths button").click()
    view.get_by_role("radio").first.check()
    assert view.locator("img").count() == 0
    assert view.evaluate("window.broken") is None


def test_a_second_equilibrium_gets_a_column_of_its_own(visit: Open, tmp_path: Path) -> None:
    scene = scenes.small_shock()
    assert scene.shock is not None
    rows = tuple(replace(row, worst_usd=2 * row.loss_usd) for row in scene.shock.rows)
    (tmp_path / "worst.html").write_text(shock.render(replace(scene, shock=replace(scene.shock, rows=rows))))
    assert visit("shock").get_by_role("columnheader", name="At worst").count() == 0
    view = visit(tmp_path / "worst.html")
    assert view.get_by_role("columnheader", name="At worst").count() == 1
    assert "−$54.0bn" in view.inner_text("#loss-table tbody tr:nth-child(2)")
