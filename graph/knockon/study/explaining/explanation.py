"""What an explanation is made of: facts in words, tables, and the figures behind them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A table of an explanation."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Facts in words, then tables; `record` holds the figures behind them."""

    heading: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    record: dict[str, Any] = field(default_factory=dict)
