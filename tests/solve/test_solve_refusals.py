"""`knockon solve`: bad input is refused in one line with place and remedy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knockon.errors import KnockonError
from knockon.solve import solve
from solving import LINK, LOAN, NET, SMALL, changed, refused, written

DEBTS = SMALL["clearing"]
TRIPLES = {"rows": [0], "cols": [1], "vals": [4], "shape": [2, 2]}


REFUSED: dict[str, tuple[str, Any, str]] = {
    "unknown key": ("clearing", {**DEBTS, "l": 1}, "clearing: no input 'l'; did you mean 'L'? It takes L, ea, el"),
    "strange key": ("clearing", {**DEBTS, "zzzz": 1}, "no input 'zzzz'; it takes L, ea, el"),
    "missing key": ("clearing", {"L": [[0]], "ea": [1]}, "clearing: input 'el' is missing; it takes L, ea, el"),
    "a list": ("clearing", [1, 2], "clearing takes an object with L, ea, el; this is a list of 2"),
    "a number": ("clearing", 3, "clearing takes an object with L, ea, el; this is 3"),
    "no square": ("clearing", {**DEBTS, "L": [[0, 1]]}, "L is 1 by 2; 1 by 1 expected"),
    "ragged": ("clearing", {**DEBTS, "L": [[0, 1], [2]]}, "L[1] has 1 entries; 2 expected, as in the first"),
    "too short": ("clearing", {**DEBTS, "ea": [1]}, "ea has 1 entries; 2 expected, one per party"),
    "negative": ("clearing", {**DEBTS, "L": [[0, -3], [0, 0]]}, "L[0, 1] is negative: -3"),
    "not a number": ("clearing", {**DEBTS, "ea": [1, float("nan")]}, "ea[1] is nan; a finite number expected"),
    "infinite": ("clearing", {**DEBTS, "L": [[0, float("inf")], [0, 0]]}, "L[0, 1] is inf; a finite number"),
    "text": ("clearing", {**DEBTS, "L": [[0, "4"], [0, 0]]}, "L[0, 1] is '4'; write 4 without quotes"),
    "words": ("clearing", {**DEBTS, "ea": ["lots", 1]}, "ea[0] is 'lots'; a number expected"),
    "null": ("clearing", {**DEBTS, "ea": [None, 1]}, "ea[0] is null; a number expected"),
    "true": ("clearing", {**DEBTS, "ea": [True, 1]}, "ea[0] is true; a number expected"),
    "a scalar": ("clearing", {**DEBTS, "ea": 7}, "ea is 7; a list of numbers expected"),
    "mixed": ("clearing", {**DEBTS, "L": [[0, 1], 2]}, "L[0] is a list of 2; nest all entries alike"),
    "too deep": ("clearing", {**DEBTS, "L": [[[0]]]}, "L has 3 dimensions"),
    "huge": ("clearing", {**DEBTS, "ea": [10**400, 1]}, "ea holds a number too large"),
    "empty": ("clearing", {**DEBTS, "L": []}, "L has 1 dimensions"),
    "sparse key": ("clearing", {**DEBTS, "L": {**TRIPLES, "row": [0]}}, "L: no key 'row'; did you mean 'rows'?"),
    "sparse lack": ("clearing", {**DEBTS, "L": {"rows": []}}, "L: key 'cols' is missing"),
    "sparse uneven": ("clearing", {**DEBTS, "L": {**TRIPLES, "vals": []}}, "L: 1 rows, 1 cols, 0 vals"),
    "sparse beyond": ("clearing", {**DEBTS, "L": {**TRIPLES, "cols": [2]}}, "L.cols[0] is 2; it lies from 0 to 1"),
    "sparse below": ("clearing", {**DEBTS, "L": {**TRIPLES, "rows": [-1]}}, "L.rows[0] is -1; it lies from 0"),
    "sparse half": ("clearing", {**DEBTS, "L": {**TRIPLES, "rows": [0.5]}}, "L.rows[0] is 0.5; a whole number"),
    "sparse nan": ("clearing", {**DEBTS, "L": {**TRIPLES, "vals": [float("nan")]}}, "L.vals[0] is nan"),
    "sparse shape": ("clearing", {**DEBTS, "L": {**TRIPLES, "shape": [2]}}, "L.shape is [2]; two whole numbers"),
    "sparse vast": ("clearing", {**DEBTS, "L": {**TRIPLES, "shape": [10**15, 10**15]}}, "memory; give it"),
    "no weights": ("debtrank", changed("debtrank", weights=[0, 0]), "weights are all 0"),
    "no buffer": ("debtrank", changed("debtrank", buffer=[0, 1]), "buffer[0] is 0; it must be greater than 0"),
    "a share": ("valuation", changed("valuation", recovery=[2, 0]), "recovery[0] is above 1"),
    "no ranks": ("seniority", changed("seniority", Ls=[]), "Ls is a list of 0; a list of matrices expected"),
    "a rank's text": ("seniority", changed("seniority", Ls=[[[0, "x"], [0, 0]]]), "Ls[0][0, 1] is 'x'"),
    "owned whole": ("crossholdings", changed("crossholdings", C=[[0, 1], [1, 0]]), "belong wholly to each other"),
    "vast dense": ("circularity", {"W": {**TRIPLES, "shape": [9000, 9000]}}, "W has 9000 rows; circularity answers"),
    "link key": ("supply", [LINK | {"sales": 1}], "links[0]: no key 'sales'"),
    "link lack": ("supply", [{k: v for k, v in LINK.items() if k != "type"}], "links[0]: key 'type' is missing"),
    "link type": ("supply", [LINK | {"type": 3}], "links[0] type is 3; 0 no effect"),
    "link text": ("supply", [LINK | {"weight": "3"}], "links[0] weight is '3'; write 3 without quotes"),
    "link sign": ("supply", [LINK | {"weight": -3}], "weight[0] is negative: -3"),
    "no links": ("supply", [], "no links"),
    "days": ("eventstudy", {"R": [[0.1]], "Rm": [0.1], "L1": 1, "event_row": 0}, "R has 1 firm"),
    "half a day": ("eventstudy", {"R": [[0.1]], "Rm": [0.1], "L1": 1.5, "event_row": 0}, "L1 is 1.5; a whole number"),
    "a node's key": ("contagion", {**NET, "nodes": [{"id": "a", "e": 1}]}, "nodes[0]: no key 'e'; did you mean 'E'?"),
    "node twice": ("contagion", {**NET, "nodes": [{"id": "a"}] * 2}, "nodes[1]: id 'a' stands at nodes[0] already"),
    "no nodes": ("contagion", {**NET, "nodes": []}, "nodes is empty"),
    "no value": ("contagion", {**NET, "nodes": [{"id": "a", "E": 0}]}, "nodes[0] 'a': E is 0; an equity value"),
    "a node's text": ("contagion", {**NET, "nodes": [{"id": "a", "E": "1"}]}, "nodes[0] E is '1'; write 1 without"),
    "a node's share": ("contagion", {**NET, "nodes": [{"id": "a", "pi": 2}]}, "nodes[0] 'a': pi is 2; it lies from 0"),
    "no such node": ("contagion", {**NET, "edges": [LOAN | {"to": "bb"}]}, "edges[0] '1': to 'bb' is no node; did you"),
    "no such type": ("contagion", {**NET, "edges": [LOAN | {"type": "lone"}]}, "no type 'lone'; did you mean 'loan'?"),
    "not its key": ("contagion", {**NET, "edges": [LOAN | {"phi": 1}]}, "no key 'phi' for type loan; it takes K, lgd"),
    "its key lacks": ("contagion", {**NET, "edges": [{**LOAN, "lgd": None}]}, "edges[0] '1': lgd is missing"),
    "margin lacks": (
        "contagion",
        {**NET, "edges": [{"id": "1", "type": "lease", "from": "a", "to": "b", "K": 1, "T": 1}]},
        "edges[0] '1': m is missing; give the margin, or V or C",
    ),
    "nothing to fund": (
        "contagion",
        {**NET, "edges": [{"id": "1", "type": "funding", "from": "a", "to": "b", "F": 1}]},
        "'b' has no oblig",
    ),
    "covers nothing": (
        "contagion",
        {**NET, "edges": [LOAN, {"id": "g", "type": "guarantee", "from": "a", "to": "b"}]},
        "edges[1] 'g': this guarantee covers nothing",
    ),
    "covers air": (
        "contagion",
        {**NET, "edges": [LOAN, {"id": "g", "type": "guarantee", "from": "a", "to": "b", "covers": "11"}]},
        "edges[1] 'g': covers '11', which is no edge; did you mean '1'?",
    ),
    "protects another": (
        "contagion",
        {**NET, "edges": [LOAN, {"id": "g", "type": "guarantee", "from": "b", "to": "a", "covers": "1"}]},
        "protects 'a', but '1' is held by 'b'",
    ),
    "sold twice": (
        "contagion",
        {**NET, "edges": [{"id": k, "type": "equity", "from": "a", "to": "b", "theta": 0.6} for k in "12"]},
        "holdings in 'a' add up to 1.200 of it",
    ),
    "shock's share": ("contagion", {**NET, "shock": {"u": [2, 0]}}, "shock.u[0] ('a') is 2; a share lies from 0 to 1"),
    "shock's length": ("contagion", {**NET, "shock": {"z": []}}, "shock.z has 0 entries; 1 numbers expected, one per"),
    "shock's name": ("contagion", {**NET, "shock": {"u": {"A": 1}}}, "shock.u: 'A' is no node; did you mean 'a'?"),
    "no shock": ("contagion", {**NET, "shock": {}}, "shock is an object with u, w"),
    "params": ("contagion", {**NET, "params": {"r": 0.1}}, "params: key 'debt_alpha_add' is missing"),
    "a rate": ("contagion", {**NET, "params": {"r": -1, "debt_alpha_add": 0}}, "params.r is -1"),
}


def test_refusals_are_counted() -> None:
    assert len(REFUSED) == 66


@pytest.mark.parametrize("what", REFUSED)
def test_bad_input_is_refused_in_one_line_with_place_and_remedy(
    what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model, document, says = REFUSED[what]
    assert says in refused(capsys, model, written(tmp_path, document))


FLAGS = [
    (["clearing", "--rule", "linear"], "clearing has no option --rule; it takes --alpha, --beta, --least"),
    (["seniority", "--least"], "seniority has no option --least; it takes no options"),
    (["clearing", "--alpha", "1.5"], "alpha is 1.5; a number from 0 to 1 expected"),
    (["clearing", "--alpha", "nan"], "alpha is nan; a number from 0 to 1 expected"),
    (["debtrank", "--rule", "linaer"], "no rule 'linaer'; did you mean 'linear'?"),
    (["circularity", "--longest", "1"], "longest is 1; the shortest cycle has 2 parties"),
    (["clearin"], "no model 'clearin'; did you mean 'clearing'"),
    (["zzz"], "no model 'zzz'; one of clearing, cascade"),
]


@pytest.mark.parametrize(("words", "says"), FLAGS)
def test_an_option_that_a_model_does_not_take_is_refused(
    words: list[str], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = SMALL.get(words[0], {})
    assert says in refused(capsys, words[0], written(tmp_path, document), *words[1:])


TEXTS = [
    (b'{"L": [[0, 1]', "input.json:1:14 not JSON: Expecting ',' delimiter"),
    (b"", "input.json:1:1 not JSON: Expecting value"),
    (b'{"L": 1, "L": 2}', "key 'L' stands twice in one object; keep one"),
    (b"[" * 100_000, "nested too deeply"),
    (b'{"L": \xff}', "not UTF-8 at byte 6"),
]


@pytest.mark.parametrize(("raw", "says"), TEXTS)
def test_a_file_that_is_no_json_is_refused_with_line_and_column(
    raw: bytes, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "input.json"
    file.write_bytes(raw)
    assert says in refused(capsys, "clearing", str(file))


def test_no_input_and_no_file_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "clearing needs input: a JSON file, - for standard input" in refused(capsys, "clearing")
    assert "No such file" in refused(capsys, "clearing", str(tmp_path / "none.json"))
    assert "cannot read" in refused(capsys, "clearing", str(tmp_path))


PAYS, OWNS = "payer,payee,amount\n", "party,ea,el\na,1,0\nb,1,0\n"


LISTS = [
    ("clearing", PAYS + "a,c,1\n", OWNS, "edges.csv:2 [payee] 'c' is not in the nodes file"),
    ("clearing", PAYS + "a,b,1\na,b,30bn\n", OWNS, "edges.csv:3 [amount] is '30bn'; a finite number expected"),
    ("clearing", PAYS + "a,b,\n", OWNS, "edges.csv:2 [amount] is empty; every row needs it"),
    ("clearing", PAYS + "a,,1\n", OWNS, "edges.csv:2 [payee] is empty; every row needs it"),
    ("clearing", PAYS + "a,b,nan\n", OWNS, "edges.csv:2 [amount] is 'nan'; a finite number"),
    ("clearing", PAYS + "a,b,-1\n", OWNS, "edges.csv:2 [amount] is -1; it must be >= 0"),
    ("clearing", PAYS + "a,a,1\n", OWNS, "edges.csv:2 'a' has a row with itself; leave it out"),
    ("clearing", PAYS + "a,b\n", OWNS, "edges.csv:2 [amount]"),
    ("clearing", PAYS + "a,b,1,2\n", OWNS, "its rows have more fields than its header"),
    ("clearing", PAYS + "a,b,1\na,b,1,2\n", OWNS, "edges.csv: Error tokenizing data"),
    ("clearing", "payer,payee,amuont\n", OWNS, "no column 'amuont'; did you mean 'amount'?"),
    ("clearing", "payer,payee\n", OWNS, "column 'amount' is missing"),
    ("clearing", "", OWNS, "edges.csv: No columns to parse"),
    ("clearing", PAYS, OWNS + "a,2,2\n", "nodes.csv:4 [party] 'a' stands twice"),
    ("clearing", PAYS, "party,ea,el,e\na,1,0,3\n", "no column 'e'; did you mean"),
    ("clearing", PAYS, "party,ea\na,1\n", "clearing: input 'el' is missing"),
    ("clearing", PAYS, "party,ea,ea:1,el\na,1,1,0\n", "one scenario or several, not both"),
    ("clearing", PAYS, None, "clearing needs --nodes FILE with columns party, ea, el"),
    ("clearing", PAYS, "party,ea,el\na,x,0\n", "nodes.csv:2 [ea] is 'x'"),
    ("clearing", PAYS, "party,ea,el\n", "L is empty"),
    ("seniority", "payer,payee,rank,amount,share\na,b,0,1,0.5\n", "party,e\na,1\nb,1\n", "edges.csv:2 a row has rank"),
    ("seniority", "payer,payee,rank,amount\na,b,0.5,1\n", "party,e\na,1\nb,1\n", "edges.csv:2 [rank] is 0.5"),
    ("supply", "supplier\n", OWNS, "supply takes --edges FILE alone"),
    ("eventstudy", PAYS, None, "eventstudy has no edges"),
    ("contagion", "id,type,from,to,K,lgd\n1,loan,a,b,x,1\n", "id,E\na,1\nb,1\n", "edges.csv:2 [K] is 'x'"),
]


@pytest.mark.parametrize(("model", "e", "n", "says"), LISTS)
def test_bad_lists_are_refused_with_file_and_row(
    model: str, e: str, n: str | None, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "edges.csv").write_text(e)
    words = ["--edges", str(tmp_path / "edges.csv")]
    if n is not None:
        (tmp_path / "nodes.csv").write_text(n)
        words += ["--nodes", str(tmp_path / "nodes.csv")]
    assert says in refused(capsys, model, *words)


def test_an_input_given_in_both_places_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "nodes.csv").write_text(OWNS)
    words = [written(tmp_path, DEBTS), "--nodes", str(tmp_path / "nodes.csv")]
    assert "input 'ea' is in the JSON and in the lists; give it once" in refused(capsys, "clearing", *words)


def test_parquet_without_pyarrow_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: Any) -> None:
        raise ImportError("no pyarrow")

    monkeypatch.setattr(pd, "read_parquet", missing)
    words = ["--edges", str(tmp_path / "e.parquet")]
    assert "Parquet needs pyarrow; run pip install pyarrow" in refused(capsys, "circularity", *words)


JUNK = st.one_of(
    *(st.none(), st.booleans(), st.integers(-3, 3), st.sampled_from([10**400, 1e308, -1e308, 5e-324, 0.5])),
    *(st.floats(), st.text(max_size=3), st.lists(st.floats(0, 2), max_size=3)),
    st.dictionaries(st.sampled_from(["rows", "cols", "vals", "shape", "id", "x"]), st.integers(-1, 3), max_size=4),
)


@given(st.sampled_from(sorted(SMALL)), JUNK, st.data())
@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
def test_junk_anywhere_is_refused_or_answered_in_finite_numbers(model: str, junk: Any, data: st.DataObject) -> None:
    document = json.loads(json.dumps(SMALL[model]))
    at, key = None, None
    inner = document
    while isinstance(inner, (dict, list)) and inner and (at is None or data.draw(st.booleans())):
        at, key = inner, data.draw(st.sampled_from(sorted(inner) if isinstance(inner, dict) else range(len(inner))))
        inner = at[key]
    at[key] = junk
    try:
        answer = solve(model, document)
    except KnockonError as error:
        assert str(error) and "\n" not in str(error)
    else:
        json.dumps(answer, allow_nan=False)
