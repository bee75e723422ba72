"""Who ends up with a shock: losses by the kind of holder, from the losses of parties by channel."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

BEARERS = ("banks", "private credit", "bondholders", "listed equity", "private owners", "unknown")


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """What one party loses."""

    party: str
    kind: str  # of party
    listed: bool
    valued: bool  # whether its value is known
    usd: float
    credit_usd: float  # of it, as a lender


def loss_bearer_trace(losses: Iterable[Loss]) -> dict[str, float]:
    """Dollars by BEARERS; they sum to all losses.

    What a party loses as a lender falls on banks, private credit funds, or, lent by anybody else, bondholders; the rest
    falls on its own shareholders: listed equity, private owners, or, where no value of it is known, nobody can say.
    """
    found = dict.fromkeys(BEARERS, 0.0)
    for loss in losses:
        lender = {"bank": "banks", "private_credit": "private credit"}.get(loss.kind, "bondholders")
        owner = "unknown" if not loss.valued else "listed equity" if loss.listed else "private owners"
        found[lender] += loss.credit_usd
        found[owner] += loss.usd - loss.credit_usd
    return found
