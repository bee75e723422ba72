"""How a measure is asked and told: the words for thresholds, graphs and sides, and what every record carries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from knockon.errors import UnknownName
from knockon.flows import LADDER, Flow
from knockon.measures.network import GRAPHS, SIDES
from knockon.vocab import Firmness

if TYPE_CHECKING:
    from knockon.study.dated import DatedBook

NEUTRAL = (
    "Circular is meant neutrally: along the cycle an investor is also a supplier or a customer."
    " Circular does not mean fraudulent."
)
"""Stands beside every list of loops and every index."""


def stamp(study: DatedBook, **how: object) -> dict[str, Any]:
    """Edition and day, as every result carries them, and how it was computed."""
    edition = study.edition
    return {
        "edition": {"data": edition.data, "hash": edition.hash, "code": edition.code},
        "as_of": study.as_of.isoformat(),
        **how,
    }


def threshold(name: str) -> Firmness:
    """A firmness by its name; `staged` counts with `option`. Raises UnknownName."""
    if name == Firmness.STAGED:
        return Firmness.OPTION
    if name not in LADDER:
        raise UnknownName("firmness", name, LADDER, f"one of {', '.join(LADDER)}")
    return Firmness(name)


def graph_of(name: str) -> str:
    """A graph by its name. Raises UnknownName."""
    if name not in GRAPHS:
        raise UnknownName("graph", name, GRAPHS, f"one of {', '.join(GRAPHS)}")
    return name


def side_of(name: str) -> str:
    """A side of `overlaps` by its name. Raises UnknownName."""
    if name not in SIDES:
        raise UnknownName("side", name, SIDES, f"one of {', '.join(SIDES)}")
    return name


def left_out(legs: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    """What is not in a result, by reason, with how many."""
    return {why: {"legs": len(names), "which": list(names)} for why, names in legs.items()}


def leg_record(flow: Flow) -> dict[str, Any]:
    """A flow as JSON tells it."""
    return {
        "leg": flow.leg,
        "instrument": str(flow.instrument),
        "family": str(flow.family),
        "firmness": str(flow.firmness),
        "usd": flow.usd,
        "left_usd": flow.left,
        "from": flow.first.isoformat() if flow.left else None,
        "to": flow.last.isoformat() if flow.left else None,
        "known_from": flow.known_from.isoformat(),
    }
