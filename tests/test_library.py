"""The question library: complete, right on the small book, lawful on the real one, alike on every engine."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from rdflib import RDF, RDFS, SH

import knockon
from goldens import GOLDEN, SMALL, golden, opened, params, topics
from knockon.cli import run
from knockon.errors import BadInput, UnknownName
from knockon.overlaps import contained
from knockon.queries import EDGES, Query, ask, bind, find, library, parse
from knockon.resolution import Resolved
from knockon.resources import shelf
from knockon.shapes import findings
from knockon.study import Study
from knockon.study.book.catalogue import cookbook, turtle
from knockon.vocab import LISTS, AmountBasis, Family, Firmness, Instrument

ROOT = Path(__file__).parents[1]
QUESTIONS = [query for query in library().values() if query.topic != EDGES]
each_query = pytest.mark.parametrize("query", library().values(), ids=lambda query: query.name)


@pytest.fixture(scope="module")
def small() -> Study:
    return opened()


@pytest.fixture(scope="module")
def today() -> Study:
    """The shipped book on the last day it knows."""
    return knockon.open()


# Complete, and told in its header


def test_the_library_is_complete() -> None:
    assert (len(QUESTIONS), len(library())) == (97, 111)
    words = Counter(query.name.rpartition("/")[2] for query in QUESTIONS)
    assert max(words.values()) == 1, "words that a user cannot ask by alone"


@each_query
def test_a_query_is_short_and_says_what_it_asks(query: Query) -> None:
    assert query.title and query.question.endswith("?") and query.columns
    assert "ORDER BY" in query.text
    assert len(query.text.splitlines()) < (40 if query.topic == EDGES else 30)


PREFIX = re.compile(r"PREFIX\s+(\w+):\s+<([^>]+)>")


@each_query
def test_prefixes_are_those_of_the_ontology(query: Query) -> None:
    text = (shelf("ontology") / "prefixes.ttl").read_text(encoding="utf-8")
    known = dict(re.findall(r"@prefix\s+(\w+):\s+<([^>]+)>", text))
    used = PREFIX.findall(query.text)
    assert used and all(known[prefix] == iri for prefix, iri in used)
    body = PREFIX.sub("", query.text)
    assert all(re.search(rf"\b{prefix}:", body) for prefix, _ in used), "a prefix is declared and not used"


def test_every_competency_question_has_a_query_and_every_query_one() -> None:
    ontology = rdflib.Graph().parse(data=(shelf("ontology") / "knockon.ttl").read_text(encoding="utf-8"))
    k = rdflib.Namespace("https://knockon.example/ontology/")
    known = {str(name).removeprefix(str(k)) for name in ontology.subjects(RDF.type, k.Question)}
    assert len(known) == 28
    assert {name for query in QUESTIONS for name in query.answers} == known
    assert not [query.name for query in QUESTIONS if not query.answers]


# Right on the small book


def test_the_small_book_is_sound() -> None:
    assert findings(SMALL) == []


@pytest.mark.parametrize("topic", topics())
def test_answers_on_the_small_book_are_the_golden_ones(small: Study, topic: str) -> None:
    assert golden(small, topic) == (GOLDEN / f"{topic}.txt").read_text(encoding="utf-8"), (
        "make golden, and read the diff"
    )


def test_no_golden_answer_is_forgotten_or_left_over() -> None:
    assert [file.stem for file in sorted(GOLDEN.iterdir())] == topics()


NOTHING = {"since": "2999-01-01", "until": "1999-01-01", "before": "1999-01-01"}
JUDGING = {"tolerance", "tolerance_pct", "cny_per_usd"}
"""Parameters that decide what a row says of a fact, not whether it is there."""


@pytest.mark.parametrize("name, query", [(p, q) for q in QUESTIONS for p in q.params], ids=str)
def test_a_parameter_set_to_what_is_not_there_leaves_nothing(small: Study, name: str, query: Query) -> None:
    asked = params(query)
    number = re.search(rf"VALUES \?{name} {{ [\d.]+ }}", query.text)
    assert ask(small.full, query, asked).rows
    nothing = NOTHING.get(name, "9" * 18 if number else "nothing-of-the-name")
    if re.search(rf"VALUES \?{name} {{ ({'|'.join(LISTS)}):", query.text):
        with pytest.raises(UnknownName, match=rf"{name} is one of "):
            bind(query, {name: nothing})
        return
    found = ask(small.full, query, asked | {name: nothing}).rows
    assert found != ask(small.full, query, asked).rows if name in JUDGING else not found


# Alike on every engine


@pytest.fixture(scope="module")
def plain(small: Study) -> rdflib.Dataset:
    """The small book in rdflib's own memory store, by way of N-Quads."""
    quads = small.full.store.dump(format=ox.RdfFormat.N_QUADS)
    assert quads is not None
    return rdflib.Dataset().parse(data=quads, format="nquads")


