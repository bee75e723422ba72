"""Scenario files: read strictly, written back exactly, hashed by what they ask; the shipped ones say what they show."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import knockon
from knockon.errors import BadInput, UnknownName
from knockon.resources import shelf
from knockon.scenarios import KEYS, Factors, Scenario, find, library, read, shares, write
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

each = pytest.mark.parametrize("scenario", library().values(), ids=lambda scenario: scenario.name)


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


# What ships


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


# The README of the folder


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


# Reading and writing

words = st.text(min_size=1)
sizes = st.floats(0, 1)
hits = st.dictionaries(words, sizes, max_size=4)
slugs = st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True)


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    tables = draw(st.tuples(hits, hits, hits).filter(any))
    return Scenario(
        **dict(zip(("value", "performance", "legs"), tables, strict=True)),
        remove=tuple(draw(st.lists(words.filter(lambda leg: leg not in tables[2]), unique=True, max_size=3))),
        factors=Factors(market=draw(st.floats(-1, 1)), ai=draw(st.floats(-1, 1))),
        glut=draw(st.floats(1, 1e6)),
        information=draw(st.booleans()),
        as_of=draw(st.none() | st.dates()),
        basis=draw(st.sampled_from(("pv", "announcement"))),
        draws=draw(st.integers(0, 10**6)),
        seed=draw(st.integers(0, 2**63)),
        name=draw(slugs),
        title=draw(st.text()),
        question=draw(st.text()),
        reading=draw(st.text()),
    )


@given(asked=scenarios())
def test_what_is_written_reads_as_the_same_scenario(asked: Scenario) -> None:
    again = read(write(asked), asked.name)
    assert again == asked
    assert again.record() == asked.record()


@each
def test_a_shipped_scenario_survives_being_written(scenario: Scenario) -> None:
    assert read(write(scenario), f"elsewhere/{scenario.name}.toml") == scenario


def test_a_whole_number_is_a_share_a_return_and_a_glut() -> None:
    asked = read("glut = 3\n[shock.value]\nopenai = 1\n[factors]\nmarket = -1", "x.toml")
    assert (asked.value, asked.glut, asked.factors) == ({"openai": 1.0}, 3.0, Factors(market=-1.0))


def test_line_breaks_in_texts_are_spaces() -> None:
    assert read('reading = """\nIf so,\n  then."""\n[shock.value]\na = 0.1', "x.toml").reading == "If so, then."


HIT = "[shock.value]\nopenai = 0.2\n"
BAD = {  # file -> what the one line says: place, value, remedy
    "": ["[shock]", "hits nobody", "openai = 0.2"],
    "[shock]": ["[shock]", "hits nobody"],
    "[shock.value]": ["[shock]", "hits nobody"],
    "title": ["not TOML", "line 1", "quotes"],
    "[shock.legs]\nopenai-oracle/1 = 0.5": ["not TOML", "line 2", "slash"],
    "[shock.value]\nopenai = 0.2\nopenai = 0.3": ["not TOML", "line 3", "a key once"],
    HIT + HIT: ["not TOML", "twice"],
    "x = " + "[" * 5000: ["not TOML"],
    "tilte = 'A'\n" + HIT: ["[tilte]", "'A'", "did you mean 'title'?"],
    "zzzzzzzz = 1\n" + HIT: ["[zzzzzzzz]", "1", "known are title, question"],
    "draws = 5\n" + HIT: ["[draws]", "5", "did you mean 'sampling.draws'?"],
    "[value]\nopenai = 0.2": ["[value]", "{'openai': 0.2}", "did you mean 'shock.value'?"],
    "[shok.value]\nopenai = 0.2": ["[shok]", "did you mean 'shock'?"],
    "[shock.perfomance]\nopenai = 0.2": ["[shock.perfomance]", "did you mean 'shock.performance'?"],
    "[remove]\nleg = ['a/1']\n" + HIT: ["[remove.leg]", "did you mean 'remove.legs'?"],
    '"shock.value" = {openai = 0.2}': ["[shock.value]", "without quotes"],
    "shock = 0.2": ["[shock]", "not a table", "0.2", "heading"],
    "[shock]\nvalue = 0.2": ["[shock.value]", "not a table", "0.2"],
    "title = 5\n" + HIT: ["[title]", "not text", "5", "quotes"],
    "as_of = '2025-11-05'\n" + HIT: ["[as_of]", "not a date", "'2025-11-05'", "without quotes"],
    "as_of = 2025-11-05T10:00:00\n" + HIT: ["[as_of]", "not a date", "without quotes or a time"],
    "as_of = 2025-11-31\n" + HIT: ["not TOML", "Invalid date"],
    "basis = 'pvv'\n" + HIT: ["basis", "'pvv'", "one of pv, announcement"],
    "glut = 0.5\n" + HIT: ["glut is 0.5", "1 for redeployment as it is"],
    "glut = nan\n" + HIT: ["glut is nan"],
    "glut = inf\n" + HIT: ["glut is inf"],
    "glut = true\n" + HIT: ["[glut]", "not a number", "true"],
    "[shock.value]\nopenai = 1.5": ["[shock.value]", "openai=1.5", "is not a share", "0.2 for a fifth"],
    "[shock.performance]\nopenai = -0.1": ["[shock.performance]", "openai=-0.1", "is not a share"],
    "[shock.legs]\n'a/1' = nan": ["[shock.legs]", "a/1=nan", "is not a share"],
    "[shock.value]\nopenai = inf": ["[shock.value]", "openai=inf"],
    "[shock.value]\nopenai = 1" + "0" * 400: ["[shock.value]", "openai", "not a number", "1000", "..."],
    "[shock.value]\nopenai = '20%'": ["[shock.value]", "openai", "not a number", "'20%'", "write 0.5"],
    "[shock.value]\nopenai = true": ["[shock.value]", "openai", "not a number", "true"],
    "[shock.value]\n'' = 0.2": ["[shock.value]", "0.2", "no name"],
    "[remove]\nlegs = 'a/1'\n" + HIT: ["[remove.legs]", "not a list", "'a/1'", '["NAME"]'],
    "[remove]\nlegs = [5]\n" + HIT: ["[remove.legs]", "not text", "5", "quotes"],
    "[remove]\nlegs = ['a/1', 'a/1']\n" + HIT: ["'a/1'", "removed twice", "once"],
    "[remove]\nlegs = ['a/1']\n[shock.legs]\n'a/1' = 0.2": ["'a/1'", "both hit and removed", "choose one"],
    "[factors]\nmarket = -1.12\n" + HIT: ["market=-1.12", "is not a return", "-0.0112 for a fall of 1.12%"],
    "[factors]\nai = nan\n" + HIT: ["ai=nan", "is not a return"],
    "[sampling]\ndraws = -1\n" + HIT: ["draws is -1", "0 or more"],
    "[sampling]\ndraws = 2e3\n" + HIT: ["[sampling.draws]", "not a whole number", "2000.0"],
    "[sampling]\nseed = -7\n" + HIT: ["seed is -7", "0 or more"],
}


@pytest.mark.parametrize(("text", "said"), BAD.items(), ids=[repr(text)[:40] for text in BAD])
def test_bad_input_is_one_line_with_place_value_and_remedy(text: str, said: list[str]) -> None:
    with pytest.raises(BadInput) as error:
        read(text, "mine/bad.toml")
    line = str(error.value)
    assert line.startswith("mine/bad.toml ") and "\n" not in line and len(line) < 400
    assert all(part in line for part in said), line


def test_a_scenario_without_a_file_is_as_strict() -> None:
    hit = {"value": {"a": 0.1}}
    wrongs: list[dict[str, Any]] = [{}, {"value": {"a": 2.0}}, hit | {"basis": "x"}, hit | {"glut": 0.0}]
    for wrong in wrongs:
        with pytest.raises(BadInput):
            Scenario(**wrong)


def test_a_scenario_is_not_changed_from_outside() -> None:
    sizes = {"openai": 0.2}
    asked = Scenario(value=sizes)
    sizes["openai"] = 0.9
    assert asked.value == {"openai": 0.2}


@given(sizes=st.dictionaries(slugs, st.floats(0, 1, allow_subnormal=False), min_size=1))
def test_words_of_the_command_line_read_as_shares(sizes: dict[str, float]) -> None:
    assert shares([f"{name}={size!r}" for name, size in sizes.items()]) == sizes


# The hash


def digest(asked: Scenario) -> str:
    return str(asked.record()["hash"])


def asked_numbers(asked: Scenario) -> list[object]:
    """All that decides the numbers, spelt out again."""
    tables = [{name: size for name, size in hits.items() if size} for hits in (asked.value, asked.performance)]
    tables.append({name: size for name, size in asked.legs.items() if size})
    sampling = (asked.draws, asked.draws and asked.seed)
    return [
        *tables,
        set(asked.remove),
        asked.factors,
        asked.glut,
        asked.information,
        asked.as_of,
        asked.basis,
        sampling,
    ]


@given(asked=scenarios(), other=scenarios(), taken=st.sets(st.sampled_from([item.name for item in fields(Scenario)])))
def test_two_scenarios_have_one_hash_exactly_where_they_ask_for_the_same_numbers(
    asked: Scenario, other: Scenario, taken: set[str]
) -> None:
    try:
        mixed = replace(asked, **{name: getattr(other, name) for name in taken})
    except BadInput:  # the mixture hits nobody, or hits what it removes
        return
    assert (digest(mixed) == digest(asked)) == (asked_numbers(mixed) == asked_numbers(asked))


@given(asked=scenarios(), extra=slugs)
def test_order_zeros_and_the_seed_of_no_draws_do_not_change_the_hash(asked: Scenario, extra: str) -> None:
    backwards: dict[str, Any] = {
        table: dict(reversed(list(getattr(asked, table).items()))) | {f"{extra} of nobody": 0.0}
        for table in ("value", "performance", "legs")
    }
    assert digest(replace(asked, **backwards, remove=asked.remove[::-1])) == digest(asked)
    still = replace(asked, draws=0)
    assert digest(replace(still, seed=asked.seed + 1)) == digest(still)


PLAIN = Scenario(value={"openai": 0.2}, performance={"openai": 0.1}, legs={"a/1": 1.0}, remove=("b/1",))


def changed() -> Iterator[tuple[str, Scenario]]:
    news: dict[str, Any] = {
        "value": {"openai": 0.21},
        "performance": {},
        "legs": {"a/2": 1.0},
        "remove": ("b/1", "b/2"),
        "factors": Factors(ai=-0.01),
        "glut": 3.0,
        "information": True,
        "common_holders": True,
        "rivals": True,
        "curve": "blackcox",
        "default": ("coreweave",),
        "as_of": date(2025, 11, 5),
        "basis": "announcement",
        "draws": 0,
        "seed": 8,
    }
    assert {*news, "name", "title", "question", "reading"} == {item.name for item in fields(Scenario)}
    for key, value in news.items():
        yield key, replace(PLAIN, **{key: value})


@pytest.mark.parametrize(("key", "other"), list(changed()))
def test_whatever_changes_the_numbers_changes_the_hash(key: str, other: Scenario) -> None:
    assert digest(other) != digest(PLAIN)


def test_a_hit_moved_to_another_table_is_another_scenario() -> None:
    assert digest(Scenario(value={"a": 0.2})) != digest(Scenario(performance={"a": 0.2}))
    assert digest(replace(PLAIN, factors=Factors(market=0.1))) != digest(replace(PLAIN, factors=Factors(ai=0.1)))


def test_a_hash_is_the_same_in_every_run_and_version() -> None:
    assert digest(PLAIN) == "64e975278735"
    assert digest(Scenario(value={"a": 1}, glut=3)) == digest(Scenario(value={"a": 1.0}, glut=3.0))


@given(asked=scenarios())
def test_a_record_is_plain_json(asked: Scenario) -> None:
    record = asked.record()
    assert json.loads(json.dumps(record, allow_nan=False)) == record
    assert {*record} == {item.name for item in fields(Scenario)} | {"hash"}


# Finding


def test_a_scenario_is_found_by_name_and_in_a_file(tmp_path: Path) -> None:
    assert find("lab-fails") is library()["lab-fails"]
    mine = tmp_path / "mine.toml"
    mine.write_text(HIT, encoding="utf-8")
    assert find(str(mine)) == Scenario(value={"openai": 0.2}, name="mine")


def test_what_cannot_be_found_is_told_with_a_way_out(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="no scenario 'lab-fail'; did you mean 'lab-fails'"):
        find("lab-fail")
    with pytest.raises(UnknownName, match="knockon scenarios"):
        find("zzzz")
    with pytest.raises(BadInput, match=r"cannot read .*none\.toml: No such file.*knockon scenarios"):
        find(str(tmp_path / "none.toml"))
    latin = tmp_path / "latin.toml"
    latin.write_bytes(b"title = '\xe9'")
    with pytest.raises(BadInput, match="not UTF-8"):
        find(str(latin))


def test_scenarios_load_without_the_engine() -> None:
    code = (
        "import sys, knockon.scenarios as s; s.library(); print(sorted({'numpy','pandas','rdflib'} & {*sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
