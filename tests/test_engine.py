"""The engine against the reference vectors, and the laws of the map on random networks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.contagion.channels import by_channel, shapley_causes
from knockon.contagion.coefficients import central, coefficients
from knockon.contagion.engine import ALL, Channel, Map, Shock
from knockon.contagion.fixedpoint import State, solve
from knockon.contagion.stability import spectral_radius
from knockon.errors import BadInput, NotConverged
from knockon.exposures import Exposures
from networks import cases, share, solved
from vectors_model import MODELS, VECTORS, exposures, load


def test_all_model_vectors_are_run() -> None:
    assert tuple(sorted(file.stem for file in VECTORS.glob("model_*.json"))) == MODELS


def answer(x: Exposures, shock: Shock, channels: frozenset[Channel] = ALL) -> tuple[Map, State]:
    f = Map(x, coefficients(x), shock, channels)
    return f, solve(f)


@pytest.mark.parametrize("name", MODELS)
def test_the_reference_model_is_reproduced(name: str) -> None:
    x, shock, expected, tolerance = load(name)
    f, state = answer(x, shock)
    for key in "hdy":
        np.testing.assert_allclose(getattr(state, key)[:, 0], expected[key], rtol=0, atol=tolerance)
    greatest = solve(f, greatest=True)
    np.testing.assert_allclose(greatest.h[:, 0], expected["greatest_fixed_point_h"], rtol=0, atol=tolerance)
    np.testing.assert_allclose(x.balance.value * state.h[:, 0], expected["loss_usd"], rtol=0, atol=1e-7)
    if "loss_by_channel_usd" in expected:
        parts = {k: v[:, 0] for k, v in by_channel(f, state).items()}
        contract = parts["contract"] + parts["demand"] + parts["funding"]
        np.testing.assert_allclose(contract, expected["loss_by_channel_usd"]["contract"], rtol=0, atol=tolerance)
        for channel in ("equity", "credit", "guarantee"):
            np.testing.assert_allclose(parts[channel], expected["loss_by_channel_usd"][channel], rtol=0, atol=tolerance)
        short = f.edge_shortfalls(state.h, state.d, state.y)
        for kind, edges in (("contract", x.contracts), ("holding", x.holdings), ("debt", x.debts)):
            for edge, found in zip(edges.ids, short[kind][:, 0], strict=True):
                assert found == pytest.approx(expected["edge_shortfall"][edge], abs=tolerance)


@pytest.mark.parametrize("name", ["model_a", "model_hand", "model_funding"])
def test_removing_an_edge_reduces_the_loss_as_in_the_reference(name: str) -> None:
    x, shock, expected, _ = load(name)
    total = float(_loss(*answer(x, shock)).sum())
    for i, edge in enumerate(x.contracts.ids):
        if edge in expected["loss_reduction_if_removed"] and i not in x.guarantees.covers[~x.guarantees.covers_debt]:
            amount = x.contracts.amount.copy()
            amount[i] = 0.0
            without = replace(x, contracts=replace(x.contracts, amount=amount))
            less = total - float(_loss(*answer(without, shock)).sum())
            assert less == pytest.approx(expected["loss_reduction_if_removed"][edge], abs=1e-7)


def _loss(f: Map, state: State) -> Any:
    return state.h[:, 0] * f.x.balance.value


@given(cases())
def test_the_least_fixed_point_lies_below_the_greatest_and_both_are_fixed(
    case: tuple[Exposures, Shock],
) -> None:
    x, shock = case
    least, greatest = solved(x, shock), solved(x, shock, greatest=True)
    for key in "hdy":
        low, high = getattr(least, key), getattr(greatest, key)
        assert np.all((low >= 0) & (high <= 1))
        assert np.all(low <= high + 1e-9)
    f = Map(x, coefficients(x), shock)
    for state in (least, greatest):
        for before, after in zip((state.h, state.d, state.y), f.step(state.h, state.d, state.y), strict=True):
            np.testing.assert_allclose(before, after, rtol=0, atol=1e-9)


@given(cases())
def test_no_shock_no_loss(case: tuple[Exposures, Shock]) -> None:
    x, _ = case
    state = solved(x, Shock.none(x))
    assert not state.h.any() and not state.d.any() and not state.y.any()


@given(cases(), st.floats(0, 1), st.sampled_from(["u", "w", "z"]))
def test_a_harder_hit_never_hurts_less(case: tuple[Exposures, Shock], more: float, where: str) -> None:
    x, shock = case
    hits = getattr(shock, where)
    harder = replace(shock, **{where: hits + more * (1 - hits)})
    assert np.all(solved(x, harder).h >= solved(x, shock).h - 1e-9)


@given(cases(), st.floats(1, 2))
def test_firmer_and_larger_promises_never_hurt_less(case: tuple[Exposures, Shock], by: float) -> None:
    x, shock = case
    if x.guarantees.ids:  # a cap in loss units would bind sooner
        return
    c = x.contracts
    larger = replace(x, contracts=replace(c, amount=c.amount * by, phi=np.minimum(1.0, c.phi * by)))
    assert np.all(solved(larger, shock).h >= solved(x, shock).h - 1e-9)


@given(cases())
def test_channels_add_up_to_the_loss(case: tuple[Exposures, Shock]) -> None:
    x, shock = case
    state = solved(x, shock)
    parts = by_channel(Map(x, coefficients(x), shock), state)
    total = np.sum([part[:, 0] for part in parts.values()], axis=0)
    np.testing.assert_allclose(total, x.balance.value * state.h[:, 0], rtol=1e-9, atol=1e-7)
    assert all(np.all(part >= -1e-9) for part in parts.values())


@given(cases(), st.randoms(use_true_random=False))
def test_names_and_order_of_parties_do_not_matter(case: tuple[Exposures, Shock], random: Any) -> None:
    x, shock = case
    n = len(x.balance.parties)
    order = np.array(random.sample(range(n), n))
    place = np.argsort(order)  # old position -> new
    b = x.balance
    moved = replace(
        x,
        balance=replace(
            b,
            parties=tuple(b.parties[i] for i in order),
            value=b.value[order],
            listed=b.listed[order],
            revenue=b.revenue[order],
            alpha=b.alpha[order],
            s=b.s[order],
            pi=b.pi[order],
            obligations=None if b.obligations is None else b.obligations[order],
        ),
        **{
            kind: replace(
                getattr(x, kind),
                obligor=place[getattr(x, kind).obligor],
                holder=place[getattr(x, kind).holder],
            )
            for kind in ("contracts", "holdings", "debts", "fundings", "guarantees")
        },
    )
    there = solved(moved, replace(shock, u=shock.u[order], w=shock.w[order]))
    np.testing.assert_allclose(there.h[place], solved(x, shock).h, rtol=0, atol=1e-9)


@given(cases(), st.floats(0.1, 0.9))
def test_splitting_a_promise_in_two_changes_nothing(case: tuple[Exposures, Shock], part: float) -> None:
    x, shock = case
    c = x.contracts
    if not len(c) or x.guarantees.ids:
        return
    first, second = c.amount.copy(), c.amount[:1] * (1 - part)
    first[0] *= part
    doubled = replace(
        c,
        ids=(*c.ids, "twin"),
        amount=np.concatenate([first, second]),
        **{
            key: np.concatenate([getattr(c, key), getattr(c, key)[:1]])
            for key in (
                *("obligor", "holder", "years", "discount", "phi", "margin", "psi", "kappa"),
                *("mu", "given", "fixed"),
            )
        },
    )
    there = solved(replace(x, contracts=doubled), replace(shock, z=np.concatenate([shock.z, shock.z[:1]])))
    np.testing.assert_allclose(there.h, solved(x, shock).h, rtol=0, atol=1e-9)


@given(cases())
def test_a_guarantee_never_hurts_its_beneficiary_in_the_first_instance(case: tuple[Exposures, Shock]) -> None:
    """Double default can only come through the guarantor's own fall, so with firm guarantors it is all gain."""
    x, shock = case
    if not x.guarantees.ids:
        return
    f, g = Map(x, coefficients(x), shock), x.guarantees
    without = Map(x, coefficients(x), shock, ALL - {Channel.GUARANTEE})
    state = solved(x, shock)
    short = f.edge_shortfalls(state.h, state.d, state.y)
    covered, bare = f.losses(short), without.losses(short)
    assert np.all(covered.contract <= bare.contract + 1e-9)
    assert np.all(covered.credit <= bare.credit + 1e-9)
    assert np.all(covered.call >= 0) and len(covered.call) == len(g)


