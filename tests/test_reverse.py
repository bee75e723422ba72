"""The stress test backwards: the answer loses the target, nothing smaller does, and what cannot be says so."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from knockon.contagion.bisection import EPS, scale_to
from knockon.contagion.coefficients import coefficients
from knockon.contagion.engine import Map, Shock
from knockon.contagion.fixedpoint import solve
from knockon.contagion.ranking import Hit, hits, lost, ranking
from knockon.contagion.reverse import GAP, Optimum, Search
from knockon.errors import BadInput
from knockon.exposures import Exposures, Vector
from knockon.study import Study
from networks import cases, converging
from vectors_model import exposures


def loss(x: Exposures, shock: Shock) -> float:
    f = Map(x, coefficients(x), shock)
    return float(lost(f, solve(f))[:, 0].sum())


def scaled(shock: Shock, by: float) -> Shock:
    names = ("u", "w", "z", "z_debt", "z_funding", "z_guarantee")
    return replace(shock, **{name: by * getattr(shock, name) for name in names})


@given(cases(sinks=True), st.floats(0.01, 1.0), st.lists(st.floats(0, 1), min_size=3, max_size=3))
def test_the_answer_loses_the_target_and_nothing_smaller_does(
    case: tuple[Exposures, Shock], part: float, smaller: list[float]
) -> None:
    x, shock = case
    with converging():
        whole = loss(x, shock)
        assume(whole > 1e-6)
        target = part * whole
        found = scale_to(x, shock, target)
        assert found.reached
        assert found.loss == pytest.approx(loss(x, scaled(shock, found.scale)), rel=1e-9)
        assert found.loss >= target * (1 - 1e-9)
        assert not found.below >= target * (1 + 1e-9) and found.loss <= found.above * (1 + 1e-9)
        for less in smaller:
            assert loss(x, scaled(shock, less * found.scale * (1 - EPS))) < target * (1 + 1e-9)
        if found.above - found.below < 1e-4 * target:  # no jump here
            assert found.loss == pytest.approx(target, rel=1e-4)


@given(cases(), st.floats(1.01, 100))
def test_what_the_whole_shock_does_not_lose_is_out_of_reach(case: tuple[Exposures, Shock], more: float) -> None:
    x, shock = case
    with converging():
        whole = loss(x, shock)
        found = scale_to(x, shock, more * whole + 1e-6)
    assert not found.reached and found.scale == 1.0
    assert found.loss == pytest.approx(whole, rel=1e-9)


def chain() -> tuple[Exposures, Shock]:
    """a owes b 40 (half lost), b owes c 20 (all lost); no curvature, so every loss is linear in the hit on a."""
    nodes = [{"id": "a", "E": 100.0}, {"id": "b", "E": 50.0}, {"id": "c", "E": 1000.0}]
    edges = [
        {"id": "ab", "type": "loan", "from": "a", "to": "b", "K": 40.0, "lgd": 0.5},
        {"id": "bc", "type": "loan", "from": "b", "to": "c", "K": 20.0, "lgd": 1.0},
    ]
    x = exposures(nodes, edges, {"r": 0.1, "debt_alpha_add": 0.0})
    return x, replace(Shock.none(x), u=np.array([1.0, 0.0, 0.0]))


def test_one_source_by_hand() -> None:
    x, shock = chain()
    others = np.array([False, True, True])
    found = scale_to(x, shock, 7.0, others)  # a whole hit costs b 20 and c 8
    assert found.scale == pytest.approx(0.25, rel=1e-11)
    assert found.loss == pytest.approx(7.0) and found.below < 7.0 <= found.above
    assert scale_to(x, shock, 28.0, others).scale == pytest.approx(1.0)
    assert not scale_to(x, shock, 28.1, others).reached


def loop(cap: float) -> tuple[Exposures, Shock]:
    """a owes b 20, b owes a 10, each worth 10: a loop of gain 2, once d's guarantee of a's debt is used up."""
    nodes = [{"id": name, "E": 10.0, "s": s} for name, s in (("a", 1.0), ("b", 1.0), ("d", 0.0))]
    edges = [
        {"id": "ab", "type": "loan", "from": "a", "to": "b", "K": 20.0, "lgd": 1.0},
        {"id": "ba", "type": "loan", "from": "b", "to": "a", "K": 10.0, "lgd": 1.0},
        {"id": "g", "type": "guarantee", "from": "d", "to": "b", "covers": "ab", "cover": 1.0, "cap": cap},
    ]
    x = exposures(nodes, edges, {"r": 0.1, "debt_alpha_add": 0.0})
    return x, replace(Shock.none(x), u=np.array([1.0, 0.0, 0.0]))


def test_a_loss_that_jumps_over_the_target_shows_both_sides() -> None:
    x, shock = loop(cap=4.0)
    found = scale_to(x, shock, 5.0, np.array([True, True, False]))
    # up to 0.2 the guarantee pays all that a withholds, and a alone loses 2; beyond, both lose everything
    assert found.reached and found.scale == pytest.approx(0.2, rel=1e-9)
    assert found.below == pytest.approx(2.0, rel=1e-5) and found.loss == 20.0
    x, shock = loop(cap=0.0)
    found = scale_to(x, shock, 5.0)
    assert found.reached and found.scale < 1e-12 and found.loss == 20.0  # the least hit brings both down


def two() -> tuple[Exposures, Search]:
    """a owes c 30, b owes c 20, all lost: together 50, of which a's whole hit loses 30."""
    nodes = [{"id": "a", "E": 100.0}, {"id": "b", "E": 100.0}, {"id": "c", "E": 1000.0}]
    edges = [
        {"id": "ac", "type": "loan", "from": "a", "to": "c", "K": 30.0, "lgd": 1.0},
        {"id": "bc", "type": "loan", "from": "b", "to": "c", "K": 20.0, "lgd": 1.0},
    ]
    x = exposures(nodes, edges, {"r": 0.1, "debt_alpha_add": 0.0})
    over = np.array([False, False, True])
    return x, Search(x, np.array([0, 1]), 40.0, Hit.PERFORMANCE, over)


