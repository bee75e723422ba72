"""Laws of the literature's models: what must hold on every network, and where two models must agree."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import linprog

from knockon.arrays import matrix
from knockon.contagion.classics import debtrank as debtrank_module
from knockon.contagion.classics import supply as supply_module
from knockon.contagion.classics import valuation as valuation_module
from knockon.contagion.classics.clearing import cascade, clearing
from knockon.contagion.classics.crossholdings import crossholdings
from knockon.contagion.classics.debtrank import debtrank
from knockon.contagion.classics.seniority import seniority
from knockon.contagion.classics.supply import Supply, supply
from knockon.contagion.classics.valuation import valuation
from knockon.errors import BadInput, NotConverged
from knockon.measures import circularity as circularity_module
from knockon.measures.circularity import balanced_flow_forwarding, circularity, max_circulation, round_trip
from knockon.measures.cycles import cycles
from knockon.validation.eventstudy import eventstudy

Array = NDArray[np.float64]
law = settings(max_examples=80, deadline=None, derandomize=True)
shares = st.sampled_from([0.0, 0.25, 0.5, 0.8, 1.0])
RULES = ["eisenberg_noe", "linear_dr", "blackcox", "merton", "furfine_merton"]


@st.composite
def amounts(draw: st.DrawFn, shape: tuple[int, ...], low: int = 0, high: int = 20) -> Array:
    """Whole numbers, half of them `low`: ties, zeros and sinks come up often."""
    count = int(np.prod(shape))
    some = draw(st.lists(st.integers(low, high), min_size=count, max_size=count))
    kept = draw(st.lists(st.booleans(), min_size=count, max_size=count))
    return np.where(kept, some, max(low, 0)).astype(float).reshape(shape)


@st.composite
def hollow(draw: st.DrawFn, n: int) -> Array:
    found = draw(amounts((n, n)))
    np.fill_diagonal(found, 0)
    return found


@st.composite
def debts(draw: st.DrawFn, most: int = 6) -> dict[str, Any]:
    n = draw(st.integers(1, most))
    return {"L": draw(hollow(n)), "ea": draw(amounts((n,))), "el": draw(amounts((n,)))}


@st.composite
def orders(draw: st.DrawFn, n: int) -> NDArray[np.int64]:
    return np.array(draw(st.permutations(range(n))))


def relative(L: Array, pbar: Array) -> Array:
    return np.divide(L, pbar[:, None], out=np.zeros_like(L), where=pbar[:, None] > 0)


def close(a: object, b: object, scale: float = 100.0) -> None:
    np.testing.assert_allclose(np.asarray(a, float), np.asarray(b, float), rtol=1e-9, atol=1e-11 * scale)


# clearing


@law
@given(debts(), shares, shares, st.booleans())
def test_payments_clear(x: dict[str, Any], alpha: float, beta: float, least: bool) -> None:
    found = clearing(**x, alpha=alpha, beta=beta, least=least)
    pbar = x["L"].sum(1) + x["el"]
    inside = relative(x["L"], pbar).T @ found.p
    short = found.defaulted == 1
    close(found.p, np.where(short, alpha * x["ea"] + beta * inside, pbar))
    close(found.equity_signed, x["ea"] + inside - pbar)
    assert (found.equity_signed[short] < 0).all()
    assert (found.equity_signed[~short] > -1e-9).all()


@law
@given(debts())
def test_the_greatest_payments_are_those_of_the_linear_programme(x: dict[str, Any]) -> None:
    pbar = x["L"].sum(1) + x["el"]
    Pi = relative(x["L"], pbar)
    bounds = list(zip(0 * pbar, pbar, strict=True))
    most = linprog(-np.ones(len(pbar)), np.eye(len(pbar)) - Pi.T, x["ea"], bounds=bounds)
    assert abs(clearing(**x).p.sum() + most.fun) <= 1e-6


@law
@given(debts(), shares, shares)
def test_plain_iteration_closes_in_on_greatest_and_least(x: dict[str, Any], alpha: float, beta: float) -> None:
    pbar = x["L"].sum(1) + x["el"]
    Pi = relative(x["L"], pbar)
    above, below = pbar, 0 * pbar
    for _ in range(200):
        above, below = (
            np.where(x["ea"] + Pi.T @ p >= pbar - 1e-11, pbar, alpha * x["ea"] + beta * (Pi.T @ p))
            for p in (above, below)
        )
    greatest = clearing(**x, alpha=alpha, beta=beta).p
    least = clearing(**x, alpha=alpha, beta=beta, least=True).p
    assert (below <= least + 1e-9).all()
    assert (least <= greatest + 1e-9).all()
    assert (greatest <= above + 1e-9).all()


@law
@given(debts())
def test_without_costs_of_default_equity_is_the_same_in_every_solution(x: dict[str, Any]) -> None:
    greatest, least = clearing(**x), clearing(**x, least=True)
    close(np.maximum(greatest.equity_signed, 0), np.maximum(least.equity_signed, 0))


@law
@given(debts(), st.data(), shares, shares, st.booleans())
def test_more_assets_never_pay_less(
    x: dict[str, Any], data: st.DataObject, alpha: float, beta: float, least: bool
) -> None:
    more = x["ea"] + data.draw(amounts(x["ea"].shape))
    before = clearing(**x, alpha=alpha, beta=beta, least=least)
    after = clearing(**{**x, "ea": more}, alpha=alpha, beta=beta, least=least)
    assert (after.p >= before.p - 1e-9).all()
    assert (after.defaulted <= before.defaulted).all()


@law
@given(debts(), shares, shares)
def test_costs_of_default_never_pay_more(x: dict[str, Any], alpha: float, beta: float) -> None:
    assert (clearing(**x, alpha=alpha, beta=beta).p <= clearing(**x).p + 1e-9).all()


@law
@given(debts(), st.booleans())
def test_nobody_pays_more_than_he_has_and_owners_come_last(x: dict[str, Any], least: bool) -> None:
    found = clearing(**x, least=least)
    pbar = x["L"].sum(1) + x["el"]
    assets = found.equity_signed + pbar
    assert (found.p >= 0).all()
    assert (found.p <= pbar * (1 + 1e-12)).all()
    close(found.p, np.minimum(pbar, assets))  # all debts, or all that is there


@law
@given(debts(), st.booleans())
def test_no_money_is_made_or_lost(x: dict[str, Any], least: bool) -> None:
    found = clearing(**x, least=least)
    pbar = x["L"].sum(1) + x["el"]
    paid_out = np.divide(x["el"], pbar, out=0 * pbar, where=pbar > 0) @ found.p
    close(np.maximum(found.equity_signed, 0).sum() + paid_out, x["ea"].sum())


@law
@given(debts(), shares)
def test_outsiders_are_creditors_like_any_other(x: dict[str, Any], alpha: float) -> None:
    n = len(x["ea"])
    L = np.zeros((n + 1, n + 1))
    L[:n, :n], L[:n, n] = x["L"], x["el"]
    inside = clearing(L, np.append(x["ea"], 0), np.zeros(n + 1), alpha=alpha, beta=0.8)
    close(inside.p[:n], clearing(**x, alpha=alpha, beta=0.8).p)
    assert inside.p[n] == 0
    assert inside.defaulted[n] == 0


@law
@given(debts(), st.sampled_from([1e-9, 3e-4, 7e5, 1e12]), shares, shares, st.booleans())
def test_the_unit_of_money_does_not_matter(
    x: dict[str, Any], unit: float, alpha: float, beta: float, least: bool
) -> None:
    a = clearing(**x, alpha=alpha, beta=beta, least=least)
    b = clearing(**{key: unit * value for key, value in x.items()}, alpha=alpha, beta=beta, least=least)
    close(b.p / unit, a.p)
    assert (a.defaulted == b.defaulted).all()


@law
@given(debts(), st.data(), shares, shares)
def test_the_order_of_parties_does_not_matter(
    x: dict[str, Any], data: st.DataObject, alpha: float, beta: float
) -> None:
    to = data.draw(orders(len(x["ea"])))
    y = {"L": x["L"][np.ix_(to, to)], "ea": x["ea"][to], "el": x["el"][to]}
    close(clearing(**y, alpha=alpha, beta=beta).p, clearing(**x, alpha=alpha, beta=beta).p[to])
    assert (cascade(**y).defaulted == cascade(**x).defaulted[to]).all()


@law
@given(debts(), st.data(), shares, shares, st.booleans())
def test_columns_of_scenarios_are_scenarios_on_their_own(
    x: dict[str, Any], data: st.DataObject, alpha: float, beta: float, least: bool
) -> None:
    ea = data.draw(amounts((len(x["ea"]), 4)))
    together = clearing(sparse.coo_array(x["L"]), ea, x["el"], alpha=alpha, beta=beta, least=least)
    down = cascade(x["L"], ea, x["el"], recovery=beta)
    assert together.p.shape == ea.shape
    for k in range(4):
        alone = clearing(x["L"], ea[:, k], x["el"], alpha=alpha, beta=beta, least=least)
        close(together.p[:, k], alone.p)
        assert (together.defaulted[:, k] == alone.defaulted).all()
        assert (down.defaulted[:, k] == cascade(x["L"], ea[:, k], x["el"], recovery=beta).defaulted).all()


@pytest.mark.parametrize("n", [2, 5, 400])
def test_a_ring_without_outside_money_clears_in_full_or_not_at_all(n: int) -> None:
    L, none = 3.0 * np.roll(np.eye(n), 1, axis=1), np.zeros(n)
    full, nothing = clearing(L, none, none), clearing(L, none, none, least=True)
    assert (full.p == 3).all()
    assert not full.defaulted.any()
    assert (nothing.p == 0).all()
    assert nothing.defaulted.all()


def test_a_drop_of_outside_money_fills_the_least_ring_too() -> None:
    L = 3.0 * np.roll(np.eye(5), 1, axis=1)
    assert (clearing(L, [1e-3, 0, 0, 0, 0], np.zeros(5), least=True).p == 3).all()


def test_with_costs_of_default_a_ring_is_not_rescued_from_below() -> None:
    L = 3.0 * np.roll(np.eye(2), 1, axis=1)
    ask = {"L": L, "ea": [1, 1], "el": [0, 0], "alpha": 0.5, "beta": 0.5}
    close(clearing(**ask).p, [3, 3])
    close(clearing(**ask, least=True).p, [1, 1])  # p = 0.5 + 0.5 p, and 1 + 1 < 3
    close(clearing(**{**ask, "ea": [2, 2]}, least=True).p, [3, 3])  # p = 2, and 2 + 2 >= 3: rescued


def test_sinks_and_parties_alone_owe_nothing_and_do_not_fail() -> None:
    found = clearing([[0, 4, 0], [0, 0, 0], [0, 0, 0]], [1, 0, 7], [0, 0, 0])
    close(found.p, [1, 0, 0])
    assert found.defaulted.tolist() == [1, 0, 0]
    close(found.equity_signed, [-3, 1, 7])


@pytest.mark.parametrize("least", [False, True])
def test_a_shortfall_counts_from_a_billionth_and_rounding_does_not(least: bool) -> None:
    L = [[0, 3, 0], [0, 0, 0.3], [0, 0, 0]]
    for missing, expected in ((1e-9, 1), (1e-14, 0)):
        found = clearing(L, [3 * (1 - missing), 0, 0], [0, 2.7, 0], alpha=0.5, beta=0.5, least=least)
        assert found.defaulted.tolist() == [expected, expected, 0]


@pytest.mark.parametrize("least", [False, True])
def test_half_a_dollar_goes_down_a_chain_of_two_thousand(least: bool) -> None:
    n = 2000
    L = sparse.diags_array([np.ones(n - 1)], offsets=[1], shape=(n, n))
    ea = np.zeros(n)
    ea[0] = 0.5
    close(clearing(L, ea, np.zeros(n), least=least).p, [0.5] * (n - 1) + [0], scale=1)


def test_a_large_network_clears_to_the_last_digit() -> None:
    n, draw = 3000, np.random.default_rng(5)
    i, j = draw.integers(0, n, (2, 10 * n))
    L = sparse.csr_array((draw.random(10 * n) * 10.0 ** draw.integers(-3, 3, 10 * n), (i, j)), shape=(n, n))
    L = L - sparse.diags_array(L.diagonal())
    pbar = L.sum(axis=1) + 1
    ea = pbar * draw.random(n) * 0.3
    p = clearing(L, ea, np.ones(n)).p
    assert 0 < (p < pbar).sum() < n
    again = np.minimum(pbar, ea + (sparse.diags_array(1 / pbar) @ L).T @ p)
    assert np.abs(p / again - 1).max() < 1e-12


@law
@given(debts(), shares)
def test_a_cascade_is_the_smallest_set_that_explains_itself(x: dict[str, Any], recovery: float) -> None:
    down = cascade(**x, recovery=recovery).defaulted
    worth = x["ea"] + x["L"].sum(0) - x["L"].sum(1) - x["el"]
    loss = (1 - recovery) * (x["L"].T @ down)
    assert (down == (worth < loss - 1e-9)).all()
    for other in itertools.product([0, 1], repeat=len(worth)):
        explains = other == tuple((worth < (1 - recovery) * (x["L"].T @ other) - 1e-9).astype(int))
        assert not explains or (down <= other).all()


@law
@given(debts())
def test_clearing_never_fails_more_than_a_cascade_without_recovery(x: dict[str, Any]) -> None:
    first = cascade(**x, recovery=1.0).defaulted
    cleared = clearing(**x).defaulted
    assert (first <= cleared).all()
    assert (cleared <= cascade(**x).defaulted).all()


# debtrank


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


# valuation


@st.composite
def valued(draw: st.DrawFn) -> dict[str, Any]:
    n = draw(st.integers(1, 6))
    outside = draw(amounts((n,)))
    return {
        "L": draw(hollow(n)),
        "extliab": draw(amounts((n,))),
        "extasset": outside,
        "sigma_asset": draw(amounts((n,), high=10)) / 10,
        "recovery": draw(amounts((n,), high=4)) / 4,
        "equity_delta": outside * draw(amounts((n,), high=4)) / 4,
    }


def valued_or_close(**x: Any) -> Any:
    """The valuation, or its last iterate where plain iteration is too slow to end."""
    try:
        return valuation(**x)
    except NotConverged as slow:
        return slow.partial


@law
@given(valued())
def test_network_valuation_contains_clearing(x: dict[str, Any]) -> None:
    cleared = clearing(x["L"], x["extasset"] - x["equity_delta"], x["extliab"])
    close(valued_or_close(**x).equity_after, cleared.equity_signed, scale=1e6)


@law
@given(valued())
def test_certain_assets_and_full_recovery_leave_merton_with_clearing(x: dict[str, Any]) -> None:
    sure = {**x, "sigma_asset": 0 * x["recovery"], "recovery": 0 * x["recovery"] + 1}
    merton, cleared = valued_or_close(**sure, rule="merton"), valued_or_close(**x)
    close(merton.equity_after, cleared.equity_after, scale=1e6)


@law
@given(valued(), shares)
def test_certain_assets_leave_furfine_with_the_cascade(x: dict[str, Any], recovery: float) -> None:
    one = np.ones(len(x["recovery"]))
    found = valuation(**{**x, "sigma_asset": 0 * one, "recovery": recovery * one}, rule="furfine_merton")
    down = cascade(x["L"], x["extasset"] - x["equity_delta"], x["extliab"], recovery=recovery).defaulted
    assert ((found.equity_after < -1e-9) == (down == 1)).all()


@law
@given(valued(), st.sampled_from(RULES), st.data())
def test_values_obey_their_laws(x: dict[str, Any], rule: Any, data: st.DataObject) -> None:
    found = valued_or_close(**x, rule=rule)
    n, unit = len(x["recovery"]), 2.0**40
    face = x["extasset"] - x["equity_delta"] - x["extliab"] + x["L"].sum(0) - x["L"].sum(1)
    assert (found.equity_after <= face + 1e-9).all()
    assert (found.equity_after >= face - x["L"].sum(0) - 1e-9).all()  # a claim is worth 0 at least
    assert (found.equity_after <= found.equity_round1 + 1e-9).all()
    money = {key: unit * x[key] for key in ("L", "extliab", "extasset", "equity_delta")}
    close(valued_or_close(**{**x, **money}, rule=rule).equity_after / unit, found.equity_after, scale=1e6)
    to = data.draw(orders(n))
    moved = {key: value[to] for key, value in x.items() if key != "L"}
    close(
        valued_or_close(L=x["L"][np.ix_(to, to)], **moved, rule=rule).equity_after,
        found.equity_after[to],
        scale=1e6,
    )
    less = x["equity_delta"] * data.draw(amounts((n,), high=4)) / 4
    both = valued_or_close(**{**x, "equity_delta": np.column_stack([x["equity_delta"], less])}, rule=rule)
    close(both.equity_after[:, 0], found.equity_after, scale=1e6)
    assert (both.equity_after[:, 1] >= both.equity_after[:, 0] - 1e-6).all()


def test_a_valuation_that_does_not_end_shows_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(valuation_module, "_ROUNDS", 1)
    half = np.array([0.5, 0.5])
    with pytest.raises(NotConverged, match="after 1 rounds") as caught:
        valuation([[0, 4], [4, 0]], [1, 1], [2, 2], half, half, [0, 1.5], rule="blackcox")
    partial = caught.value.partial
    assert isinstance(partial, valuation_module.Valuation)
    assert (partial.equity_after == partial.equity_round1).all()


def test_black_and_cox_give_the_chance_to_touch_the_barrier() -> None:
    """Against paths: one borrower, one claim, equity 0.3 of assets 1, sigma 0.4, no recovery."""
    found = valuation([[0, 0.7], [0, 0]], [0, 0], [1, 1], [0.4, 0.4], [0, 0], [0, 0], rule="blackcox")
    steps, paths = 400, 20_000
    draw = np.random.default_rng(11).standard_normal((paths, steps))
    log_assets = np.cumsum(0.4 / np.sqrt(steps) * draw - 0.08 / steps, axis=1)
    # a path seen only at steps misses touches between them: the barrier is moved (Broadie et al. 1997)
    barrier = np.log(0.7) + 0.5826 * 0.4 / np.sqrt(steps)
    touched = (log_assets.min(axis=1) <= barrier).mean()
    assert abs((1 - (found.equity_after[1] - 1) / 0.7) - touched) < 0.012


# seniority


@st.composite
def ranked(draw: st.DrawFn) -> dict[str, Any]:
    n = draw(st.integers(1, 5))
    held = draw(hollow(n)) + 0.0
    return {
        "e": draw(amounts((n,), low=-10)),
        "Ls": [draw(hollow(n)) for _ in range(draw(st.integers(1, 3)))],
        "Theta": held / max(1, 1.25 * held.sum(1).max()),
    }


def step(x: dict[str, Any], paid: Array, equity: Array) -> tuple[Array, Array]:
    """One application of Elsinger's map, written out; returns assets and total debts."""
    pbar = np.array([L.sum(1) for L in x["Ls"]])
    have = x["e"] + x["Theta"].T @ equity
    for L, b, p in zip(x["Ls"], pbar, paid, strict=True):
        have = have + relative(L, b).T @ p
    return have, pbar