@given(cases(), cases())
def test_a_batch_equals_its_scenarios_one_by_one(case: tuple[Exposures, Shock], other: tuple[Exposures, Shock]) -> None:
    x, shock = case
    harder = replace(shock, u=np.maximum(shock.u, 0.5 * np.resize(other[1].u, len(shock.u))))
    both = replace(shock, u=np.column_stack([shock.u, harder.u]))
    state = solved(x, both)
    for column, single in enumerate((shock, harder)):
        np.testing.assert_allclose(state.h[:, [column]], solved(x, single).h, rtol=0, atol=1e-9)


@given(cases())
def test_turning_a_channel_off_never_hurts_more(case: tuple[Exposures, Shock]) -> None:
    x, shock = case
    whole = solved(x, shock)
    for channel in (Channel.EQUITY, Channel.DEMAND, Channel.FUNDING):
        try:
            part = solve(Map(x, coefficients(x), shock, ALL - {channel}), tolerance=1e-11)
        except NotConverged:
            continue
        assert np.all(part.h <= whole.h + 1e-9)


def test_equity_alone_is_the_leontief_inverse() -> None:
    nodes = [{"id": f"p{i}", "E": 100.0 * (i + 1), "alpha": 0, "rev": 1, "pi": 0} for i in range(4)]
    theta = np.array([[0, 0.2, 0.1, 0], [0.1, 0, 0.3, 0.2], [0.05, 0, 0, 0.4], [0.1, 0.1, 0.1, 0]])
    edges = [
        {"id": f"{i}{j}", "type": "equity", "from": f"p{i}", "to": f"p{j}", "theta": theta[i, j]}
        for i in range(4)
        for j in range(4)
        if theta[i, j]
    ]
    x = exposures(nodes, edges, {"r": 0.1, "debt_alpha_add": 0})
    shock = replace(Shock.none(x), u=np.array([0.1, 0.0, 0.05, 0.0]))
    value = x.balance.value
    expected = np.linalg.solve(np.eye(4) - theta.T, shock.u * value)
    np.testing.assert_allclose(answer(x, shock)[1].h[:, 0] * value, expected, rtol=1e-12)


