"""How a query is found, bound and asked; what the library answers is held in test_library.py."""

from __future__ import annotations

from datetime import date

import pytest

from knockon.errors import BadInput, UnknownName
from knockon.queries import ask, bind, find, parse
from knockon.study import Study


def test_openais_compute_contracts_sum_to_610bn(eve: Study) -> None:
    rows = list(ask(eve.full, find("compute-contracts")).records())
    assert sum(row["usd"] for row in rows if isinstance(row["usd"], int)) == 610_400_000_000
    assert {row["supplier"] for row in rows} == {"oracle", "microsoft", "amazon", "coreweave"}


def test_money_comes_straight_back_on_the_tiny_book(tiny: Study) -> None:
    # Chips guarantees 5bn to Cloud, which buys 20bn from Chips; Lab buys elsewhere than from its funder
    assert ask(tiny.full, find("straight-back")).rows == (("chips", "cloud", 5 * 10**9, 20 * 10**9),)
    assert ask(tiny.full, find("loops-of-three")).rows == (("chips", "lab", "cloud"),)


def test_parameters_take_the_place_of_defaults_as_terms(eve: Study) -> None:
    query = find("largest")
    every, few = ask(eve.full, query), ask(eve.full, query, {"least_usd": "250000000000"})
    assert len(few.rows) == 2 < len(every.rows)
    assert 'VALUES ?since { "2025-11-01"^^xsd:date }' in bind(find("became-known"), {"since": "2025-11-01"})
    leg = parse("#+ param: leg = a/1\nSELECT * { VALUES ?leg { leg:a\\/1 } }", "own")
    assert "VALUES ?leg { leg:b\\/2 }" in bind(leg, {"leg": "b/2"})


@pytest.mark.parametrize("value", ["openai } # ", "a b", "openai>", "x:y", "", "<https://x>", 'a"b'])
def test_a_parameter_cannot_break_out_of_its_place(value: str) -> None:
    with pytest.raises(BadInput, match="not an id"):
        bind(find("undisclosed"), {"party": value})


def test_text_parameters_are_escaped() -> None:
    bound = bind(find("became-known"), {"since": '2025" } DROP'})
    assert r'"2025\" } DROP"^^xsd:date' in bound


def test_unknown_names_bring_the_nearest() -> None:
    with pytest.raises(UnknownName, match=r"no query 'streight-back'; did you mean 'straight-back'"):
        find("streight-back")
    with pytest.raises(UnknownName, match="did you mean 'least'"):
        bind(find("straight-back"), {"leest": "closed"})


def test_a_syntax_error_is_one_line_with_its_place(tiny: Study) -> None:
    with pytest.raises(BadInput, match=r"own: not SPARQL: error at 1:\d+") as caught:
        ask(tiny.full, parse("SELECT ?x WHERE { ?x }", "own"))
    assert "\n" not in str(caught.value)


def test_the_network_is_refused(tiny: Study) -> None:
    with pytest.raises(BadInput, match="SERVICE is refused"):
        ask(tiny.full, parse("SELECT * {\n SERVICE <http://127.0.0.1/> { ?s ?p ?o } }", "own"))


def test_frames_have_numbers_and_dates(eve: Study) -> None:
    frame = eve.ask("became-known", since="2025-11-01")
    assert str(frame["known_from"].dtype).startswith("datetime64")
    assert frame["usd"].sum() > 38e9
    assert frame["known_from"].dt.date.min() >= date(2025, 11, 1)


def test_text_can_be_asked_as_it_is(eve: Study) -> None:
    frame = eve.ask(
        "SELECT (COUNT(*) AS ?n) { GRAPH <https://knockon.example/graph/known>"
        " { ?leg <https://knockon.example/ontology/live> true } }"
    )
    assert frame["n"][0] == sum(leg.live for leg in eve.resolved.values())