def ranks(have: Array, pbar: Array) -> Array:
    senior = np.vstack([0 * have, pbar.cumsum(0)[:-1]])
    return np.clip(have - senior, 0, pbar)


@law
@given(ranked())
def test_ranked_payments_clear_and_juniors_wait(x: dict[str, Any]) -> None:
    found = seniority(**x)
    equity = np.maximum(0, found.equity_signed)
    have, pbar = step(x, found.p, equity)
    close(found.equity_signed, have - pbar.sum(0), scale=1e3)
    close(found.p, ranks(have, pbar), scale=1e3)
    for senior, junior in itertools.pairwise(range(len(pbar))):
        waits = found.p[senior] < pbar[senior] - 1e-7
        assert (found.p[junior][waits] < 1e-7).all()
    outside = (1 - x["Theta"].sum(1)) @ equity
    close(outside + np.minimum(0, have).sum(), x["e"].sum(), scale=1e3)


@law
@given(ranked())
def test_no_ranked_solution_pays_more(x: dict[str, Any]) -> None:
    pbar = np.array([L.sum(1) for L in x["Ls"]])
    most = np.maximum(0, x["e"]) + sum(L.sum(0) for L in x["Ls"])
    paid, equity = pbar, np.linalg.solve(np.eye(len(most)) - x["Theta"].T, most)
    for _ in range(500):  # from above, plainly
        have, _ = step(x, paid, equity)
        paid, equity = ranks(have, pbar), np.maximum(0, have - pbar.sum(0))
    found = seniority(**x)
    assert (found.p <= paid + 1e-7).all()
    have, _ = step(x, paid, equity)
    if np.abs(ranks(have, pbar) - paid).max() < 1e-13:  # it crawls where nothing leaks
        close(found.p, paid, scale=1e3)


