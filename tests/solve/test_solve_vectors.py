"""`knockon solve`: every vector through the command."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

import knockon.cli.solve  # its import registers the command
from knockon.cli import run
from knockon.contagion.classics import debtrank, valuation
from knockon.solve import MODELS
from reference import SECOND, SHOCKED, VALUED, VECTORS, same
from solving import ask, written

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
