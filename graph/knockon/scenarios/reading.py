"""How a scenario is read from TOML: keys known, values of their kind, errors with file, key and remedy."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import PurePath
from typing import Any

from knockon.errors import BadInput
from knockon.scenarios.scenario import Factors, Scenario, share_of

KEYS: Mapping[str, type] = {
    "title": str,
    "question": str,
    "reading": str,
    "as_of": date,
    "basis": str,
    "glut": float,
    "information": bool,
    "common_holders": bool,
    "rivals": bool,
    "curve": str,
    "shock.default": list,
    "shock.value": dict,
    "shock.performance": dict,
    "shock.legs": dict,
    "remove.legs": list,
    "factors.market": float,
    "factors.ai": float,
    "sampling.draws": int,
    "sampling.seed": int,
}
"""Every key of a scenario file and what stands behind it; `queries/scenarios/README.md` explains them."""

_KINDS = {
    str: ("text", "put it in quotes"),
    date: ("a date", "write 2025-11-05, without quotes or a time"),
    bool: ("true or false", "write true"),
    float: ("a number", "write 0.5, without quotes"),
    int: ("a whole number", "write 2000"),
    dict: ("a table", "write NAME = SHARE under its heading in brackets"),
    list: ("a list", 'write ["NAME"]'),
}


def read(text: str, name: str) -> Scenario:
    """The scenario that `text`, a TOML document, describes; `name` is its file, by which errors speak of it.

    >>> read("[shock.value]\\nopenai = 0.2", "mine.toml").value
    {'openai': 0.2}

    Raises BadInput: one line with file, key, value and remedy.
    """
    with _at(name):
        found = _checked(_document(text))
        hits = {table: found.get(f"shock.{table}", {}) for table in ("value", "performance", "legs")}
        if not any(hits.values()) and not found.get("shock.default"):
            raise BadInput("[shock] hits nobody; write openai = 0.2 under the heading [shock.value]")
        for table, sizes in hits.items():
            for victim, size in sizes.items():
                with _at(f"[shock.{table}]"):
                    share_of(victim, _typed(size, float, victim))
        plain = {key: found[key] for key in KEYS if "." not in key and key in found}
        counts = {key: found[f"sampling.{key}"] for key in ("draws", "seed") if f"sampling.{key}" in found}
        return Scenario(
            name=PurePath(name).name.removesuffix(".toml"),
            default=tuple(_typed(party, str, "[shock.default]") for party in found.get("shock.default", ())),
            remove=tuple(_typed(leg, str, "[remove.legs]") for leg in found.get("remove.legs", ())),
            factors=Factors(market=found.get("factors.market", 0.0), ai=found.get("factors.ai", 0.0)),
            **hits,
            **plain,
            **counts,
        )


@contextmanager
def _at(place: str) -> Iterator[None]:
    """Errors inside begin with the place."""
    try:
        yield
    except BadInput as error:
        raise BadInput(f"{place} {error}") from None


def _document(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(f"{text}\n")  # an error in the last line has a line too
    except (ValueError, RecursionError) as error:
        why = " ".join(str(error).split())
        raise BadInput(f"is not TOML: {why}; texts, and keys with a slash, stand in quotes, and a key once") from None


def _checked(document: dict[str, Any]) -> dict[str, Any]:
    """The document by dotted key; every key is known and has a value of its kind."""
    tables = sorted({key.partition(".")[0] for key in KEYS if "." in key})
    found: dict[str, Any] = {}
    for key, value in document.items():
        if key in tables:
            found |= {f"{key}.{inner}": entry for inner, entry in _typed(value, dict, f"[{key}]").items()}
        elif "." in key:
            raise BadInput(f"[{key}] a dotted key in quotes: {_shown(value)}; write it without quotes")
        else:
            found[key] = value
    for key, value in found.items():
        if key not in KEYS:
            near = [known for known in KEYS if known.rpartition(".")[2] == key.rpartition(".")[2]]
            near = near or difflib.get_close_matches(key, [*KEYS, *tables], n=1, cutoff=0.5)
            remedy = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(KEYS)}"
            raise BadInput(f"[{key}] no such key: {_shown(value)}; {remedy}")
        found[key] = _typed(value, KEYS[key], f"[{key}]")
    return found


def _typed(value: Any, kind: type, place: str) -> Any:
    """`value`, which is of the kind: a whole number is a number, but yes and no are neither, nor is a time a date."""
    if kind is float and type(value) is int and abs(value) < 2**53:
        return float(value)
    if type(value) is not kind or (isinstance(value, int) and abs(value) >= 2**63):
        what, remedy = _KINDS[kind]
        raise BadInput(f"{place} not {what}: {_shown(value)}; {remedy}")
    return value


def _shown(value: object) -> str:
    try:
        text = repr(value).lower() if isinstance(value, bool) else repr(value)
    except (RecursionError, ValueError):  # Python writes no whole number of thousands of digits
        return "more than can be shown"
    return text if len(text) <= 60 else f"{text[:57]}..."
