"""Flows written as one line each, for sums by hand on the measures."""

from __future__ import annotations

from datetime import date
from typing import Any

from knockon.flows import LADDER, Flow
from knockon.measures.network import Network, at
from knockon.vocab import Firmness, Instrument

DAY = date(2025, 1, 1)
LAST = date(2026, 12, 31)  # two years of 365 days


def flow(way: str, usd: float | None, instrument: str = "compute_purchase", **more: Any) -> Flow:
    """`flow("lab>cloud", 50)`: fifty dollars of computing, definitive, due over 2025 and 2026."""
    payer, _, payee = way.partition(">")
    return Flow(
        **{
            "leg": f"{payer}-{payee}-{instrument}/1",
            "payer": payer,
            "payee": payee,
            "instrument": Instrument(instrument),
            "firmness": Firmness(more.pop("firmness", "definitive")),
            "known_from": DAY,
            "usd": usd,
            "paid": 0.0,
            "left": usd,
            "first": DAY,
            "last": LAST,
            "yearly": usd,
            "default_term": False,
            "within": None,
            "overlaps": (),
            "covers": None,
        }
        | more
    )


def network(*flows: Flow, least: Firmness = LADDER[0], grouped: tuple[str, ...] = (), side: str = "cloud") -> Network:
    """The flows as a graph."""
    return at(flows, least, grouped, side)