@each_query
def test_plain_rdflib_gives_the_same_rows_in_the_same_order(small: Study, plain: rdflib.Dataset, query: Query) -> None:
    text = bind(query, params(query))
    assert _rows(small.full.store.query(text)) == [[_text(v) for v in row] for row in plain.query(text)]


@each_query
def test_a_store_whose_default_graph_is_the_union_of_all_answers_the_same(small: Study, query: Query) -> None:
    text, store = bind(query, params(query)), small.full.store
    assert _rows(store.query(text)) == _rows(store.query(text, use_default_graph_as_union=True))


def _rows(answer: object) -> list[list[str | None]]:
    assert isinstance(answer, ox.QuerySolutions)
    return [[None if term is None else _text(term.value) for term in row] for row in answer]


def _text(term: object) -> str | None:
    """A term without the zeros that engines write differently."""
    text = None if term is None else str(term)
    return text.rstrip("0").rstrip(".") if text and re.fullmatch(r"-?\d+\.\d+", text) else text


# Lawful on the real book

SIGNED = {"article/what-moved", "commitments/net-by-year", "market/accounts"}
SIGNED |= {"exposures/announcements", "exposures/figures"}
"""Queries whose dollars are changes of value, differences, or accounts with their losses."""
AHEAD = {"start", "end"}
"""Columns that tell of the world and may lie in the future; all other dates tell what was public."""
EMPTY = {
    *("article/after-hours", "article/losses-stated-and-recomputed", "article/moves-stated-and-recomputed"),
    *("article/signs-of-a-bubble", "article/what-moved", "article/what-was-promised", "ownership/in-both"),
    "timeline/in-doubt",
}
"""Nothing was known of these on the eve: the day itself, an owner of both labs, a promise in doubt."""


@pytest.mark.parametrize("day", ["eve", "today"])
@each_query
def test_an_answer_keeps_the_laws(query: Query, day: str, request: pytest.FixtureRequest) -> None:
    study: Study = request.getfixturevalue(day)
    answer = ask(study.full, query)
    assert answer.columns == tuple(query.columns)
    assert bool(answer.rows) == (day == "today" or query.name not in EMPTY)
    assert len(set(answer.rows)) == len(answer.rows)
    for row in answer.records():
        for column, value in row.items():
            if query.columns[column] == "USD" and query.name not in SIGNED:
                assert value is None or (isinstance(value, int | float) and value >= 0)
            if isinstance(value, date) and column not in AHEAD:
                assert value <= study.as_of, (column, value)


# Sums, once more without SPARQL

FAMILIES = {Family.COMPUTE, Family.GOODS, Family.LEASE, Family.POWER}
DEBT = {Instrument.LOAN, Instrument.BOND, Instrument.CONVERTIBLE}


Key = Callable[[Resolved], str]


def summed(study: Study, kept: Callable[[Resolved], bool], by: Key, once: Key) -> dict[str, tuple[int, ...]]:
    """Dollars, legs and legs without an amount of a selection by key, the largest first.

    An amount is left out if a leg that was counted overlaps it, and only then; two legs are held against each
    other where `once` gives the same for both. The queries leave out what any larger leg overlaps: where that
    would drop a dollar for which no other stands (a chain of three), this sum differs.
    """
    resolved = study.resolved
    chosen = {name: leg for name, leg in resolved.items() if leg.live and not contained(leg, resolved) and kept(leg)}
    counted: set[str] = set()
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for name, leg in sorted(chosen.items(), key=lambda item: (-(item[1].usd or 0), item[0])):
        if leg.usd and any(other in counted and once(chosen[other]) == once(leg) for other in leg.leg.overlaps):
            continue
        counted.add(name)
        total = sums[by(leg)]
        total[0] += leg.usd or 0
        total[1] += 1
        total[2] += leg.usd is None
    return {key: tuple(total) for key, total in sums.items() if total[1] > total[2]}


def payer(leg: Resolved) -> str:
    return leg.leg.payer


def payee(leg: Resolved) -> str:
    return leg.leg.payee


def year(leg: Resolved) -> str:
    return str(leg.leg.end.last.year) if leg.leg.end else "not stated"


def asked(study: Study, name: str, **given: str) -> dict[object, tuple[object, ...]]:
    return {row[0]: row[1:] for row in ask(study.full, find(name), given).rows}


@pytest.mark.parametrize("day", ["eve", "today"])
@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_what_buyers_promise_sums_the_same(day: str, family: Family, request: pytest.FixtureRequest) -> None:
    study: Study = request.getfixturevalue(day)

    def kept(leg: Resolved) -> bool:
        return leg.leg.instrument.family is family and leg.leg.amount_basis is not AmountBasis.ANNUAL

    named = {name for name, party in study.book.parties.items() if not party.grouped}
    everyone = summed(study, kept, payer, payer)
    assert asked(study, "biggest-buyers", family=family) == {p: s for p, s in everyone.items() if p in named}
    mine = summed(study, lambda leg: kept(leg) and payer(leg) == "openai", lambda leg: leg.firmness, payer)
    rows = ask(study.full, find("how-firm"), {"buyer": "openai", "family": family}).rows
    assert {firmness: sums for _, firmness, *sums in rows} == {rung: list(sums) for rung, sums in mine.items()}


