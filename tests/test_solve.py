"""`knockon solve`: every vector through the command, one answer whatever the form of input, and clear refusals."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import sparse

import knockon.cli.solve  # its import registers the command
from knockon.cli import run
from knockon.contagion import capped, engine
from knockon.contagion.classics import debtrank, valuation
from knockon.errors import BadInput, KnockonError, NotConverged
from knockon.solve import MODELS, edges, network, solve
from networks import networks
from reference import SECOND, SHOCKED, VALUED, VECTORS, same
from vectors_model import exposures

HERE = Path(__file__).parent
PAGE = (HERE.parent / "docs" / "solve.md").read_text(encoding="utf-8")
PLAIN = {"elsinger": "seniority", "egj": "crossholdings", "esri": "supply", "circ": "circularity"}
PLAIN |= {"event": "eventstudy", "model": "contagion"}
UNASKED = {"esri_stop1e-2"}  # the reference's own early stop; `supply` goes to the fixed point

Block = tuple[str, str, list[str], dict[str, Any]]


def blocks(name: str) -> Iterator[Block]:
    """Each call that a vector file answers: file, model, flags, expected keys."""
    out, kind = VECTORS[name]["outputs"], name.split("_")[0]
    match kind:
        case "clear":
            yield name, "clearing", [], out["en"]
            for rv in out["rv"]:
                flags = ["--alpha", str(rv["alpha"]), "--beta", str(rv["beta"])]
                yield name, "clearing", flags, {k: v for k, v in rv.items() if k not in ("alpha", "beta")}
            for r, defaulted in out["cascade"].items():
                yield name, "cascade", ["--recovery", r], {"defaulted": defaulted}
        case "dr":
            for key, rule in SHOCKED.items():
                yield name, "debtrank", ["--rule", rule], out[key]
        case "neva":
            for key, rule in VALUED.items():
                yield name, "valuation", ["--rule", rule], out[key]
        case _:
            yield name, PLAIN[kind], [], {k: v for k, v in out.items() if k not in UNASKED}


BLOCKS = [block for name in VECTORS for block in blocks(name)]


def ask(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    """What the command prints, as JSON."""
    code = run(["solve", *words])
    streams = capsys.readouterr()
    assert code == 0, streams.err
    assert not streams.err
    return json.loads(streams.out, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """The one line with which the command refuses."""
    code = run(["solve", *words])
    streams = capsys.readouterr()
    assert (code, streams.out) == (2, "")
    assert len(streams.err.splitlines()) == 1 and "Traceback" not in streams.err
    return streams.err


def written(folder: Path, document: Any) -> str:
    path = folder / "input.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return str(path)


# --- the vectors ---


def test_every_file_block_and_model_is_asked() -> None:
    assert len(VECTORS) == 19
    assert len(BLOCKS) == 51
    assert {name for name, *_ in BLOCKS} == set(VECTORS)
    assert {model for _, model, *_ in BLOCKS} == set(MODELS)
    assert sum(len(expected) for *_, expected in BLOCKS) == 216
    rules = {(model, flags[1]) for _, model, flags, _ in BLOCKS if "--rule" in flags}
    assert len(rules) == len(get_args(debtrank.Rule)) + len(get_args(valuation.Rule)) == 8


@pytest.mark.parametrize(
    ("name", "model", "flags", "expected"), BLOCKS, ids=["-".join([b[0], b[1], *b[2]]) for b in BLOCKS]
)
def test_the_command_says_what_the_reference_says(
    name: str,
    model: str,
    flags: list[str],
    expected: dict[str, Any],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = ask(capsys, model, written(tmp_path, VECTORS[name]["inputs"]), *flags)
    assert tuple(found) == MODELS[model].outputs
    for key, value in expected.items():
        same(found[SECOND.get(key, key)], value, VECTORS[name]["tolerance"]["abs"], key)


def test_the_output_keys_are_those_of_the_vectors() -> None:
    for _, model, _, expected in BLOCKS:
        assert set(expected) - set(SECOND) <= set(MODELS[model].outputs)
    for model, spec in MODELS.items():
        told = {key for _, m, _, expected in BLOCKS if m == model for key in expected} - set(SECOND)
        assert told == set(spec.outputs), model


def test_the_command_reads_standard_input_in_a_process_of_its_own() -> None:
    start = "import sys, knockon.cli.solve; from knockon.cli import run; sys.exit(run(sys.argv[1:]))"
    case = VECTORS["clear_a"]
    done = subprocess.run(
        [sys.executable, "-c", start, "solve", "clearing", "-"],
        input=json.dumps(case["inputs"]),
        capture_output=True,
        text=True,
        check=True,
    )
    same(json.loads(done.stdout)["p"], case["outputs"]["en"]["p"], case["tolerance"]["abs"])
    assert not done.stderr


def test_help_and_models_agree(capsys: pytest.CaptureFixture[str]) -> None:
    assert tuple(knockon.cli.solve.MODELS.split(", ")) == tuple(MODELS)
    assert set(re.split(", |; or ", knockon.cli.solve.RULES)) == {*get_args(debtrank.Rule), *get_args(valuation.Rule)}
    assert run(["solve", "--help"]) == 0
    out = capsys.readouterr().out
    assert "Example: knockon solve clearing network.json --alpha 0.9 --beta 0.9" in out
    assert all(f"--{option}" in out for spec in MODELS.values() for option in spec.options)


# --- one answer, whatever the form ---

FIRST = {"clearing": "clear_a", "cascade": "clear_c", "debtrank": "dr_a", "valuation": "neva_a"}
FIRST |= {"seniority": "elsinger_a", "crossholdings": "egj_a", "supply": "esri_a", "circularity": "circ_a"}
FIRST |= {"eventstudy": "event_a", "contagion": "model_funding"}
MATRICES = {"clearing": "L", "cascade": "L", "debtrank": "A", "valuation": "L", "seniority": "Theta"}
MATRICES |= {"crossholdings": "C", "circularity": "W"}


def inputs(model: str) -> Any:
    return json.loads(json.dumps(VECTORS[FIRST[model]]["inputs"]))


def triplets(dense: Any, seed: int = 0) -> dict[str, Any]:
    """Sparse, in no order, with every entry given in two halves."""
    rows, cols = np.nonzero(dense)
    vals = np.array(dense)[rows, cols] / 2
    order = np.random.default_rng(seed).permutation(2 * len(rows))
    parts = {"rows": rows, "cols": cols, "vals": vals}
    return {k: np.tile(v, 2)[order].tolist() for k, v in parts.items()} | {"shape": list(np.shape(dense))}


@pytest.mark.parametrize("model", MATRICES)
def test_sparse_is_dense_and_what_stands_twice_is_summed(model: str) -> None:
    document = inputs(model)
    dense = solve(model, document)
    thin = {k: triplets(v) if np.ndim(v) == 2 else v for k, v in document.items()}
    if "Ls" in thin:
        thin["Ls"] = [triplets(L) for L in document["Ls"]]
    assert isinstance(thin[MATRICES[model]], dict)
    same(solve(model, thin), dense, 1e-12)
    arrays = {k: sparse.csr_array(v) if k == MATRICES[model] else v for k, v in document.items()}
    same(solve(model, arrays), dense, 1e-12)


def listed(model: str, document: Any) -> tuple[pd.DataFrame, pd.DataFrame | None, Any]:
    """The same document as edges, nodes, and what stays in the JSON."""
    if model == "supply":
        return pd.DataFrame(document), None, None
    if model == "contagion":
        shock = document["shock"]
        e = pd.DataFrame(document["edges"]).assign(z=shock["z"])
        n = pd.DataFrame(document["nodes"]).assign(u=shock["u"], w=shock["w"])
        return e, n, {"params": document["params"]}
    names = np.array([f"bank {i}, a" for i in range(len(document[MATRICES[model]]))])

    def long(matrix: Any, row: str, column: str, amount: str = "amount") -> pd.DataFrame:
        i, j = np.nonzero(matrix)
        return pd.DataFrame({row: names[i], column: names[j], amount: np.array(matrix)[i, j]})

    vectors = {k: v for k, v in document.items() if np.ndim(v) == 1}
    match model:
        case "debtrank":
            many = {f"shocks:{k}": row for k, row in enumerate(document["shocks"])}
            return long(document["A"], "payee", "payer"), pd.DataFrame({"party": names} | vectors | many), None
        case "seniority":
            ranks = [long(L, "payer", "payee").assign(rank=k) for k, L in enumerate(document["Ls"])]
            e = pd.concat([*ranks, long(document["Theta"], "payer", "payee", "share")])
            return e, pd.DataFrame({"party": names} | vectors), None
        case "crossholdings":
            vectors["p"] = (np.array(document["D"]) @ document["p"]).tolist()
            return long(document["C"], "holder", "issuer", "share"), pd.DataFrame({"party": names} | vectors), None
    return long(document[MATRICES[model]], "payer", "payee"), pd.DataFrame({"party": names} | vectors), None


@pytest.mark.parametrize("form", ["csv", "parquet"])
@pytest.mark.parametrize("model", [*MATRICES, "supply", "contagion"])
def test_lists_of_edges_say_the_same_as_json(
    model: str, form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if form == "parquet":
        pytest.importorskip("pyarrow")
    document = inputs(model)
    e, n, rest = listed(model, document)
    words = [] if rest is None else [written(tmp_path, rest)]
    for name, frame in (("edges", e), ("nodes", n)):
        if frame is not None:
            file = tmp_path / f"{name}.{form}"
            frame.to_csv(file, index=False) if form == "csv" else frame.to_parquet(file, index=False)
            words += [f"--{name}", str(file)]
    same(ask(capsys, model, *words), ask(capsys, model, written(tmp_path, document)), 1e-12)


def test_every_model_with_a_network_has_lists() -> None:
    assert {*edges.FORMS, "supply", "contagion", "eventstudy"} == set(MODELS)
    for model, form in edges.FORMS.items():
        named = {form.matrix, *form.nodes, *(("D",) if model == "crossholdings" else ())}
        assert named | ({"Theta"} if model == "seniority" else set()) == set(MODELS[model].inputs)


def test_a_list_without_nodes_names_parties_as_they_appear(tmp_path: Path) -> None:
    file = tmp_path / "e.csv"
    file.write_text("payer,payee,amount\nz,y,1\ny,x,2\nx,z,3\nz,y,1\n")
    found = solve("circularity", edges.merged("circularity", {}, file, None))
    assert found["bff_circular_flow"] == [[0, 2, 0], [0, 0, 2], [2, 0, 0]]


def test_a_hundred_thousand_edges_are_read_without_a_loop_over_rows(tmp_path: Path) -> None:
    def read(n: int, m: int) -> tuple[int, Any, Any]:
        """Python lines run in all modules, the matrix read, and the one that was written."""
        rng = np.random.default_rng(1)
        i, j = rng.integers(0, n, m), rng.integers(0, n, m)
        i, j = i[i != j], j[i != j]
        e = pd.DataFrame({"payer": i.astype(str), "payee": j.astype(str), "amount": rng.random(len(i))})
        v = pd.DataFrame({"party": np.arange(n), "ea": rng.random(n), "el": rng.random(n)})
        e.to_csv(tmp_path / "e.csv", index=False)
        v.to_csv(tmp_path / "n.csv", index=False)
        lines = 0

        def count(frame: Any, event: str, arg: Any) -> Any:
            nonlocal lines
            lines += event == "line"
            return count

        before = sys.gettrace()
        sys.settrace(count)
        try:
            found = edges.read("clearing", tmp_path / "e.csv", tmp_path / "n.csv")
        finally:
            sys.settrace(before)
        return lines, found["L"], sparse.csr_array((e["amount"], (i, j)), shape=(n, n))

    read(10, 20)  # what is imported on the way
    few, *_ = read(10, 20)
    many, found, wanted = read(20_000, 100_000)
    assert many < 1.1 * few
    assert abs(found - wanted).max() < 1e-15


@pytest.mark.parametrize(
    ("model", "key", "axis"),
    [("clearing", "ea", 1), ("cascade", "ea", 1), ("debtrank", "shocks", 0), ("valuation", "equity_delta", 1)],
)
def test_many_scenarios_are_each_alone(model: str, key: str, axis: int) -> None:
    document = inputs(model)
    one = np.array(document[key], dtype=float).reshape(-1, len(document[MATRICES[model]]))[0]
    many = np.stack([one * share for share in (0.3, 0.7, 1.0, 1.2)], axis=axis)
    rules = {"debtrank": get_args(debtrank.Rule), "valuation": get_args(valuation.Rule)}.get(model, ())
    for options in [{"rule": rule} for rule in rules] or [{}]:
        batch = solve(model, document | {key: many.tolist()}, **options)
        for k, single in enumerate(np.moveaxis(many, axis, 0)):
            alone = solve(model, document | {key: single.tolist()}, **options)
            for name, value in alone.items():
                column = np.moveaxis(np.array(batch[name]), axis if np.ndim(value) else -1, 0)[k]
                np.testing.assert_allclose(column, value, rtol=1e-9, atol=1e-12, err_msg=name)


@pytest.mark.parametrize("outside", [1.0, 0.1, 1e-3, 0.0])
@pytest.mark.parametrize("flags", [{}, {"alpha": 0.9, "beta": 0.95}, {"least": True}])
def test_leaps_and_exact_solves_find_the_same_payments(
    outside: float, flags: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The less leaves the network, the slower iteration is; what does not settle is solved scenario by scenario."""
    rng = np.random.default_rng(5)
    n, exact = 60, 0
    L = sparse.random_array((n, n), density=0.08, rng=rng, format="csr")
    L.setdiag(0)
    due = L.sum(axis=1)
    document = {"L": L, "ea": rng.uniform(0, 0.1, (n, 30)) * (due[:, None] + 0.1), "el": outside * due}
    found = solve("clearing", document, **flags)
    direct = capped.leontief

    def counted(*system: Any) -> Any:
        nonlocal exact
        exact += 1
        return direct(*system)

    monkeypatch.setattr(capped, "leontief", counted)
    monkeypatch.setattr(capped, "_ROUNDS", 4)
    wanted = solve("clearing", document, **flags)
    assert exact >= 1
    assert found["defaulted"] == wanted["defaulted"]
    scale = ((1 + outside) * due)[:, None] + 1e-300
    np.testing.assert_allclose(found["p"] / scale, wanted["p"] / scale, rtol=0, atol=1e-11)


