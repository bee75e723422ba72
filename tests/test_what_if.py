"""The page of sliders: its numbers are the command's, its links and files carry them, and a browser can move them."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest

from conftest import TINY
from knockon import scenarios, study
from knockon.cli import run
from knockon.serve.asking import HITS, address, asked
from knockon.study import Study
from knockon.vocab import Firmness
from serving import Got, Open, Server, hostile, serving, visiting

EVE = "2025-11-05"
Fields = list[tuple[str, str]]
LAB: Fields = [("value", "openai=0.2")]
SPARING: Fields = [("draws", "40")]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """The shipped book on the eve of the seed event."""
    with serving("--as-of", EVE, "--workers", "1") as started:
        yield started


def get(server: Server, kind: str, fields: Fields) -> Got:
    return server.ask(f"/what-if.{kind}?{urlencode(fields)}")


def answer(server: Server, fields: Fields) -> dict[str, Any]:
    got = get(server, "json", fields)
    assert got.status == 200, got.text
    found: dict[str, Any] = json.loads(got.text)
    return found


def refusal(server: Server, fields: Fields) -> str:
    got = get(server, "json", fields)
    assert got.status == 400 and got.media == "application/json"
    found = json.loads(got.text)
    assert set(found) == {"error"}
    words: str = found["error"]
    return words


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """What `knockon shock` prints."""

    def command_(*words: str) -> str:
        assert run(["shock", "--quiet", *words]) == 0
        return capsys.readouterr().out

    return command_


ASKED: list[tuple[Fields, list[str]]] = [
    (LAB, ["openai=0.2"]),
    ([("value", "openai=0.2"), ("cut", "openai=0.1")], ["openai=0.2", "--cut", "openai=0.1"]),
    ([("value", "OpenAI=0.155")], ["OpenAI=0.155"]),
    ([("void", "openai-oracle-compute-2025-09/1=0.5")], ["--void", "openai-oracle-compute-2025-09/1=0.5"]),
    ([("default", "coreweave")], ["--default", "coreweave"]),
    ([*LAB, ("basis", "announcement")], ["openai=0.2", "--basis", "announcement"]),
    ([*LAB, ("as_of", "2025-10-01")], ["openai=0.2", "--as-of", "2025-10-01"]),
    ([*LAB, ("seed", "3"), ("curve", "blackcox")], ["openai=0.2", "--seed", "3", "--curve", "blackcox"]),
    (
        [*LAB, ("information", "1"), ("common_holders", "1"), ("rivals", "1")],
        ["openai=0.2", "--information", "--common-holders", "--rivals"],
    ),
]


@pytest.mark.parametrize(("fields", "words"), ASKED, ids=[" ".join(words) for _, words in ASKED])
def test_the_answer_is_the_command_s_record(
    server: Server, command: Callable[..., str], fields: Fields, words: list[str]
) -> None:
    found = answer(server, [*fields, *SPARING])
    del found["shown"]
    day = [] if "--as-of" in words else ["--as-of", EVE]
    assert found == json.loads(command(*words, *day, "--draws", "40", "--format", "json"))


FILED: list[Fields] = [
    [*LAB, ("glut", "3")],
    [("cut", "microsoft=0.2"), ("least", "definitive")],
    [*LAB, ("least", "closed"), ("basis", "announcement")],
    [*LAB, ("market", "-0.01"), ("ai", "-0.02")],
    [("default", "coreweave"), ("void", "openai-oracle-compute-2025-09/1=0.3"), ("information", "1")],
]


@pytest.mark.parametrize("fields", FILED, ids=urlencode)
def test_the_file_gives_the_command_the_same_numbers(
    server: Server, command: Callable[..., str], tmp_path: Path, fields: Fields
) -> None:
    file = tmp_path / "what-if.toml"
    got = get(server, "toml", [*fields, *SPARING])
    assert got.status == 200 and "what-if.toml" in got.headers["content-disposition"]
    file.write_bytes(got.body)
    theirs = json.loads(command("--scenario", str(file), "--format", "json"))
    ours = answer(server, [*fields, *SPARING])
    del ours["shown"]
    assert theirs["scenario"].pop("name") == "what-if" and ours["scenario"].pop("name") == ""
    assert ours == theirs


def test_each_setting_moves_the_numbers(server: Server) -> None:
    plain = answer(server, [*LAB, ("draws", "0")])["totals"]
    for more in [("glut", "3"), ("least", "definitive"), ("basis", "announcement"), ("as_of", "2025-10-01")]:
        assert answer(server, [*LAB, ("draws", "0"), more])["totals"] != plain, more


@pytest.mark.parametrize("least", ["letter_of_intent", "definitive"])
def test_no_promise_below_the_least_firmness_counts(eve: Study, least: str) -> None:
    def promises(*more: tuple[str, str]) -> set[str]:
        x = eve.run(asked(eve, [*LAB, ("draws", "0"), *more])).spread.exposures
        edges = [(e.ids, e.amount) for e in (x.contracts, x.debts, x.fundings)]
        return {leg for ids, usd in edges for leg, some in zip(ids, usd > 0, strict=True) if some}

    rungs = {leg: eve.resolved[leg].firmness.rung for leg in promises() if leg in eve.resolved}
    firm = {leg for leg in promises() if leg not in rungs or rungs[leg] >= Firmness(least).rung}
    assert promises(("least", least)) == firm and firm < promises()


def test_the_rows_are_the_command_s_csv(server: Server, command: Callable[..., str]) -> None:
    got = get(server, "csv", [*LAB, *SPARING])
    assert got.media == "text/csv"
    assert got.text == command("openai=0.2", "--as-of", EVE, "--draws", "40", "--format", "csv")


@pytest.mark.parametrize("name", scenarios.library())
def test_a_shipped_scenario_comes_back_from_its_address(name: str) -> None:
    known = scenarios.library()[name]
    opened = study.open(known.as_of)
    assert asked(opened, parse_qsl(address(known))) == known


def test_a_shipped_scenario_keeps_its_question_until_a_slider_moves(server: Server) -> None:
    known = scenarios.library()["lab-misses-targets"]
    fields = [*parse_qsl(address(known)), ("draws", "0")]
    found = answer(server, fields)["scenario"]
    assert (found["name"], found["question"], found["reading"]) == (known.name, known.question, known.reading)
    moved = answer(server, [("glut", "1.5"), *fields])["scenario"]
    assert (moved["name"], moved["question"], moved["reading"]) == ("", "", "")


def test_what_is_shown_adds_up(server: Server) -> None:
    found = answer(server, [*LAB, ("common_holders", "1"), ("draws", "0")])
    rows, losses = found["shown"]["rows"], found["losses"]
    assert [row["party"] for row in rows] == [loss["party"] for loss in losses]
    for row in rows:
        assert sum(channel["usd"] for channel in row["channels"]) == pytest.approx(row["lossUsd"])
    assert found["shown"]["headline"].startswith("If OpenAI loses 20% of its value, listed parties lose")
    assert any(line.startswith("Solved in ") for line in found["shown"]["lines"])


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ([], "nobody is hit; choose a party"),
        ([("value", "openia=0.2")], "did you mean 'openai'"),
        ([("value", "openai=2")], "write 0.2 for a fifth"),
        ([("value", "openai")], "not NAME=SHARE"),
        ([("value", "openai=nan")], "is not a share"),
        ([("value", "fluidstack=0.2")], "Fluidstack has no known value on 2025-11-05"),
        ([("void", "openai-oracle-compute-2025-09/9=1")], "no leg"),
        ([("default", "openai"), *LAB], "leave out its other hits"),
        ([*LAB, ("as_of", "1999-01-01")], "is before the data"),
        ([*LAB, ("as_of", "soon")], "not a date"),
        ([*LAB, ("least", "firm")], "give one of rumoured, reported"),
        ([*LAB, ("glut", "0.5")], "glut is 0.5"),
        ([*LAB, ("glut", "nan")], "glut is nan"),
        ([*LAB, ("basis", "book")], "one of pv, announcement"),
        ([*LAB, ("draws", "20001")], "more than 20000"),
        ([*LAB, ("draws", "-1")], "a whole number"),
        ([*LAB, ("draws", "1"), ("draws", "2")], "given twice"),
        ([*LAB, ("information", "yes")], "give 1 or 0"),
        ([*LAB, ("scenario", "/etc/hostname.toml")], "no setting 'scenario'"),
        ([("value", f"p{i}=0.1") for i in range(HITS + 1)], f"at most {HITS}"),
    ],
)
def test_what_cannot_be_answered_is_said(server: Server, fields: Fields, says: str) -> None:
    assert says in refusal(server, fields)


def test_all_four_addresses_refuse_alike(server: Server) -> None:
    said = {get(server, kind, [("value", "nobody=1")]).text for kind in ("json", "csv", "toml", "html")}
    assert len(said) == 1


def test_a_slow_answer_does_not_hold_up_a_quick_one(server: Server) -> None:
    done: list[float] = []

    def slow() -> None:
        assert get(server, "json", [*LAB, ("draws", "20000")]).status == 200
        done.append(time.monotonic())

    thread = threading.Thread(target=slow)
    thread.start()
    time.sleep(0.2)
    answer(server, [*LAB, ("draws", "0")])
    quick = time.monotonic()
    thread.join()
    assert quick < done[0]


def test_more_ranges_than_can_be_computed_are_sent_away(server: Server) -> None:
    got: list[Got] = []
    fields = [*LAB, ("common_holders", "1"), ("information", "1"), ("draws", "4000")]
    threads = [threading.Thread(target=lambda: got.append(get(server, "json", fields))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted({one.status for one in got}) == [200, 503]
    refused = next(one for one in got if one.status == 503)
    assert refused.headers["retry-after"] == "2" and "ask again" in json.loads(refused.text)["error"]
    assert len({one.text for one in got if one.status == 200}) == 1


def test_the_answer_opens_on_the_network(server: Server) -> None:
    got = get(server, "html", [*LAB, *SPARING])
    assert got.status == 200 and "If OpenAI loses 20% of its value" in got.text
    assert "script-src 'sha256-" in got.headers["content-security-policy"]


# In a browser


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The tiny book, a party of which has a hostile name."""
    with hostile(TINY, tmp_path_factory.mktemp("book"), "Chips Inc.") as started:
        yield started


