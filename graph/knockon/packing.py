"""Exposures as JSON text and back, the same to the last bit: only what the dataclasses hold, nothing that runs.

Numbers are the bytes of this machine, for a snapshot stays on it.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from knockon.exposures import (
    Balance,
    Contracts,
    Debts,
    Exposures,
    Fundings,
    Guarantees,
    Holdings,
    Span,
)

_PARTS = {
    "balance": Balance,
    "contracts": Contracts,
    "holdings": Holdings,
    "debts": Debts,
    "fundings": Fundings,
    "guarantees": Guarantees,
}
_DTYPES = {"float64", "int64", "bool"}


def packed(x: Exposures) -> str:
    """The exposures of a date, as projected, as text."""
    return json.dumps(_packed(x))


def unpacked(text: str) -> Exposures:
    """The exposures that `packed` wrote; shapes and ranges are checked anew."""
    record = json.loads(text)
    parts: dict[str, Any] = {
        name: kind(**{key: _unpacked(value) for key, value in record.pop(name).items()})
        for name, kind in _PARTS.items()
    }
    record["spans"] = {
        symbol: {
            key: Span(low=low, value=value, high=high, concentration=tight)
            for key, (low, value, high, tight) in spans.items()
        }
        for symbol, spans in record["spans"].items()
    }
    record["left_out"] = {key: tuple(names) for key, names in record["left_out"].items()}
    record["assumed"] = tuple(record["assumed"])
    return Exposures(**parts, **record)


def _packed(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return {"dtype": value.dtype.name, "values": b64encode(value.tobytes()).decode("ascii")}
    if isinstance(value, Span):
        return [value.low, value.value, value.high, value.concentration]
    if is_dataclass(value):
        return {item.name: _packed(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, dict):
        return {key: _packed(part) for key, part in value.items()}
    if isinstance(value, tuple):
        return [_packed(part) for part in value]
    return value


def _unpacked(value: Any) -> Any:
    if isinstance(value, dict):
        if value["dtype"] not in _DTYPES:
            raise ValueError(f"not an array of exposures: {value['dtype']}")
        return np.frombuffer(b64decode(value["values"]), dtype=value["dtype"]).copy()
    return tuple(value) if isinstance(value, list) else value