def test_a_linear_mix_by_hand() -> None:
    x, search = two()
    assert not search.one().reached and search.one().loss == pytest.approx(30.0)
    for found in (search.pair(), search.many()):  # a whole, and half of b: 30 + 10
        assert found.reached and found.loss == pytest.approx(40.0)
        assert found.sizes == pytest.approx([1.0, 0.5], abs=2 * GAP)
        assert found.cost == pytest.approx(1.5, rel=GAP)
        assert found.below < 40.0 <= found.above * (1 + 1e-9)
    over = np.array([False, False, True])
    dear = Search(x, np.array([0, 1]), 15.0, Hit.PERFORMANCE, over, costs=np.array([3.0, 1.0]))
    # a dollar of loss costs 3/30 through a, 1/20 through b
    for found in (dear.one(), dear.pair(), dear.many()):
        assert found.sizes == pytest.approx([0.0, 0.75], abs=2 * GAP)
    beyond = Search(x, np.array([0, 1]), 51.0, Hit.PERFORMANCE, over)
    for found in (beyond.pair(), beyond.many()):
        assert not found.reached and found.sizes.tolist() == [1.0, 1.0] and found.loss == pytest.approx(50.0)
    alone = Search(x, np.array([0]), 31.0, Hit.PERFORMANCE, over)
    for found in (alone.one(), alone.pair(), alone.many()):
        assert not found.reached and found.loss == pytest.approx(30.0)


sized = st.floats(0.1, 1.0)


@settings(max_examples=25)
@given(cases(), sized, st.sampled_from(list(Hit)), st.lists(st.floats(0.2, 5), min_size=5, max_size=5))
def test_no_cheaper_single_or_pair_on_a_grid(
    case: tuple[Exposures, Shock], part: float, hit: Hit, costs: list[float]
) -> None:
    x, _ = case
    n = len(x.balance.parties)
    c = np.array(costs[:n])
    with converging():
        everything = loss(x, hits(x, np.ones(n), hit))
        assume(everything > 1e-3)
        target = part * everything
        search = Search(x, np.arange(n), target, hit, costs=c)
        one, pair, many = search.one(), search.pair(), search.many()
        assert many.reached  # all together lose more
        assert [one.optimum, pair.optimum, many.optimum] == [Optimum.ONE, Optimum.PAIR, Optimum.LOCAL]
        if one.reached:
            assert pair.reached and pair.cost <= one.cost * (1 + 1e-9) and many.cost <= one.cost * (1 + 1e-9)
        for found in (one, pair, many):
            assert np.all((found.sizes >= 0) & (found.sizes <= 1))
            assert found.cost == pytest.approx(float(c @ found.sizes))
            if found.reached:
                assert loss(x, hits(x, found.sizes, hit)) >= target * (1 - 1e-9)
                assert not found.below >= target * (1 + 1e-9)
        assert (one.sizes > 0).sum() <= 1 and (pair.sizes > 0).sum() <= 2
        grid, costs_of = pairs_on_a_grid(n, c)
        f = Map(x, coefficients(x), hits(x, grid, hit))
        enough = lost(f, solve(f)).sum(axis=0) >= target
    cheapest = float(costs_of[enough].min(initial=np.inf))
    if pair.reached:
        assert pair.bound is not None and pair.bound <= pair.cost <= pair.bound / (1 - 2 * GAP)
        assert pair.bound <= cheapest * (1 + 1e-9)
    else:
        assert not enough.any()


