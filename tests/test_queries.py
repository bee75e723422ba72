"""How a query is found, bound and asked; what the library answers is held in test_library.py."""

from __future__ import annotations

from datetime import date

import pytest

from goldens import opened
from knockon.errors import BadInput, KnockonError, UnknownName
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
    twice = bind(find("straight-back"), {"least": "closed"})
    assert twice.count("VALUES ?least { firmness:closed }") == 2 and "firmness:reported" not in twice
    leg = parse("#+ param: leg = a/1\nSELECT * { VALUES ?leg { leg:a\\/1 } }", "own")
    assert "VALUES ?leg { leg:b\\/2 }" in bind(leg, {"leg": "b/2"})


@pytest.mark.parametrize(
    ("name", "params", "message"),
    [
        ("straight-back", {"leest": "closed"}, "no parameter of circularity/straight-back 'leest'"),
        ("straight-back", {"least": "zzz"}, "no firmness 'zzz'; least is one of cancelled, rumoured, reported"),
        ("biggest-buyers", {"family": "computing"}, "no family 'computing'; did you mean 'compute'"),
        ("largest", {"least_usd": "many"}, "parameter least_usd: not a number: 'many'"),
        ("what-it-owes", {"party": "lob"}, "no party 'lob'; did you mean 'lab'"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_a_graph_is_built(
    monkeypatch: pytest.MonkeyPatch, name: str, params: dict[str, str], message: str
) -> None:
    study = opened()
    monkeypatch.setattr("knockon.store.build", None)
    with pytest.raises(KnockonError, match=message):
        study.ask(name, **params)


def test_parties_go_by_any_of_their_names(eve: Study) -> None:
    assert eve.answer("what-it-owes", {"party": "NVIDIA Corporation"}) == eve.answer(
        "what-it-owes", {"party": "nvidia"}
    )


@pytest.mark.parametrize("value", ["openai } # ", "a b", "openai>", "x:y", "", "<https://x>", 'a"b'])
def test_a_parameter_cannot_break_out_of_its_place(value: str) -> None:
    with pytest.raises(BadInput, match="not an id"):
        bind(find("undisclosed"), {"party": value})


def test_text_parameters_are_escaped() -> None:
    bound = bind(find("became-known"), {"since": '2025" } DROP'})
    assert r'"2025\" } DROP"^^xsd:date' in bound


def test_what_was_put_in_is_not_read_for_parameters() -> None:
    query = parse('#+ param: a = x\n#+ param: b = y\nSELECT * { VALUES ?a { "x" } VALUES ?b { "y" } }', "own")
    bound = bind(query, {"a": "VALUES ?b { }", "b": "z"})
    assert bound.endswith('VALUES ?a { "VALUES ?b { }" } VALUES ?b { "z" } }')


def test_unknown_names_bring_the_nearest() -> None:
    with pytest.raises(UnknownName, match=r"no query 'streight-back'; did you mean 'straight-back'"):
        find("streight-back")
    with pytest.raises(UnknownName, match="did you mean 'least'"):
        bind(find("straight-back"), {"leest": "closed"})


def test_a_syntax_error_is_one_line_with_its_place(tiny: Study) -> None:
    with pytest.raises(BadInput, match=r"own: not SPARQL: error at 1:\d+") as caught:
        ask(tiny.full, parse("SELECT ?x WHERE { ?x }", "own"))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * {\n SERVICE <http://127.0.0.1/> { ?s ?p ?o } }",
        "SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }",
        "SELECT * {service<http://127.0.0.1/>{?s ?p ?o}}",
        "SELECT * { ?s ?p 'it' SeRvIcE SILENT ?s { ?s ?p ?o } }",
        "ASK { { SELECT * { ?s ?p ?o } } FILTER EXISTS { SERVICE ?s { ?s ?p ?o } } }",
        r"SELECT * { ?s ex:it\'s ?o . SERVICE ?s {} ?s ex:it\'s ?o }",
        "SELECT * { ?s ?p '''a''' . SERVICE ?s {} ?s ?p '''b''' }",
        r'SELECT * { ?s ?p "\"" . SERVICE ?s {} ?s ?p "\"" }',
        "SELECT * { # '\n SERVICE ?s {} # '\n }",
        "SELECT * { FILTER(?a<?b) SERVICE ?s {} FILTER(?b>?c) }",
        r"SELECT * { \u0053ERVICE <http://127.0.0.1/> { ?s ?p ?o } }",
        r'SELECT * { ?s ?p "\u0022" . SERVICE ?s {} }',
        r'SELECT * { ?s ?p "\u0022" SERVICE ?s {} }',
    ],
)
def test_the_network_is_refused(tiny: Study, text: str) -> None:
    with pytest.raises(BadInput, match=r"SERVICE is refused \(line \d"):
        ask(tiny.full, parse(text, "own"))


@pytest.mark.parametrize(
    "term",
    [
        '"a SERVICE b"',
        "'SERVICE'",
        "'''it's a SERVICE'''",
        '"""a "quoted" SERVICE"""',
        r'"\" SERVICE"',
        "<http://x.example/SERVICE>",
        '"x" # SERVICE',
        '"x"@service',
        "SERVICE:x",
        "ex:SERVICE",
        "?service",
        "$SERVICE",
    ],
)
def test_the_word_service_may_be_said(tiny: Study, term: str) -> None:
    prefixes = "PREFIX ex: <http://x.example/> PREFIX SERVICE: <http://y.example/> "
    assert ask(tiny.full, parse(f"{prefixes} ASK {{ ?s ?p {term}\n }}", "own")).rows == ((False,),)


def test_frames_have_numbers_and_dates(eve: Study) -> None:
    frame = eve.ask("became-known", since="2025-11-01")
    assert str(frame["known_from"].dtype).startswith("datetime64")
    assert frame["usd"].sum() > 38e9
    assert frame["known_from"].dt.date.min() >= date(2025, 11, 1)


def test_every_kind_of_value_has_its_dtype(tiny: Study) -> None:
    frame = tiny.ask(
        "SELECT * { VALUES (?n ?x ?b ?d ?t ?odd ?big ?none) { "
        "(1 1.0 true '2025-11-05'^^<http://www.w3.org/2001/XMLSchema#date> 'a' 1 36893488147419103232 UNDEF) "
        "(UNDEF 2 UNDEF UNDEF UNDEF 'b' 1 UNDEF) } }"
    )
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == {
        **{"n": "Int64", "x": "Float64", "b": "boolean", "d": "datetime64[s]", "t": "string"},
        **{"odd": "object", "big": "object", "none": "object"},
    }
    assert frame["n"].isna()[1] and frame["d"].isna()[1]


def test_no_rows_keep_their_columns(eve: Study) -> None:
    frame = eve.ask("largest", least_usd="999000000000000")
    assert list(frame.columns) == list(find("largest").columns) and frame.empty


def test_an_ill_typed_literal_stays_text(tiny: Study) -> None:
    text = "SELECT (STRDT('soon', <http://www.w3.org/2001/XMLSchema#date>) AS ?when) {}"
    assert tiny.answer(text).rows == (("soon",),)


def test_text_can_be_asked_as_it_is(eve: Study) -> None:
    frame = eve.ask(
        "SELECT (COUNT(*) AS ?n) { GRAPH <https://knockon.example/graph/known>"
        " { ?leg <https://knockon.example/ontology/live> true } }"
    )
    assert frame["n"][0] == sum(leg.live for leg in eve.resolved.values())


def test_an_address_of_ours_that_is_no_id_stays_an_address(tiny: Study) -> None:
    base = "https://knockon.example/"
    text = (
        f"SELECT ?a ?b ?c {{ BIND(<{base}id/x> AS ?a) BIND(<{base}id/parties/a%20b> AS ?b) BIND(<{base}list/> AS ?c) }}"
    )
    assert ask(tiny.full, parse(text, "mine")).rows == ((f"{base}id/x", "a b", f"{base}list/"),)
