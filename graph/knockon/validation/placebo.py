"""Days without an event that were like the event days: what the same prediction would have scored on them.

Each event is matched with the ordinary days whose market return is nearest to its own; a draw gives every event one
of its days, and the score of the draw is the mean rank correlation, as on the real days.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from knockon.arrays import Vector
from knockon.validation import ranks
from knockon.validation.panel import FEWEST_FIRMS, Panel

FEWEST_DAYS = 60
"""With fewer ordinary days than this there is no price panel to match from."""
NEAREST = 20


@dataclass(frozen=True, kw_only=True)
class Ordinary:
    """Returns on D days without an event: (D, F) by firm, NaN where unknown, and (D,) of the market."""

    returns: Vector
    market: Vector


def placebo_scores(panel: Panel, prediction: Vector, days: Ordinary, draws: int, seed: int) -> Vector | None:
    """(draws,) scores of the prediction on matched ordinary days; None with too few of them, or of firms on them."""
    if len(days.market) < FEWEST_DAYS:
        return None
    scores = []
    for e in range(len(panel.events)):
        nearest = np.argsort(np.abs(days.market - panel.market[e]), kind="stable")[:NEAREST]
        there = panel.here[e] & ~np.isnan(days.returns[nearest])
        if (there.sum(axis=1) < FEWEST_FIRMS).any():
            return None
        expected = np.outer(days.market[nearest], panel.beta[e])
        outcome = panel.sign[e] * ((1 + days.returns[nearest]) / (1 + expected) - 1)
        scores.append(ranks.spearman(np.broadcast_to(prediction[e], there.shape), outcome, there))
    chosen = np.random.default_rng(seed).integers(NEAREST, size=(draws, len(scores)))
    return np.asarray(np.array(scores)[np.arange(len(scores)), chosen].mean(axis=1))