@given(networks(), st.booleans(), st.data())
@settings(max_examples=40)
def test_a_network_in_json_is_the_network_meant(
    drawn: tuple[list[dict[str, Any]], list[dict[str, Any]]], by_id: bool, data: st.DataObject
) -> None:
    nodes, links = drawn
    params = {"r": 0.1, "debt_alpha_add": 2.0}
    u = [data.draw(st.sampled_from([0.0, 0.1, 0.5])) for _ in nodes]
    z = [data.draw(st.sampled_from([0.0, 0.3, 1.0])) for _ in links]
    hits: dict[str, Any] = {"u": u, "z": z}
    if by_id:
        hits = {"u": {n["id"]: v for n, v in zip(nodes, u, strict=True) if v}}
        hits["z"] = {e["id"]: v for e, v in zip(links, z, strict=True) if v}
    x, shock = network.read(nodes, links, hits, params)
    meant = exposures(nodes, links, params)
    for part in ("balance", "contracts", "holdings", "debts", "fundings", "guarantees"):
        found, wanted = getattr(x, part), getattr(meant, part)
        for field in wanted.__dataclass_fields__:
            np.testing.assert_array_equal(getattr(found, field), getattr(wanted, field), err_msg=f"{part}.{field}")
    assert x.a_d == meant.a_d
    assert shock.u.tolist() == u
    order = (x.contracts, x.holdings, x.debts, x.fundings, x.guarantees)
    hit = dict(zip([e["id"] for e in links], z, strict=True))
    parts = (shock.z, np.zeros(len(x.holdings)), shock.z_debt, shock.z_funding, shock.z_guarantee)
    for kind, part in zip(order, parts, strict=True):
        assert kind is x.holdings or part.tolist() == [hit[e] for e in kind.ids]


