"""The shipped what-ifs: each runs on its day, and what its reading says of the numbers holds."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

import pytest

import knockon
from asked import each
from knockon.resources import shelf
from knockon.scenarios import KEYS, Scenario, library, read
from knockon.study import Study

PROMISED = {  # interface.md
    *("backstop-denied", "lab-misses-targets", "lab-fails", "letter-of-intent-lapses"),
    *("oracle-site-financing-fails", "neocloud-default", "supplier-backstop-called", "power-delay"),
    *("overcapacity", "valuation-correction", "softbank-margin-call", "rival-labs-win"),
}


DOMINANT = {  # what the readings say: the channel through which listed parties lose most, direct hits apart
    "backstop-denied": "contract",
    "lab-fails": "equity",
    "lab-misses-targets": "equity",
    "letter-of-intent-lapses": "funding",
    "neocloud-default": "contract",
    "oracle-site-financing-fails": "contract",
    "overcapacity": "contract",
    "power-delay": "contract",
    "rival-labs-win": "contract",
    "softbank-margin-call": "funding",
    "supplier-backstop-called": "guarantee",
    "valuation-correction": "equity",
}


@lru_cache
def book(day: date) -> Study:
    return knockon.open(as_of=day)


@lru_cache
def answer(name: str) -> Any:
    asked = library()[name]
    assert asked.as_of
    return book(asked.as_of).run(replace(asked, draws=0))


def lost_by_listed(name: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for row in answer(name).rows():
        if row["listed"] and row["value_usd"]:
            for channel, usd in row["channels"].items():
                found[channel] = found.get(channel, 0.0) + usd
    found.pop("direct")
    return found


def shares_lost(name: str) -> dict[str, float]:
    return {row["party"]: row["loss_share"] for row in answer(name).rows() if row["loss_share"]}


def test_the_shipped_scenarios_are_the_promised_ones() -> None:
    assert set(library()) == PROMISED == set(DOMINANT)
    assert len(library()) == 12


@each
def test_a_scenario_says_what_it_asks_how_to_read_it_and_what_would_falsify_it(scenario: Scenario) -> None:
    assert library()[scenario.name] is scenario
    assert scenario.title and scenario.question.endswith("?") and scenario.as_of
    assert "falsif" in scenario.reading and "because" in scenario.reading
    assert len(scenario.reading) < 900, "a reading is a few sentences"


@each
def test_a_scenario_hits_parties_and_edges_that_stand_on_its_day(scenario: Scenario) -> None:
    assert scenario.as_of
    x = book(scenario.as_of).exposures
    valued = {party for party, usd in zip(x.balance.parties, x.balance.value, strict=True) if usd > 0}
    edges = {name for kind in (x.contracts, x.debts, x.fundings, x.guarantees) for name in kind.ids}
    assert set(scenario.value) <= valued
    assert set(scenario.performance) <= set(x.balance.parties)
    assert {*scenario.legs, *scenario.remove} <= edges


LEG, EVENT = r"[a-z][\w-]+-20\d\d(?:-\d\d)?/\d+", r"\b20\d\d-\d\d-\d\d-[a-z][\w-]+"


@each
def test_legs_and_events_named_in_a_file_stand_in_the_book(scenario: Scenario) -> None:
    text = (shelf("queries") / "scenarios" / f"{scenario.name}.toml").read_text(encoding="utf-8")
    assert scenario.as_of
    tables = book(scenario.as_of).book
    events = {row["id"] for row in tables.tables["events"]}
    grounds = {*re.findall(LEG, text), *re.findall(EVENT, text)}
    assert grounds, "no leg and no event is named as the ground for the day"
    assert grounds <= {*tables.legs, *events}
    assert "# Hypothetical" in text, "sizes are assumptions, and the file says so"
    assert max(map(len, text.splitlines())) <= 120


@each
def test_a_scenario_runs_on_its_day_and_somebody_else_loses(scenario: Scenario) -> None:
    hit = {*scenario.value, *scenario.performance}
    assert sum(row["loss_usd"] for row in answer(scenario.name).rows() if row["party"] not in hit) > 1e9


@pytest.mark.parametrize(("name", "channel"), DOMINANT.items())
def test_the_channel_that_the_reading_names_carries_most(name: str, channel: str) -> None:
    found = lost_by_listed(name)
    assert max(found, key=lambda key: found[key]) == channel
    word = {"contract": "Contracts", "equity": "Stakes", "funding": "Funding", "guarantee": "guarantee"}[channel]
    assert word.casefold() in library()[name].reading.casefold()


SMALL = {  # billions of dollars that listed parties lose apart from direct hits, as the readings put it
    "letter-of-intent-lapses": (7.5, 8.5),
    "power-delay": (5.5, 6.5),
    "softbank-margin-call": (2.5, 3.5),
    "supplier-backstop-called": (2.5, 3.5),
}


@pytest.mark.parametrize("name", SMALL)
def test_where_the_effect_is_small_the_reading_says_so(name: str) -> None:
    low, high = SMALL[name]
    assert low < sum(lost_by_listed(name).values()) / 1e9 < high
    assert "small" in library()[name].reading


def test_what_the_readings_say_of_parties_holds() -> None:
    misses, fails, default = (shares_lost(name) for name in ("lab-misses-targets", "lab-fails", "neocloud-default"))
    assert max((key for key in misses if key != "openai"), key=misses.__getitem__) == "softbank"
    assert fails["nvidia"] < 0.01 and 0.06 < fails["coreweave"] < fails["oracle"] < 0.08 < 0.19 < fails["softbank"]
    assert sum(lost_by_listed("lab-fails").values()) < 490e9, "less than the market took off on 6 November 2025"
    assert {0.15 < default[key] < 0.25 for key in ("applied-digital", "core-scientific", "galaxy-digital")} == {True}
    assert sum(lost_by_listed("backstop-denied").values()) < 50e9 and shares_lost("backstop-denied")["nvidia"] < 0.001
    assert set(shares_lost("oracle-site-financing-fails")) == {"oracle"}
    called = shares_lost("supplier-backstop-called")
    assert {0.03 < called[key] < 0.10 for key in ("cipher-mining", "terawulf", "hut-8")} == {True}
    assert called["alphabet"] < 0.001
    rival = shares_lost("rival-labs-win")
    assert rival["oracle"] == max(rival[key] for key in ("oracle", "microsoft", "amazon"))


def residual(event: str, party: str) -> tuple[float, float]:
    """Return in percent net of market and AI factors, and what is usual for the party."""
    tables = book(date(2025, 12, 16)).book.tables
    row, known = (
        next(r for r in tables[name] if (r["event"], r["party"]) == (event, party))
        for name in ("event_returns", "loadings")
    )
    factors = known["beta"] * known["market_pct"] + known["gamma"] * known["ai_orthogonal_pct"]
    return float(row["return_pct"] - factors), float(known["resid_sd_pct"])


def test_what_the_readings_say_of_two_days_holds() -> None:
    fell = {party: residual("2025-11-06-openai-backstop", party)[0] for party in ("oracle", "coreweave", "palantir")}
    assert fell["oracle"] >= 0 and fell["coreweave"] >= 0 and -4.5 < fell["palantir"] < -3.5
    for party in ("oracle", "microsoft"):
        moved, usual = residual("2025-11-25-google-tpu-meta", party)
        assert abs(moved) < usual


def readme() -> str:
    return (shelf("queries") / "scenarios" / "README.md").read_text(encoding="utf-8")


def test_the_readme_explains_every_key_and_lists_every_scenario() -> None:
    keys = re.search(r"## Keys\n(.*?)\n## ", readme(), re.DOTALL)
    assert keys
    for key in KEYS:
        assert f"`{key.rpartition('.')[2]}`" in keys[1] or f"`[{key}]`" in keys[1], key
    listed = dict(re.findall(r"^\| `([a-z-]+)` \| (\d{4}-\d\d-\d\d) \|", readme(), re.MULTILINE))
    assert listed == {name: str(scenario.as_of) for name, scenario in library().items()}


def test_the_example_of_the_readme_is_the_shipped_scenario_and_its_removed_legs_are_guarantees() -> None:
    example, removal = re.findall(r"```toml\n(.*?)```", readme(), re.DOTALL)
    shipped = library()["lab-misses-targets"]
    assert read(example, "lab-misses-targets.toml") == replace(shipped, reading=read(example, "x").reading)
    called = library()["supplier-backstop-called"]
    without = read(f"as_of = {called.as_of}\n[shock.performance]\nfluidstack = 1\n{removal}", "mine.toml")
    assert called.as_of
    assert without.performance == called.performance
    assert set(without.remove) == set(book(called.as_of).exposures.guarantees.ids)
