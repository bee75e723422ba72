"""The reference page of the vocabulary: whole, current, and every link of it leads somewhere."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest

from knockon import queries
from knockon.study import Study
from knockon.study.ontology import scene
from knockon.tables.columns import schema
from knockon.views.ontology import Reference, render
from knockon.vocab import LISTS

COMMITTED = Path(__file__).parents[2] / "docs" / "ontology.html"


class Page(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("id"):
            self.ids.append(str(given["id"]))
        if tag == "a":
            self.links.append(str(given["href"]))


@pytest.fixture(scope="module")
def shipped(eve: Study) -> Reference:
    return scene(eve)


@pytest.fixture(scope="module")
def page(shipped: Reference) -> Page:
    return Page(render(shipped))


def test_the_committed_page_is_current(shipped: Reference) -> None:
    remedy = "write it anew: knockon view ontology --out docs/ontology.html"
    assert COMMITTED.read_text(encoding="utf-8") == render(shipped), remedy


def test_every_word_has_an_anchor_that_is_its_local_name(shipped: Reference, page: Page) -> None:
    assert (len(shipped.classes), len(shipped.properties), len(shipped.questions)) == (27, 135, 28)
    words = {columns[0].property for columns in schema().values()}
    words |= {column.property for columns in schema().values() for column in columns[1:]}
    words |= {f"{name}/" for name in LISTS} | {f"{name}/{code}" for name, codes in LISTS.items() for code in codes}
    assert words <= set(page.ids)
    assert len(set(page.ids)) == len(page.ids)


def test_every_link_leads_to_an_anchor_or_an_address(page: Page) -> None:
    anchors = {f"#{name}" for name in page.ids}
    inside = {link for link in page.links if link.startswith("#")}
    assert inside <= anchors
    assert all(link.startswith("https://") or link.startswith("http://") for link in set(page.links) - inside)


def test_every_word_has_a_definition_and_a_question(shipped: Reference) -> None:
    for term in (*shipped.classes, *shipped.properties):
        assert term.label and term.definition and dict(term.facts)["answers"], term.name
    for each in shipped.lists:
        assert each.codes and all(code.label and code.definition for code in each.codes), each.term.name


def test_every_question_is_answered_by_a_query_and_every_query_answers_a_known_question(shipped: Reference) -> None:
    known = {question.name for question in shipped.questions}
    answered = {name for query in queries.library().values() for name in query.answers}
    assert answered == known
    for question in shipped.questions:
        assert dict(question.facts)["ask"] and question.label.endswith("?"), question.name


def test_domains_and_ranges_are_told(shipped: Reference) -> None:
    payer = next(term for term in shipped.properties if term.name == "payer")
    told = {words: [link.text for link in links] for words, links in payer.facts}
    assert (told["of"], told["holds"], told["column"]) == (["Leg"], ["Party"], ["legs.payer"])
    leg = next(term for term in shipped.classes if term.name == "Leg")
    assert "payer" in [link.text for link in dict(leg.facts)["has"]]
