"""What is asked of the engine, as a value that cannot be wrong: who is hit, how hard, on which date and basis."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from knockon.errors import BadInput

BASES = ("pv", "announcement")
CURVES = ("exponential", "blackcox")


@dataclass(frozen=True, slots=True, kw_only=True)
class Factors:
    """Returns of the day, 0.01 for 1%; they multiply in after the network: (1 + beta market + gamma ai)(1 - h)."""

    market: float = 0.0
    ai: float = 0.0  # of the AI basket, orthogonal to the market

    def __post_init__(self) -> None:
        for name in ("market", "ai"):
            size = getattr(self, name)
            if not -1 <= size <= 1:
                raise BadInput(f"factor {name}={size:g} is not a return; write -0.0112 for a fall of 1.12%")
            object.__setattr__(self, name, float(size) + 0.0)  # there is one zero


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A shock in the user's terms; shares lie in [0, 1]."""

    value: Mapping[str, float] = field(default_factory=dict)  # party -> share of equity value lost (u)
    performance: Mapping[str, float] = field(default_factory=dict)  # party -> shortfall on all promises (w)
    legs: Mapping[str, float] = field(default_factory=dict)  # leg -> shortfall of that leg (z)
    default: tuple[str, ...] = ()  # parties that default: all value lost, nothing performed, their estates cleared
    remove: tuple[str, ...] = ()  # legs that are taken out of the book
    factors: Factors = field(default_factory=Factors)
    glut: float = 1.0  # redeployment psi is divided by it: 1 as in the parameters, 3 where buyers are scarce
    information: bool = False  # bad news about a lab lowers what is expected of its peers
    common_holders: bool = False  # holders that keep to a leverage sell when they lose
    rivals: bool = False  # show what rivals may win, beside the losses
    curve: str = "exponential"  # how debts suffer before a default; blackcox where debts and volatility are known
    as_of: date | None = None  # the day it is asked for; None: the command's
    basis: str = "pv"
    draws: int = 2000
    seed: int = 7
    name: str = ""
    title: str = ""
    question: str = ""
    reading: str = ""  # how to read the result, and what would falsify it

    def __post_init__(self) -> None:
        if not (self.value or self.performance or self.legs or self.default):
            raise BadInput("no shock given; write PARTY=SHARE, for example openai=0.2")
        for table in ("value", "performance", "legs"):
            object.__setattr__(self, table, {name: share_of(name, x) for name, x in getattr(self, table).items()})
        for text in ("title", "question", "reading"):  # a line break in a file is a space
            object.__setattr__(self, text, " ".join(getattr(self, text).split()))
        object.__setattr__(self, "default", tuple(sorted(self.default)))
        object.__setattr__(self, "remove", tuple(self.remove))
        object.__setattr__(self, "glut", float(self.glut))
        for party in self.default:
            if self.default.count(party) > 1:
                raise BadInput(f"{party!r} defaults twice; name it once")
            if party in self.value or party in self.performance:
                raise BadInput(f"{party} defaults, so it loses all and performs nothing; leave out its other hits")
        for leg in self.remove:
            if self.remove.count(leg) > 1:
                raise BadInput(f"leg {leg!r} is removed twice; name it once")
            if leg in self.legs:
                raise BadInput(f"leg {leg!r} is both hit and removed; what is removed is not there to fail: choose one")
        if not 1 <= self.glut < math.inf:
            raise BadInput(f"glut is {self.glut:g}; 1 for redeployment as it is, 3 for a third of it")
        if self.basis not in BASES:
            raise BadInput(f"no basis {self.basis!r}; one of {', '.join(BASES)}")
        if self.curve not in CURVES:
            raise BadInput(f"no curve {self.curve!r}; one of {', '.join(CURVES)}")
        for count in ("draws", "seed"):
            if getattr(self, count) < 0:
                raise BadInput(f"{count} is {getattr(self, count)}; 0 or more")

    def record(self) -> dict[str, Any]:
        """As JSON carries it, with a hash that names it: equal where and only where the numbers are asked alike.

        Names and texts do not enter the hash, nor do hits of size 0, the order of keys, or the seed of no draws.
        """
        hits = {
            table: {name: share for name, share in getattr(self, table).items() if share > 0}
            for table in ("value", "performance", "legs")
        }
        day = self.as_of.isoformat() if self.as_of else None
        sampling = [self.draws, self.seed if self.draws else 0]
        asked = [
            hits,
            sorted(self.remove),
            asdict(self.factors),
            self.glut,
            self.information,
            day,
            self.basis,
            sampling,
        ]
        later = {"default": self.default, "holders": self.common_holders, "rivals": self.rivals}
        later["curve"] = "" if self.curve == "exponential" else self.curve
        if any(later.values()):  # so that what was asked before these could be asked keeps its hash
            asked.append({name: wish for name, wish in later.items() if wish})
        digest = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
        lists = {"remove": list(self.remove), "default": list(self.default)}
        return {**asdict(self), **lists, "as_of": day, "hash": digest[:12]}


def share_of(name: str, size: float) -> float:
    """`size` if it is a share; -0 becomes 0."""
    if not name:
        raise BadInput(f"a shock of {size:g} has no name; write PARTY=SHARE, for example openai=0.2")
    if not 0 <= size <= 1:
        raise BadInput(f"{name}={size:g} is not a share; write 0.2 for a fifth, at most 1")
    return float(size) + 0.0