def test_the_greatest_fixed_point_of_a_ring_that_gains() -> None:
    nodes = [{"id": name, "E": 10.0, "alpha": 6} for name in "ab"]
    links = [{"id": a + b, "type": "loan", "from": a, "to": b, "K": 10, "lgd": 1} for a, b in ("ab", "ba")]
    document = {"nodes": nodes, "edges": links, "shock": {"u": [0.02, 0]}, "params": {"r": 0.1, "debt_alpha_add": 0}}
    least, greatest = solve("contagion", document), solve("contagion", document, greatest=True)
    assert least["multiple"] is greatest["multiple"] is True
    assert max(least["h"]) < 0.05 and greatest["h"] == greatest["greatest_fixed_point_h"] == [1, 1]
    assert greatest["total_loss"] == 20 == sum(greatest["loss_usd"])
    for key in ("source_contrib_h", "rho_secant", "shapley_usd", "loss_reduction_if_removed"):
        assert least[key] == greatest[key]
    assert np.sum(list(least["source_contrib_h"].values()), axis=0) == pytest.approx(least["h"])


def test_half_a_borrower_is_half_a_loan_by_hand() -> None:
    found = solve("contagion", NET)
    assert found["h"] == [0.5, 0.25] and found["loss_usd"] == [5, 2.5] and found["total_loss"] == 7.5
    assert found["loss_reduction_if_removed"] == {"1": 2.5} and found["edge_shortfall"] == {"1": 0.5}


