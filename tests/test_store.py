"""The dataset of a date: what is in which graph, and that later knowledge is in none."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

import pyoxigraph as ox
import pytest

import knockon
from knockon import store
from knockon.errors import BadInput
from knockon.queries import ask, library
from knockon.study import Study
from knockon.triples import GRAPHS, concept_iri, row_iri

K = "https://knockon.example/ontology/"
XSD_DATE = "http://www.w3.org/2001/XMLSchema#date"


def count(study: Study, graph: str) -> int:
    return sum(1 for _ in study.full.store.quads_for_pattern(None, None, None, ox.NamedNode(GRAPHS[graph])))


def test_graphs_hold_what_their_names_say(eve: Study) -> None:
    names = {graph.value for graph in eve.full.store.named_graphs()}
    assert names == {GRAPHS[name] for name in ("ontology", "book", "known", "market")}  # no result among facts
    assert count(eve, "market") > 5 * 5000
    assert not list(eve.full.store.quads_for_pattern(None, None, None, ox.DefaultGraph()))


def test_the_whole_dataset_answers_through_rdflib(eve: Study) -> None:
    dataset = eve.dataset
    rows = list(
        dataset.query(
            "SELECT ?firmness { GRAPH <https://knockon.example/graph/known> { ?leg ?p ?firmness } }",
            initBindings={},
        )
    )
    assert len(rows) == count(eve, "known")


def test_no_fact_of_a_later_day_is_in_the_dataset(eve: Study) -> None:
    clocks = ("publicFrom", "knownFrom")
    for clock in clocks:
        for quad in eve.full.store.quads_for_pattern(None, ox.NamedNode(K + clock), None, None):
            assert isinstance(quad.object, ox.Literal)
            assert date.fromisoformat(quad.object.value) <= eve.as_of, quad
    book = ox.NamedNode(GRAPHS["book"])
    events = list(eve.full.store.quads_for_pattern(None, None, ox.NamedNode(K + "StatusEvent"), book))
    assert len(events) > 20
    for event in events:
        days = list(eve.full.store.quads_for_pattern(event.subject, ox.NamedNode(K + "date"), None, None))
        assert len(days) == 1 and date.fromisoformat(days[0].object.value) <= eve.as_of


def test_a_date_by_the_month_is_two_days(eve: Study) -> None:
    leg = ox.NamedNode(row_iri("legs", "aker-nscale-equity-2025-09/1"))

    def day(name: str) -> str:
        (quad,) = eve.full.store.quads_for_pattern(leg, ox.NamedNode(K + name), None, None)
        return quad.object.value

    assert (day("knownFromEarliest"), day("knownFrom")) == ("2025-09-01", "2025-09-30")


def test_every_live_leg_has_one_firmness_and_undisclosed_ones_no_dollars(eve: Study) -> None:
    for name, leg in eve.resolved.items():
        node = ox.NamedNode(row_iri("legs", name))
        quads = list(eve.full.store.quads_for_pattern(node, ox.NamedNode(K + "firmness"), None, None))
        assert [quad.object.value for quad in quads] == [concept_iri("firmness", leg.firmness)]
        dollars = list(eve.full.store.quads_for_pattern(node, ox.NamedNode(K + "usd"), None, None))
        assert len(dollars) == (leg.usd is not None)


def test_rows_come_back_from_the_triples_as_they_went_in(eve: Study) -> None:
    """CSV -> RDF -> facts: each claim known on the date has its figures, firmness and source in the graph."""
    store = eve.full.store
    for name, leg in eve.resolved.items():
        for claim in leg.claims:
            node = ox.NamedNode(row_iri("claims", f"{name}/{claim.source}"))
            found = {
                quad.predicate.value.removeprefix(K): quad.object
                for quad in store.quads_for_pattern(node, None, None, None)
            }
            assert found["statedFirmness"].value == concept_iri("firmness", claim.firmness)
            assert found["source"].value == row_iri("sources", claim.source)
            for prop, usd in (("usdLow", claim.usd_low), ("usd", claim.usd), ("usdHigh", claim.usd_high)):
                assert (int(found[prop].value) if prop in found else None) == usd


def test_the_same_book_gives_the_same_quads() -> None:
    one, two = (knockon.open(as_of="2025-06-30").full.store for _ in range(2))
    dump = [sorted(store.dump(format=ox.RdfFormat.N_QUADS).splitlines()) for store in (one, two)]
    named = [[line for line in lines if b"_:" not in line] for lines in dump]
    assert named[0] == named[1]


@pytest.fixture
def on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every store lies on disk, in this folder."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    monkeypatch.setattr(store, "IN_MEMORY", 0)
    return place


def test_a_graph_that_lies_on_disk_answers_alike_and_goes_when_it_is_let_go(tiny: Study, on_disk: Path) -> None:
    laid = store.build(tiny.book, tiny.resolved, tiny.values, tiny.as_of, due=tiny.promises.due())
    there = list(on_disk.iterdir())
    found = [ask(laid, query).rows for query in library().values()]
    del laid
    gone = not any(on_disk.iterdir())
    assert found == [ask(tiny.full, query).rows for query in library().values()]
    assert len(there) == 1 and gone


def test_a_place_without_room_for_the_graph_is_told_with_the_remedy(
    eve: Study, on_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(on_disk / "none"))
    with pytest.raises(BadInput, match=r"no room for the graph: .*; let TMPDIR name a larger place"):
        store.build(eve.book, eve.resolved, eve.values, eve.as_of)
