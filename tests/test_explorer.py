"""The explorer in a real browser: needs playwright and Chromium, and says so where they are missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import knockon
from conftest import TINY
from knockon.queries import find
from knockon.study import pages
from knockon.study.measures.timeline import indebted
from serving import HOSTILE, Open, Server, hostile, visiting

QUERY = "SELECT ?party WHERE {\n  GRAPH kg:book { ?party a k:Party }\n} ORDER BY ?party"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The tiny book, a party of which has a hostile name."""
    with hostile(TINY, tmp_path_factory.mktemp("book"), "Bank Plc", "--timeout", "30") as started:
        yield started


@pytest.fixture
def visit(browser: Any, server: Server) -> Iterator[Open]:
    """Opens a page of the server."""
    with visiting(browser, server, "status of 400", "status of 404") as visit_:
        yield visit_


def answered(view: Any) -> None:
    view.wait_for_selector("#results table, #results pre, #results .verdict, #trouble:not([hidden])")


def column(view: Any, place: int = 1) -> list[str]:
    cells: list[str] = view.locator(f"#results tbody tr > :nth-child({place})").all_inner_texts()
    return cells


def test_a_shipped_question_is_one_click_away(visit: Open) -> None:
    view = visit("/console")
    view.get_by_role("button", name="Money that comes straight back").click()
    answered(view)
    assert view.locator("#results tbody tr").all_inner_texts() == ["chips\tcloud\t5,000,000,000\t20,000,000,000"]
    assert view.inner_text("#asked") == find("straight-back").question
    assert "1 row in" in view.inner_text("#status")


def test_the_keyboard_runs_a_query_and_prefixes_are_filled_in(visit: Open) -> None:
    view = visit("/console")
    view.fill("#query", QUERY)
    view.focus("#query")
    view.keyboard.press("Control+Enter")
    answered(view)
    lines = view.input_value("#query").splitlines()
    assert lines[:2] == ["PREFIX k: <https://knockon.example/ontology/>", "PREFIX kg: <https://knockon.example/graph/>"]
    assert column(view)[:2] == ["bank", "chips"]


def test_a_click_on_a_head_sorts_and_is_told_to_a_screen_reader(visit: Open) -> None:
    view = visit("/console")
    view.fill("#query", "SELECT ?n ?t { VALUES (?n ?t) { (9 'b') (10 'a') (UNDEF 'c') } }")
    view.click("#run")
    answered(view)
    assert column(view) == ["9", "10", ""]
    view.click("#results thead th:nth-child(1) button")
    assert column(view) == ["10", "9", ""]
    assert view.get_attribute("#results thead th", "aria-sort") == "descending"
    view.click("#results thead th:nth-child(2) button")
    assert column(view, 2) == ["a", "b", "c"]


def test_a_result_leads_to_the_party_and_from_there_to_the_deal(visit: Open) -> None:
    view = visit("/console")
    view.get_by_role("button", name="Loops of three").click()
    answered(view)
    view.get_by_role("link", name="lab", exact=True).first.click()
    assert view.inner_text("h1").endswith("(lab)")
    view.locator("td a[href^='/deal/']").first.click()
    assert "as_of=2025-04-30" in view.url and view.locator("article h2").count() >= 1


def test_a_syntax_error_shows_its_place(visit: Open) -> None:
    view = visit("/console")
    view.fill("#query", "SELECT ?x\nWHERE { ?x }")
    view.click("#run")
    answered(view)
    assert view.inner_text("#trouble").startswith("not SPARQL: line 2, column ")
    assert view.inner_text("#lines .wrong") == "2"
    assert view.evaluate("document.activeElement.id") == "query"
    assert view.evaluate("document.activeElement.selectionStart") > len("SELECT ?x\nWHERE")


def test_a_link_brings_the_query_and_its_answer_back(visit: Open) -> None:
    view = visit("/console")
    view.fill("#query", QUERY)
    view.click("#run")
    answered(view)
    again = visit(view.url[view.url.index("/console") :])
    answered(again)
    assert again.input_value("#query") == view.input_value("#query") and column(again) == column(view)


def test_answers_can_be_taken_away(visit: Open) -> None:
    view = visit("/console")
    view.get_by_role("button", name="Money that comes straight back").click()
    answered(view)
    for ending, starts in (("CSV", "funder,buyer"), ("TSV", "?funder\t?buyer"), ("JSON", '{"head":')):
        with view.expect_download() as taken:
            view.get_by_role("button", name=ending, exact=True).click()
        assert taken.value.suggested_filename == f"knockon-answer.{ending.lower()}"
        assert Path(taken.value.path()).read_text("utf-8").startswith(starts)


