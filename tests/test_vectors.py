"""The literature's models against the reference vectors, every block and every key of every file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from knockon.contagion.classics.clearing import cascade, clearing
from knockon.contagion.classics.crossholdings import crossholdings
from knockon.contagion.classics.debtrank import debtrank
from knockon.contagion.classics.seniority import seniority
from knockon.contagion.classics.supply import supply
from knockon.contagion.classics.valuation import valuation
from knockon.measures.circularity import circularity
from knockon.validation.eventstudy import eventstudy
from reference import SECOND, SHOCKED, VALUED, VECTORS, same
from vectors_model import MODELS

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
                options = {key: rv[key] for key in ("alpha", "beta")}
                expected = {key: value for key, value in rv.items() if key not in options}
                yield f"{name} rv {options}", lambda o=options: clearing(**given, **o), expected
            for r, defaulted in out["cascade"].items():
                answer = {"defaulted": defaulted}
                yield f"{name} cascade {r}", lambda r=r: cascade(**given, recovery=float(r)), answer
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


BLOCKS = [(name, *block) for name in VECTORS if name not in MODELS for block in blocks(name)]


def test_no_vector_is_skipped_unseen() -> None:
    assert len(VECTORS) == 19
    assert [name for name in VECTORS if name.startswith("model_")] == list(MODELS)
    assert len(BLOCKS) == 48
    assert {name for name, *_ in BLOCKS} == set(VECTORS) - set(MODELS)
    assert sum(len(expected) for *_, expected in BLOCKS) == 172


@pytest.mark.parametrize(("name", "label", "call", "expected"), BLOCKS, ids=[b[1] for b in BLOCKS])
def test_a_reference_program_says_the_same(
    name: str, label: str, call: Callable[[], object], expected: dict[str, Any]
) -> None:
    answer = call()
    tolerance = VECTORS[name]["tolerance"]
    assert set(tolerance) == {"abs"}
    for key, value in expected.items():
        same(getattr(answer, SECOND.get(key, key)), value, tolerance["abs"], f"{label}: {key}")