@law
@given(debts())
def test_one_rank_without_holdings_is_clearing(x: dict[str, Any]) -> None:
    n = len(x["ea"])
    L = np.zeros((n + 1, n + 1))
    L[:n, :n], L[:n, n] = x["L"], x["el"]
    found = seniority(np.append(x["ea"], 0), [L], np.zeros_like(L))
    close(found.p[0, :n], clearing(**x).p)
    close(found.equity_signed[:n], clearing(**x).equity_signed)


@law
@given(ranked(), st.data())
def test_ranks_obey_their_laws(x: dict[str, Any], data: st.DataObject) -> None:
    found = seniority(**x)
    n = len(x["e"])
    for unit in (1e-6, 1e9):
        other = seniority(unit * x["e"], [unit * L for L in x["Ls"]], x["Theta"])
        close(other.p / unit, found.p, scale=1e3)
        close(other.equity_signed / unit, found.equity_signed, scale=1e3)
    to = data.draw(orders(n))
    at = np.ix_(to, to)
    moved = seniority(x["e"][to], [L[at] for L in x["Ls"]], x["Theta"][at])
    close(moved.p, found.p[:, to], scale=1e3)
    more = seniority(x["e"] + data.draw(amounts((n,))), x["Ls"], x["Theta"])
    assert (more.p >= found.p - 1e-7).all()
    assert (more.equity_signed >= found.equity_signed - 1e-7).all()


