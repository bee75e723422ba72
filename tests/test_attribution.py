"""The exact split of losses over sources, paths and channels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

from knockon.contagion import attribution
from knockon.contagion.attribution import attribute
from knockon.contagion.coefficients import coefficients
from knockon.contagion.engine import Map, Shock
from knockon.contagion.fixedpoint import solve
from knockon.contagion.shapley import shapley_channels
from knockon.errors import NotConverged
from knockon.exposures import Exposures
from knockon.study import Study
from networks import cases, solved
from vectors_model import load

SPLIT = ("model_a", "model_funding", "model_hand")


@pytest.mark.parametrize("name", SPLIT)
def test_what_each_source_did_is_as_in_the_reference(name: str) -> None:
    x, shock, expected, tolerance = load(name)
    f = Map(x, coefficients(x), shock)
    found = attribute(f, solve(f))
    by_source = found.by_source()
    assert set(by_source) == set(expected["source_contrib_h"])
    for source, h in expected["source_contrib_h"].items():
        np.testing.assert_allclose(by_source[source] / x.balance.value, h, rtol=0, atol=tolerance)
    radius = np.abs(np.linalg.eigvals(found.secant.toarray())).max()
    assert radius == pytest.approx(expected["rho_secant"], abs=1e-8)


@pytest.mark.parametrize("name", SPLIT)
def test_shapley_values_of_channels_are_as_in_the_reference(name: str) -> None:
    x, shock, expected, _ = load(name)
    for channel, values in shapley_channels(x, coefficients(x), shock).items():
        np.testing.assert_allclose(values, expected["shapley_usd"][channel], rtol=0, atol=1e-8)


@given(cases())
def test_sources_add_up_to_the_loss(case: tuple[Exposures, Shock]) -> None:
    x, shock = case
    state = solved(x, shock)
    found = attribute(Map(x, coefficients(x), shock), state)
    assert found.secant.min() >= -1e-12 and found.hits.min() >= -1e-12
    if np.abs(np.linalg.eigvals(found.secant.toarray())).max() > 1 - 1e-6:
        return  # a loop that hardly closes: the series is not summable to this precision
    total = sum(found.by_source().values(), np.zeros(len(x.balance.parties)))
    np.testing.assert_allclose(total, x.balance.value * state.h[:, 0], rtol=1e-6, atol=1e-6)


@given(cases())
def test_paths_come_in_order_and_cover_no_more_than_all(case: tuple[Exposures, Shock]) -> None:
    x, shock = case
    state = solved(x, shock)
    found = attribute(Map(x, coefficients(x), shock), state)
    if np.abs(np.linalg.eigvals(found.secant.toarray())).max() > 0.9:
        return
    paths, covered = found.paths(12)
    dollars = [path.usd for path in paths]
    assert dollars == sorted(dollars, reverse=True)
    assert -1e-9 <= covered <= 1 + 1e-6
    for path in paths:
        assert len(path.legs) >= 1 and len(path.parties) >= 1


def test_a_large_network_is_split_round_by_round_to_the_same(eve: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    at_once = eve.shock({"openai": 0.2, "oracle": 0.1}, {"coreweave": 0.3}, draws=0).spread.attribution
    sources, (paths, covered) = at_once.by_source(), at_once.paths(20)
    assert len(sources) == 3 and len(paths) == 20
    monkeypatch.setattr(attribution, "DENSE", 0)
    np.testing.assert_allclose(list(at_once.by_source().values()), list(sources.values()), rtol=1e-11, atol=1e-3)
    again, share = at_once.paths(20)
    assert [(path.parties, path.legs) for path in again] == [(path.parties, path.legs) for path in paths]
    assert share == pytest.approx(covered, rel=1e-12)
    monkeypatch.setattr(attribution, "MOST_ROUNDS", 2)
    with pytest.raises(NotConverged, match="2 rounds were not enough"):
        at_once.by_source()


def test_all_paths_of_a_chain_by_hand() -> None:
    """a falls by half; b holds half of a, c holds half of b: two paths, 25 and 12.5, and nothing else."""
    from vectors_model import exposures

    nodes = [{"id": name, "E": 100.0, "alpha": 0, "rev": 1, "pi": 0} for name in "abc"]
    edges = [
        {"id": "ab", "type": "equity", "from": "a", "to": "b", "theta": 0.5},
        {"id": "bc", "type": "equity", "from": "b", "to": "c", "theta": 0.5},
    ]
    x = exposures(nodes, edges, {"r": 0.1, "debt_alpha_add": 0})
    f = Map(x, coefficients(x), replace(Shock.none(x), u=np.array([0.5, 0, 0])))
    paths, covered = attribute(f, solve(f)).paths(10)
    assert [(path.parties, path.legs, path.usd) for path in paths] == [
        (("a", "b"), ("ab",), pytest.approx(25)),
        (("a", "b", "c"), ("ab", "bc"), pytest.approx(12.5)),
    ]
    assert covered == pytest.approx(1)


def test_on_the_real_book_the_largest_path_is_microsofts_stake(eve: Study) -> None:
    result = eve.shock({"openai": 0.2}, draws=0)
    paths, covered = result.spread.attribution.paths(10)
    assert (paths[0].parties, paths[0].legs) == (("openai", "microsoft"), ("stake:microsoft/openai",))
    assert paths[0].usd == pytest.approx(0.27 * 0.2 * 500e9)
    assert 0.9 < covered <= 1
    total = sum(result.spread.attribution.by_source().values())
    np.testing.assert_allclose(total, result.spread.loss, rtol=1e-9, atol=1.0)
