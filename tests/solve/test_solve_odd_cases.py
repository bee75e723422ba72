"""`knockon solve`: the table of odd cases in docs/solve.md, cell by cell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from knockon.errors import BadInput
from knockon.solve import MODELS, solve
from reference import same
from solving import LOAN, MATRICES, NET, PAGE, SMALL, changed, links, triplets

CASES = (
    "outside assets below 0",
    "nothing owed",
    "owes itself",
    "parts without a link",
    "the same edge twice",
)


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