def test_a_party_without_value_is_hurt_but_passes_nothing_on() -> None:
    nodes = [{"id": "a", "E": 10}, {"id": "sink", "E": None}, {"id": "c", "E": 10}]
    links = [
        {"id": "1", "type": "loan", "from": "a", "to": "sink", "K": 8, "lgd": 0.5},
        {"id": "2", "type": "loan", "from": "sink", "to": "c", "K": 8, "lgd": 0.5},
    ]
    document = {"nodes": nodes, "edges": links, "shock": {"w": {"a": 0.5}}, "params": {"r": 0.1, "debt_alpha_add": 0}}
    found = solve("contagion", document)
    assert found["h"] == [0, 0, 0] and found["loss_usd"] == [0, 2, 0]


def test_a_closed_circle_raises_its_flag() -> None:
    closed = solve("circularity", {"W": [[0, 1], [1, 0]]})
    assert closed["finn_closed"] is True and closed["finn_cycling_index"] == 1
    assert "finn_closed" not in solve("circularity", {"W": [[0, 2], [1, 0]]})


# --- odd cases: the table of docs/solve.md, cell by cell ---

LOAN = {"id": "1", "type": "loan", "from": "a", "to": "b", "K": 5, "lgd": 1}
NET = {
    "nodes": [{"id": "a", "E": 10}, {"id": "b", "E": 10}],
    "edges": [LOAN],
    "shock": {"u": {"a": 0.5}},
    "params": {"r": 0.1, "debt_alpha_add": 0},
}
LINK = {"supplier": "a", "customer": "b", "supplierNACE": 1, "customerNACE": 2, "weight": 3, "type": 2}
SMALL: dict[str, Any] = {
    "clearing": {"L": [[0, 4], [2, 0]], "ea": [1, 1], "el": [0, 1]},
    "cascade": {"L": [[0, 4], [2, 0]], "ea": [3, 3], "el": [0, 1]},
    "debtrank": {"A": [[0, 4], [2, 0]], "buffer": [8, 8], "weights": [1, 1], "shocks": [0.5, 0]},
    "valuation": {
        **{"L": [[0, 4], [2, 0]], "extliab": [0, 1], "extasset": [3, 1], "sigma_asset": [0.1, 0.1]},
        **{"recovery": [0.5, 0.5], "equity_delta": [0.5, 0.5]},
    },
    "seniority": {"e": [1, 1], "Ls": [[[0, 4], [2, 0]]], "Theta": [[0, 0.5], [0, 0]]},
    "crossholdings": {
        **{"C": [[0, 0.5], [0.2, 0]], "D": [[1, 0], [0, 1]], "p": [1, 1]},
        **{"beta": [0.5, 0.5], "vbar": [0.5, 0.8]},
    },
    "supply": [LINK, LINK | {"supplier": "b", "customer": "c", "supplierNACE": 2, "customerNACE": 3}],
    "circularity": {"W": [[0, 4], [2, 0]]},
    "contagion": NET,
}
CASES = (
    "outside assets below 0",
    "nothing owed",
    "owes itself",
    "parts without a link",
    "the same edge twice",
)