def pairs_on_a_grid(n: int, costs: Vector, steps: int = 9) -> tuple[Vector, Vector]:
    """Every pair of parties at every pair of sizes, one mix a column, and what each costs."""
    columns = []
    for i, j in product(range(n), range(n)):
        for a, b in product(np.linspace(0, 1, steps), repeat=2):
            if i < j:
                column = np.zeros(n)
                column[i], column[j] = a, b
                columns.append(column)
    grid = np.array(columns).T
    return grid, costs @ grid


def test_what_makes_no_sense_is_refused() -> None:
    x, shock = chain()
    for target in (0.0, -1.0, np.inf, np.nan):
        with pytest.raises(BadInput, match="a loss above 0"):
            scale_to(x, shock, target)
    with pytest.raises(BadInput, match="not a batch"):
        scale_to(x, replace(shock, u=np.zeros((3, 2))), 1.0)
    for sources in (np.array([], dtype=np.int64), np.array([0, 0])):
        with pytest.raises(BadInput, match="at least one source"):
            Search(x, sources, 1.0)
    with pytest.raises(BadInput, match="a cost above 0"):
        Search(x, np.array([0, 1]), 1.0, costs=np.array([1.0, 0.0]))
    sink = replace(x, balance=replace(x.balance, value=np.array([np.nan, 50.0, 1000.0])))
    with pytest.raises(BadInput, match="a has no known value"):
        Search(sink, np.array([0]), 1.0, Hit.VALUE)


def test_the_shipped_book_breaks_first_at_openai(eve: Study) -> None:
    x = eve.exposures
    listed = x.balance.listed & ~np.isnan(x.balance.value)
    ranks = ranking(x)
    private = np.flatnonzero(~listed & (ranks.impact_listed > 0))
    search = Search(x, private, 100e9, over=listed)
    one, pair, many = search.one(), search.pair(), search.many()
    assert [x.balance.parties[i] for i in one.sources[one.sizes > 0]] == ["openai"]
    assert one.loss == pytest.approx(100e9, rel=1e-9)
    assert pair.cost <= one.cost * (1 + 1e-9) and many.cost <= one.cost * (1 + 1e-9)
    openai = hits(x, (np.array(x.balance.parties) == "openai").astype(float), Hit.BOTH)
    found = scale_to(x, openai, 100e9, listed)
    assert found.scale == pytest.approx(one.cost, rel=1e-9)
    assert not scale_to(x, openai, 10e12, listed).reached


def test_where_the_least_hit_already_runs_round_nothing_is_said_of_less() -> None:
    """A ring that gains: whatever the buyer's shortfall, its supplier fails to fund it and all is lost."""
    still = {"E": 10, "alpha": 0, "rev": 1, "pi": 0, "oblig": 1}
    x = exposures(
        [{"id": "supplier", "s": 0.11, **still}, {"id": "buyer", "s": 0, **still}],
        [
            {"id": "bought", "type": "purchase", "from": "buyer", "to": "supplier", "K": 3, "T": 0, "phi": 1, "m": 1}
            | {"psi": 0, "kappa": 0},
            {"id": "funded", "type": "funding", "from": "supplier", "to": "buyer", "F": 40, "da": 0},
        ],
        {"r": 0.1, "debt_alpha_add": 0},
    )
    found = scale_to(x, replace(Shock.none(x), z=np.ones(1)), 1.5)
    assert found.reached and found.scale < 1e-12
    assert np.isnan(found.below) and found.loss == pytest.approx(3.0)
