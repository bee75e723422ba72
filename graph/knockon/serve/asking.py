"""What an address asks of the engine: its settings as a scenario, and a scenario as settings.

They are named as the options of `knockon shock` and read by the same code, so the numbers are the command's. Three
the command takes from a scenario's file: `glut`, and the returns `market` and `ai`. One is only here: `least`, the
least firmness that counts; it removes the legs below it, as `[remove]` in a file does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace
from dataclasses import fields as fields_of
from typing import Any
from urllib.parse import urlencode

import numpy as np

from knockon import scenarios
from knockon.errors import BadInput
from knockon.scenarios import Factors, Scenario
from knockon.study import Study
from knockon.study.shocks.landing import less_firm
from knockon.vocab import Firmness

DRAWS = 20_000
"""Draws that one request may ask for: some seconds; for more there is the command."""
HITS = 40
"""Parties and legs that one request may hit."""

FIRM = tuple(one for one in Firmness if one is not Firmness.CANCELLED)


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise ValueError
    return int(text)


def _yes(text: str) -> bool:
    if text not in ("0", "1"):
        raise ValueError
    return text == "1"


_HIT = ("value", "cut", "void", "default")
_SETTINGS: Mapping[str, tuple[Callable[[str], Any], str]] = {
    "as_of": (str, "a date"),
    "basis": (str, "pv or announcement"),
    "least": (Firmness, f"one of {', '.join(FIRM)}"),
    "glut": (float, "a number from 1 on"),
    "information": (_yes, "1 or 0"),
    "common_holders": (_yes, "1 or 0"),
    "rivals": (_yes, "1 or 0"),
    "curve": (str, "exponential or blackcox"),
    "market": (float, "a return, -0.01 for a fall of 1%"),
    "ai": (float, "a return, -0.01 for a fall of 1%"),
    "draws": (_whole, f"a whole number up to {DRAWS}"),
    "seed": (_whole, "a whole number"),
}
_ORDER = (*_HIT, *_SETTINGS)


def asked(study: Study, fields: Iterable[tuple[str, str]]) -> Scenario:
    """The scenario that the settings of an address describe, on the study's day, parties by their ids.

    One that asks for the numbers of a scenario that ships gets its name, question and reading.
    Raises BadInput for a setting that is unknown, given twice or malformed, and for more than we compute.
    """
    hits, settings = _read(fields)
    factors = Factors(market=settings.pop("market", 0.0), ai=settings.pop("ai", 0.0))
    least = settings.pop("least", Firmness.CANCELLED)
    settings.pop("as_of", None)
    given = scenarios.asked(
        None,
        value=hits["value"],
        performance=hits["cut"],
        legs=hits["void"],
        default=hits["default"],
        factors=factors,
        **settings,
    )
    if given.draws > DRAWS:
        raise BadInput(f"draws={given.draws} is more than {DRAWS}; save the scenario and run the command for more")
    found = study.resolve(given)
    _with_a_value(study, found)
    return _shipped(replace(found, remove=less_firm(study, found.basis, least)))


def _read(fields: Iterable[tuple[str, str]]) -> tuple[dict[str, list[str]], dict[str, Any]]:
    hits: dict[str, list[str]] = {name: [] for name in _HIT}
    settings: dict[str, Any] = {}
    for name, text in fields:
        if name in hits:
            hits[name].append(text)
        elif name not in _SETTINGS:
            raise BadInput(f"no setting {name!r}; one of {', '.join(_ORDER)}")
        elif name in settings:
            raise BadInput(f"{name} is given twice; give it once")
        else:
            kind, remedy = _SETTINGS[name]
            try:
                settings[name] = kind(text)
            except ValueError:
                raise BadInput(f"{name}={text!r} cannot be read; give {remedy}") from None
    count = sum(map(len, hits.values()))
    if not count:
        raise BadInput("nobody is hit; choose a party and what it loses, as in value=openai=0.2")
    if count > HITS:
        raise BadInput(f"{count} parties and legs are hit at once; at most {HITS}, the command takes any number")
    return hits, settings


def _with_a_value(study: Study, scenario: Scenario) -> None:
    """Raises BadInput, in the words of the page, where a party has no value that it could lose."""
    balance = study.exposures_on(scenario.basis).balance
    for party in scenario.value:
        if party in balance.parties and np.isnan(balance.value[balance.index(party)]):
            raise BadInput(
                f"{study.short(party)} has no known value on {study.as_of}, so it cannot lose a part of it; "
                "set what it loses to 0 and what it withholds to more"
            )


def _shipped(scenario: Scenario) -> Scenario:
    """The scenario, with name and texts of the one that ships and asks for the same numbers, if one does."""
    for known in scenarios.library().values():
        same = replace(known, draws=scenario.draws, seed=scenario.seed)
        if same.record()["hash"] == scenario.record()["hash"]:
            texts = {name: getattr(known, name) for name in ("name", "title", "question", "reading")}
            return replace(scenario, **texts)
    return scenario


def address(scenario: Scenario) -> str:
    """The settings of a scenario as an address has them; what has its default is left out, and so is `remove`.

    >>> address(Scenario(value={"openai": 0.2}, glut=3))
    'value=openai%3D0.2&glut=3.0'
    """
    hits = {"value": scenario.value, "cut": scenario.performance, "void": scenario.legs}
    fields: list[tuple[str, object]] = [
        (name, f"{victim}={size!r}") for name, sizes in hits.items() for victim, size in sizes.items()
    ]
    fields += [("default", party) for party in scenario.default]
    fields += [(name, size) for name, size in asdict(scenario.factors).items() if size]
    usual = {field.name: field.default for field in fields_of(Scenario)}
    for name in _SETTINGS.keys() & usual.keys():
        if (setting := getattr(scenario, name)) != usual[name]:
            fields.append((name, int(setting) if isinstance(setting, bool) else setting))
    return urlencode(sorted(fields, key=lambda field: _ORDER.index(field[0])))