def test_loans_alone_with_full_loss_are_linear_debtrank() -> None:
    rng = np.random.default_rng(3)
    n = 6
    owed = np.where(rng.random((n, n)) < 0.4, rng.random((n, n)), 0) * (1 - np.eye(n))
    buffer = 1 + rng.random(n)
    nodes = [{"id": f"p{i}", "E": buffer[i], "alpha": 0, "rev": 1, "pi": 0} for i in range(n)]
    edges = [
        {"id": f"{i}{j}", "type": "loan", "from": f"p{i}", "to": f"p{j}", "K": owed[i, j], "lgd": 1.0}
        for i in range(n)
        for j in range(n)
        if owed[i, j]
    ]
    x = exposures(nodes, edges, {"r": 0.1, "debt_alpha_add": 0})
    u = np.array([0.4, 0, 0, 0.2, 0, 0])
    stress = u.copy()
    for _ in range(2000):
        stress = u + owed.T @ np.minimum(1, stress) / buffer
    found = answer(x, replace(Shock.none(x), u=u))[1].h[:, 0]
    np.testing.assert_allclose(found, np.minimum(1, stress), rtol=0, atol=1e-12)


@given(st.lists(share, min_size=1, max_size=5))
def test_causes_share_the_shortfall_without_rest(q: list[float]) -> None:
    parts = shapley_causes(tuple(np.array(cause) for cause in q))
    assert sum(float(part) for part in parts) == pytest.approx(1 - np.prod([1 - cause for cause in q]), abs=1e-12)
    assert all(0 <= float(part) <= cause + 1e-15 for part, cause in zip(parts, q, strict=True))


