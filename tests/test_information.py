"""The information channel: belief about peers, kept apart from contracts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.contagion.engine import Shock
from knockon.contagion.information import told
from knockon.exposures import Exposures
from knockon.scenarios import Scenario
from knockon.study import Study
from networks import cases


@given(cases(), st.floats(0, 1))
def test_news_only_ever_cuts_contracts_and_nobody_is_its_own_peer(case: tuple[Exposures, Shock], rho: float) -> None:
    x, shock = case
    n = len(x.balance.parties)
    found = told(x, shock, np.full(n, rho), np.eye(n, dtype=bool)[0])
    assert np.all(found.z >= shock.z - 1e-15) and np.all(found.z <= 1)
    own = x.contracts.obligor == 0
    np.testing.assert_allclose(found.z[own], shock.z[own])
    for key in ("u", "w", "z_debt", "z_funding", "z_guarantee"):
        assert getattr(found, key) is getattr(shock, key)


def test_it_is_a_channel_of_its_own_and_the_rest_stays(eve: Study) -> None:
    plain = eve.run(Scenario(value={"openai": 0.2}, draws=0))
    louder = eve.run(Scenario(value={"openai": 0.2}, information=True, draws=0))
    before = {row["party"]: row for row in plain.rows()}
    extra = 0.0
    for row in louder.rows():
        parts = row["channels"]
        assert sum(parts.values()) == pytest.approx(row["loss_usd"], rel=1e-9)
        extra += parts["information"]
        if row["party"] in before:
            for channel in ("direct", "contract", "equity", "demand"):
                assert parts[channel] == before[row["party"]]["channels"][channel]
    totals = louder.totals
    assert extra == pytest.approx(totals["information_usd"]) and extra > 1e9
    assert totals["first_round_usd"] == plain.totals["first_round_usd"]
    rounds = sum(totals[key] for key in ("direct_usd", "first_round_usd", "later_rounds_usd", "information_usd"))
    sums = sum(totals[key] for key in ("listed_usd", "private_usd", "without_value_usd"))
    assert rounds == pytest.approx(sums, rel=1e-12)


def test_peers_are_other_labs_and_the_clouds(eve: Study) -> None:
    """OpenAI falls by a fifth: Anthropic's purchases are cut by half of that, Microsoft's by a quarter of it."""
    x = eve.exposures
    result = eve.run(Scenario(value={"openai": 0.2}, information=True, draws=0))
    assert result.totals["information_usd"] > 0
    kinds = [eve.book.parties[party].kind for party in x.balance.parties]
    rho = np.array([0.5 if kind == "ai_lab" else 0.25 if kind == "hyperscaler" else 0.0 for kind in kinds])
    shock = Shock.none(x)
    shock.u[x.balance.index("openai")] = 0.2
    z = told(x, shock, rho, np.array([kind == "ai_lab" for kind in kinds])).z
    by = {x.balance.parties[b]: float(cut) for b, cut in zip(x.contracts.obligor, z, strict=True)}
    assert (by["anthropic"], by["microsoft"], by["openai"]) == pytest.approx((0.1, 0.05, 0.0))
    assert by["nvidia"] == 0.0


def test_a_fall_that_is_no_news_of_a_lab_tells_nothing(eve: Study) -> None:
    found = eve.run(Scenario(value={"nvidia": 0.2}, information=True, draws=0))
    assert found.totals["information_usd"] == 0.0
