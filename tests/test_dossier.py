"""An event as a dossier: all of it, dated, and nothing before its day."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest

import knockon
from knockon.cli import run
from knockon.periods import Period
from knockon.study import Study

SEED = "2025-11-06-openai-backstop"
EVENTS = [row["id"] for row in knockon.open().book.tables["events"]]


@pytest.fixture(scope="module")
def last() -> Study:
    return knockon.open()


def titles(study: Study, name: str) -> list[str]:
    return [section.title for section in study.explain(name).sections if section.rows]


def test_the_seed_event_holds_every_fact_of_the_article(last: Study) -> None:
    told = last.explain(SEED).record
    facts = {row["fact"] for row in told["stated"]} | {row["id"] for row in (*told["said"], *told["printed"])}
    assert facts >= {row["id"] for row in last.book.tables["seed_facts"]}
    assert len(facts & {row["id"] for row in last.book.tables["seed_facts"]}) == 44
    assert {row["fact"] for row in told["stated"] if row["reproduces"] == "no"} == {"loss-four", "loss-total-cny"}


def test_what_stood_the_day_before_and_the_sum_taken_apart(last: Study) -> None:
    told = last.explain(SEED).record
    assert told["eve"]["as_of"] == "2025-11-05"
    assert {leg["leg"]: leg["firmness"] for leg in told["eve"]["legs"]}[
        "openai-nvidia-loi-2025-09/1"
    ] == "letter_of_intent"
    firm = sum(row["usd_counted"] for row in told["stated_sum"] if row["part"].startswith("1"))
    assert firm == 610_400_000_000
    assert told["stated_sum"][-1]["usd"] == pytest.approx(1.4e12)


def test_the_largest_losers_come_first_and_indices_last(last: Study) -> None:
    moves = last.explain(SEED).record["moves"]
    assert [row["party"] for row in moves[:3]] == ["nvidia", "amazon", "microsoft"]
    assert moves[0]["value_change_usd"] == -173_259_000_000
    assert {row["party"] for row in moves[-6:]} == {
        *("nasdaq-composite", "samsung", "sk-hynix", "sox", "sp500", "us500-proxy"),
    }


def test_every_event_has_a_dossier_that_keeps_hindsight_apart(last: Study) -> None:
    assert len(EVENTS) == 39
    remarks = {row["id"]: row["date"].last for row in last.book.tables["statements"]}
    for name in EVENTS:
        told = last.explain(name).record
        day = date.fromisoformat(told["date"])
        assert told["known"] and told["source"]["publisher"]
        for row in told["said"]:
            said = remarks.get(row["id"])  # what the article retells may be older
            assert said is None or day - timedelta(days=7) <= said <= day + timedelta(days=14)
            assert said is None or row["after"] is (said > day)
        assert all(Period.parse(row["date"]).last > day for row in told["followed"])
        assert not told["moves"] or day <= date(2025, 12, 12)  # later returns are kept for the test of the model


def test_as_of_the_day_itself_nothing_that_followed_is_told() -> None:
    told = knockon.open(as_of="2025-11-06").explain(SEED)
    assert told.record["followed"] == [] and not [row for row in told.record["said"] if row["after"]]
    assert not [section.title for section in told.sections if section.rows and section.title.startswith("hindsight")]
    assert len(told.record["moves"]) == 91  # Seoul closed a day later
    assert len(knockon.open(as_of="2025-11-07").explain(SEED).record["moves"]) == 93


def test_the_day_before_the_event_is_not_known(eve: Study) -> None:
    told = eve.explain(SEED)
    assert told.record == {"event": SEED, "known": False} and "after 2025-11-05" in told.facts[0][1]


def test_a_quiet_day_is_quiet(last: Study) -> None:
    (moved,) = titles(last, "2025-08-27-quiet-control")
    assert moved == "who lost and gained most on 2025-08-27; 31 of 91 fell"


@pytest.mark.parametrize("columns", ["80", "140"])
def test_the_command_prints_it_within_the_width(
    columns: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert run(["explain", SEED, "--quiet"]) == 0
    text = capsys.readouterr().out
    assert max(map(len, text.splitlines())) <= int(columns)
    for words in ("$1.4tn", "$790bn", "−$173bn", "loss-four", "hindsight: what became of these promises", "superseded"):
        assert words in text
    assert "$69.73bn" in text and "3.524tn yuan" in text


def test_the_record_goes_to_json(capsys: pytest.CaptureFixture[str], last: Study) -> None:
    assert run(["explain", SEED, "--format", "json", "--quiet"]) == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert told["as_of"] == last.as_of.isoformat()
    assert told["followed"] == json.loads(json.dumps(last.explain(SEED).record["followed"], default=str))