def changed(model: str, **values: Any) -> Any:
    return {**json.loads(json.dumps(SMALL[model])), **values}


def links(*rows: Mapping[str, Any]) -> dict[str, Any]:
    return {"links": [LINK | dict(row) for row in rows]}


def odd(case: str, model: str) -> tuple[Any, Callable[[dict[str, Any]], bool]]:
    """The document of a cell, and what its answer is like if it is answered."""
    none = [[0, 0], [0, 0]]
    own = [[1, 4], [2, 0]]
    key = MATRICES.get(model, "")
    below: dict[str, Any] = {
        "clearing": (changed("clearing", ea=[-1, 1]), None),
        "cascade": (changed("cascade", ea=[-1, 9]), lambda out: out["defaulted"] == [1, 0]),
        "valuation": (changed("valuation", equity_delta=[4, 0]), lambda out: out["equity_after"][0] < 0),
        "seniority": (changed("seniority", e=[-1, 1]), lambda out: out["p"][0][0] == 1 and out["p"][0][1] == 2),
        "crossholdings": (changed("crossholdings", p=[-1, 1]), None),
    }
    nothing: dict[str, Any] = {
        "clearing": (changed("clearing", L=none, el=[0, 0]), lambda out: out["p"] == out["defaulted"] == [0, 0]),
        "cascade": (changed("cascade", L=none, el=[0, 0]), lambda out: out["defaulted"] == [0, 0]),
        "debtrank": (changed("debtrank", A=none), lambda out: out["final_stress_raw"] == [0.5, 0]),
        "valuation": (changed("valuation", L=none, extliab=[0, 0]), lambda out: out["equity_after"] == [2.5, 0.5]),
        "seniority": (changed("seniority", Ls=[none]), lambda out: out["p"] == [[0, 0]]),
        "crossholdings": (changed("crossholdings", C=none), lambda out: out["v"] == [1, 1]),
        "supply": (links({"weight": 0}), None),
        "circularity": (
            changed("circularity", W=none),
            lambda out: out["finn_cycling_index"] == out["reciprocity"] == 0,
        ),
        "contagion": (changed("contagion", edges=[]), lambda out: out["loss_usd"] == [5, 0]),
    }
    match case:
        case "outside assets below 0":
            return below[model]
        case "nothing owed":
            return nothing[model]
        case "owes itself":
            if model == "supply":
                return links({}, {"customer": "a", "customerNACE": 1}), lambda out: False
            if model == "contagion":
                return changed(model, edges=[LOAN | {"to": "a"}]), lambda out: False
            small = np.array(own) / 10 if model in ("seniority", "crossholdings") else np.array(own)
            return changed(model, **{key: small.tolist()}), lambda out: False
        case "parts without a link":
            return twice(model)
        case _:
            return doubled(model)


