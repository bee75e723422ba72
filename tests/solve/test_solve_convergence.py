"""`knockon solve`: what does not converge is no answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from knockon.contagion import fixedpoint
from knockon.contagion.classics import valuation
from knockon.errors import NotConverged
from knockon.solve import solve
from solving import LOAN, NET, inputs, refused, written


def test_a_loop_that_gains_one_a_round_ends_in_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fixedpoint, "MAX_ROUNDS", 500)
    e = [LOAN | {"K": 10}, {**LOAN, "id": "2", "from": "b", "to": "a", "K": 10}]
    document = {**NET, "edges": e, "shock": {"u": {"a": 1e-6}}}
    assert "contagion: still moving by 1.0e-06 after 500 rounds" in refused(
        capsys, "contagion", written(tmp_path, document)
    )
    with pytest.raises(NotConverged) as error:
        solve("contagion", document)
    partial = error.value.partial
    assert 0 < partial.h.max() < 1 and partial.step > 1e-7


def test_a_valuation_cut_short_is_no_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(valuation, "_ROUNDS", 3)
    assert "still move" in refused(capsys, "valuation", written(tmp_path, inputs("valuation")), "--rule", "linear_dr")


def test_an_overflow_is_no_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    vast = {"L": [[0, 1e308], [1e308, 0]], "ea": [1e308, 1e308], "el": [1e308, 1e308]}
    assert "not a finite number" in refused(capsys, "clearing", written(tmp_path, vast))