@pytest.fixture
def visit(browser: Any, small: Server) -> Iterator[Open]:
    """Opens a page of the server."""
    with visiting(browser, small, "status of 400") as visit_:
        yield visit_


START = "/what-if?value=lab%3D0.2&as_of=2025-04-30"


def settled(view: Any, headline: str) -> None:
    """Wait for an answer, and for the ranges after it."""
    view.wait_for_selector(f'#headline:has-text("{headline}")')
    view.wait_for_selector('#status:has-text("with ranges")')


def test_the_page_begins_with_an_answer(visit: Open) -> None:
    view = visit("/what-if")
    settled(view, "If Lab loses 20% of its value")
    assert view.locator("#loss-table tbody tr").count() >= 3
    assert view.url.endswith(START)


def test_a_slider_moves_the_answer_and_the_way_back_leads_to_the_last(visit: Open) -> None:
    view = visit(START)
    settled(view, "If Lab loses 20% of its value")
    before = view.inner_text("#totals")
    slider = view.get_by_role("slider", name="Loses of its value")
    slider.focus()
    view.keyboard.press("End")
    settled(view, "If Lab loses 100% of its value")
    assert view.inner_text("#totals") != before and "value=lab%3D1&" in view.url
    view.go_back()
    settled(view, "If Lab loses 20% of its value")
    assert view.inner_text("#totals") == before and slider.input_value() == "20"


