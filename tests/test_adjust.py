"""Edges taken out and a market in glut: what must change, and what must not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.contagion.adjust import in_glut, obligations, without
from knockon.contagion.engine import Shock
from knockon.errors import BadInput
from knockon.exposures import Exposures
from knockon.scenarios import Scenario
from knockon.study import Study
from networks import cases, solved


@given(cases(), st.data())
def test_without_an_edge_nobody_but_its_guarantors_hurts_more(
    case: tuple[Exposures, Shock], data: st.DataObject
) -> None:
    x, shock = case
    names = [*x.contracts.ids, *x.holdings.ids, *x.debts.ids, *x.fundings.ids]
    gone = data.draw(st.sets(st.sampled_from(names)))
    before, after = solved(x, shock), solved(without(x, gone), shock)
    assert np.all(after.h <= before.h + 1e-9)


def test_without_nothing_is_the_same_object(eve: Study) -> None:
    assert without(eve.exposures, ()) is eve.exposures
    assert in_glut(eve.exposures, 1.0) is eve.exposures


def test_an_edge_taken_out_carries_nothing_in_any_draw(eve: Study) -> None:
    leg = "openai-oracle-compute-2025-09/1"
    gone = eve.run(Scenario(value={"openai": 0.2}, remove=(leg,), draws=200))
    oracle = next((row for row in gone.rows() if row["party"] == "oracle"), {"high_usd": 0.0})
    assert oracle["high_usd"] < 0.2e9
    assert not any(leg in path["legs"] for path in gone.paths(30))


def test_obligations_stay_when_an_edge_goes(eve: Study) -> None:
    x = eve.exposures
    less = without(x, {"openai-oracle-compute-2025-09/1"})
    np.testing.assert_array_equal(obligations(less), obligations(x))


def test_in_a_glut_less_is_sold_to_others_but_a_backstop_stands(eve: Study) -> None:
    x = eve.exposures
    glut = in_glut(x, 3.0)
    c = x.contracts
    oracle = c.ids.index("openai-oracle-compute-2025-09/1")
    assert glut.contracts.psi[oracle] == pytest.approx(0.4 / 3)
    coreweave = c.ids.index("openai-coreweave-compute-2025-03/1")
    resold = x.spans["resold"][c.ids[coreweave]].value
    assert glut.contracts.psi[coreweave] == pytest.approx(1 - (1 - 0.4 / 3) * (1 - resold))
    assert np.all(glut.contracts.psi <= c.psi + 1e-12)


def test_a_scenario_cannot_remove_what_is_no_edge(eve: Study) -> None:
    with pytest.raises(BadInput, match="is no edge on 2025-11-05: undisclosed legs"):
        eve.run(Scenario(value={"openai": 0.2}, remove=("openai-broadcom-chips-2025-10/1",)))


def test_factors_come_on_top_and_are_told_apart(eve: Study) -> None:
    from knockon.scenarios import Factors

    plain = eve.run(Scenario(value={"openai": 0.2}, draws=0))
    result = eve.run(Scenario(value={"openai": 0.2}, factors=Factors(market=-0.01), draws=0))
    assert result.totals == plain.totals
    factors = result.factors()
    row = max(
        (row for row in eve.book.tables["loadings"] if row["party"] == "oracle" and row["date"] <= eve.as_of),
        key=lambda row: row["date"],
    )
    lost = next(r for r in plain.rows() if r["party"] == "oracle")
    assert factors["oracle"] == pytest.approx(0.01 * row["beta"] * (lost["value_usd"] - lost["loss_usd"]))
    assert result.record()["factors"] == factors
    assert "factors" not in plain.record()


def test_a_backstop_of_unsold_capacity_can_be_withdrawn(eve: Study) -> None:
    leg = "nvidia-coreweave-backstop-2025-09/1"
    whole = eve.run(Scenario(value={"openai": 0.5}, draws=0)).spread
    less = eve.run(Scenario(value={"openai": 0.5}, remove=(leg,), draws=0)).spread
    i = eve.exposures.balance.index("coreweave")
    assert less.loss[i] > whole.loss[i] * 1.05


def test_one_party_by_two_names_is_refused(eve: Study) -> None:
    with pytest.raises(BadInput, match="openai is hit twice, once as 'OpenAI'"):
        eve.shock({"openai": 0.1, "OpenAI": 0.2}, draws=0)
