"""Draws: the distributions they claim to have, what moves together, and that seeds mean something."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from knockon.contagion.sampling import BLOCK, Ranges, draws, quantile
from knockon.exposures import Span
from knockon.study import Study


@given(st.floats(0.03, 0.97), st.floats(2, 40), st.floats(-4, 4))
def test_beta_quantiles_agree_with_scipy(mean: float, concentration: float, score: float) -> None:
    span = Span(low=0, value=mean, high=1, concentration=concentration)
    expected = stats.beta.ppf(stats.norm.cdf(score), concentration * mean, concentration * (1 - mean))
    assert quantile(Ranges.of([span]), np.array([[score]]))[0, 0] == pytest.approx(
        expected, abs=2e-5
    )  # the shipped parameters: 4e-8


@given(st.floats(-5, 5), st.floats(0, 10), st.floats(0, 10), st.floats(-4, 4))
def test_triangle_quantiles_agree_with_scipy(low: float, rise: float, fall: float, score: float) -> None:
    if rise + fall < 1e-6:
        return
    span = Span(low=low, value=low + rise, high=low + rise + fall)
    expected = stats.triang.ppf(stats.norm.cdf(score), rise / (rise + fall), low, rise + fall)
    assert quantile(Ranges.of([span]), np.array([[score]]))[0, 0] == pytest.approx(expected, abs=1e-4)


def test_a_span_without_width_is_a_point() -> None:
    assert quantile(Ranges.of([Span(low=2, value=2, high=2)]), np.array([[-3.0, 3.0]])).tolist() == [[2.0, 2.0]]


def test_same_seed_same_numbers_however_many_follow(eve: Study) -> None:
    few = next(draws(eve.exposures, 10, seed=3, rho=0.3))
    many = list(draws(eve.exposures, BLOCK + 5, seed=3, rho=0.3))
    assert [block.phi.shape[1] for block in many] == [BLOCK, 5]
    for key in ("amount", "phi", "margin", "psi", "kappa", "alpha", "lgd"):
        np.testing.assert_array_equal(getattr(few, key), getattr(many[0], key)[:, :10])
    other = next(draws(eve.exposures, 10, seed=4, rho=0.3))
    assert not np.array_equal(few.phi, other.phi)


def test_draws_stay_in_their_ranges(eve: Study) -> None:
    x = eve.exposures
    draw = next(draws(x, BLOCK, seed=1, rho=0.3))
    for key, symbol in (("amount", "amount"), ("margin", "m"), ("kappa", "kappa")):
        names = x.contracts.ids if symbol == "amount" else [x.balance.parties[i] for i in x.contracts.holder]
        spans = [x.spans[symbol][name] for name in names]
        low, high = (np.array([getattr(span, end) for span in spans])[:, None] for end in ("low", "high"))
        values = getattr(draw, key)
        assert np.all(values >= low - 1e-6) and np.all(values <= high + 1e-6)
    assert np.all((draw.phi >= 0) & (draw.phi <= 1)) and np.all((draw.psi >= 0) & (draw.psi <= 1))


def test_one_suppliers_contracts_share_a_margin_and_one_obligors_move_together(eve: Study) -> None:
    x = eve.exposures
    draw = next(draws(x, BLOCK, seed=5, rho=0.3))
    c, b = x.contracts, x.balance
    sold = np.flatnonzero(c.holder == b.index("nvidia"))
    assert len(sold) > 2
    assert all(np.array_equal(draw.margin[sold[0]], draw.margin[i]) for i in sold)
    bought = [i for i in np.flatnonzero(c.obligor == b.index("openai")) if draw.phi[i].std() > 0]
    others = [i for i in np.flatnonzero(c.obligor == b.index("meta")) if draw.phi[i].std() > 0]
    within = stats.spearmanr(draw.phi[bought[0]], draw.phi[bought[1]]).statistic
    across = stats.spearmanr(draw.phi[bought[0]], draw.phi[others[0]]).statistic
    assert within == pytest.approx(0.29, abs=0.08)  # a Gaussian copula of 0.3 ranks at 6/pi asin(0.15)
    assert abs(across) < 0.1


def test_ranges_hold_the_central_answer_for_the_largest_losers(eve: Study) -> None:
    rows = [row for row in eve.shock({"openai": 0.2}, draws=1000).rows() if row["listed"]]
    for row in rows[:2]:
        assert row["low_usd"] < row["loss_usd"] < row["high_usd"]