# cross-holdings


@st.composite
def owned(draw: st.DrawFn) -> dict[str, Any]:
    n, m = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    C, D = draw(hollow(n)), draw(amounts((n, m))) + 1
    return {
        "C": C / max(1, 1.25 * C.sum(0).max()),
        "D": D / D.sum(0),
        "p": draw(amounts((m,))),
        "beta": draw(amounts((n,))),
        "vbar": draw(amounts((n,))),
    }


@law
@given(owned(), st.data())
def test_cross_holdings_obey_their_laws(x: dict[str, Any], data: st.DataObject) -> None:
    found = crossholdings(**x)
    n = len(x["beta"])
    close(found.A.sum(0), np.ones(n), scale=1)  # whatever a firm owns ends with some outsider
    close(found.v.sum(), x["p"].sum() - x["beta"] @ found.failed)
    assert sorted(i for wave in found.waves for i in wave) == np.flatnonzero(found.failed).tolist()
    free = crossholdings(**{**x, "beta": 0 * x["beta"]})
    Chat, total = np.diag(1 - x["C"].sum(0)), np.linalg.solve(np.eye(n) - x["C"], x["D"] @ x["p"])
    close(free.v, Chat @ total)
    more = crossholdings(**{**x, "p": x["p"] + data.draw(amounts(x["p"].shape))})
    assert (more.failed <= found.failed).all()
    money = {key: 1e9 * x[key] for key in ("p", "beta", "vbar")}
    close(crossholdings(**{**x, **money}).v / 1e9, found.v)
    to = data.draw(orders(n))
    moved = crossholdings(x["C"][np.ix_(to, to)], x["D"][to], x["p"], x["beta"][to], x["vbar"][to])
    assert (moved.failed == found.failed[to]).all()
    close(moved.A, found.A[np.ix_(to, to)], scale=1)


