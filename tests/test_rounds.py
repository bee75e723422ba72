from __future__ import annotations

from dataclasses import replace
from itertools import islice, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.contagion.engine import Shock
from knockon.contagion.rounds import rounds
from knockon.contagion.spread import spread
from knockon.study import Study
from knockon.study.shocks.course import REST, sentence, told_paths, told_rounds, worst
from vectors_model import exposures

SHARES = st.floats(0, 1)


@given(value=SHARES, performance=SHARES)
def test_losses_only_grow_and_end_at_the_answer(tiny: Study, value: float, performance: float) -> None:
    result = tiny.shock({"lab": value}, {"lab": performance}, draws=0)
    told = list(islice(rounds(result.spread.map), result.spread.state.rounds + 40))
    assert all(np.all(after >= before * (1 - 1e-12)) for before, after in pairwise(told))
    assert told[-1] == pytest.approx(result.spread.loss, rel=1e-9, abs=1)


def test_the_first_rounds_are_the_hit_and_what_it_does_at_once(eve: Study) -> None:
    result = eve.shock({"openai": 0.2}, draws=0)
    hit, first = islice(rounds(result.spread.map), 2)
    assert hit == pytest.approx(result.spread.channels["direct"])
    assert (first - hit).sum() == pytest.approx(result.totals["first_round_usd"])


def test_what_is_told_ends_at_the_answer_and_leaves_little_between(eve: Study) -> None:
    result = eve.shock({"openai": 0.2}, draws=0)
    *before, end = told_rounds(result)
    assert {party: usd for party, (usd, _) in end.losses.items()} == {
        row["party"]: row["loss_usd"] for row in result.rows()
    }
    assert end.listed_usd == pytest.approx(result.totals["listed_usd"])
    assert [mark.words for mark in before] == ["The hit itself", "After the first round"]
    assert sum(usd for usd, _ in before[-1].losses.values()) < (1 - REST) * result.spread.loss.sum()


def test_a_path_is_told_leg_by_leg(eve: Study) -> None:
    two = sentence(
        eve,
        ["openai", "microsoft", "nvidia"],
        ["stake:microsoft/openai", "dependence:nvidia-microsoft-fy2025-9239"],
    )
    assert two == "From OpenAI to Microsoft through Microsoft’s stake, and on to NVIDIA through everyday purchases."
    one = sentence(eve, ["openai", "oracle"], ["openai-oracle-compute-2025-09/1"])
    assert one == "From OpenAI to Oracle through the compute purchase in “OpenAI and Oracle, 4.5 GW”."


def test_no_way_is_told_twice_and_all_carry_what_they_say(eve: Study) -> None:
    result = eve.shock({"openai": 0.2}, {"openai": 0.1}, draws=0)
    lines, covered = told_paths(result)
    assert len({(line.parties, line.legs) for line in lines}) == len(lines) == 12
    assert [line.usd for line in lines] == sorted((line.usd for line in lines), reverse=True)
    others = result.spread.loss.sum() - result.totals["direct_usd"]
    assert covered == pytest.approx(sum(line.usd for line in lines) / others)
    assert covered > 0.9


def test_the_worst_is_told_only_where_there_are_two_equilibria(eve: Study) -> None:
    nodes = [{"id": name, "E": 10.0, "alpha": 6, "rev": 1, "pi": 0} for name in "ab"]
    edges = [
        {"id": "ab", "type": "loan", "from": "a", "to": "b", "K": 10.0, "lgd": 1.0},
        {"id": "ba", "type": "loan", "from": "b", "to": "a", "K": 10.0, "lgd": 1.0},
    ]
    x = exposures(nodes, edges, {"r": 0.1, "debt_alpha_add": 0})
    ring = spread(x, replace(Shock.none(x), u=np.array([0.02, 0.0])))
    assert worst(ring) == pytest.approx({"a": 10.0, "b": 10.0})  # all of both, by hand
    assert ring.loss.max() < 0.5
    assert worst(eve.shock({"openai": 0.2}, draws=0).spread) == {}
