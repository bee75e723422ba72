"""Laws of DebtRank, and where it agrees with other models."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drawn import amounts, close, hollow, law, orders
from knockon.contagion.classics import debtrank as debtrank_module
from knockon.contagion.classics.debtrank import debtrank
from knockon.contagion.classics.valuation import valuation


@st.composite
def stressed(draw: st.DrawFn, scenarios: int = 3) -> dict[str, Any]:
    n = draw(st.integers(1, 6))
    return {
        "A": draw(hollow(n)),
        "buffer": draw(amounts((n,), low=1)),
        "weights": draw(amounts((n,), low=1)),
        "shocks": draw(amounts((scenarios, n), high=10)) / 10,
    }


@law
@given(stressed())
def test_without_a_bust_linear_debtrank_is_a_neumann_series(x: dict[str, Any]) -> None:
    A = x["A"] / max(1, (2 * x["A"].sum(1) / x["buffer"]).max())
    found = debtrank(A, x["buffer"], x["weights"], 0.4 * x["shocks"])
    W = A / x["buffer"][:, None]
    close(found.final_stress_raw, np.linalg.solve(np.eye(len(W)) - W, 0.4 * x["shocks"].T).T, scale=1)
    assert not found.additional_defaults.any()


@law
@given(stressed())
def test_linear_stress_is_the_least_that_explains_itself(x: dict[str, Any]) -> None:
    found = debtrank(**x).final_stress_raw
    W = x["A"] / x["buffer"][:, None]
    close(found, x["shocks"] + np.minimum(1, found) @ W.T, scale=1)
    below = np.zeros_like(found)
    for _ in range(2000):
        below = np.minimum(1, x["shocks"] + below @ W.T)
    close(np.minimum(1, found), below, scale=1e4)


@law
@given(stressed())
def test_rounds_and_exact_solves_agree(x: dict[str, Any]) -> None:
    rounds = debtrank(**x)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(debtrank_module, "_ROUNDS", 1)
        close(debtrank(**x).final_stress_raw, rounds.final_stress_raw, scale=1e3)


def test_a_millionth_goes_round_until_all_are_bust() -> None:
    n = 50
    shock = np.zeros(n)
    shock[3] = 1e-6
    found = debtrank(np.roll(np.eye(n), 1, axis=1), np.ones(n), np.ones(n), shock)
    close(found.final_stress_raw, 1 + shock, scale=1)
    assert found.additional_defaults == n
    close(found.additional_stress + found.original_stress, 1, scale=1)


@law
@given(stressed())
def test_linear_debtrank_is_network_valuation_with_linear_values(x: dict[str, Any]) -> None:
    n, L = len(x["buffer"]), x["A"].T
    outside = np.maximum(0, x["buffer"] + L.sum(1) - L.sum(0))
    covered = outside - x["buffer"] - L.sum(1) + L.sum(0)
    one = np.ones(n)
    worth = valuation(L, covered, outside, one, one, (x["shocks"] * x["buffer"]).T, rule="linear_dr")
    close(worth.equity_after.T, x["buffer"] * (1 - debtrank(**x).final_stress_raw), scale=1e3)


@law
@given(stressed(), st.sampled_from(["linear", "threshold", "single-hit"]), st.data())
def test_stress_obeys_its_laws(x: dict[str, Any], rule: Any, data: st.DataObject) -> None:
    found = debtrank(**x, rule=rule)
    n, unit = len(x["buffer"]), 1e9
    assert (found.final_stress_raw >= x["shocks"]).all()
    assert (found.additional_stress >= -1e-12).all()
    assert (found.original_stress + found.additional_stress <= 1 + 1e-12).all()
    rest = {"weights": x["weights"], "shocks": x["shocks"]}
    rich = debtrank(unit * x["A"], unit * x["buffer"], **rest, rule=rule)
    close(rich.final_stress_raw, found.final_stress_raw, scale=1)
    close(rich.additional_losses / unit, found.additional_losses)
    to = data.draw(orders(n))
    moved = debtrank(x["A"][np.ix_(to, to)], x["buffer"][to], x["weights"][to], x["shocks"][:, to], rule=rule)
    close(moved.final_stress_raw, found.final_stress_raw[:, to], scale=1)
    alone = debtrank(**{**x, "shocks": x["shocks"][1]}, rule=rule)
    close(alone.final_stress_raw, found.final_stress_raw[1], scale=1)
    assert alone.additional_stress.shape == ()
    assert (found.final_stress_raw <= debtrank(**x).final_stress_raw + 1e-9).all()  # linear passes on most
    if rule != "single-hit":  # who has spoken once is silent afterwards: no monotony there
        more = np.minimum(1, x["shocks"] + data.draw(amounts(x["shocks"].shape, high=10)) / 10)
        harder = debtrank(**{**x, "shocks": more}, rule=rule)
        assert (harder.final_stress_raw >= found.final_stress_raw - 1e-9).all()
