"""The RDF exports: read by rdflib and Oxigraph alike, each claim with its source, and every cell comes back."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from conftest import TINY
from knockon import exports
from knockon.book import Book
from knockon.errors import UNSEEN
from knockon.exports.csvs import CsvFile
from knockon.exports.quads import ABOUT, PROV, quads
from knockon.exports.reading import tables_from_rdf
from knockon.exports.tabular import Table
from knockon.resources import shelf
from knockon.rows import Row, Rows
from knockon.study import Study
from knockon.tables import read
from knockon.tables.columns import row_id, schema
from knockon.triples import BASE, GRAPHS, K, plain, row_iri

ROUND = {
    "ttl": ox.RdfFormat.TURTLE,
    "nq": ox.RdfFormat.N_QUADS,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdf12": ox.RdfFormat.TURTLE,
}


@cache
def rendered(study: Study, name: str) -> bytes:
    found = exports.in_memory(name, study)
    assert isinstance(found, bytes)
    return found


@cache
def ever(study: Study) -> Study:
    """The same book with every row known."""
    return Study(study.book, date.max)


# There and back


def assert_same_cells(back: dict[str, tuple[Row, ...]], book: Book) -> int:
    cells = 0
    assert back.keys() == book.tables.keys()
    for table, rows in book.tables.items():
        found = {row_id(table, row): row for row in back[table]}
        assert len(found) == len(back[table]) == len(rows), table
        for row in rows:
            assert dict(found[row_id(table, row)]) == dict(row), table
            cells += len(row)
    return cells


@pytest.mark.parametrize("name", ROUND)
def test_every_cell_of_the_tiny_book_comes_back(tiny: Study, name: str) -> None:
    assert assert_same_cells(tables_from_rdf(rendered(ever(tiny), name), ROUND[name]), tiny.book) > 400


@pytest.mark.parametrize("name", ROUND)
def test_every_cell_of_the_shipped_book_comes_back(eve: Study, name: str) -> None:
    back = tables_from_rdf(rendered(ever(eve), name), ROUND[name])
    assert assert_same_cells(back, eve.book) > 80_000


def test_the_lines_of_the_csv_files_come_back(eve: Study) -> None:
    """But for a whole number's last zero: 36.0 comes back as 36."""
    back = tables_from_rdf(rendered(ever(eve), "ttl"))
    for name, columns in schema().items():
        wrote = exports.written(CsvFile(Table(name, "", columns[1:], Rows.of(back[name]))))
        held = (shelf("data") / f"{name}.csv").read_bytes()
        lines, file = (re.sub(rb"(?<=\d)\.0(?=,)", b"", text).splitlines() for text in (wrote, held))
        assert lines[0] == file[0]
        assert sorted(lines) == sorted(file), name


SHOWN = st.characters(exclude_categories=["Cs"]).filter(lambda sign: not UNSEEN.match(sign))
WORDS = st.text(SHOWN, min_size=1, max_size=12).filter(lambda word: word[0] not in "=+-@\t")  # a book holds no other
NAMES = WORDS.filter(lambda word: ";" not in word)


@settings(max_examples=20, phases=[Phase.explicit, Phase.generate])  # each builds a dataset: shrinking takes minutes
@given(note=WORDS, aliases=st.lists(NAMES, unique=True, max_size=4), share=st.floats(0, 1), page=NAMES)
def test_any_text_number_and_order_comes_back(note: str, aliases: list[str], share: float, page: str) -> None:
    tables = dict(read(TINY).tables)
    tables["parties"] = tuple({**row, "note": note, "aliases": tuple(aliases) or None} for row in tables["parties"])
    tables["legs"] = tuple({**row, "own_share": share} for row in tables["legs"])
    tables["sources"] = tuple({**row, "publisher": page} for row in tables["sources"])
    book = Book(tables=tables, edition=read(TINY).edition)
    assert_same_cells(tables_from_rdf(rendered(Study(book, date.max), "ttl")), book)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_keeps_every_digit_and_has_no_exponent(number: float) -> None:
    assert float(plain(number)) == number
    assert "e" not in plain(number).lower()