def twice(model: str) -> tuple[Any, Callable[[dict[str, Any]], bool]]:
    """The network and a copy of it, side by side: each says what it says alone."""
    alone = solve(model, SMALL[model])
    if model == "supply":
        copy = [{**row, "supplier": row["supplier"] * 2, "customer": row["customer"] * 2} for row in SMALL[model]]
        copy = [
            {**row, "supplierNACE": row["supplierNACE"] + 9, "customerNACE": row["customerNACE"] + 9} for row in copy
        ]
        half = [share / 2 for share in alone["esri"]]
        return [*SMALL[model], *copy], lambda out: out["esri"] == pytest.approx([*half, *half])
    if model == "contagion":
        nodes = [n | {"id": n["id"] + k} for k in "12" for n in NET["nodes"]]
        e = [LOAN | {"id": k, "from": f"a{k}", "to": f"b{k}"} for k in "12"]
        both = changed(model, nodes=nodes, edges=e, shock={"u": {"a1": 0.5, "a2": 0.5}})
        return both, lambda out: out["h"] == alone["h"] * 2

    def side(value: Any) -> Any:
        array = np.array(value, dtype=float)
        return (np.kron(np.eye(2), array) if array.ndim == 2 else np.tile(array, 2)).tolist()

    both = {k: [side(L) for L in v] if k == "Ls" else side(v) for k, v in SMALL[model].items()}
    vector = {"clearing": "p", "cascade": "defaulted", "debtrank": "final_stress_raw", "valuation": "equity_after"}
    vector |= {"seniority": "equity_signed", "crossholdings": "v", "circularity": "finn_cycling_index"}
    name = vector[model]
    wanted = alone[name] if model == "circularity" else alone[name] * 2
    return both, lambda out: out[name] == pytest.approx(wanted)


