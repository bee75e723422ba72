"""Defaults declared and cleared: sums by hand, laws on random networks, and the real rows of CoreWeave."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import knockon
from knockon.contagion.coefficients import coefficients
from knockon.contagion.engine import Map, Shock
from knockon.contagion.fixedpoint import solve
from knockon.contagion.spread import spread
from knockon.contagion.terminal import Settled, Terms, settle
from knockon.errors import BadInput
from knockon.exposures import Exposures, Solvency, Vector
from knockon.scenarios import Scenario
from knockon.study import Study
from networks import networks, share
from vectors_model import exposures

NOTHING_LOST = Terms(alpha=1.0, beta=1.0, lease_years=1.0)
PARAMS = {"r": 0.1, "debt_alpha_add": 3.0}


def with_debts(x: Exposures, debt: Vector, rank: list[int] | None = None, lease: list[bool] | None = None) -> Exposures:
    n = len(x.balance.parties)
    return replace(
        x,
        solvency=Solvency(
            debt=np.asarray(debt, dtype=float),
            sigma=np.full(n, np.nan),
            ltv=np.zeros(n),
            rank=np.array(rank if rank is not None else np.ones(len(x.debts)), dtype=np.int64),
            lease=np.array(lease if lease is not None else np.zeros(len(x.contracts)), dtype=bool),
        ),
    )


def built(nodes: list[dict[str, Any]], edges: list[dict[str, Any]]) -> Exposures:
    plain = {"alpha": 0.0, "rev": 10.0, "pi": 0.0, "s": 1.0, "oblig": 10.0}
    return exposures([plain | node for node in nodes], edges, PARAMS)


def test_ranks_are_paid_in_order_by_hand() -> None:
    """Debtor owes 4 secured, 6 senior, 10 to nobody named: 20 in all; default leaves 0.8 x 20 = 16.

    The secured lender gets all; 12 are left for the 16 of senior debts, named and not: three quarters.
    """
    x = built(
        [{"id": "debtor", "E": 30}, {"id": "safe", "E": 100}, {"id": "plain", "E": 100}],
        [
            {"id": "first", "type": "loan", "from": "debtor", "to": "safe", "K": 4, "lgd": 0.35},
            {"id": "second", "type": "loan", "from": "debtor", "to": "plain", "K": 6, "lgd": 0.6},
        ],
    )
    x = with_debts(x, np.array([20.0, np.nan, np.nan]), rank=[0, 1])
    found = settle(x, Shock.none(x), np.array([0]), Terms(alpha=0.8, beta=0.8, lease_years=1))
    (estate,) = found.estates
    assert (estate.debts, estate.assets) == pytest.approx((20, 16))
    np.testing.assert_allclose(estate.owed, [4, 16, 0])
    np.testing.assert_allclose(estate.recovery, [1, 0.75, np.nan])
    answer = spread(found.exposures, found.shock)
    np.testing.assert_allclose(answer.loss, [30, 0, 1.5])


def test_rent_and_calls_are_claims_by_hand() -> None:
    """Tenant owes 10 and rents for 5 a year (phi 1, ten years): claims 10 + 5 on 0.6 x 10 = 6, so 0.4 each.

    The landlord loses margin 0.2 of what ten years' rent is worth today, less 0.4 x 5.
    """
    x = built(
        [{"id": "tenant", "E": 50}, {"id": "landlord", "E": 100}, {"id": "bank", "E": 100}],
        [
            {
                **{"id": "hall", "type": "lease", "from": "tenant", "to": "landlord"},
                **{"K": 50, "T": 10, "phi": 1, "m": 0.2, "psi": 0, "kappa": 0.1},
            },
            {"id": "loan", "type": "loan", "from": "tenant", "to": "bank", "K": 10, "lgd": 0.6},
        ],
    )
    x = with_debts(x, np.array([10.0, np.nan, np.nan]), lease=[True])
    found = settle(x, Shock.none(x), np.array([0]), Terms(alpha=0.6, beta=1, lease_years=1))
    (estate,) = found.estates
    np.testing.assert_allclose(estate.owed, [0, 15, 0])
    np.testing.assert_allclose(estate.recovery, [np.nan, 0.4, np.nan])
    worth = 50 * (1 - 1.1**-10) / (0.1 * 10)
    np.testing.assert_allclose(spread(found.exposures, found.shock).loss, [50, 0.2 * worth + 5 - 0.4 * 5, 6])


def test_an_estates_claim_on_another_estate_suffers_twice_by_hand() -> None:
    """A owes B 10, B owes C 10; A is left 10 x 0.5, so B gets 5 x beta 0.5 = 2.5, and has nothing else."""
    x = built(
        [{"id": "a", "E": 20}, {"id": "b", "E": 20}, {"id": "c", "E": 50}],
        [
            {"id": "ab", "type": "loan", "from": "a", "to": "b", "K": 10, "lgd": 0.1},
            {"id": "bc", "type": "loan", "from": "b", "to": "c", "K": 10, "lgd": 0.1},
        ],
    )
    x = with_debts(x, np.array([10.0, 10.0, np.nan]))
    found = settle(x, Shock.none(x), np.array([0, 1]), Terms(alpha=0.5, beta=0.5, lease_years=1))
    first, second = found.estates
    assert first.recovery[1] == pytest.approx(0.25 + 0.25)  # 10 of assets, no claims: half is left
    assert second.assets == pytest.approx(2.5) and second.recovery[1] == pytest.approx(0.25)
    np.testing.assert_allclose(spread(found.exposures, found.shock).loss, [20, 20, 7.5])


def test_a_guarantor_in_default_pays_what_its_estate_pays() -> None:
    """Guarantor owes 10 and is called for the buyer's loss of 10: claims 20 on an estate of 10, so half is paid."""
    x = built(
        [{"id": "buyer", "E": 50}, {"id": "seller", "E": 100}, {"id": "guarantor", "E": 40}],
        [
            {
                **{"id": "sale", "type": "purchase", "from": "buyer", "to": "seller", "V": 10},
                **{"K": 10, "T": 1, "phi": 1, "psi": 0, "kappa": 0, "m": 1},
            },
            {
                "id": "g",
                "type": "guarantee",
                "from": "guarantor",
                "to": "seller",
                "covers": "sale",
                "cover": 1,
                "cap": 100,
            },
        ],
    )
    x = with_debts(x, np.array([np.nan, np.nan, 10.0]))
    shock = Shock.none(x)
    shock.w[0] = 1.0
    found = settle(x, shock, np.array([2]), NOTHING_LOST)
    assert found.estates[0].recovery[1] == pytest.approx(0.5)
    assert spread(found.exposures, found.shock).loss[1] == pytest.approx(5)


