"""How a scenario is written as TOML that reads back as the same."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from knockon.scenarios.reading import KEYS
from knockon.scenarios.scenario import Scenario


def write(scenario: Scenario) -> str:
    """The scenario as TOML that `read` turns into it again; what has its default is left out.

    >>> print(write(Scenario(value={"openai": 0.2}, title="A fifth")), end="")
    title = "A fifth"
    <BLANKLINE>
    [shock.value]
    openai = 0.2
    """
    hits = {key: getattr(scenario, key) for key in ("value", "performance", "legs", "default")}
    plain = Scenario(**hits)
    told = {key: getattr(scenario, key) for key in (*KEYS, "draws", "seed") if "." not in key}
    told = {key: value for key, value in told.items() if value != getattr(plain, key)}
    sampling: dict[str, Any] = {key: told.pop(key) for key in ("draws", "seed") if key in told}
    tables: dict[str, Mapping[str, Any]] = {
        "": told,
        "shock": {"default": scenario.default} if scenario.default else {},
        "shock.value": scenario.value,
        "shock.performance": scenario.performance,
        "shock.legs": scenario.legs,
        "remove": {"legs": scenario.remove} if scenario.remove else {},
        "factors": {key: size for key, size in asdict(scenario.factors).items() if size},
        "sampling": sampling,
    }
    lines: list[str] = []
    for heading, entries in tables.items():
        if entries and heading:
            lines += [*([""] if lines else []), f"[{heading}]"]
        lines += [f"{_toml_key(key)} = {_toml(value)}" for key, value in entries.items()]
    return "\n".join(lines) + "\n"


def _toml_key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _toml(key)


def _toml(value: object) -> str:
    """A text, date, number or list of texts as TOML has it; JSON escapes the same, but for DEL."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else repr(value)
