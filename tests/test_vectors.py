"""The literature's models against the reference vectors, every block and every key of every file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from knockon.contagion.classics.clearing import cascade, clearing
from knockon.contagion.classics.crossholdings import crossholdings
from knockon.contagion.classics.debtrank import debtrank
from knockon.contagion.classics.seniority import seniority
from knockon.contagion.classics.supply import supply
from knockon.contagion.classics.valuation import valuation
from knockon.measures.circularity import circularity
from knockon.validation.eventstudy import eventstudy

HERE = Path(__file__).parent
VECTORS = {path.stem: json.loads(path.read_text()) for path in sorted((HERE / "vectors").glob("*.json"))}
ENGINE = ["model_a", "model_capped", "model_funding", "model_hand"]  # these are held in test_engine.py
SECOND = {"p_systemicrisk": "p", "p_systemicrisk_lp": "p"}  # another program's answer to the same question
SHOCKED = {"debtrank": "linear", "threshold": "threshold", "debtrank_single_hit": "single-hit"}
VALUED = {
    "eisenberg_noe": "eisenberg_noe",
    "linear_dr": "linear_dr",
    "exante_en_blackcox_gbm": "blackcox",
    "exante_en_merton_gbm": "merton",
    "exante_furfine_merton_gbm": "furfine_merton",
}

Block = tuple[str, Callable[[], object], dict[str, Any]]


def esri(links: list[dict[str, Any]], **options: float) -> object:
    column = {
        "supplier": "supplier",
        "customer": "customer",
        "supplier_sector": "supplierNACE",
        "customer_sector": "customerNACE",
        "weight": "weight",
        "kind": "type",
    }
    return supply(**{ours: [link[theirs] for link in links] for ours, theirs in column.items()}, **options)


def blocks(name: str) -> Iterator[Block]:
    """Each call that a vector file answers, with the keys of its answer."""
    given, out = VECTORS[name]["inputs"], VECTORS[name]["outputs"]
    match name.split("_")[0]:
        case "clear":
            assert set(out) == {"en", "rv", "cascade"}
            yield f"{name} en", lambda: clearing(**given), out["en"]
            for rv in out["rv"]:
                options = {"alpha": rv.pop("alpha"), "beta": rv.pop("beta")}
                yield f"{name} rv {options}", lambda o=options: clearing(**given, **o), rv
            for r, defaulted in out["cascade"].items():
                call = lambda r=r: cascade(**given, recovery=float(r))  # noqa: E731
                yield f"{name} cascade {r}", call, {"defaulted": defaulted}
        case "dr":
            assert set(out) == set(SHOCKED)
            for key, rule in SHOCKED.items():
                yield f"{name} {rule}", lambda rule=rule: debtrank(**given, rule=rule), out[key]
        case "neva":
            assert set(out) == set(VALUED)
            for key, rule in VALUED.items():
                yield f"{name} {rule}", lambda rule=rule: valuation(**given, rule=rule), out[key]
        case "elsinger":
            yield name, lambda: seniority(**given), out
        case "egj":
            yield name, lambda: crossholdings(**given), out
        case "esri":
            stopped = {"names": out["names"], "esri": out["esri_stop1e-2"]}
            yield name, lambda: esri(given), {key: out[key] for key in ("names", "esri")}
            yield f"{name} stop", lambda: esri(given, stop=1e-2), stopped
        case "circ":
            yield name, lambda: circularity(**given), out
        case "event":
            yield name, lambda: eventstudy(**given), out


BLOCKS = [(name, *block) for name in VECTORS if name not in ENGINE for block in blocks(name)]


def test_no_vector_is_skipped_unseen() -> None:
    assert len(VECTORS) == 19
    assert [name for name in VECTORS if name.startswith("model_")] == ENGINE
    assert len(BLOCKS) == 48
    assert {name for name, *_ in BLOCKS} == set(VECTORS) - set(ENGINE)
    assert sum(len(expected) for *_, expected in BLOCKS) == 172


def test_the_engine_has_its_own_test_of_its_vectors() -> None:
    assert "model_" in (HERE / "test_engine.py").read_text()


@pytest.mark.parametrize(("name", "label", "call", "expected"), BLOCKS, ids=[b[1] for b in BLOCKS])
def test_a_reference_program_says_the_same(
    name: str, label: str, call: Callable[[], object], expected: dict[str, Any]
) -> None:
    answer = call()
    tolerance = VECTORS[name]["tolerance"]
    assert set(tolerance) == {"abs"}
    for key, value in expected.items():
        same(getattr(answer, SECOND.get(key, key)), value, tolerance["abs"], f"{label}: {key}")


def same(found: Any, expected: Any, tolerance: float, what: str) -> None:
    if isinstance(expected, dict):
        assert {str(key) for key in found} == set(expected), what
        for key, value in found.items():
            same(value, expected[str(key)], tolerance, f"{what}[{key}]")
    elif isinstance(expected, list) and expected and isinstance(expected[0], str):
        assert list(found) == expected, what
    else:
        assert np.shape(found) == np.shape(expected), what
        np.testing.assert_allclose(found, np.asarray(expected, float), rtol=0, atol=tolerance, err_msg=what)
