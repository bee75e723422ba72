"""A shock by another mechanism beside the engine's own answer, and what that mechanism cannot see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from knockon.contagion.mechanisms import Mechanism, find
from knockon.exposures import Vector
from knockon.study.shocks.result import ShockResult


@dataclass(frozen=True)
class Comparison:
    """Losses by a mechanism of the literature, (n,) dollars, beside those of the engine on the same shock."""

    name: str
    mechanism: Mechanism
    loss: Vector
    own: ShockResult

    def rows(self) -> list[dict[str, Any]]:
        """One record per party that loses anything by either, largest first by the mechanism."""
        s = self.own.spread
        balance, direct = s.exposures.balance, s.channels["direct"]
        found = []
        for i in np.lexsort((np.arange(len(self.loss)), -s.loss, -self.loss)):
            if self.loss[i] <= 0 and s.loss[i] <= 0:
                continue
            value = None if np.isnan(balance.value[i]) else float(balance.value[i])
            loss, own = float(self.loss[i]), float(s.loss[i])
            hit = min(loss, float(direct[i]))
            found.append(
                {
                    "party": balance.parties[i],
                    "name": self.own.study.book.parties[balance.parties[i]].name,
                    "listed": bool(balance.listed[i]),
                    "value_usd": value,
                    "loss_share": None if value is None else loss / value,
                    "loss_usd": loss,
                    "channels": {"direct": hit, "network": loss - hit},
                    "low_usd": None,
                    "high_usd": None,
                    "knockon_usd": own,
                }
            )
        return found

    def record(self) -> dict[str, Any]:
        """As JSON: the shape of a shock, with the engine's answer beside each loss."""
        x = self.own.spread.exposures
        known = ~np.isnan(x.balance.value)
        base = self.own.record()
        return {
            **{key: base[key] for key in ("edition", "as_of", "basis", "scenario")},
            "mechanism": self.name,
            "losses": self.rows(),
            "totals": {
                "listed_usd": float(self.loss[x.balance.listed & known].sum()),
                "private_usd": float(self.loss[known & ~x.balance.listed].sum()),
            },
            "cannot_see": list(self.mechanism.cannot_see),
            "left_out": base["left_out"],
            "assumed": base["assumed"],
        }


def compare(own: ShockResult, name: str) -> Comparison:
    """The same shock by the mechanism `name`.

    Raises UnknownName, or BadInput where the mechanism does not know the kind of hit.
    """
    mechanism = find(name)
    return Comparison(name, mechanism, mechanism.losses(own.spread.exposures, own.spread.shock), own)
