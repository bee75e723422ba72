"""The statistics of the scoreboard, on made-up panels whose truth is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, kendalltau, spearmanr

from knockon.arrays import Flags, Vector
from knockon.contagion import rewired
from knockon.contagion.coefficients import coefficients
from knockon.contagion.engine import Map, Shock
from knockon.contagion.fixedpoint import solve
from knockon.errors import BadInput
from knockon.study import Study
from knockon.validation import ranks
from knockon.validation.panel import Panel, best_size, parts
from knockon.validation.permutation import null, orders, p_value, restricted, shuffled
from knockon.validation.placebo import FEWEST_DAYS, Ordinary, placebo_scores
from knockon.validation.regression import r2_out_of_sample, slope
from knockon.validation.scoreboard import LADDER, chance, scoreboard

DAYS, FIRMS = 15, 35


def panel(seed: int = 0, days: int = DAYS, firms: int = FIRMS, missing: float = 0.1) -> Panel:
    """Returns of pure noise, a tenth of the firms missing on each day."""
    rng = np.random.default_rng(seed)
    shape = (days, firms)
    return Panel(
        events=tuple(f"day-{e}" for e in range(days)),
        firms=tuple(f"firm-{f}" for f in range(firms)),
        sectors=tuple("abc"[f % 3] for f in range(firms)),
        sign=np.where(np.arange(days) % 3 == 0, 1.0, -1.0),
        returns=np.where(rng.random(shape) < missing, np.nan, rng.normal(0, 0.02, shape)),
        market=rng.normal(0, 0.01, days),
        ai=rng.normal(0, 0.02, shape),
        beta=np.tile(rng.normal(1, 0.3, firms), (days, 1)),
        gamma=np.tile(rng.normal(0.3, 0.3, firms), (days, 1)),
        cap=np.exp(np.tile(rng.normal(25, 1.5, firms), (days, 1))),
    )


def moved_by(made: Panel, network: Vector, noise: float, seed: int = 1) -> Panel:
    """The panel with returns of factors, network part and noise."""
    rng = np.random.default_rng(seed)
    made_up = (1 + made.factor) * (1 + made.sign[:, None] * network) - 1 + rng.normal(0, noise, network.shape)
    return replace(made, returns=np.where(made.here, made_up, np.nan))


# Ranks


def test_rank_correlations_are_scipys_day_by_day() -> None:
    made, rng = panel(), np.random.default_rng(2)
    prediction = np.maximum(0, rng.normal(0, 1, made.returns.shape)).round(1)  # many ties
    rho, tau = (f(prediction, made.abnormal, made.here) for f in (ranks.spearman, ranks.kendall))
    for e, here in enumerate(made.here):
        pair = prediction[e, here], made.abnormal[e, here]
        assert rho[e] == pytest.approx(spearmanr(*pair).statistic)
        assert tau[e] == pytest.approx(kendalltau(*pair).statistic)
    many = rng.normal(0, 1, (4, FIRMS)).round(1)
    outcome = rng.normal(0, 1, FIRMS)
    assert ranks.batch(many, outcome) == pytest.approx([spearmanr(row, outcome).statistic for row in many])


def test_a_day_on_which_nothing_is_predicted_scores_zero() -> None:
    made = panel()
    assert ranks.spearman(np.zeros(made.returns.shape), made.abnormal, made.here).tolist() == [0.0] * DAYS
    assert ranks.kendall(np.zeros(made.returns.shape), made.abnormal, made.here).tolist() == [0.0] * DAYS
    assert not ranks.ordered(np.zeros(made.returns.shape), made.here).any()
    assert ranks.ties(np.zeros(made.returns.shape), made.here).tolist() == [1.0] * DAYS


def test_leaving_each_firm_out_is_scoring_without_it() -> None:
    made, rng = panel(), np.random.default_rng(3)
    prediction = rng.normal(0, 1, made.returns.shape).round(1)
    quick = ranks.without_each_firm(prediction, made.abnormal, made.here)
    for f in range(FIRMS):
        fewer = made.here.copy()
        fewer[:, f] = False
        assert quick[f] == pytest.approx(ranks.spearman(prediction, made.abnormal, fewer).mean())


# Permutations


@given(st.permutations(range(7)), st.lists(st.booleans(), min_size=7, max_size=7))
def test_a_restricted_permutation_is_one_and_agrees_wherever_it_can(order: list[int], members: list[bool]) -> None:
    here = np.array(members)
    found = restricted(np.array([order]), here)[0]
    assert sorted(found[here]) == sorted(np.flatnonzero(here))
    assert (found[~here] == np.flatnonzero(~here)).all()
    can = here & here[np.array(order)]
    assert (found[can] == np.array(order)[can]).all()


def test_restricted_permutations_are_uniform() -> None:
    drawn = restricted(orders(6000, 5, np.random.default_rng(1)), np.array([True, False, True, True, False]))
    _, counts = np.unique(drawn[:, [0, 2, 3]], axis=0, return_counts=True)
    assert len(counts) == 6
    assert counts.min() > 850 and counts.max() < 1150


def rejections(alike: bool, runs: int = 250, draws: int = 99) -> int:
    """How often a true null is rejected at 5%: firms keep a fifth of their variance from day to day."""
    rejected = 0
    for run in range(runs):
        rng = np.random.default_rng([run, 11])
        here: Flags = rng.random((DAYS, FIRMS)) > 0.1
        lasting = rng.normal(0, 1, FIRMS)
        outcome = np.sqrt(0.2) * lasting + np.sqrt(0.8) * rng.normal(0, 1, (DAYS, FIRMS))
        prediction = np.tile(rng.normal(0, 1, FIRMS), (DAYS, 1))  # of the same firms every day, and of no use
        a, b = ranks.unit_ranks(prediction, here), ranks.unit_ranks(outcome, here)
        if alike:
            places = shuffled(orders(draws, FIRMS, rng), here)
        else:
            places = [restricted(orders(draws, FIRMS, rng), members) for members in here]
        rejected += p_value(float((a * b).sum(axis=1).mean()), null(a, b, places)) <= 0.05
    return rejected


def test_one_permutation_for_all_days_rejects_a_true_null_at_its_level() -> None:
    low, high = binom.interval(0.998, 250, 0.05)
    assert low <= rejections(alike=True) <= high


def test_a_permutation_of_its_own_for_each_day_rejects_a_true_null_far_too_often() -> None:
    # This is why `shuffled` takes one permutation for all days. What is particular about a firm lasts, and so does
    # what a model says of it; fifteen days of the same luck are then counted as fifteen pieces of evidence.
    low, high = binom.interval(0.998, 250, 0.20)
    assert low <= rejections(alike=False) <= high


def power(days: int, firms: int, runs: int, share: float = 0.1) -> float:
    found = 0
    for run in range(runs):
        rng = np.random.default_rng([run, 12])
        here = np.ones((days, firms), dtype=bool)
        prediction = rng.normal(0, 1, (days, firms))
        outcome = np.sqrt(share) * prediction + np.sqrt(1 - share) * rng.normal(0, 1, (days, firms))
        a, b = ranks.unit_ranks(prediction, here), ranks.unit_ranks(outcome, here)
        places = shuffled(orders(199, firms, rng), here)
        found += p_value(float((a * b).sum(axis=1).mean()), null(a, b, places)) <= 0.05
    return found / runs


def test_a_tenth_of_the_variance_is_found_with_35_firms_on_15_days_and_seldom_on_one_day_of_11() -> None:
    assert power(15, 35, 100) >= 0.95
    assert 0.10 <= power(1, 11, 400) <= 0.32


# Regression


def test_the_slope_and_its_error_are_those_of_the_long_way() -> None:
    made, rng = panel(), np.random.default_rng(5)
    event, firm = np.nonzero(made.here)
    x, controls = rng.normal(0, 1, len(event)), rng.normal(0, 1, (len(event), 3))
    y = 0.3 * x + controls @ [1, 2, 3] + event + rng.normal(0, 1, DAYS)[event] * x + rng.normal(0, 1, len(event))
    found = slope(y, x, controls, event, firm)
    assert found is not None
    dummies = (event[:, None] == np.arange(DAYS)).astype(float)
    X = np.column_stack([x, controls, dummies])
    bread = np.linalg.inv(X.T @ X)
    b = bread @ X.T @ y
    error = y - X @ b
    variance = 0.0
    for groups, part in ((event, 1), (firm, 1), (np.arange(len(y)), -1)):
        names = np.unique(groups)
        sums = np.array([X[groups == g].T @ error[groups == g] for g in names])
        factor = len(names) / (len(names) - 1) * (len(y) - 1) / (len(y) - X.shape[1])
        variance += part * factor * (bread @ sums.T @ sums @ bread)[0, 0]
    assert found.value == pytest.approx(b[0])
    assert found.error == pytest.approx(np.sqrt(variance))
    assert slope(y, controls[:, 0], controls, event, firm) is None


@pytest.mark.parametrize("held", ["event", "firm"])
def test_r2_out_of_sample_is_that_of_fitting_afresh_without_each_group(held: str) -> None:
    made, rng = panel(), np.random.default_rng(6)
    event, firm = np.nonzero(made.here)
    X = np.column_stack([rng.normal(0, 1, len(event)), rng.normal(0, 9, FIRMS)[firm]])
    y = X @ [0.5, 0.02] + 3.0 * event + rng.normal(0, 1, len(event))
    groups = event if held == "event" else firm
    error = total = 0.0
    for group in np.unique(groups):
        out = groups == group
        level = np.ones(len(y), dtype=bool) if held == "event" else ~out
        apart, left = _apart(X, event, level), _apart(y[:, None], event, level)[:, 0]
        b = np.linalg.lstsq(apart[~out], left[~out], rcond=None)[0]
        error += ((left[out] - apart[out] @ b) ** 2).sum()
        total += (left[out] ** 2).sum()
    assert r2_out_of_sample(y, X, event, groups) == pytest.approx(1 - error / total)


def _apart(values: Vector, event: Vector, kept: Flags) -> Vector:
    """`values` less the mean of the kept rows of their day."""
    return np.array([row - values[kept & (event == e)].mean(axis=0) for row, e in zip(values, event, strict=True)])


# The three numbers, and the size of a day


@given(st.floats(-0.9, 2), st.floats(-0.5, 0.5), st.sampled_from([-1.0, 1.0]), st.floats(0, 1))
def test_factor_network_and_residual_add_up_to_the_return(got: float, factor: float, sign: float, h: float) -> None:
    one = parts(np.array([got]), np.array([factor]), sign, np.array([h]))
    assert float((one.factor + one.network + one.residual)[0]) == pytest.approx(got, abs=1e-12)


def test_the_planted_size_is_found() -> None:
    rng = np.random.default_rng(4)
    sizes = np.linspace(0, 1, 41)
    loss = np.outer(rng.random(40) * 0.3, sizes)
    factor = rng.normal(0, 0.02, 40)
    for sign in (-1.0, 1.0):
        returns = (1 + factor) * (1 + sign * loss[:, 12]) - 1 + rng.normal(0, 1e-4, 40)
        assert best_size(returns, factor, sign, loss) == 12


def test_a_panel_refuses_what_is_no_number() -> None:
    made = panel()
    with pytest.raises(BadInput, match=r"panel\.beta is not a number"):
        replace(made, beta=np.full(made.returns.shape, np.nan))
    with pytest.raises(BadInput, match=r"panel\.sign"):
        replace(made, sign=np.zeros(DAYS))
    with pytest.raises(BadInput, match=r"panel\.gamma has shape"):
        replace(made, gamma=made.gamma[:, 1:])


# The scoreboard on planted truths


def predictions(made: Panel, seed: int = 8) -> dict[str, Vector]:
    """Something that only the engine knows, a first round that is part of it, and a degree."""
    rng = np.random.default_rng(seed)
    first = np.maximum(0, rng.normal(0, 0.02, made.returns.shape))
    later = np.maximum(0, rng.normal(0, 0.02, made.returns.shape))
    degree = np.tile(rng.integers(0, 9, len(made.firms)).astype(float), (len(made.events), 1))
    return {"engine": first + later, "direct": first, "degree": degree}


def test_an_engine_that_knows_more_beats_every_rung() -> None:
    made = panel()
    said = predictions(made)
    board = scoreboard(moved_by(made, said["engine"], 0.02), said, 200, 7)
    assert tuple(board.steps) == LADDER
    assert {rung: step.outcome for rung, step in board.steps.items()} == dict.fromkeys(LADDER, "beats")
    assert board.scores["engine"].stable
    basket = board.steps["ai_basket"]
    assert basket.r2_days[1] > basket.r2_days[0] and basket.r2_firms[1] > basket.r2_firms[0]
    assert board.slopes["engine"] is not None and board.slopes["engine"].p < 0.01


def test_later_rounds_that_mean_nothing_are_not_shown() -> None:
    made = panel()
    said = predictions(made)
    board = scoreboard(moved_by(made, said["direct"], 0.02), said, 200, 7)
    assert board.steps["direct"].outcome == "no"
    assert board.steps["direct"].difference < 0


def test_an_engine_that_is_its_first_round_adds_nothing_to_it() -> None:
    made = panel()
    said = predictions(made)
    said["engine"] = said["direct"]
    step = scoreboard(moved_by(made, said["direct"], 0.01), said, 50, 7).steps["direct"]
    assert (step.difference, step.partial, step.outcome) == (0.0, 0.0, "no")


def test_an_engine_that_only_repeats_beta_adds_nothing_to_beta() -> None:
    made = panel()
    moved = replace(moved_by(made, 0.02 * made.beta, 0.005), sign=-np.ones(DAYS))
    said = predictions(made) | {"engine": made.beta - made.beta.min() + 0.1}
    board = scoreboard(moved, said, 200, 7)
    assert board.steps["beta"].outcome == "no"
    assert board.slopes["engine"] is None


def test_noise_scores_nothing_and_the_same_seed_gives_the_same_numbers() -> None:
    made = panel()
    said = predictions(made)
    one, two = (scoreboard(made, said, 100, 7) for _ in range(2))
    assert one.scores["engine"].p > 0.05
    assert one.scores["engine"].p == two.scores["engine"].p
    mean, p = chance(made, said["engine"], 100, 7)
    assert mean == pytest.approx(one.scores["engine"].mean)
    assert p > 0.05


def test_a_single_day_is_scored_without_the_rungs_that_must_learn() -> None:
    made = panel(days=1)
    board = scoreboard(made, predictions(made), 50, 7)
    assert set(board.scores) == {"engine", "direct", "degree"}
    assert np.isnan(board.steps["direct"].r2_days[0])


def test_matched_ordinary_days_tell_a_planted_effect_from_none() -> None:
    made, rng = panel(), np.random.default_rng(9)
    calm = Ordinary(returns=rng.normal(0, 0.02, (FEWEST_DAYS, FIRMS)), market=rng.normal(0, 0.01, FEWEST_DAYS))
    said = predictions(made)["engine"]
    moved = moved_by(made, said, 0.02)
    real = float(ranks.spearman(said, moved.abnormal, moved.here).mean())
    scores = placebo_scores(moved, said, calm, 200, 7)
    assert scores is not None and scores.shape == (200,)
    assert p_value(real, scores) < 0.01
    assert abs(float(scores.mean())) < 0.05
    few = Ordinary(returns=calm.returns[1:], market=calm.market[1:])
    assert placebo_scores(moved, said, few, 200, 7) is None


@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_on_an_ordinary_day_too_good_news_counts_the_other_way_round(sign: float) -> None:
    made, rng = replace(panel(missing=0), sign=np.full(DAYS, sign)), np.random.default_rng(10)
    said = np.tile(rng.random(FIRMS) * 0.05, (DAYS, 1))
    market = rng.normal(0, 0.03, FEWEST_DAYS)
    falls = (1 + np.outer(market, made.beta[0])) * (1 - said[0]) - 1  # every ordinary day is bad news
    scores = placebo_scores(made, said, Ordinary(returns=falls, market=market), 50, 7)
    assert scores is not None and scores == pytest.approx(-sign)


# Rewired networks


def hit(study: Study) -> Shock:
    shock = Shock.none(study.exposures)
    i = study.exposures.balance.index("openai")
    shock.u[i] = shock.w[i] = 0.2
    return shock


def test_networks_side_by_side_are_solved_as_if_alone(eve: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    x, rng, shock = eve.exposures, np.random.default_rng(1), hit(eve)
    obligors = {kind: np.tile(getattr(x, kind).obligor, (3, 1)) for kind in rewired.EDGES}
    for copy in (1, 2):
        obligors["contracts"][copy] = rng.permutation(obligors["contracts"][copy])
        obligors["debts"][copy] = rng.permutation(obligors["debts"][copy])
    monkeypatch.setattr(rewired, "BLOCK", 2)
    found = rewired.losses(x, shock, obligors)
    assert (found[0] > 0).sum() > 10 and not np.allclose(found[0], found[1])
    for copy in range(3):
        edges = {
            kind: replace(
                getattr(x, kind),
                obligor=np.where(
                    obligors[kind][copy] == getattr(x, kind).holder, getattr(x, kind).obligor, obligors[kind][copy]
                ),
            )
            for kind in rewired.EDGES
        }
        alone = replace(x, **edges)
        assert found[copy] == pytest.approx(solve(Map(alone, coefficients(alone), shock)).h[:, 0], abs=1e-10)


def test_holdings_that_pass_the_whole_of_an_issuer_are_scaled_down(eve: Study) -> None:
    x = eve.exposures
    obligors = {kind: getattr(x, kind).obligor[None] for kind in rewired.EDGES}
    obligors["holdings"] = np.full((1, len(x.holdings)), x.balance.index("openai"))
    found = rewired.losses(x, hit(eve), obligors)
    assert np.isfinite(found).all() and (found <= 1).all()