@law
@given(owned())
def test_no_equilibrium_has_fewer_failures(x: dict[str, Any]) -> None:
    found = crossholdings(**x)
    for other in itertools.product([0, 1], repeat=len(x["beta"])):
        v = found.A @ (x["D"] @ x["p"] - x["beta"] * other)
        if tuple((v < x["vbar"] - 1e-9).astype(int)) == other:
            assert (found.failed <= other).all()


# supply

Link = tuple[str, str, int, int, float, int]  # supplier, customer, their sectors, sales, kind


@st.composite
def supplied(draw: st.DrawFn) -> list[Link]:
    n = draw(st.integers(2, 6))
    sector = draw(st.lists(st.integers(1, 3), min_size=n, max_size=n))
    pairs = [(i, j) for i in range(n) for j in range(n) if i != j]
    chosen = draw(st.lists(st.sampled_from(pairs), min_size=1, max_size=10, unique=True))
    return [
        (f"F{i}", f"F{j}", sector[i], sector[j], float(draw(st.integers(1, 9))), draw(st.integers(0, 2)))
        for i, j in chosen
    ]


def run(links: list[Link], **options: float) -> Supply:
    return supply(*(list(column) for column in zip(*links, strict=True)), **options)


@law
@given(supplied(), st.data())
def test_supply_obeys_its_laws(links: list[Link], data: st.DataObject) -> None:
    try:
        found = run(links)
    except NotConverged:  # a market share can make two levels of production meet in one: it crawls there
        reject()
    index = dict(zip(found.names, found.esri, strict=True))
    sales = {name: sum(link[4] for link in links if link[0] == name) for name in found.names}
    for name in found.names:
        assert sales[name] / sum(sales.values()) - 1e-12 <= index[name] <= 1 + 1e-12
    again = run(data.draw(st.permutations(links)))
    close([index[name] for name in again.names], again.esri, scale=1)
    close(run([(*link[:4], 1e9 * link[4], link[5]) for link in links]).esri, found.esri, scale=1)
    harmless = run([(*link[:5], 0) for link in links]).esri
    assert (harmless <= found.esri + 1e-9).all()
    assert (run(links, stop=1e-2).esri <= found.esri + 1e-9).all()


def test_supply_by_hand() -> None:
    # a and b, one sector, sell 3 and 1 to c, who sells 4 to d: all of c's inputs are essential
    links = [("a", "c", 1, 2, 3.0, 2), ("b", "c", 1, 2, 1.0, 2), ("c", "d", 2, 3, 4.0, 2)]
    found = run(links)
    assert found.names == ("a", "c", "b", "d")
    # without a: b is too small to stand in (3 > 1), so c falls to 1/4 and d with it: 3 + 4 x 3/4 lost
    # without b: a stands in for all but 1/3 of it, so c falls by 1/3 x 1/4: 1 + 4/12 lost
    # what c no longer buys is not counted again upstream; without c or d nothing is sold
    close(found.esri, [6 / 8, 1, (4 / 3) / 8, 1], scale=1)