def test_reading_passes_over_what_was_computed(tiny: Study) -> None:
    back = tables_from_rdf(rendered(tiny, "ttl"))
    assert "usd" not in back["legs"][0]
    assert len(back["legs"]) == len(tiny.resolved) == 7
    assert "cancelled" not in [row["status"] for row in back["status"]]  # that was in 2026


# The same triples everywhere


@pytest.mark.parametrize("which", ["tiny", "eve"])
def test_the_quads_are_those_of_the_dataset_that_is_asked(which: str, request: pytest.FixtureRequest) -> None:
    study = request.getfixturevalue(which)
    held = ox.Dataset(study.full.store)
    held.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    assert ox.Dataset(quad for quad in quads(study) if quad.graph_name != ox.NamedNode(ABOUT)) == held


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # rdflib's own reader
def test_turtle_jsonld_and_nquads_hold_the_same_triples_to_rdflib(tiny: Study) -> None:
    turtle = rdflib.Graph().parse(data=rendered(tiny, "ttl"), format="turtle")
    assert len(turtle) == len({quad.triple for quad in quads(tiny)}) > 3000
    for name, format in (("nq", "nquads"), ("jsonld", "json-ld")):
        dataset = rdflib.Dataset()
        dataset.parse(data=rendered(tiny, name), format=format)
        merged = {quad[:3] for quad in dataset.quads() if str(quad[1]) != PROV + "wasDerivedFrom"}
        assert named(merged) == named(turtle), name
        assert blank(merged) == blank(turtle), name


def named(triples: Iterable[Any]) -> set[Any]:
    return {triple for triple in triples if not any(isinstance(term, rdflib.BNode) for term in triple)}


def blank(triples: Iterable[Any]) -> Counter[Any]:
    """Triples with a blank node, by their other terms."""
    shapes = (tuple(None if isinstance(term, rdflib.BNode) else term for term in triple) for triple in triples)
    return Counter(shape for shape in shapes if None in shape)


def test_jsonld_keeps_the_graphs_of_the_store(tiny: Study) -> None:
    parsed = ox.Dataset(ox.parse(rendered(tiny, "jsonld"), format=ox.RdfFormat.JSON_LD))
    asked = ox.Dataset(quads(tiny))
    for dataset in (parsed, asked):
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    assert parsed == asked


def test_turtle_is_sorted_and_its_prefixes_too(tiny: Study) -> None:
    lines = rendered(tiny, "ttl").decode().splitlines()
    heads = [line for line in lines if line.startswith("@prefix")]
    assert lines[: len(heads)] == heads == sorted(heads) and len(heads) == 26
    triples = list(ox.parse(rendered(tiny, "ttl"), format=ox.RdfFormat.TURTLE))
    subjects = [str(triple.subject) for triple in triples if isinstance(triple.subject, ox.NamedNode)]
    assert subjects == sorted(subjects)


# One graph per source


def test_what_a_source_says_stands_in_its_graph_and_nowhere_else(eve: Study) -> None:
    found = list(ox.parse(rendered(eve, "nq"), format=ox.RdfFormat.N_QUADS))
    where: dict[str, set[str]] = {}
    for quad in found:
        assert isinstance(quad.subject, (ox.NamedNode, ox.BlankNode))
        if quad.graph_name != ox.NamedNode(GRAPHS["known"]):
            where.setdefault(quad.subject.value, set()).add(quad.graph_name.value)
    claims = 0
    for name, leg in eve.resolved.items():
        for claim in leg.claims:
            claims += 1
            graph = row_iri("sources", claim.source).replace("/id/sources/", "/graph/source/")
            assert where[row_iri("claims", f"{name}/{claim.source}")] == {graph}
        assert where[row_iri("legs", name)] == {GRAPHS["book"]}
    assert claims > 200
    by_source = {graph for graphs in where.values() for graph in graphs if "/graph/source/" in graph}
    derived = {
        quad.subject.value: quad.object.value for quad in found if quad.predicate.value == PROV + "wasDerivedFrom"
    }
    assert derived.keys() == by_source and len(by_source) > 200
    assert all(page == graph.replace("/graph/source/", "/id/sources/") for graph, page in derived.items())
    market = {graph for name, graphs in where.items() if f"{BASE}id/prices/" in name for graph in graphs}
    assert market == {GRAPHS["market"]}
    assert len(found) == len(quads(eve)) + len(derived)