def doubled(model: str) -> tuple[Any, Callable[[dict[str, Any]], bool]]:
    """Every edge given in two halves: nothing changes."""
    alone = solve(model, SMALL[model])

    def unchanged(out: dict[str, Any]) -> bool:
        same(out, alone, 1e-12)
        return True

    if model == "supply":
        return [r | {"weight": 1.5} for r in SMALL[model] for _ in range(2)], unchanged
    if model == "contagion":
        both = [LOAN | {"K": 2.5}, LOAN | {"K": 2.5, "id": "2"}]
        with pytest.raises(BadInput, match=r"edges\[1\]: id '1' stands at edges\[0\] already"):
            solve(model, changed(model, edges=[LOAN, LOAN]))
        return changed(model, edges=both), lambda out: out["h"] == pytest.approx(alone["h"])
    whole = {k: triplets(v) if np.ndim(v) == 2 else v for k, v in SMALL[model].items()}
    return whole | ({"Ls": [triplets(L) for L in SMALL[model]["Ls"]]} if model == "seniority" else {}), unchanged


def cells() -> Iterator[tuple[str, str, str]]:
    section = PAGE.split("## Odd cases")[1]
    rows = [[c.strip() for c in line.strip("|").split("|")] for line in section.splitlines() if line.startswith("|")]
    for row in rows[2:]:
        for model, cell in zip(rows[0][1:], row[1:], strict=True):
            yield row[0], model, cell


def test_the_table_of_odd_cases_is_complete() -> None:
    found = list(cells())
    assert tuple(dict.fromkeys(case for case, *_ in found)) == CASES
    assert {model for _, model, _ in found} == set(MODELS) - {"eventstudy"}
    assert len(found) == 45 and sum(cell == "–" for *_, cell in found) == 4


@pytest.mark.parametrize(("case", "model", "cell"), [c for c in cells() if c[2] != "–"])
def test_an_odd_case_is_what_the_page_says(case: str, model: str, cell: str) -> None:
    document, like = odd(case, model)
    if cell.startswith("refused"):
        with pytest.raises(BadInput) as error:
            solve(model, document)
        assert "\n" not in str(error.value)
    else:
        assert cell.startswith(("taken", "summed"))
        assert like(solve(model, document))