def test_causes_share_as_in_the_mean_over_all_orders() -> None:
    from itertools import permutations

    q = (0.3, 0.8, 0.1, 0.5)
    mean = np.zeros(4)
    for order in permutations(range(4)):
        kept = 1.0
        for k in order:
            mean[k] += kept * q[k] / 24
            kept *= 1 - q[k]
    np.testing.assert_allclose([float(p) for p in shapley_causes(tuple(map(np.array, q)))], mean, atol=1e-14)


def test_the_spectral_radius_is_that_of_the_jacobian() -> None:
    nodes = [{"id": name, "E": 100.0, "alpha": 0, "rev": 1, "pi": 0} for name in "ab"]
    edges = [
        {"id": "ab", "type": "loan", "from": "a", "to": "b", "K": 50.0, "lgd": 1.0},
        {"id": "ba", "type": "loan", "from": "b", "to": "a", "K": 50.0, "lgd": 1.0},
    ]
    x = exposures(nodes, edges, {"r": 0.1, "debt_alpha_add": 0})
    f, state = answer(x, replace(Shock.none(x), u=np.array([0.1, 0.0])))
    assert spectral_radius(f, state) == pytest.approx(0.5, rel=1e-3)


def test_a_ring_that_gains_has_two_equilibria_and_says_so() -> None:
    nodes = [{"id": name, "E": 10.0, "alpha": 6, "rev": 1, "pi": 0} for name in "ab"]
    edges = [
        {"id": "ab", "type": "loan", "from": "a", "to": "b", "K": 10.0, "lgd": 1.0},
        {"id": "ba", "type": "loan", "from": "b", "to": "a", "K": 10.0, "lgd": 1.0},
    ]
    x = exposures(nodes, edges, {"r": 0.1, "debt_alpha_add": 0})
    f, least = answer(x, replace(Shock.none(x), u=np.array([0.02, 0.0])))
    greatest = solve(f, greatest=True)
    assert least.h.max() < 0.05 and greatest.h.min() == 1.0


@pytest.mark.parametrize("hit", ["u", "w", "z", "z_debt", "z_funding", "z_guarantee"])
def test_columns_of_any_one_kind_of_hit_are_scenarios(hit: str) -> None:
    x, shock, *_ = load("model_funding")
    wide = np.tile([0.1, 0.5, 0.9], (len(getattr(shock, hit)), 1))
    assert wide.size
    f, state = answer(x, replace(shock, **{hit: wide}))
    assert f.first_round().shape == state.h.shape == state.y.shape == (len(x.balance.parties), 3)
    for column in range(3):
        alone, one = answer(x, replace(shock, **{hit: wide[:, column]}))
        for key in "hdy":
            np.testing.assert_allclose(getattr(state, key)[:, [column]], getattr(one, key), rtol=0, atol=1e-12)
        np.testing.assert_allclose(f.first_round()[:, [column]], alone.first_round(), rtol=1e-12)


def test_central_values_give_the_same_coefficients_as_none() -> None:
    x, *_ = load("model_a")
    a, b = coefficients(x), coefficients(x, central(x))
    for key in ("contract", "demand", "credit", "funding", "cap"):
        np.testing.assert_array_equal(getattr(a, key), getattr(b, key))


def test_holdings_beyond_the_whole_and_shares_beyond_one_are_refused() -> None:
    nodes = [{"id": name, "E": 10.0} for name in "abc"]
    edges = [
        {"id": "1", "type": "equity", "from": "a", "to": "b", "theta": 0.7},
        {"id": "2", "type": "equity", "from": "a", "to": "c", "theta": 0.6},
    ]
    with pytest.raises(BadInput, match=r"holdings in 'a' add up to 1\.300"):
        exposures(nodes, edges, {"r": 0.1, "debt_alpha_add": 0})
    with pytest.raises(BadInput, match=r"Contracts\.psi\[0\] is 1\.5"):
        bad = [{"id": "1", "type": "purchase", "from": "a", "to": "b", "K": 1, "T": 1, "psi": 1.5}]
        exposures(nodes, bad, {"r": 0.1, "debt_alpha_add": 0})
