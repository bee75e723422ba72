"""`knockon solve`: one answer whatever the form of input."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from knockon.contagion import capped
from knockon.contagion.classics import debtrank, valuation
from knockon.solve import MODELS, edges, network, solve
from networks import networks
from reference import same
from solving import MATRICES, NET, ask, inputs, triplets, written
from vectors_model import exposures


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