def test_the_scarcest_essential_input_decides() -> None:
    # e needs sector 1 (a 3, b 1) and sector 2 (c 2, d 2); it sells 10 to f
    links = [("a", "e", 1, 3, 3.0, 2), ("b", "e", 1, 3, 1.0, 2), ("c", "e", 2, 3, 2.0, 2)]
    links += [("d", "e", 2, 3, 2.0, 2), ("e", "f", 3, 4, 10.0, 2)]
    index = dict(zip(run(links).names, run(links).esri, strict=True))
    close([index["a"], index["c"]], [(3 + 7.5) / 18, (2 + 5) / 18], scale=1)


def test_supply_that_does_not_end_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supply_module, "_ROUNDS", 1)
    with pytest.raises(NotConverged, match=r"without a, b, c, one at a time.*after 1 rounds"):
        run([("a", "b", 1, 2, 1.0, 2), ("b", "c", 2, 3, 1.0, 2), ("c", "a", 3, 1, 1.0, 2)])


# circularity


@st.composite
def flows(draw: st.DrawFn, most: int = 7) -> Array:
    return draw(hollow(draw(st.integers(1, most))))


@law
@given(flows(), st.integers(2, 6), st.data())
def test_networkx_finds_the_same_cycles(W: Array, longest: int, data: st.DataObject) -> None:
    G = nx.from_numpy_array(W, create_using=nx.DiGraph)

    def rotated(cycle: list[int], names: list[str]) -> tuple[int, ...]:
        at = min(range(len(cycle)), key=lambda k: names[cycle[k]])
        return (*cycle[at:], *cycle[:at])

    names = [f"{k:02}" for k in data.draw(st.permutations(range(len(W))))]
    expected = [rotated(c, names) for c in nx.simple_cycles(G, length_bound=longest)]
    found = list(cycles(sparse.csr_array(W), longest, names))
    assert found == sorted(expected, key=lambda c: [names[i] for i in c])


def test_cycles_are_lazy_where_there_are_more_than_atoms() -> None:
    few = list(itertools.islice(cycles(1 - np.eye(60), longest=60), 3))
    assert few == [(0, 1), (0, 1, 2), (0, 1, 2, 3)]


def test_too_many_cycles_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(circularity_module, "_MOST", 20)  # a clique of 4 has 6 + 8 + 6
    assert sum(circularity(1 - np.eye(4)).n_cycles_by_length.values()) == 20
    with pytest.raises(BadInput, match="more than 20 cycles"):
        circularity(1 - np.eye(5))


@law
@given(flows())
def test_network_simplex_finds_the_same_largest_circulation(W: Array) -> None:
    G = nx.DiGraph()
    G.add_nodes_from(range(len(W)), demand=0)
    for i, j in np.argwhere(W):
        G.add_edge(int(i), int(j), capacity=int(W[i, j]), weight=-1)
    cost, _ = nx.network_simplex(G)
    close(max_circulation(W), -cost)


@law
@given(flows())
def test_what_goes_round_is_balanced_and_leaves_no_cycle(W: Array) -> None:
    f = balanced_flow_forwarding(W)
    close(f.sum(0), f.sum(1))
    assert (f >= 0).all()
    assert (f <= W * (1 + 1e-12)).all()
    rest = np.where(W - f > 1e-9 * W, W - f, 0)
    assert nx.is_directed_acyclic_graph(nx.from_numpy_array(rest, create_using=nx.DiGraph))


def test_each_round_of_forwarding_uses_somebody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    rounds, stationary = [], circularity_module._stationary
    monkeypatch.setattr(circularity_module, "_stationary", lambda s: rounds.append(len(s)) or stationary(s))
    draw = np.random.default_rng(3)
    for n in (3, 10, 30):
        rounds.clear()
        balanced_flow_forwarding(draw.random((n, n)) * (1 - np.eye(n)))
        assert 0 < len(rounds) < n


@law
@given(flows(), st.data())
def test_circularity_obeys_its_laws(W: Array, data: st.DataObject) -> None:
    found = circularity(W)
    indices = (
        found.reciprocity,
        found.bff_circulation_index,
        found.max_circulation_index,
        found.excess_ratio,
    )
    assert all(-1e-12 <= index <= 1 + 1e-12 for index in (*indices, found.finn_cycling_index))
    assert found.reciprocity <= found.max_circulation_index + 1e-9
    assert found.bff_circulation_index <= found.max_circulation_index + 1e-9
    assert found.max_circulation_index <= found.excess_ratio + 1e-9  # netting may also invent relations
    close(found.excess + found.net_minimum, found.total)
    if nx.is_directed_acyclic_graph(nx.from_numpy_array(W, create_using=nx.DiGraph)):
        assert indices[:3] == (0, 0, 0)
        assert found.finn_cycling_index == 0
        assert not found.n_cycles_by_length
    to = data.draw(orders(len(W)))
    for other in (circularity(W[np.ix_(to, to)]), circularity(1e9 * W), circularity(sparse.coo_array(W))):
        close(other.bff_circulation_index, found.bff_circulation_index, scale=1)
        close(other.max_circulation_index, found.max_circulation_index, scale=1)
        close(other.finn_cycling_index, found.finn_cycling_index, scale=1)
        close(other.reciprocity, found.reciprocity, scale=1)
        assert other.n_cycles_by_length == found.n_cycles_by_length
        assert other.scc_sizes == found.scc_sizes


