"""Everyone hit in turn: one batch, sums by hand, and what the shipped book says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.contagion import ranking as contagion_ranking
from knockon.contagion.channels import by_channel
from knockon.contagion.coefficients import coefficients
from knockon.contagion.engine import Map, Shock
from knockon.contagion.fixedpoint import solve
from knockon.contagion.ranking import Hit, hits, lost, mask, ranking
from knockon.errors import BadInput
from knockon.exposures import Exposures
from knockon.study import Study
from networks import cases, converging
from vectors_model import exposures

every_hit = st.sampled_from(list(Hit))


@given(cases(sinks=True), every_hit, st.floats(0, 1))
def test_the_batch_is_the_loop_over_parties(case: tuple[Exposures, Shock], hit: Hit, size: float) -> None:
    x, _ = case
    usd = np.zeros((len(x.balance.parties),) * 2)
    with converging(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(contagion_ranking, "BLOCK", 2)
        found = ranking(x, hit, size)
        for j in range(len(x.balance.parties)):
            shock = Shock.none(x)
            if hit is not Hit.PERFORMANCE and not np.isnan(x.balance.value[j]):
                shock.u[j] = size
            if hit is not Hit.VALUE:
                shock.w[j] = size
            f = Map(x, coefficients(x), shock)
            usd[:, j] = sum(by_channel(f, solve(f)).values())[:, 0]
    others = usd * (1 - np.eye(len(usd)))
    for kept, alone in (
        (found.own, np.diagonal(usd)),
        (found.impact, others.sum(axis=0)),
        (found.impact_listed, others[x.balance.listed & ~np.isnan(x.balance.value)].sum(axis=0)),
        (found.vulnerability, others.sum(axis=1)),
    ):
        np.testing.assert_allclose(kept, alone, rtol=1e-9, atol=1e-9)


@given(cases(sinks=True), every_hit)
def test_what_all_inflict_is_what_all_suffer(case: tuple[Exposures, Shock], hit: Hit) -> None:
    with converging():
        found = ranking(case[0], hit)
    assert found.impact.sum() == pytest.approx(found.vulnerability.sum(), rel=1e-9, abs=1e-9)
    assert min(found.own.min(), found.impact_listed.min(), found.vulnerability.min()) >= 0
    assert np.all(found.impact_listed <= found.impact + 1e-9)
    sinks = np.isnan(found.exposures.balance.value)
    assert np.array_equal(np.isnan(found.vulnerability_share), sinks)
    assert np.all(found.vulnerability_share[~sinks] <= 1 + 1e-9)
    if hit is Hit.VALUE:
        assert not found.size[sinks].any() and not found.own[sinks].any() and not found.impact[sinks].any()


@given(cases(), every_hit, st.floats(0, 1))
def test_a_harder_hit_never_hurts_less(case: tuple[Exposures, Shock], hit: Hit, less: float) -> None:
    with converging():
        whole, part = ranking(case[0], hit), ranking(case[0], hit, less)
    for name in ("own", "impact", "impact_listed", "vulnerability"):
        assert np.all(getattr(part, name) <= getattr(whole, name) + 1e-7)


def chain() -> Exposures:
    """a owes b 40, b owes c 20, nothing comes back; c has no value."""
    nodes = [{"id": "a", "E": 100.0}, {"id": "b", "E": 50.0}, {"id": "c"}]
    edges = [
        {"id": "ab", "type": "loan", "from": "a", "to": "b", "K": 40.0, "lgd": 0.5},
        {"id": "bc", "type": "loan", "from": "b", "to": "c", "K": 20.0, "lgd": 1.0},
    ]
    return exposures(nodes, edges, {"r": 0.1, "debt_alpha_add": 0.0})


def test_a_chain_by_hand() -> None:
    x = replace(chain(), balance=replace(chain().balance, listed=np.array([True, True, False])))
    found = ranking(x, Hit.VALUE)
    # a falls: b loses 40 x 0.5 = 20 of 50, so 0.4 short to c, who loses 8. b falls: c loses 20. c cannot fall.
    assert found.own.tolist() == [100, 50, 0]
    assert found.impact.tolist() == [28, 20, 0]
    assert found.impact_listed.tolist() == [20, 0, 0]
    assert found.vulnerability.tolist() == [0, 20, 28]
    np.testing.assert_allclose(found.vulnerability_share, [0, 20 / 50 / 1, np.nan])  # a is the one other that is hit
    assert [x.balance.parties[i] for i in found.order(found.impact)] == ["a", "b", "c"]
    assert [x.balance.parties[i] for i in found.order(found.vulnerability_share)] == ["b", "a", "c"]  # unknown last


def test_sizes_of_their_own_and_performance_alone() -> None:
    found = ranking(chain(), Hit.PERFORMANCE, np.array([0.5, 1.0, 1.0]))
    # a withholds half: b loses 10 of 50 and is itself 0.2 short. b withholds all and loses nothing.
    assert not found.own.any()
    assert found.impact == pytest.approx([14, 20, 0]) and found.vulnerability == pytest.approx([0, 10, 24])
    assert found.size.tolist() == [0.5, 1.0, 1.0]


def test_ties_stand_by_name() -> None:
    nodes = [{"id": name, "E": 10.0} for name in ("mo", "al", "zo")]
    x = exposures(nodes, [], {"r": 0.1, "debt_alpha_add": 0.0})
    found = ranking(x)
    assert [x.balance.parties[i] for i in found.order(found.impact)] == ["al", "mo", "zo"]


def test_what_is_no_share_or_has_the_wrong_length_is_refused() -> None:
    x = chain()
    with pytest.raises(BadInput, match="a share from 0 to 1"):
        ranking(x, size=1.5)
    with pytest.raises(BadInput, match="one for each of 3 parties"):
        ranking(x, size=np.ones(2))
    with pytest.raises(BadInput, match="one number per party"):
        ranking(x).order(np.ones(2))
    with pytest.raises(BadInput, match="marks each of the 3 parties"):
        mask(x, np.ones(3))


def test_the_shipped_book_hurts_most_through_its_labs(eve: Study) -> None:
    x = eve.exposures
    found = ranking(x)
    parties = np.array(x.balance.parties)
    private = ~x.balance.listed
    order = found.order(np.where(private, found.impact_listed, np.nan))
    assert parties[order[:2]].tolist() == ["openai", "anthropic"]
    assert parties[found.order(found.vulnerability)[0]] == "microsoft"
    openai = x.balance.index("openai")
    single = Map(x, coefficients(x), hits(x, (parties == "openai").astype(float), Hit.BOTH))
    usd = lost(single, solve(single))[:, 0]
    assert found.own[openai] == pytest.approx(usd[openai])
    assert found.impact[openai] == pytest.approx(usd.sum() - usd[openai])
    assert found.impact_listed[openai] > 100e9  # more than the largest stake in it alone, Microsoft's 27%
    assert np.all(found.impact >= found.impact_listed)


def test_progress_counts_parties_up_to_the_last(tiny: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contagion_ranking, "BLOCK", 3)
    told: list[int] = []
    ranking(tiny.exposures, tick=told.append)
    n = len(tiny.exposures.balance.parties)
    assert told == [*range(3, n, 3), n]