def test_a_chosen_order_outlives_the_answers_that_follow(visit: Open) -> None:
    view = visit(START)
    view.wait_for_selector("#loss-table tbody tr")
    head = view.get_by_role("columnheader", name="Party")
    head.get_by_role("button").click()
    settled(view, "If Lab loses 20% of its value")
    view.get_by_role("slider", name="Loses of its value").focus()
    view.keyboard.press("End")
    settled(view, "If Lab loses 100% of its value")
    names = view.locator("#loss-table tbody th").all_inner_texts()
    assert head.get_attribute("aria-sort") == "ascending"
    assert names == sorted(names) and len(names) > 2


def test_a_link_restores_every_setting(visit: Open) -> None:
    link = (
        "/what-if?value=lab%3D0.155&cut=lab%3D0.3&void=cloud-buys-chips%2F1%3D0.5&as_of=2025-04-30&least=definitive&glut=2.5"
        "&rivals=1&market=-0.01&draws=30"
    )
    view = visit(link)
    settled(view, "If Lab loses 15.5% of its value and withholds 30% of all it owes, and 50% of cloud-buys-chips/1")
    view.locator("#glut").dispatch_event("change")  # the form writes the address anew
    assert view.url.endswith(link)
    assert view.input_value("#glut") == "2.5" and view.inner_text("#least-words") == "definitive agreement"
    assert view.get_attribute("#toml", "href") == link.replace("what-if?", "what-if.toml?")