def test_sums_by_source_are_those_of_the_claims(eve: Study) -> None:
    store = ox.Store()
    store.bulk_load(input=rendered(eve, "nq"), format=ox.RdfFormat.N_QUADS)
    query = f"SELECT ?g (SUM(?usd) AS ?sum) {{ GRAPH ?g {{ ?c a <{K}Claim> ; <{K}usd> ?usd }} }} GROUP BY ?g"
    asked = {row["g"].value.rpartition("/")[2]: int(row["sum"].value) for row in store.query(query)}
    expected: dict[str, int] = {}
    for leg in eve.resolved.values():
        for claim in leg.claims:
            if claim.usd is not None:
                expected[claim.source] = expected.get(claim.source, 0) + claim.usd
    assert asked == expected and sum(asked.values()) > 10**12


# RDF 1.2


def test_a_claim_reifies_what_it_says_and_does_not_assert_it(tiny: Study) -> None:
    store = ox.Store()
    store.bulk_load(input=rendered(tiny, "rdf12"), format=ox.RdfFormat.TURTLE)
    rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    query = f"SELECT ?leg ?usd ?source {{ ?claim <{rdf}reifies> <<( ?leg <{K}usd> ?usd )>> ; <{K}source> ?source }}"
    said = sorted((row["leg"].value, int(row["usd"].value), row["source"].value) for row in store.query(query))
    assert said == sorted(
        (row_iri("legs", name), claim.usd, row_iri("sources", claim.source))
        for name, leg in tiny.resolved.items()
        for claim in leg.claims
        if claim.usd is not None
    )
    rent = ox.NamedNode(row_iri("legs", "lab-rents-cloud/1"))
    asserted = [quad.object.value for quad in store.quads_for_pattern(rent, ox.NamedNode(K + "usd"), None)]
    assert asserted == ["50000000000"]  # the blog's 60bn is said, and not so
    assert {usd for leg, usd, _ in said if leg == rent.value} == {50_000_000_000, 60_000_000_000}


def test_without_its_reified_terms_it_is_the_turtle(tiny: Study) -> None:
    kept = [
        triple
        for triple in ox.parse(rendered(tiny, "rdf12"), format=ox.RdfFormat.TURTLE)
        if not isinstance(triple.object, ox.Triple)
    ]
    assert kept == list(ox.parse(rendered(tiny, "ttl"), format=ox.RdfFormat.TURTLE))


# VoID and DCAT


def test_the_description_counts_what_is_there(eve: Study) -> None:
    void = "http://rdfs.org/ns/void#"
    graph = rdflib.Graph().parse(data=rendered(eve, "void"), format="turtle")
    this = rdflib.URIRef(f"{BASE}edition/{eve.edition.hash}/2025-11-05")
    triples = len(set(ox.parse(rendered(eve, "ttl"), format=ox.RdfFormat.TURTLE)))
    assert int(graph.value(this, rdflib.URIRef(void + "triples"))) == triples > 50_000
    classes = {
        str(graph.value(part, rdflib.URIRef(void + "class"))).removeprefix(K): int(count)
        for part, count in graph.subject_objects(rdflib.URIRef(void + "entities"))
    }
    assert classes["Leg"] == len(eve.resolved)
    assert classes["Claim"] == sum(len(leg.claims) for leg in eve.resolved.values())
    files = set(graph.objects(this, rdflib.URIRef("http://www.w3.org/ns/dcat#distribution")))
    assert len(files) == len(exports.names())
    assert str(graph.value(this, rdflib.DCTERMS.license)) == "https://creativecommons.org/licenses/by/4.0/"
    assert "market quotes" in str(graph.value(rdflib.URIRef(GRAPHS["market"]), rdflib.DCTERMS.rights))
    assert graph.value(rdflib.URIRef(GRAPHS["market"]), rdflib.DCTERMS.license) is None
