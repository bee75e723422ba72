"""Two answers side by side: each is the answer that its own command gives, and the difference is theirs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import knockon
from knockon.cli import run
from knockon.errors import BadInput, UnknownName
from knockon.scenarios import Scenario, find
from knockon.study import Study
from knockon.study.compare import compare

ASKED = Scenario(value={"openai": 0.2}, draws=0)


def test_each_side_is_what_its_own_question_gives(eve: Study) -> None:
    found = compare("2025-11-05", "2026-07-01", ASKED)
    later = knockon.open(as_of="2026-07-01").run(ASKED)
    assert found.results[0].rows() == eve.run(ASKED).rows() and found.results[1].rows() == later.rows()
    rows = {row["party"]: row for row in found.rows()}
    before = {row["party"]: row["loss_usd"] for row in eve.run(ASKED).rows()}
    after = {row["party"]: row["loss_usd"] for row in later.rows()}
    assert set(rows) == set(before) | set(after)
    for party, row in rows.items():
        assert (row["a_usd"], row["b_usd"]) == (before.get(party, 0.0), after.get(party, 0.0))
        assert row["difference_usd"] == row["b_usd"] - row["a_usd"]
    sizes = [abs(row["difference_usd"]) for row in found.rows()]
    assert sizes == sorted(sizes, reverse=True)


def test_a_thing_does_not_differ_from_itself_and_sides_can_be_swapped() -> None:
    same = compare("power-delay", "power-delay")
    assert not any(row["difference_usd"] for row in same.rows())
    one, two = compare("power-delay", "backstop-denied"), compare("backstop-denied", "power-delay")
    assert {r["party"]: r["difference_usd"] for r in one.rows()} == {
        r["party"]: -r["difference_usd"] for r in two.rows()
    }
    assert one.results[0].study.as_of == find("power-delay").as_of


def test_a_book_of_ones_own_is_a_side(own: Path) -> None:
    asked = Scenario(value={"lab": 0.5}, draws=0)
    found = compare(str(own), str(own), asked, as_of="2025-04-30")
    assert found.rows() and not any(row["difference_usd"] for row in found.rows())


def test_what_cannot_be_compared_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(BadInput, match="says when, not what; add a shock"):
        compare("2025-11-05", "2026-07-01")
    with pytest.raises(BadInput, match="is no day and no book"):
        compare("lab-fails", "2026-07-01", ASKED)
    with pytest.raises(UnknownName, match="did you mean 'lab-fails'"):
        compare("lab-fail", "lab-fails")
    assert run(["compare", "lab-fail", "lab-fails"]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_the_command_prints_a_table_json_and_csv(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["compare", "2025-11-05", "2026-07-01", "openai=0.2"]
    assert run(words) == 0
    out = capsys.readouterr().out
    assert "A: 2025-11-05." in out and "SoftBank" in out and "B - A $bn" in out
    assert run([*words, "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["a"]["as_of"] == "2025-11-05" and found["b"]["as_of"] == "2026-07-01"
    assert run([*words, "--format", "csv"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1 + len(found["parties"]) and lines[0].startswith("party,name,listed,a_usd,b_usd")
