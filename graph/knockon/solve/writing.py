"""How an answer becomes plain JSON: finite floats, whole numbers, text, lists; nothing a reader cannot parse."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from knockon.errors import KnockonError


def plain(name: str, value: Any) -> Any:
    """`value` in Python's own numbers, lists and dicts with text as keys.

    Raises `KnockonError` for a number that is not finite: no answer may hold one.

    >>> plain("p", {3: np.array([1.0, 2.0]), "n": np.int64(4)})
    {'3': [1.0, 2.0], 'n': 4}
    """
    if isinstance(value, np.ndarray):
        if value.dtype.kind == "f" and not np.isfinite(value).all():
            _refuse(name)
        return value.tolist()
    if isinstance(value, np.generic):
        return plain(name, value.item())
    if isinstance(value, Mapping):
        return {str(key): plain(f"{name}[{key}]", entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(name, entry) for entry in value]
    if isinstance(value, float) and not math.isfinite(value):
        _refuse(name)
    return value


def text(answer: Mapping[str, Any]) -> str:
    """The answer as JSON, one line per key, so that a person can read it and long vectors stay compact."""
    lines = [
        f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False, allow_nan=False)}" for key, value in answer.items()
    ]
    return "{\n  " + ",\n  ".join(lines) + "\n}"


def _refuse(name: str) -> None:
    raise KnockonError(f"{name} is not a finite number; the amounts are too large, too small or too unequal")