def test_yes_no_and_triples_are_shown_too(visit: Open) -> None:
    view = visit("/console")
    view.fill("#query", "ASK {}")
    view.click("#run")
    view.wait_for_selector(".verdict")
    assert view.inner_text(".verdict") == "Yes"
    view.fill("#query", "CONSTRUCT { <urn:a> <urn:b> 1 } WHERE {}")
    view.click("#run")
    view.wait_for_selector(".triples")
    assert "<urn:a> <urn:b> 1" in view.inner_text(".triples")


def test_a_running_query_can_be_stopped(visit: Open) -> None:
    view = visit("/console")
    view.fill("#query", "SELECT (COUNT(*) AS ?n) { GRAPH ?g {?a ?b ?c} GRAPH ?h {?d ?e ?f} GRAPH ?i {?x ?y ?z} }")
    view.click("#run")
    view.click("#stop")
    assert view.inner_text("#status") == "Stopped."
    view.fill("#query", "ASK {}")
    view.click("#run")  # the one worker is free again
    view.wait_for_selector(".verdict", timeout=10_000)


def test_facts_without_a_graph_are_hinted_at(visit: Open) -> None:
    view = visit("/console")
    view.fill("#query", "SELECT * { ?s ?p ?o }")
    view.click("#run")
    view.locator("#status", has_text="GRAPH kg:book").wait_for()


def test_hostile_names_and_addresses_stay_text(visit: Open) -> None:
    view = visit("/console")
    view.fill("#query", "SELECT ?n ?x { GRAPH kg:book { ?p k:name ?n } BIND (IRI('javascript:alert(1)') AS ?x) }")
    view.click("#run")
    answered(view)
    assert HOSTILE in column(view) and view.locator("#results a").count() == 0
    for path in ("/party/bank", "/", "/network", "/party/%3Cscript%3Ealert(1)%3C%2Fscript%3E"):
        page = visit(path)
        assert page.title() != "owned" and page.locator("main img").count() == 0
        assert HOSTILE in page.inner_text("body") or path not in ("/party/bank", "/")


@pytest.mark.parametrize("path", ["/", "/console", "/party/lab", "/deal/chips-funds-lab"])
def test_a_phone_shows_the_page_without_scrolling_sideways(visit: Open, path: str) -> None:
    view = visit(path, width=400)
    assert view.evaluate("document.documentElement.scrollWidth") <= 400


def test_a_page_takes_another_day(visit: Open) -> None:
    view = visit("/deal/cloud-buys-chips")
    view.fill("input[type=date]", "2025-01-25")
    view.get_by_role("button", name="Show").click()
    assert "as_of=2025-01-25" in view.url and "as of 2025-01-25" in view.inner_text("#as-of")


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/party/lap", 404, "did you mean 'lab'"),
        ("/party/lab?as_of=yesterday", 400, "yesterday"),
        ("/party/lab?as_of=1999-01-01", 400, "before the data"),
        ("/network?as_of=2025-02-01", 200, "2025-02-01"),
    ],
)
def test_what_is_not_there_is_said_on_a_page(server: Server, path: str, status: int, says: str) -> None:
    got = server.ask(path)
    assert got.status == status and says in got.text.replace("&#x27;", "'")
    assert re.search(
        r"default-src 'none'; script-src 'sha256-.*frame-ancestors", got.headers["content-security-policy"]
    )


def test_every_view_is_served_as_it_is_written_and_the_front_page_leads_there(server: Server, visit: Open) -> None:
    def got(path: str) -> tuple[int, str]:
        with closing(server.connect()) as link:
            link.request("GET", path)
            answer = link.getresponse()
            return answer.status, answer.read().decode()

    found = {name: got(f"/{name}") for name in pages.known() if name != "shock"}
    assert {name for name, (status, _) in found.items() if status == 400} == {"event", "scoreboard"}  # no day to tell
    assert found["event"][1].count("no event up to") == 1
    book = knockon.open(as_of="2025-04-30", data=TINY)
    assert found["ontology"][1] == pages.page(book, "ontology")
    assert got("/timeline/cloud")[1].count("What Cloud has promised to pay, by year") == 2  # title and heading
    assert got("/timeline/cloudd")[0] == got("/event/x")[0] == 404
    assert got("/timeline/cloud") == got("/timeline/cloud?as_of=2025-04-30")
    assert "as of 2025-02-01" in got("/loops?as_of=2025-02-01")[1]
    view = visit("/")
    links = set(view.locator("nav a, .several a").evaluate_all("all => all.map((one) => one.pathname)"))
    timelines = {f"/timeline/{party}" for party in indebted(book)}
    assert links == timelines | {f"/{name}" for name in set(found) - {"event"}} | {"/what-if", "/console", "/sparql"}
