"""The generated pages are current, the glossary has every fixed word, and the log of corrections can be read."""

from __future__ import annotations

import csv
import re
from datetime import date
from pathlib import Path

import pytest

from knockon.contagion.mechanisms import names
from knockon.scenarios import BASES
from knockon.views.payload import CHANNELS
from knockon.vocab import LISTS
from reference_pages import DOCS, PYTHON, ROOT, pages

MADE = ["commands.md", "glossary.md", "parameters.md", "python.md"]
CURVES = ("exponential", "blackcox")


@pytest.fixture(scope="module")
def made() -> dict[Path, str]:
    return pages()


def test_every_generated_page_is_looked_at(made: dict[Path, str]) -> None:
    assert sorted(path.name for path in made) == MADE
    assert {path for path in made if path.parent.name == "reference"} == set((DOCS / "reference").iterdir())


@pytest.mark.parametrize("name", MADE)
def test_a_generated_page_is_current(made: dict[Path, str], name: str) -> None:
    (path,) = (path for path in made if path.name == name)
    assert path.read_text(encoding="utf-8") == made[path], f"{name} is not current: make reference"


def test_every_public_call_has_words(made: dict[Path, str]) -> None:
    page = made[DOCS / "reference" / "python.md"]
    assert sum(len(things) for things in PYTHON.values()) == page.count("\n### ")
    assert re.findall(r"^- `[^`]+`: *$", page, re.MULTILINE) == []


def test_the_glossary_has_every_fixed_word() -> None:
    page = (DOCS / "glossary.md").read_text(encoding="utf-8")
    with (ROOT / "data" / "parameters.csv").open(encoding="utf-8", newline="") as file:
        symbols = {row["parameter"] for row in csv.DictReader(file)}
    codes = {code for codes in LISTS.values() for code in codes}
    fixed = codes | symbols | set(CHANNELS) | set(BASES) | set(CURVES) | set(names())
    assert len(fixed) > 150
    assert sorted(word for word in fixed if f"`{word}`" not in page) == []


def test_the_log_of_corrections_holds_days_and_who_asked() -> None:
    table = (DOCS / "corrections.md").read_text(encoding="utf-8").partition("## The log")[2]
    head, _, *rows = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("|")]
    assert head == ["received", "asked by", "row", "what was asked", "decided", "what was done"]
    assert ("No request has been received so far." in table) is not bool(rows)
    for received, asked_by, _, _, decided, _ in rows:
        assert date.fromisoformat(received) <= date.fromisoformat(decided)
        assert asked_by in ("firm", "person", "reader")
