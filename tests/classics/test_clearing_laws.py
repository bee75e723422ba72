"""Laws of clearing and of the default cascade: what must hold on every network of debts."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse
from scipy.optimize import linprog

from drawn import amounts, close, debts, law, orders, relative, shares
from knockon.contagion.classics.clearing import cascade, clearing


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
