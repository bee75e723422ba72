"""Second answers to a shock that run the engine again: what each channel adds, and which datum decides."""

from __future__ import annotations

from typing import Any

import numpy as np

from knockon.contagion.shapley import shapley_channels
from knockon.contagion.uncertainty import uncertainty as over_draws
from knockon.study.shocks.answer import ShockAnswer


def shapley(answer: ShockAnswer) -> dict[str, dict[str, float]]:
    """What each channel adds, by party, dollars, whatever the order; a second answer, and some are negative."""
    x = answer.spread.exposures
    found = shapley_channels(x, answer.spread.map.k, answer.spread.shock)
    return {
        channel.name.lower(): {
            party: float(usd) for party, usd in zip(x.balance.parties, values, strict=True) if usd != 0
        }
        for channel, values in found.items()
    }


def uncertainty(answer: ShockAnswer, top: int = 5, data: int = 8) -> dict[str, Any]:
    """Over the scenario's draws: who loses more than whom how often, and which datum matters most for the total.

    A datum's share is its squared rank correlation with what listed parties lose; inputs tied together share
    what they explain. `noise` is what an unrelated input would show.
    """
    x, asked = answer.spread.exposures, answer.scenario
    over = x.balance.listed & ~np.isnan(x.balance.value)
    rho = answer.study.parameters.find("copula_rho").value
    found = over_draws(x, answer.spread.shock, asked.draws, asked.seed, rho, over, top, engine=answer.engine)
    names = [x.balance.parties[i] for i in found.top]
    return {
        "listed_usd": dict(zip(("p5", "p50", "p95"), found.output, strict=True)),
        "loses_more": [
            {"party": names[i], "than": names[j], "probability": float(found.ahead[i, j])}
            for i in range(len(names))
            for j in range(i + 1, len(names))
        ],
        "data": [
            {"parameter": d.parameter, "key": d.key, "share": d.correlation**2, "correlation": d.correlation}
            for d in found.data[:data]
        ],
        "noise": found.noise,
    }
