"""The back-test on the book that ships: what enters a day, the numbers as they stand, and files of one's own."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from knockon.book import Book
from knockon.errors import BadInput, UnknownName
from knockon.study import Study
from knockon.study.validation.backtest import Backtest, backtest, cross_section
from knockon.study.validation.days import Days
from knockon.study.validation.forecast import SIZE, forecast
from knockon.study.validation.scoreboard import record, rows
from knockon.study.validation.verdicts import NON_AI, RUNGS, verdicts

ROOT = Path(__file__).parents[1]
DATA = ROOT / "data"
GOLDEN = Path(__file__).parent / "golden" / "scoreboard.json"
PERMUTATIONS = 100


@pytest.fixture(scope="module")
def found(book: Book, own_days: Days) -> Backtest:
    return backtest(book, own_days, PERMUTATIONS, 7)


@pytest.fixture(scope="module")
def answer(found: Backtest) -> dict[str, Any]:
    return record(found)


# What enters a day


def test_the_days_and_firms_that_count_are_those_of_the_rules(found: Backtest) -> None:
    news = found.panel.only(~found.control)
    assert (len(news.events), int(found.control.sum())) == (18, 3)
    assert found.sections["2025-11-11-softbank-nvidia-exit"].reason.startswith("1 firms")
    assert found.sections["2024-09-03-nvidia-record-loss"].reason == "no loadings"
    assert found.sections["2026-02-06-amazon-capex"].reason == "no returns"
    assert not {"sp500", "us500-proxy", "sox", "nasdaq-composite"} & set(found.panel.firms)
    deals = found.sections["2025-11-03-aws-openai"]
    assert deals.left_out["own_news"] == ("amazon", "cipher-mining", "iren")
    assert not {"amazon", "cipher-mining", "iren"} & set(deals.firms)
    seed = found.sections["2025-11-06-openai-backstop"]
    assert seed.left_out["no_loadings"] == ("samsung", "sk-hynix")
    assert len(seed.firms) == 87


def test_the_book_is_that_of_the_day_before(book: Book, own_days: Days) -> None:
    event = next(event for event in own_days.events if event.id == "2025-11-03-aws-openai")
    leg = "openai-amazon-compute-2025-11/1"
    assert leg in Study(book, event.date).exposures.contracts.ids
    assert leg not in forecast(book, event).exposures.contracts.ids


def test_a_forecast_is_what_the_engine_answers_to_the_shock(book: Book, own_days: Days) -> None:
    event = next(event for event in own_days.events if event.id == "2025-11-06-openai-backstop")
    said, study = forecast(book, event), Study(book, date(2025, 11, 5))
    asked = study.shock({"openai": SIZE}, {"openai": SIZE}, draws=0)
    x, value = asked.spread.exposures, asked.spread.exposures.balance.value
    known = ~np.isnan(value)
    assert said.engine[known] * value[known] == pytest.approx(asked.spread.loss[known], rel=1e-9, abs=1.0)
    i = x.balance.index("oracle")
    assert said.direct[i] * value[i] == pytest.approx(float(asked.spread.first_round[i]))
    assert said.direct[x.balance.index("openai")] >= SIZE
    assert (said.information >= said.engine - 1e-12).all()
    assert said.degree[x.balance.index("openai")] >= 10


def test_the_market_rungs_score_what_they_scored_when_the_tables_were_made(found: Backtest) -> None:
    # A reference program, written apart, found 0.39 for market beta and 0.45 for gamma alone.
    assert found.board.scores["beta"].mean == pytest.approx(0.385, abs=0.005)
    assert found.board.scores["ai_basket"].mean == pytest.approx(0.45, abs=0.01)


def test_three_numbers_add_up_and_own_news_is_listed_but_not_fitted(found: Backtest, book: Book, eve: Study) -> None:
    for event in found.panel.events:
        for row in found.cross_section(event):
            assert row["factor"] + row["network"] + row["residual"] == pytest.approx(row["return"], abs=1e-12)
    table = found.cross_section("2025-09-10-oracle-rpo")
    assert [row["party"] for row in table if row["own_news"]] == ["oracle"]
    assert eve.cross_section("2025-09-10-oracle-rpo") == table
    with pytest.raises(UnknownName, match="did you mean"):
        cross_section(book, found.days, "2025-09-10-oracle-rp")
    with pytest.raises(BadInput, match="no returns"):
        cross_section(book, found.days, "2026-02-06-amazon-capex")


def test_firms_without_ai_are_those_whose_notes_say_so_and_are_never_predicted(found: Backtest, book: Book) -> None:
    noted = {row["id"] for row in book.tables["parties"] if (row["note"] or "").startswith("Control company")}
    assert noted == set(NON_AI)
    at = [found.panel.firms.index(party) for party in NON_AI]
    assert (found.predictions["engine"][:, at] == 0).all()


# The numbers as they stand


def pooled(answer: dict[str, Any]) -> dict[str, Any]:
    """The few numbers that tell whether the scoreboard moved."""
    return {
        "permutations": answer["permutations"],
        "seed": answer["seed"],
        "rungs": {
            rung: {
                key: score[key]
                for key in (
                    "mean_spearman",
                    "mean_kendall",
                    "mean_spearman_reached",
                    "mean_spearman_after_ai",
                    "p_labels",
                    "p_rewired",
                )
            }
            for rung, score in answer["pooled"].items()
        },
        "ladder": {
            step["rung"]: {
                key: step[key]
                for key in ("outcome", "partial", "p_partial", "r2_without_a_day_gain", "r2_without_a_firm_gain")
            }
            for step in answer["ladder"]
        },
        "controls": answer["controls"]["pooled"],
        "reached": {event["event"]: event["reached"] for event in answer["events"]},
    }


def test_the_scoreboard_is_the_one_in_the_golden_file(answer: dict[str, Any]) -> None:
    # A number here moves only with a line in the changelog that says why, and the scoreboard before and after.
    assert _close(pooled(answer), json.loads(GOLDEN.read_text("utf-8")))


def _close(one: Any, other: Any) -> bool:
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_close(one[key], other[key]) for key in one)
    return one == (pytest.approx(other, abs=1e-6) if isinstance(other, float) else other)


def test_verdicts_name_every_rung_and_say_what_second_rounds_show(found: Backtest, answer: dict[str, Any]) -> None:
    lines = verdicts(found)
    for rung in ("beta", "ai_basket", "sector", "size", "direct", "degree"):
        assert any(line.startswith("The engine") and f" {RUNGS[rung]}" in line for line in lines), rung
    assert any("second rounds" in line for line in lines)
    assert any("control day" in line for line in lines)
    assert answer["verdict"] == lines


def test_csv_and_json_tell_the_same(found: Backtest, answer: dict[str, Any]) -> None:
    flat = rows(found)
    assert len(flat) == 18 * 8 + 3 * 4 + 8
    by_key = {(row["event"], row["rung"]): row for row in flat}
    assert by_key["pooled", "engine"]["spearman"] == answer["pooled"]["engine"]["mean_spearman"]
    assert by_key["pooled", "engine"]["p_rewired"] == answer["pooled"]["engine"]["p_rewired"]
    for event in answer["events"]:
        assert by_key[event["event"], "direct"]["spearman"] == event["rungs"]["direct"]["spearman"]
    assert json.loads(json.dumps(answer, allow_nan=False)) == answer
