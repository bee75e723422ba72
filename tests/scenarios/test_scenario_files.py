"""Scenario files: read, written, found, and refused with place and remedy."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asked import each, scenarios, slugs
from knockon.errors import BadInput, UnknownName
from knockon.scenarios import Factors, Scenario, find, library, read, shares, write


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