@pytest.mark.parametrize("rule", ["blackcox", "merton", "furfine_merton"])
def test_a_loss_beyond_all_assets_has_no_volatility(rule: str) -> None:
    with pytest.raises(BadInput, match=r"extasset\[0\] - equity_delta\[0\] is negative"):
        solve("valuation", odd("outside assets below 0", "valuation")[0], rule=rule)
    solve("valuation", odd("outside assets below 0", "valuation")[0], rule="linear_dr")


# --- refusals ---

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


# --- what does not converge is no answer ---


def test_a_loop_that_gains_one_a_round_ends_in_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "MAX_ROUNDS", 500)
    e = [LOAN | {"K": 10}, {**LOAN, "id": "2", "from": "b", "to": "a", "K": 10}]
    document = {**NET, "edges": e, "shock": {"u": {"a": 1e-6}}}
    assert "contagion: still moving by 1.0e-06 after 500 rounds" in refused(
        capsys, "contagion", written(tmp_path, document)
    )
    with pytest.raises(NotConverged) as error:
        solve("contagion", document)
    partial = error.value.partial
    assert 0 < partial.h.max() < 1 and partial.step > 1e-7


def test_a_valuation_cut_short_is_no_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(valuation, "_ROUNDS", 3)
    assert "still move" in refused(capsys, "valuation", written(tmp_path, inputs("valuation")), "--rule", "linear_dr")


def test_an_overflow_is_no_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    vast = {"L": [[0, 1e308], [1e308, 0]], "ea": [1e308, 1e308], "el": [1e308, 1e308]}
    assert "not a finite number" in refused(capsys, "clearing", written(tmp_path, vast))


# --- the page ---

FENCE = re.compile(r"^```(\w+)(?: ([\w.]+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_what_the_page_shows_is_what_happens(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = FENCE.findall(PAGE)
    kinds = [kind + (" file" if name else "") for kind, name, _ in found]
    assert kinds == ["json file", "sh", "json", "sh", "json", "csv file", "csv file", "sh", "python"]
    shown: Any = None
    for kind, name, text in found:
        if name:
            Path(name).write_text(text)
        elif kind == "sh":
            shown = ask(capsys, *shlex.split(text)[2:])
        elif kind == "json":
            same(shown, json.loads(text), 1e-12)
        else:
            exec(text, {})
    same(shown, solve("clearing", json.loads(Path("banks.json").read_text()), alpha=0.9, beta=0.9), 1e-12)


def test_the_page_names_every_model_key_and_option() -> None:
    sections = dict(re.findall(r"^\*\*`(\w+)`\*\*(.*?)(?=^\*\*`|^## )", PAGE, re.MULTILINE | re.DOTALL))
    assert tuple(sections) == tuple(MODELS)
    for model, spec in MODELS.items():
        text = sections[model] + (sections["clearing"] if model == "cascade" else "")
        inputs = () if model == "supply" else spec.inputs
        lost = [key for key in (*inputs, *spec.outputs) if f"`{key}`" not in text]
        assert set(lost) <= {"max_circulation_index", "excess_ratio"}, model
        assert all(f"--{option}" in text for option in spec.options), model
    assert "pbar = debts inside the network + debts outside, all ranking alike" in sections["valuation"].replace(
        "\n", " "
    )


def test_the_page_names_the_columns_of_the_lists() -> None:
    for model, form in edges.FORMS.items():
        row = next(line for line in PAGE.splitlines() if line.startswith("| ") and f"`{model}`" in line)
        for column in (form.row, form.column, form.amount, *form.nodes, *form.also):
            assert re.search(rf"\b{column}\b", row), (model, column)


@pytest.mark.parametrize(
    "junk", [{"id": 0}, {"id": "a"}, {"id": None, "E": [1.0]}, {"id": ["a"], "E": 1.0}, {"id": {}}]
)
def test_a_column_that_is_no_list_is_refused(junk: Any) -> None:
    case = json.loads((Path(__file__).parent / "vectors" / "model_hand.json").read_text(encoding="utf-8"))
    with pytest.raises(BadInput, match=r"column '(id|E)' is .*; a list expected"):
        solve("contagion", {**case["inputs"], "nodes": junk})
