"""docs/solve.md: what the page shows is what happens."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from knockon.errors import BadInput
from knockon.solve import MODELS, edges, solve
from reference import VECTORS, same
from solving import PAGE, ask

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
            Path(name).write_text(text, encoding="utf-8")
        elif kind == "sh":
            shown = ask(capsys, *shlex.split(text)[2:])
        elif kind == "json":
            same(shown, json.loads(text), 1e-12)
        else:
            exec(text, {})
    same(
        shown, solve("clearing", json.loads(Path("banks.json").read_text(encoding="utf-8")), alpha=0.9, beta=0.9), 1e-12
    )


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
    case = VECTORS["model_hand"]
    with pytest.raises(BadInput, match=r"column '(id|E)' is .*; a list expected"):
        solve("contagion", {**case["inputs"], "nodes": junk})
