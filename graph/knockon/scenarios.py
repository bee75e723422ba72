"""What is asked of the engine: who is hit, how hard, on which date and basis."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from knockon.errors import BadInput

BASES = ("pv",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A shock in the user's terms; shares lie in [0, 1]."""

    value: Mapping[str, float] = field(default_factory=dict)  # party -> share of equity value lost (u)
    performance: Mapping[str, float] = field(default_factory=dict)  # party -> shortfall on all promises (w)
    legs: Mapping[str, float] = field(default_factory=dict)  # leg -> shortfall of that leg (z)
    basis: str = "pv"
    draws: int = 2000
    seed: int = 7
    title: str = ""

    def __post_init__(self) -> None:
        if not (self.value or self.performance or self.legs):
            raise BadInput("no shock given; write PARTY=SHARE, for example openai=0.2")
        for shares in (self.value, self.performance, self.legs):
            for name, share in shares.items():
                if not 0 <= share <= 1:
                    raise BadInput(f"{name}={share:g} is not a share; write 0.2 for a fifth, at most 1")
        if self.basis not in BASES:
            raise BadInput(f"no basis {self.basis!r}; one of {', '.join(BASES)}")
        if self.draws < 0:
            raise BadInput(f"draws is {self.draws}; 0 or more")

    def record(self) -> dict[str, Any]:
        """As JSON carries it, with a hash that names it."""
        fields = asdict(self)
        digest = hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()
        return {**fields, "hash": digest[:12]}


def shares(words: list[str]) -> dict[str, float]:
    """Read NAME=SHARE words.

    >>> shares(["openai=0.2"])
    {'openai': 0.2}
    """
    found: dict[str, float] = {}
    for word in words:
        name, equals, text = word.rpartition("=")
        try:
            if not equals or not name:
                raise ValueError
            share = float(text)
        except ValueError:
            raise BadInput(f"not NAME=SHARE: {word!r}; write openai=0.2 for a fifth") from None
        if name in found:
            raise BadInput(f"{name!r} is given twice")
        found[name] = share
    return found
