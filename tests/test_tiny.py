"""The whole way from tables to losses on the tiny book, against sums done by hand.

Lab is worth 100bn; Chips holds 10% of it, Bank 20%. Lab has promised Cloud 50bn over five years (definitive,
firmness 0.5), Cloud has promised Chips 20bn (firmness 0.5), Bank lent Cloud 8bn (senior, loss 0.5), and Chips
guarantees Lab's promise up to 5bn. Margin 0.2, redeployment 0.5, nothing stranded, no discounting (r = 0),
no curvature: a party's shortfall is its lost share of value.
"""

from __future__ import annotations

import pytest

from knockon.study import Study

BN = 1e9


def test_lab_loses_half_by_hand(tiny: Study) -> None:
    lab = 0.5
    rent = 0.5 * 50 * 0.2 * (1 - 0.5)  # C: firmness x amount x margin x (1 - redeployment) = 2.5
    chips_sale = 0.5 * 20 * 0.2 * (1 - 0.5)  # 1.0
    cap = 5 * rent / (0.5 * 50)  # nominal 5bn of promise is 0.5bn of loss
    omega_cloud = 0.5 * 50 / 5 / 20  # of Cloud's revenue of 20bn a year
    gross = rent * lab  # 1.25
    call = min(cap, 1 * 0.5 * gross)  # the guarantee is definitive too: it covers half, 0.625, capped at 0.5
    assert (gross, call) == (1.25, 0.5)

    cloud = chips = bank = 0.0
    shortage = omega_cloud * (1 - 0.5) * lab  # Cloud's demand shortfall: 0.0625
    for _ in range(200):  # four equations, iterated from zero
        withheld = 1 - (1 - cloud) * (1 - 0.4 * shortage)  # Cloud's own distress, and what it passes on
        cloud, chips, bank = (
            (gross - call * (1 - chips)) / 200,
            (0.1 * 100 * lab + call + chips_sale * withheld) / 1000,
            (0.2 * 100 * lab + 0.5 * 8 * cloud) / 400,
        )

    found = {row["party"]: row for row in tiny.shock({"lab": 0.5}, draws=0).rows()}
    assert set(found) == {"lab", "bank", "chips", "cloud"}
    assert found["lab"]["loss_usd"] == pytest.approx(50 * BN, rel=1e-12)
    assert found["cloud"]["loss_usd"] == pytest.approx(200 * cloud * BN, rel=1e-12)
    assert found["chips"]["loss_usd"] == pytest.approx(1000 * chips * BN, rel=1e-12)
    assert found["bank"]["loss_usd"] == pytest.approx(400 * bank * BN, rel=1e-12)

    assert found["bank"]["channels"]["equity"] == pytest.approx(10 * BN)
    assert found["bank"]["channels"]["credit"] == pytest.approx(0.5 * 8 * cloud * BN)
    assert found["chips"]["channels"]["guarantee"] == pytest.approx(0.5 * BN)
    assert found["chips"]["channels"]["equity"] == pytest.approx(5 * BN)
    assert found["cloud"]["channels"]["contract"] == pytest.approx(200 * cloud * BN)


def test_first_and_later_rounds_by_hand(tiny: Study) -> None:
    totals = tiny.shock({"lab": 0.5}, draws=0).totals
    # in the first round Lab's distress reaches Cloud (1.25 less the 0.5 called), Chips (5 + 0.5) and Bank (10)
    assert totals["first_round_usd"] == pytest.approx((0.75 + 5.5 + 10) * BN)
    assert totals["direct_usd"] == 50 * BN
    parts = totals["listed_usd"] + totals["private_usd"] + totals["without_value_usd"]
    rounds = totals["direct_usd"] + totals["first_round_usd"] + totals["later_rounds_usd"]
    assert parts == pytest.approx(rounds, rel=1e-12)
    assert 0 < totals["later_rounds_usd"] < 0.1 * BN


def test_cutting_performance_leaves_equity_alone(tiny: Study) -> None:
    found = {row["party"]: row for row in tiny.shock(performance={"lab": 0.4}, draws=0).rows()}
    assert "lab" not in found  # it withholds, it loses nothing itself
    gross = 2.5 * 0.4
    # Cloud is 1 - 0.5 x 1.0 short before Chips' own fall, the guarantee covering half
    assert found["cloud"]["loss_usd"] == pytest.approx((gross - min(0.5, 0.5 * gross)) * BN, rel=1e-3)
    assert found["chips"]["channels"]["equity"] == 0.0


def test_voiding_one_leg_hits_its_holder_alone_at_first(tiny: Study) -> None:
    result = tiny.shock(legs={"cloud-buys-chips/1": 1.0}, draws=0)
    found = {row["party"]: row for row in result.rows()}
    assert found["chips"]["loss_usd"] == pytest.approx(1.0 * BN, rel=1e-9)
    assert set(found) == {"chips"} | {p for p in found if found[p]["loss_usd"] < 0.001 * BN}


def test_before_the_contract_was_known_it_does_not_count(tiny: Study) -> None:
    import knockon
    from conftest import TINY

    january = knockon.open(as_of="2025-01-31", data=TINY)
    found = {row["party"]: row for row in january.shock({"lab": 0.5}, draws=0).rows()}
    assert "cloud" not in found  # neither the rent nor Bank's stake nor any price was public
    assert found["chips"]["loss_usd"] == pytest.approx(5 * BN)
    assert found["chips"]["value_usd"] is None
