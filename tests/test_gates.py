"""The benchmarks in their short form: both sides agree, and each gate fails when our side is made slow."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
COUNT = 13
SHORT = COUNT - 2


@pytest.fixture(scope="module")
def tools() -> Any:
    """The module of the gates."""
    pytest.importorskip("resource", reason="children's CPU time is asked of POSIX")
    pytest.importorskip("numba", reason="numba, of the extra knockon[fast], is not installed")
    import gates

    return gates


def test_each_gate_agrees_and_fails_when_slowed(tools: Any) -> None:
    import harness

    tasks = []
    for gate in tools.gates(short=True):
        assert not harness.measured(harness.slowed(gate), rounds=1).met, gate.task
        tasks.append(gate.task)
    assert len(set(tasks)) == SHORT


def test_sides_that_differ_are_not_timed(tools: Any) -> None:
    import harness

    gate = tools.circles(20, 80)
    with pytest.raises(harness.Disagree, match="nothing is timed"):
        harness.measured(replace(gate, ours=list), rounds=1)


def test_a_bound_is_kept_where_it_is_kept(tools: Any) -> None:
    import harness

    gate = tools.circles(20, 80)
    for bound, ours, theirs, met in (
        (harness.Bound.QUICKER, 1.0, 50.0, True),
        (harness.Bound.QUICKER, 1.0, 49.0, False),
        (harness.Bound.AS_LONG, 50.0, 1.0, True),
        (harness.Bound.AS_LONG, 51.0, 1.0, False),
        (harness.Bound.SECONDS, 50.0, 0.0, True),
        (harness.Bound.SECONDS, 51.0, 0.0, False),
    ):
        assert harness.Figure(replace(gate, bound=bound, limit=50), ours, theirs).met is met


def rows(text: str) -> list[list[str]]:
    """The cells of every table row."""
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]


def test_the_readme_quotes_the_page_of_the_last_run(tools: Any) -> None:
    page = {cells[0] + " | " + cells[1]: cells[4] for cells in rows((ROOT / "docs/benchmarks.md").read_text("utf-8"))}
    section = re.search(r"^## Speed\n(.*?)(?=^## |\Z)", (ROOT / "README.md").read_text("utf-8"), re.M | re.S)
    assert section, "the README has a section on speed"
    quoted = [cells for cells in rows(section[1]) if not set(cells[0]) <= set("-: ") and cells[0] != "task"]
    assert len(quoted) >= 5
    for task, beside, figure in quoted:
        assert page.get(f"{task} | {beside}") == figure, f"{task}: run make bench and quote docs/benchmarks.md"


def test_the_page_has_every_gate_and_explains_what_it_misses() -> None:
    text = (ROOT / "docs/benchmarks.md").read_text("utf-8")
    found = [cells for cells in rows(text) if cells[-1] in ("kept", "missed")]
    assert len(found) == COUNT
    for cells in found:
        assert cells[-1] == "kept" or f"\n- {cells[0]}: " in text, f"{cells[0]} misses its bound and says not why"
