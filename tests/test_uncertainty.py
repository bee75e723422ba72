"""Ranges, orders and what matters, held against scipy, plain loops, and networks where the answer is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from knockon.contagion import uncertainty as uncertainty_module
from knockon.contagion.coefficients import coefficients
from knockon.contagion.engine import Map, Shock
from knockon.contagion.fixedpoint import solve
from knockon.contagion.ranking import Hit, hits, lost
from knockon.contagion.sampling import BLOCK, draws
from knockon.contagion.spread import spread
from knockon.contagion.uncertainty import spearman, uncertainty
from knockon.errors import BadInput
from knockon.exposures import Exposures, Span
from knockon.study import Study
from vectors_model import exposures

few = st.integers(-3, 3).map(float)


@given(arrays(float, (3, 12), elements=few), arrays(float, 12, elements=few))
def test_rank_correlations_agree_with_scipy(inputs: np.ndarray, output: np.ndarray) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(uncertainty_module, "CELLS", 20)
        in_parts = spearman(inputs, output)
    assert in_parts.tolist() == spearman(inputs, output).tolist()
    for row, found in zip(inputs, in_parts, strict=True):
        constant = len(set(row)) == 1 or len(set(output)) == 1
        assert found == pytest.approx(0.0 if constant else stats.spearmanr(row, output).statistic, abs=1e-12)


def book(**spans: dict[str, Span]) -> tuple[Exposures, Shock]:
    """Lab buys 100 of Cloud and 60 of Chips; Cloud owes Bank 10; Idle buys of Chips, and nothing ever hits it."""
    nodes = [{"id": name, "E": 1000.0, "rev": 50.0} for name in ("lab", "cloud", "chips", "bank", "idle")]
    bought = {"type": "purchase", "T": 5.0, "phi": 0.5, "m": 0.3, "psi": 0.2}
    edges = [
        {"id": "lab-cloud", "from": "lab", "to": "cloud", "K": 100.0} | bought,
        {"id": "lab-chips", "from": "lab", "to": "chips", "K": 60.0} | bought,
        {"id": "idle-chips", "from": "idle", "to": "chips", "K": 900.0} | bought,
        {"id": "loan", "type": "loan", "from": "cloud", "to": "bank", "K": 10.0, "lgd": 0.5},
    ]
    x = exposures(nodes, edges, {"r": 0.1, "debt_alpha_add": 0.0})

    def sure(keys: tuple[str, ...], values: object) -> dict[str, Span]:
        return {k: Span(low=v, value=v, high=v) for k, v in zip(keys, np.asarray(values).tolist(), strict=True)}

    c, parties = x.contracts, x.balance.parties
    sellers = ("chips", "cloud")
    all_spans = {
        "amount": sure(c.ids, c.amount),
        "phi": sure(c.ids, c.phi),
        "resold": sure(c.ids, np.zeros(len(c))),
        "m": sure(sellers, [0.3, 0.3]),
        "psi": sure(sellers, [0.2, 0.2]),
        "kappa": sure(sellers, [0.0, 0.0]),
        "mu": sure(sellers, [1.0, 1.0]),
        "alpha": sure(parties, np.zeros(5)),
        "lgd": sure(x.debts.ids, x.debts.lgd),
    }
    given_spans = {name: all_spans[name] | spans.get(name, {}) for name in all_spans}
    shock = replace(Shock.none(x), w=np.array([0.5, 0.0, 0.0, 0.0, 0.0]))
    return replace(x, spans=given_spans), shock


def test_the_only_uncertain_datum_explains_everything() -> None:
    x, shock = book(amount={"lab-cloud": Span(low=50, value=100, high=150)})
    found = uncertainty(x, shock, 500, seed=1, rho=0.3)
    assert [(d.parameter, d.key) for d in found.data] == [("amount", "lab-cloud")]
    assert found.data[0].correlation == pytest.approx(1.0) and found.data[0].share == pytest.approx(1.0)
    cloud = found.exposures.balance.index("cloud")
    median = 0.5 * 100 * 0.3 * x.contracts.discount[0] * (1 - 0.2) * 0.5  # phi K m a (1 - psi) w
    assert found.median[cloud] == pytest.approx(median, rel=0.03)
    assert found.low[cloud] < found.median[cloud] < found.high[cloud]


def test_a_wider_datum_matters_more_and_what_is_out_of_reach_not_at_all() -> None:
    x, shock = book(
        amount={
            "lab-cloud": Span(low=40, value=100, high=160),
            "lab-chips": Span(low=55, value=60, high=65),
            "idle-chips": Span(low=0, value=900, high=1800),
        },
        psi={"chips": Span(low=0.1, value=0.2, high=0.3)},
        alpha={"idle": Span(low=0, value=1, high=2), "cloud": Span(low=0, value=1, high=2)},
        lgd={"loan": Span(low=0.4, value=0.5, high=0.6)},
    )
    found = uncertainty(x, shock, 4000, seed=2, rho=0.0)
    names = [(d.parameter, d.key) for d in found.data]
    assert names[0] == ("amount", "lab-cloud") and found.data[0].correlation > 0.9
    assert found.data[1].share < 0.1
    psi = found.data[names.index(("psi", "chips"))]
    assert psi.correlation < 0  # what finds another buyer is not lost
    assert ("amount", "idle-chips") not in names and ("alpha", "idle") not in names
    assert {("alpha", "cloud"), ("lgd", "loan"), ("amount", "lab-chips")} < set(names)
    bank = uncertainty(x, shock, 4000, seed=2, rho=0.0, over=np.array([False, False, False, True, False]))
    shares = {(d.parameter, d.key): d.share for d in bank.data}
    assert shares["amount", "lab-chips"] < 10 * bank.noise  # Chips' dollars never reach Bank
    assert min(shares["amount", "lab-cloud"], shares["alpha", "cloud"], shares["lgd", "loan"]) > 50 * bank.noise


def test_psi_is_read_where_it_shows() -> None:
    span = {"chips": Span(low=0.1, value=0.2, high=0.3)}
    x, shock = book(psi=span, resold={"lab-chips": Span(low=1, value=1, high=1)})
    shock = replace(shock, w=np.array([0.5, 0.0, 0.0, 0.0, 0.5]))  # Idle too withholds, and that is not resold
    found = uncertainty(x, shock, 300, seed=0, rho=0.0)
    assert [d.correlation for d in found.data] == pytest.approx([-1.0])


def test_the_order_of_twins_is_a_coin_and_of_unequals_is_sure() -> None:
    wide = Span(low=50, value=100, high=150)
    x, shock = book(amount={"lab-cloud": wide, "lab-chips": wide})
    found = uncertainty(x, shock, 6000, seed=4, rho=0.0, top=3)
    names = [x.balance.parties[i] for i in found.top]
    assert set(names[:2]) == {"cloud", "chips"} and names[2] == "bank"
    np.testing.assert_allclose(found.ahead + found.ahead.T, 1.0)
    assert np.all(np.diag(found.ahead) == 0.5)
    assert found.ahead[0, 1] == pytest.approx(0.5, abs=0.03)
    assert found.ahead[0, 2] == found.ahead[1, 2] == 1.0


def test_blocks_and_seeds_are_those_of_the_draws(eve: Study) -> None:
    x = eve.exposures
    shock = hits(x, 0.5 * (np.array(x.balance.parties) == "openai"), Hit.BOTH)
    listed = x.balance.listed & ~np.isnan(x.balance.value)
    told: list[int] = []
    count = BLOCK + 200
    found = uncertainty(x, shock, count, seed=7, rho=0.3, over=listed, progress=told.append)
    assert told == [BLOCK, count]
    columns = []
    for draw in draws(x, count, seed=7, rho=0.3):
        f = Map(x, coefficients(x, draw), shock)
        columns.append(lost(f, solve(f, tolerance=1e-10)))
    loss = np.concatenate(columns, axis=1)
    np.testing.assert_array_equal(found.high, np.percentile(loss, 95, axis=1))
    a, b = found.top[:2]
    assert found.ahead[0, 1] == pytest.approx((loss[a] > loss[b]).mean())
    again = uncertainty(x, shock, count, seed=7, rho=0.3, over=listed)
    assert again.data == found.data and again.output == found.output
    assert found.output[::2] == pytest.approx(spread(x, shock, count, 7, 0.3).listed_range)


def test_the_shipped_book_names_what_would_make_it_surer(eve: Study) -> None:
    x = eve.exposures
    shock = hits(x, 0.5 * (np.array(x.balance.parties) == "openai"), Hit.BOTH)
    found = uncertainty(x, shock, 2000, seed=0, rho=0.3, over=x.balance.listed)
    assert x.balance.parties[found.top[0]] == "microsoft"
    assert np.all(x.balance.listed[found.top])
    assert np.all(found.low <= found.median) and np.all(found.median <= found.high)
    shares = [d.share for d in found.data]
    assert shares == sorted(shares, reverse=True) and shares[0] > 50 * found.noise
    leading = {(d.parameter, d.key) for d in found.data[:8]}
    assert ("phi", "openai-oracle-compute-2025-09/1") in leading  # 300bn of rent, firm or not
    for datum in found.data:
        if datum.share > 0.05:
            assert (datum.correlation > 0) == (datum.parameter in ("phi", "amount", "m", "kappa", "lgd"))


def test_too_few_draws_and_batches_are_refused() -> None:
    x, shock = book()
    with pytest.raises(BadInput, match="1 draws say nothing"):
        uncertainty(x, shock, 1, seed=0, rho=0.3)
    with pytest.raises(BadInput, match="not a batch"):
        uncertainty(x, replace(shock, u=np.zeros((5, 2))), 10, seed=0, rho=0.3)