@law
@given(flows())
def test_a_round_trip_is_the_chance_to_come_back(W: Array) -> None:
    """Against first returns: a dollar leaves i and walks by W / T until it drops out or is home."""
    T = np.maximum(W.sum(0), W.sum(1))
    G = relative(W, T)
    expected = np.zeros(len(W))
    for i in range(len(W)):
        others = np.arange(len(W)) != i
        home = np.linalg.lstsq(np.eye(len(W) - 1) - G[others][:, others], G[others, i], rcond=None)[0]
        expected[i] = G[i, i] + G[i, others] @ home
    close(round_trip(W), expected, scale=1e2)


def test_a_ring_is_all_circular_and_a_closed_one_is_flagged() -> None:
    ring = 3 * np.roll(np.eye(4), 1, axis=1)
    found = circularity(ring)
    assert found.finn_closed
    one = (found.finn_cycling_index, found.bff_circulation_index, found.max_circulation_index)
    close(one, (1, 1, 1), scale=1)
    leak = np.zeros((5, 5))
    leak[:4, :4], leak[0, 4] = ring, 1.0
    assert not circularity(leak).finn_closed


def test_where_nothing_flows_nothing_is_circular() -> None:
    found = circularity(np.zeros((3, 3)))
    assert (found.total, found.max_circulation_index, found.bff_circulation_index) == (0, 0, 0)
    assert (found.finn_cycling_index, found.reciprocity, found.excess_ratio) == (0, 0, 0)


# event study


def market(seed: int, common: float = 0.0, firms: int = 12, days: int = 121) -> dict[str, Any]:
    draw = np.random.default_rng(seed)
    Rm = 0.01 * draw.standard_normal(days)
    noise = 0.02 * (
        np.sqrt(common) * draw.standard_normal((days, 1)) + np.sqrt(1 - common) * draw.standard_normal((days, firms))
    )
    return {"R": 1.2 * Rm[:, None] + noise, "Rm": Rm, "L1": 120, "event_row": 120}


def test_the_market_model_is_least_squares() -> None:
    x = market(1)
    found = eventstudy(**x)
    slope, start = np.polyfit(x["Rm"][:120], x["R"][:120], 1)
    close(found.beta, slope, scale=1)
    close(found.alpha, start, scale=1)
    close(found.AR, x["R"][120] - start - slope * x["Rm"][120], scale=1)


def test_tests_of_the_mean_ignore_the_unit_and_the_order_of_firms() -> None:
    x = market(2)
    a = eventstudy(**x)
    b = eventstudy(**{**x, "R": 100 * x["R"][:, ::-1]})
    for key in ("t_cross_section", "patell_z", "bmp_t", "mean_resid_corr", "kp_adj_bmp_t"):
        close(getattr(a, key), getattr(b, key), scale=1)


def test_only_kolari_and_pynnonen_keep_their_size_when_firms_move_together() -> None:
    def rate(common: float) -> Array:
        found = [eventstudy(**market(seed, common)) for seed in range(400)]
        tests = np.array([[s.patell_z / 1.96, s.bmp_t / 2.2, s.kp_adj_bmp_t / 2.2] for s in found])
        return (np.abs(tests) > 1).mean(axis=0)

    patell, bmp, kp = rate(0.0)
    assert min(patell, bmp, kp) > 0.02
    assert max(patell, bmp, kp) < 0.09
    patell, bmp, kp = rate(0.4)
    assert min(patell, bmp) > 0.3
    assert 0.02 < kp < 0.09


# the door


