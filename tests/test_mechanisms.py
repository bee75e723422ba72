"""Other mechanisms on the book: each obeys the same laws, and each is where theory puts it."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from knockon.cli import run
from knockon.contagion.engine import Shock
from knockon.contagion.mechanisms import find, names
from knockon.contagion.mechanisms.gross import claims
from knockon.errors import BadInput, UnknownName
from knockon.exposures import Exposures
from knockon.scenarios import Scenario
from knockon.study import Study
from knockon.study.shocks.landing import prepared


@pytest.fixture(scope="module")
def exposed(eve: Study) -> Exposures:
    """The book with balance sheets and curves, which `valuation` needs."""
    return prepared(eve, Scenario(value={"openai": 1.0}, curve="blackcox"))


EVERY = pytest.mark.parametrize("name", names())


def hit(x: Exposures, **shares: float) -> Shock:
    shock = Shock.none(x)
    for party, share in shares.items():
        shock.u[x.balance.index(party)] = share
    return shock


def test_the_mechanisms_are_counted() -> None:
    assert names() == [
        "cascade",
        "clearing",
        "crossholdings",
        "debtrank",
        "seniority",
        "single-hit",
        "threshold",
        "valuation",
    ]
    assert all(find(name).title and find(name).cannot_see for name in names())
    with pytest.raises(UnknownName, match="did you mean 'debtrank'"):
        find("debtrink")


@EVERY
def test_no_shock_no_loss(exposed: Exposures, name: str) -> None:
    x = exposed
    assert not find(name).losses(x, Shock.none(x)).any()


@EVERY
def test_a_harder_hit_never_hurts_less_and_nobody_loses_more_than_it_has(exposed: Exposures, name: str) -> None:
    x = exposed
    before = np.zeros(len(x.balance.parties))
    for share in (0.1, 0.5, 0.9, 1.0):
        found = find(name).losses(x, hit(x, openai=share, coreweave=share))
        assert np.all(found >= before - 1.0)
        assert np.all(found <= np.nan_to_num(x.balance.value) * (1 + 1e-12))
        before = found


@EVERY
def test_the_hit_party_loses_at_least_its_direct_loss(exposed: Exposures, name: str) -> None:
    x = exposed
    found = find(name).losses(x, hit(x, openai=0.3))
    assert found[x.balance.index("openai")] >= 0.3 * 500e9 * (1 - 1e-9)


@EVERY
def test_a_shortfall_of_performance_is_refused(exposed: Exposures, name: str) -> None:
    x = exposed
    shock = Shock.none(x)
    with pytest.raises(BadInput, match="knows only lost value"):
        find(name).losses(x, replace(shock, w=shock.w + 0.1))


def test_debtrank_passes_gross_dollars_on(tiny: Study) -> None:
    """Lab loses half: Cloud half of 50bn, Chips half of its 10bn and what Cloud passes on, Bank half of 20bn."""
    x = tiny.exposures
    found = dict(zip(x.balance.parties, find("debtrank").losses(x, hit(x, lab=0.5)) / 1e9, strict=True))
    cloud = 25 / 200
    assert found["lab"] == pytest.approx(50)
    assert found["cloud"] == pytest.approx(25)
    assert found["chips"] == pytest.approx(0.1 * 100 * 0.5 + 20 * cloud)
    assert found["bank"] == pytest.approx(0.2 * 100 * 0.5 + 8 * cloud)


def test_short_of_default_threshold_and_clearing_see_nothing(eve: Study) -> None:
    x = eve.exposures
    for name in ("threshold", "clearing"):
        found = find(name).losses(x, hit(x, openai=0.2))
        assert found.sum() == pytest.approx(0.2 * 500e9)


def test_cross_holdings_are_the_leontief_inverse_on_the_tiny_book(tiny: Study) -> None:
    """Lab loses half: Chips holds a tenth and Bank a fifth of its 100bn; nobody holds those two."""
    x = tiny.exposures
    found = dict(zip(x.balance.parties, find("crossholdings").losses(x, hit(x, lab=0.5)) / 1e9, strict=True))
    assert {party: loss for party, loss in found.items() if loss} == pytest.approx({"lab": 50, "chips": 5, "bank": 10})


def test_a_default_costs_the_creditors_everything_in_a_cascade(eve: Study) -> None:
    x = eve.exposures
    whole = find("cascade").losses(x, hit(x, openai=1.0))
    owed = claims(x, equity=False)[:, [x.balance.index("openai")]].toarray()[:, 0]
    valued = ~np.isnan(x.balance.value)
    first = np.minimum(np.nan_to_num(x.balance.value), owed)
    assert np.all(whole[valued] >= first[valued] * (1 - 1e-12)) and whole.sum() > 500e9
    assert find("cascade").losses(x, hit(x, openai=0.999)).sum() == pytest.approx(0.999 * 500e9)


def test_one_hit_is_less_than_all_hits(eve: Study) -> None:
    x = eve.exposures
    shock = hit(x, openai=0.3, oracle=0.1)
    assert np.all(find("single-hit").losses(x, shock) <= find("debtrank").losses(x, shock) * (1 + 1e-12))


def test_by_rank_lenders_lose_only_what_promises_to_buy_have_not_borne(eve: Study) -> None:
    """Without costs of default, equity is wiped out first, then what is promised to suppliers, then loans."""
    x = eve.exposures
    found = find("seniority").losses(x, hit(x, coreweave=1.0))
    assert found[x.balance.index("coreweave")] > 0 and found[x.balance.index("blackstone")] == 0


def test_valuation_without_volatilities_is_refused(eve: Study) -> None:
    with pytest.raises(BadInput, match="--curve blackcox"):
        find("valuation").losses(eve.exposures, hit(eve.exposures, openai=0.5))


def test_claims_are_the_books_gross_amounts(eve: Study) -> None:
    x = eve.exposures
    gross = claims(x, equity=False).sum()
    own = x.contracts.obligor == x.contracts.holder
    assert gross == pytest.approx(x.contracts.amount[~own].sum() + x.debts.amount.sum())


@EVERY
def test_the_command_shows_it_beside_the_engine(capsys: pytest.CaptureFixture[str], name: str) -> None:
    words = ["shock", "openai=1.0", "--as-of", "2025-11-05", "--by", name, "--draws", "0", "--curve", "blackcox"]
    assert run(words) == 0
    assert "It cannot see" in capsys.readouterr().out
    assert run([*words, "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["mechanism"] == name and found["cannot_see"]
    for row in found["losses"]:
        assert sum(row["channels"].values()) == pytest.approx(row["loss_usd"])