@pytest.mark.parametrize("day", ["eve", "today"])
def test_debts_and_guarantees_sum_the_same(day: str, request: pytest.FixtureRequest) -> None:
    study: Study = request.getfixturevalue(day)
    parties = study.book.parties

    def borrowed(leg: Resolved) -> bool:
        return leg.leg.instrument in DEBT

    owed = summed(study, lambda leg: borrowed(leg) and not parties[payee(leg)].grouped, payee, payee)
    assert asked(study, "biggest-borrowers") == owed
    assert asked(study, "falls-due") == summed(study, borrowed, year, lambda leg: "all")
    behind = summed(study, lambda leg: leg.leg.instrument.family is Family.GUARANTEE, payer, payer)
    assert asked(study, "per-guarantor") == behind


@pytest.mark.parametrize("day", ["eve", "today"])
def test_months_count_every_leg_once(day: str, request: pytest.FixtureRequest) -> None:
    study: Study = request.getfixturevalue(day)
    months: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for leg in study.resolved.values():
        month = months[leg.leg.known_from.last.isoformat()[:7]]
        month[0] += 1
        month[1] += leg.firmness in (Firmness.DEFINITIVE, Firmness.CLOSED)
        month[2] += not leg.disclosed
    assert asked(study, "by-month") == {month: tuple(counts) for month, counts in months.items()}


# The catalogue and the cookbook


def test_the_catalogue_is_current() -> None:
    made = (ROOT / "queries" / "catalogue.ttl").read_text(encoding="utf-8")
    assert made == turtle(library().values()), "make golden"


def test_the_cookbook_is_current(eve: Study) -> None:
    made = (ROOT / "docs" / "cookbook.md").read_text(encoding="utf-8")
    assert made == cookbook(eve, library().values()), "make golden"


def test_the_catalogue_holds_every_query_and_each_runs(small: Study) -> None:
    graph = rdflib.Graph().parse(data=turtle(library().values()))
    base = "https://knockon.example/queries/"
    selects = {str(s).removeprefix(base): str(o) for s, o in graph.subject_objects(SH.select)}
    assert selects == {query.name: query.text for query in library().values()}
    for name, text in selects.items():
        answer = small.full.store.query(text)
        assert isinstance(answer, ox.QuerySolutions), name
    assert set(graph.subjects(RDF.type, SH.SPARQLSelectExecutable)) == set(graph.subjects(SH.prefixes))
    assert str(graph.value(rdflib.URIRef(base + "debt/lenders-of"), RDFS.comment)) == find("lenders-of").question
    (home,) = set(graph.objects(None, SH.prefixes))
    declared = {str(graph.value(d, SH.prefix)) for d in graph.objects(home, SH.declare)}
    assert declared >= {prefix for query in library().values() for prefix, _ in PREFIX.findall(query.text)}


@pytest.mark.parametrize(
    "text, of",
    [
        ("CONSTRUCT { ?a ?b 'say \"\\\\\"' } WHERE { ?a ?b ?c }", "Construct"),
        ("PREFIX k: <https://knockon.example/ontology/>\nASK { ?leg a k:Leg }", "Ask"),
    ],
)
def test_other_forms_have_a_place_in_the_catalogue(text: str, of: str) -> None:
    graph = rdflib.Graph().parse(data=turtle([parse(f"#+ title: Own\n{text}", "own/query")]))
    (query,) = graph.subjects(RDF.type, SH[f"SPARQL{of}Executable"])
    assert str(graph.value(query, SH[of.lower()])).endswith(text)


def test_a_form_without_a_place_is_refused() -> None:
    with pytest.raises(BadInput, match="own/query: neither SELECT, CONSTRUCT nor ASK"):
        turtle([parse("DESCRIBE <https://knockon.example/id/parties/lab>", "own/query")])


# The command


@pytest.mark.parametrize("width", [80, 140])
def test_the_list_takes_a_line_per_question(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    assert run(["queries"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(QUESTIONS) + len({query.topic for query in QUESTIONS}) + 1
    assert max(map(len, lines)) <= width
    names = [line.split()[0] for line in lines if line.startswith("  ")]
    assert names == [query.name.rpartition("/")[2] for query in QUESTIONS]


def test_a_topic_is_listed_or_printed_alone(capsys: pytest.CaptureFixture[str]) -> None:
    debts = [query for query in QUESTIONS if query.topic == "debt"]
    for words in (["--format", "table"], ["--format", "ttl"], ["--format", "md", "--as-of", "2025-11-05"]):
        assert run(["queries", "debt", *words]) == 0
        told = " ".join(capsys.readouterr().out.split())
        assert all(query.question in told for query in debts)
        assert find("largest").question not in told
