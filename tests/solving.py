"""How the tests of `knockon solve` ask, and the inputs that several of them share."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from knockon.cli import run
from reference import VECTORS

HERE = Path(__file__).parent
PAGE = (HERE.parent / "docs" / "solve.md").read_text(encoding="utf-8")


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


def changed(model: str, **values: Any) -> Any:
    return {**json.loads(json.dumps(SMALL[model])), **values}


def links(*rows: Mapping[str, Any]) -> dict[str, Any]:
    return {"links": [LINK | dict(row) for row in rows]}