def test_whose_debts_are_unknown_is_listed_and_keeps_the_parameter() -> None:
    x = built(
        [{"id": "a", "E": 20}, {"id": "b", "E": 50}],
        [{"id": "ab", "type": "loan", "from": "a", "to": "b", "K": 10, "lgd": 0.3}],
    )
    found = settle(with_debts(x, np.full(2, np.nan)), Shock.none(x), np.array([0]), NOTHING_LOST)
    assert found.refused == (0,) and found.estates == ()
    assert spread(found.exposures, found.shock).loss[1] == pytest.approx(3)
    with pytest.raises(BadInput, match="no balance sheets"):
        settle(x, Shock.none(x), np.array([0]), NOTHING_LOST)


@st.composite
def defaults(draw: st.DrawFn) -> tuple[Exposures, Shock, np.ndarray]:
    nodes, edges = draw(networks())
    x = exposures(nodes, edges, PARAMS)
    n = len(nodes)
    debt = np.array(draw(st.lists(st.floats(0, 300) | st.just(float("nan")), min_size=n, max_size=n)))
    rank = draw(st.lists(st.integers(0, 2), min_size=len(x.debts), max_size=len(x.debts)))
    lease = draw(st.lists(st.booleans(), min_size=len(x.contracts), max_size=len(x.contracts)))
    shock = Shock.none(x)
    shock.u[:] = draw(st.lists(share, min_size=n, max_size=n))
    down = draw(st.lists(st.integers(0, n - 1), min_size=1, max_size=n, unique=True))
    return with_debts(x, debt, rank, lease), shock, np.array(sorted(down))


