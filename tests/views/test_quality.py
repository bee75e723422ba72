"""The quality page says what the provenance queries say, and those what the claims themselves add up to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from knockon.overlaps import contained, yields_to
from knockon.periods import Period
from knockon.resolution import known_from
from knockon.study import Study
from knockon.study.book.quality import scene
from knockon.views.quality import Quality, render
from knockon.views.wording import money, share
from knockon.vocab import Grade


@pytest.fixture(scope="module")
def seen(eve: Study) -> Quality:
    return scene(eve)


# The numbers, counted once more without SPARQL


def test_shares_by_grade_are_those_of_the_winning_claims(eve: Study, seen: Quality) -> None:
    usd: Counter[Grade] = Counter()
    legs: Counter[Grade] = Counter()
    for leg in eve.resolved.values():
        others = [eve.resolved[other].leg for other in yields_to(leg, eve.resolved)]
        twice = any(other.payer == leg.leg.payer or other.payee == leg.leg.payee for other in others)
        if leg.live and leg.usd is not None and not contained(leg, eve.resolved) and not twice:
            usd[leg.grade] += leg.usd
            legs[leg.grade] += 1
    assert {line.grade: line.usd for line in seen.grades} == usd
    assert {line.grade: line.legs for line in seen.grades} == legs
    for line in seen.grades:
        assert line.share == pytest.approx(line.usd / usd.total(), abs=1e-6)
    assert seen.primary == pytest.approx((usd[Grade.FILING] + usd[Grade.COMPANY_RELEASE]) / usd.total(), abs=1e-6)
    assert [Grade(line.grade).rung for line in seen.grades] == sorted((g.rung for g in usd), reverse=True)


def test_legs_without_an_amount_are_the_live_ones_with_no_figure(eve: Study, seen: Quality) -> None:
    silent = {name for name, leg in eve.resolved.items() if leg.live and not leg.disclosed}
    assert {line.leg for line in seen.without_amount} == silent and silent
    assert seen.legs == sum(leg.live for leg in eve.resolved.values())


def test_large_legs_on_one_source_have_one_claim(eve: Study, seen: Quality) -> None:
    alone = {
        name for name, leg in eve.resolved.items() if leg.live and (leg.usd or 0) >= 10**10 and len(leg.claims) == 1
    }
    assert {line.leg for line in seen.single_source} == alone and alone


def test_where_sources_differ_the_winner_is_the_rules_winner(eve: Study, seen: Quality) -> None:
    told = {
        name: {claim.usd for claim in leg.claims if claim.usd is not None}
        for name, leg in eve.resolved.items()
        if leg.usd is not None
    }
    assert {line.leg for line in seen.differing} == {name for name, amounts in told.items() if len(amounts) > 1}
    for line in seen.differing:
        leg = eve.resolved[line.leg]
        assert leg.winner and (line.least, line.most) == (min(told[line.leg]), max(told[line.leg]))
        assert (line.usd, line.source) == (leg.usd, eve.book.sources[leg.winner.source].publisher)


def test_the_newest_fact_of_a_party_is_the_last_day_of_any(eve: Study, seen: Quality) -> None:
    newest: dict[str, Any] = {}

    def note(party: str | None, day: Any) -> None:
        day = day.last if isinstance(day, Period) else day
        if party is not None and day <= eve.as_of and not eve.book.parties[party].grouped:
            newest[party] = max(newest.get(party, day), day)

    for leg in eve.resolved.values():
        for claim in leg.claims:
            for party in (leg.leg.payer, leg.leg.payee):
                note(party, claim.public_from or claim.stated_on)
    for events in eve.book.status.values():
        for event in events:
            if event.leg in eve.resolved:
                for party in (eve.book.legs[event.leg].payer, eve.book.legs[event.leg].payee):
                    note(party, event.date)
    for row in eve.book.tables["statements"]:
        note(row["party"], row["date"])
    for row in eve.book.tables["seed_facts"]:
        for party in row["party"] or ():
            note(party, row["known_from"])
    ends = ("party", "holder", "issuer", "supplier", "customer", "buyer")
    for table in ("stakes", "positions", "dependences", "purchases", "segments", "financials"):
        for row in eve.book.tables[table]:
            if row["known_from"] is not None and known_from(eve.book, table, row) <= eve.as_of:
                for end in ends:
                    note(row.get(end), row["known_from"])
    assert {line.party: line.newest for line in seen.parties} == {p: d.isoformat() for p, d in newest.items()}
    assert [line.days for line in seen.parties] == sorted((line.days for line in seen.parties), reverse=True)
    assert sum(count for _, count in seen.ages) == len(seen.parties)


# The page


class Page(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data


def test_the_page_shows_every_line_with_edition_and_day(eve: Study, seen: Quality) -> None:
    words = Page(render(seen)).words
    for shown in (
        *(str(eve.edition), f"as of {eve.as_of}", share(seen.primary), "A grade is of the source"),
        *(money(line.usd) for line in seen.grades),
        *(line.leg for line in (*seen.single_source, *seen.differing, *seen.without_amount)),
        *(line.name for line in seen.parties),
    ):
        assert shown in words, shown


def test_charts_have_their_figures_in_words(seen: Quality) -> None:
    told = [str(attrs["aria-label"]) for tag, attrs in Page(render(seen)).tags if tag == "svg"]
    assert told == [
        *(f"{line.grade.replace('_', ' ')} {share(line.share)}" for line in seen.grades),
        *(f"{words} {count} part{'y' if count == 1 else 'ies'}" for words, count in seen.ages),
    ]


def test_hostile_names_stay_text_and_odd_addresses_are_no_links(seen: Quality) -> None:
    evil = "<img src=x onerror=alert(1)>\"&'"
    line = replace(seen.single_source[0], payer=evil, payee=evil, source=evil, url="javascript:alert(1)", leg=evil)
    page = Page(render(replace(seen, single_source=(line,), edition=evil)))
    assert not [tag for tag, _ in page.tags if tag == "img"]
    assert page.words.count(evil) >= 4
    links = {str(attrs["href"]) for tag, attrs in page.tags if tag == "a"}
    assert all(link.startswith(("#", "https://", "http://")) for link in links)


def test_the_page_asks_nothing_of_any_network(seen: Quality) -> None:
    tags = Page(render(seen)).tags
    assert not [attrs["src"] for _, attrs in tags if "src" in attrs]
    assert {attrs["href"] for tag, attrs in tags if tag == "link"} == {"data:,"}
    policy = next(str(attrs["content"]) for _, attrs in tags if "http-equiv" in attrs)
    assert policy.startswith("default-src 'none'; script-src 'sha256-")


def test_a_book_without_weakness_has_a_page_too(tiny: Study) -> None:
    seen = scene(tiny)
    assert "How good the evidence is" in Page(render(replace(seen, grades=(), parties=(), differing=()))).words


# In a browser

Open = Callable[[int], Any]


@pytest.fixture
def opened(browser: Any, seen: Quality, tmp_path: Path) -> Iterator[Open]:
    file = tmp_path / "quality.html"
    file.write_text(render(seen), encoding="utf-8")
    context = browser.new_context(color_scheme="dark", offline=True)
    trouble: list[str] = []

    def at(width: int) -> Any:
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": 900})
        page.on("console", lambda message: trouble.append(message.text))
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on(
            "request", lambda asked: None if asked.url.startswith(("file:", "data:")) else trouble.append(asked.url)
        )
        page.goto(file.as_uri())
        return page

    yield at
    context.close()
    assert trouble == []


def test_a_head_sorts_its_column_from_the_keyboard(opened: Open) -> None:
    page = opened(1280)
    button = page.locator("#grades-table thead th:nth-child(2) button")
    shares = (
        "[...document.querySelectorAll('#grades-table tbody tr')].map((row) => Number(row.children[1].dataset.value))"
    )
    button.focus()
    page.keyboard.press("Enter")
    falling = page.evaluate(shares)
    assert falling == sorted(falling, reverse=True)
    assert button.locator("..").get_attribute("aria-sort") == "descending"
    page.keyboard.press("Enter")
    assert page.evaluate(shares) == sorted(falling)
