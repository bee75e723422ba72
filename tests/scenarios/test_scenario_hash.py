"""The hash of a scenario: the same exactly where the same numbers are asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asked import scenarios, slugs
from knockon.errors import BadInput
from knockon.scenarios import Factors, Scenario


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
        (asked.information, asked.common_holders, asked.rivals),
        asked.curve,
        set(asked.default),
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