def lost(found: Settled) -> Vector:
    f = Map(found.exposures, coefficients(found.exposures), found.shock)
    return solve(f).h[:, 0]


@given(defaults(), st.floats(0, 1), st.floats(0, 1))
def test_ranks_come_in_order_and_an_estate_pays_no_more_than_it_has(
    case: tuple[Exposures, Shock, np.ndarray], alpha: float, beta: float
) -> None:
    found = settle(*case, Terms(alpha=alpha, beta=beta, lease_years=1))
    for estate in found.estates:
        paid = np.nan_to_num(estate.recovery) * estate.owed
        assert np.all(paid >= -1e-9) and np.all(paid <= estate.owed * (1 + 1e-9))
        assert paid.sum() <= estate.assets * (1 + 1e-9) + 1e-9
        assert paid.sum() == pytest.approx(min(estate.assets, estate.owed.sum()), rel=1e-7, abs=1e-7)
        short = estate.owed - paid > 1e-7 * (1 + estate.owed)
        for rank in np.flatnonzero(short):
            assert np.all(paid[rank + 1 :] <= 1e-7 * (1 + estate.assets))


@given(defaults(), st.floats(0, 1), st.floats(0, 1))
def test_dearer_defaults_never_hurt_less(case: tuple[Exposures, Shock, np.ndarray], alpha: float, beta: float) -> None:
    """The set in default may grow with the costs, and those added had a parameter before: hold it fixed."""
    x, shock, _ = case
    everybody = np.arange(len(shock.u))
    cheap = lost(settle(x, shock, everybody, NOTHING_LOST))
    dear = lost(settle(x, shock, everybody, Terms(alpha=alpha, beta=beta, lease_years=1)))
    assert np.all(dear >= cheap - 1e-9)


@given(defaults())
def test_who_defaults_loses_all_and_the_attribution_still_adds_up(case: tuple[Exposures, Shock, np.ndarray]) -> None:
    x, shock, down = case
    found = settle(x, shock, down, Terms(alpha=0.8, beta=0.8, lease_years=1))
    answer = spread(found.exposures, found.shock)
    np.testing.assert_allclose(answer.loss[down], x.balance.value[down])
    split = sum(answer.attribution.by_source().values())
    np.testing.assert_allclose(split, answer.loss, rtol=1e-7, atol=1e-7)


def test_coreweaves_default_is_cleared_from_the_book() -> None:
    """21.4bn of debts known on 2026-02-26; 9.8bn of Blackstone's loans are secured and come first."""
    study = knockon.open(as_of="2026-02-26")
    result = study.run(Scenario(default=("coreweave",), draws=0))
    (estate,) = result.estates()
    assert estate["party"] == "coreweave" and estate["debts_usd"] == 21.4e9
    assert estate["estate_usd"] == pytest.approx(0.8 * 21.4e9, rel=0.01)
    assert estate["ranks"]["secured"]["owed_usd"] == pytest.approx(9.8e9)
    assert estate["ranks"]["secured"]["recovery"] == 1.0
    assert 0 < estate["ranks"]["senior"]["low"] < estate["ranks"]["senior"]["recovery"] < 1
    lenders = {row["party"]: row["channels"]["credit"] for row in result.rows()}
    assert "blackstone" not in lenders and lenders["morgan-stanley"] > 0
    plain = study.run(Scenario(value={"coreweave": 1}, performance={"coreweave": 1}, draws=0))
    landlords = ("galaxy-digital", "core-scientific", "applied-digital")
    before = {row["party"]: row["loss_usd"] for row in plain.rows()}
    after = {row["party"]: row["loss_usd"] for row in result.rows()}
    assert all(0 < after[name] < before[name] for name in landlords)


def test_a_default_without_known_debts_says_so(eve: Study) -> None:
    result = eve.run(Scenario(default=("openai",), draws=0))
    assert result.not_cleared() == ["openai"] and result.estates() == []
    assert any("Not cleared, as total debts are not known: OpenAI" in line for line in result.sentences())
    assert result.record()["defaults"] == {"cleared": [], "not_cleared": ["openai"]}