NONE, SQUARE, ONE = [0.0, 0.0], [[0.0, 1.0], [1.0, 0.0]], [1.0, 1.0]
REFUSED: list[tuple[Callable[[], object], str]] = [
    (lambda: clearing([[0, 1], [-4, 0]], ONE, NONE), r"L\[1, 0\] is negative: -4"),
    (lambda: clearing([[0, np.nan], [0, 0]], ONE, NONE), r"L\[0, 1\] is nan"),
    (lambda: clearing(sparse.csr_array([[0, np.inf], [0, 0]]), ONE, NONE), r"L\[0, 1\] is inf"),
    (lambda: clearing([[0, 1], [1, 2]], ONE, NONE), r"L\[1, 1\] is not zero: 2"),
    (lambda: clearing([[0, 1, 1], [1, 0, 1]], ONE, NONE), "L is 2 by 3; 2 by 2 expected"),
    (lambda: clearing([[0, 1], [1]], ONE, NONE), "L is not made of numbers"),
    (lambda: clearing([["0", "1"], ["1", "0"]], ONE, NONE), "L is not made of numbers"),
    (lambda: clearing([[0, 1j], [1, 0]], ONE, NONE), "L is not made of numbers"),
    (lambda: clearing([1, 2], ONE, NONE), "L has 1 dimensions"),
    (lambda: clearing(np.zeros((0, 0)), [], []), "L is empty"),
    (lambda: clearing(SQUARE, [1, -1], NONE), r"ea\[1\] is negative: -1.*seniority"),
    (lambda: clearing(SQUARE, [[1, 1], [1, -1]], NONE), r"ea\[1, 1\] is negative"),
    (lambda: clearing(SQUARE, [1, 1, 1], NONE), "ea has 3 entries; 2 expected"),
    (lambda: clearing(SQUARE, ONE, [NONE, NONE]), "el has 2 dimensions"),
    (lambda: clearing(SQUARE, ONE, [0, None]), r"el\[1\] is nan"),
    (lambda: clearing(SQUARE, ONE, NONE, alpha=1.1), "alpha is 1.1; it is one number from 0 to 1"),
    (lambda: clearing(SQUARE, ONE, NONE, beta=float("nan")), "beta is nan"),
    (lambda: cascade(SQUARE, ONE, NONE, recovery=-0.1), "recovery is -0.1"),
    (lambda: debtrank(SQUARE, [1, 0], ONE, NONE), r"buffer\[1\] is 0; it must be greater than 0"),
    (lambda: debtrank(SQUARE, ONE, NONE, NONE), "weights are all 0"),
    (lambda: debtrank(SQUARE, ONE, ONE, [[0, 0], [0, -1]]), r"shocks\[1, 1\] is negative"),
    (lambda: debtrank(SQUARE, ONE, ONE, [[0, 0, 0]]), "shocks has 3 entries; 2 expected"),
    (lambda: debtrank(SQUARE, ONE, ONE, NONE, rule="cubic"), "no rule 'cubic'; one of linear"),
    (lambda: valuation(SQUARE, ONE, ONE, ONE, [0, 2], NONE), r"recovery\[1\] is above 1"),
    (lambda: valuation(SQUARE, ONE, ONE, ONE, ONE, [0, 2], rule="merton"), r"equity_delta\[1\] is negative"),
    (lambda: valuation(SQUARE, ONE, ONE, ONE, ONE, NONE, rule="x"), "no rule 'x'"),
    (lambda: seniority(ONE, [], SQUARE), "Theta: parties 0, 1 belong wholly to each other"),
    (lambda: seniority(ONE, [], np.zeros((2, 2))), "Ls is a list of matrices"),
    (lambda: seniority(ONE, [SQUARE, [[0, -1], [0, 0]]], np.zeros((2, 2))), r"Ls\[1\]\[0, 1\] is negative"),
    (lambda: seniority(ONE, [SQUARE], [[0, 1.5], [0, 0]]), "Theta: the shares of party 0 sum to 1.5"),
    (lambda: crossholdings(SQUARE, np.eye(2), ONE, ONE, ONE), "C: parties 0, 1 belong wholly"),
    (lambda: crossholdings(np.zeros((2, 2)), np.eye(3), ONE, ONE, ONE), "D has 3 rows; 2 expected"),
    (lambda: supply([], [], [], [], [], []), "no links"),
    (lambda: supply(["a"], ["a"], [1], [1], [1], [2]), "link 0: 'a' supplies itself"),
    (lambda: supply(["a"], ["b"], [1], [1], [1], [3]), "link 0: kind is 3"),
    (lambda: supply(["a"], ["b"], [1], [1], [0], [2]), "weight is 0 everywhere"),
    (lambda: supply(["a"], ["b", "c"], [1], [1], [1], [2]), "customer has 2 entries; 1 expected"),
    (lambda: supply(["a", "a"], ["b", "c"], [1, 2], [1, 1], [1, 1], [2, 2]), "link 1: 'a' is in sector 2"),
    (lambda: circularity([[0, 1], [1, 5]]), r"W\[1, 1\] is not zero"),
    (lambda: cycles(SQUARE, longest=1), "longest is 1"),
    (lambda: cycles(SQUARE, names=["a", "a"]), "names: 2 different ones"),
    (lambda: eventstudy(np.ones((9, 1)), range(9), 6, 7), "R has 1 firm"),
    (lambda: eventstudy(np.ones((9, 2)), np.ones(9), 6, 7), "Rm does not move"),
    (lambda: eventstudy(np.ones((9, 2)), range(9), 6, 7), r"R\[:, 0\] leaves no residual"),
    (lambda: eventstudy(np.ones((9, 2)), range(9), 6, 9), "5 <= L1 <= event_row < days"),
    (lambda: eventstudy(np.ones((9, 2)), range(9), 6, 5), "5 <= L1 <= event_row < days"),
]


def test_the_refusals_are_counted() -> None:
    assert len(REFUSED) == 46


@pytest.mark.parametrize(("call", "says"), REFUSED, ids=[says for _, says in REFUSED])
def test_bad_input_is_refused_in_one_line_that_says_where(call: Callable[[], object], says: str) -> None:
    with pytest.raises(BadInput, match=says) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_the_door_leaves_what_it_is_given_alone() -> None:
    given_ = sparse.coo_array(([1.0, 2.0, 0.0], ([0, 0, 1], [1, 1, 0])), shape=(2, 2))
    inside = matrix("L", given_)
    assert (inside.nnz, inside.toarray().tolist()) == (1, [[0, 3], [0, 0]])
    assert given_.nnz == 3
    twice = sparse.csr_array((np.array([3.0, -1.0]), np.array([1, 1]), np.array([0, 2, 2])), shape=(2, 2))
    assert matrix("L", twice).toarray().tolist() == [[0, 2], [0, 0]]
    assert twice.nnz == 2


def test_whoever_owes_nothing_may_still_be_worth_less_than_nothing() -> None:
    found = seniority([-2.0, 1.0], [np.zeros((2, 2))], [[0, 0.5], [0, 0]])
    close(found.equity_signed, [-2, 1])