def test_a_party_can_be_added_and_taken_away(visit: Open) -> None:
    view = visit(START)
    view.click("#add-party")
    view.keyboard.type("cloud")
    view.keyboard.press("Tab")
    last = view.locator(".hit").last
    last.get_by_role("slider", name="Withholds of all it owes").focus()
    view.keyboard.press("End")
    settled(view, "and Cloud withholds 100% of all it owes")
    last.get_by_role("button", name="Remove").click()
    settled(view, "If Lab loses 20% of its value, listed")


def test_a_default_leaves_no_other_hit_to_choose(visit: Open) -> None:
    view = visit(START)
    view.get_by_role("checkbox", name="Defaults").check()
    assert "/what-if?default=lab&" in view.url
    assert view.get_by_role("slider", name="Loses of its value").is_disabled()
    view.wait_for_selector('#trouble:has-text("bankruptcy_alpha")')  # which the tiny book has no parameter for


def test_a_mistake_is_said_and_mended(visit: Open) -> None:
    view = visit(START.replace("lab%", "lap%"))
    view.wait_for_selector("#trouble:not([hidden])")
    assert "did you mean 'lab'" in view.inner_text("#trouble") and not view.is_visible("#totals")
    view.get_by_role("textbox", name="Party").or_(view.get_by_role("combobox", name="Party")).first.fill("lab")
    view.keyboard.press("Tab")
    settled(view, "If Lab loses 20% of its value")
    assert not view.is_visible("#trouble")


def test_another_day_is_another_page(visit: Open) -> None:
    view = visit(START)
    settled(view, "If Lab")
    view.fill("#as-of-day", "2025-02-15")
    view.locator("#as-of-day").dispatch_event("change")
    view.wait_for_selector('#as-of:has-text("2025-02-15")')
    settled(view, "If Lab")
    assert "as_of=2025-02-15" in view.url


def test_hostile_names_stay_text(visit: Open) -> None:
    view = visit("/what-if?value=chips%3D0.2&as_of=2025-04-30")
    settled(view, "If ")
    assert view.title() != "owned" and view.locator("main img").count() == 0
    bad = visit("/what-if?value=" + "%3Cimg%20src%3Dx%3E%3D0.2")
    bad.wait_for_selector("#trouble:not([hidden])")
    assert "<img" in bad.inner_text("#trouble") and bad.locator("main img").count() == 0


def test_a_phone_shows_it_without_scrolling_sideways(visit: Open) -> None:
    view = visit(START, width=400)
    settled(view, "If Lab")
    assert view.evaluate("document.documentElement.scrollWidth") <= 400
    assert view.locator("#headline").bounding_box()["y"] < 900


def test_the_front_page_leads_here(visit: Open) -> None:
    view = visit("/")
    view.get_by_role("link", name="What if").click()
    settled(view, "If Lab")
