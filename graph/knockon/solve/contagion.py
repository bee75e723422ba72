"""What our own model says of a shock to a hand-made network: one answer with the keys of the `model_*` vectors."""

from __future__ import annotations

from typing import Any

import numpy as np

from knockon.contagion.attribution import attribute
from knockon.contagion.channels import by_channel
from knockon.contagion.coefficients import coefficients
from knockon.contagion.counterfactual import worth_of_edges
from knockon.contagion.engine import Map
from knockon.contagion.fixedpoint import solve
from knockon.contagion.ranking import lost
from knockon.contagion.shapley import shapley_channels
from knockon.contagion.spread import GAP
from knockon.solve import network


def contagion(nodes: Any, edges: Any, shock: Any, params: Any, *, greatest: bool = False) -> dict[str, Any]:
    """Losses by party, channel, source and edge, when a shock goes round a network of typed edges.

    nodes, edges, shock, params: as in `knockon.solve.network`. The least fixed point answers; `greatest` puts
    h, d, y, losses, channels and shortfalls at the greatest, while sources, Shapley values and removals stay
    those of the least. An edge that a guarantee covers is not removed: the guarantee would cover nothing.
    Raises `BadInput`, `NotConverged`. Cost: 64 fixed points for the Shapley values, one per edge on which
    something is lost, a dense solve of (3n)^3.
    """
    x, hit = network.read(nodes, edges, shock, params)
    k = coefficients(x)
    f = Map(x, k, hit)
    least, most = solve(f), solve(f, greatest=True)
    state = most if greatest else least
    split, worth = attribute(f, least), worth_of_edges(x, hit)
    value = np.where(np.isnan(x.balance.value), np.inf, x.balance.value)  # without a value no share of it is lost
    loss = lost(f, state)[:, 0]
    parts = {name: part[:, 0] for name, part in by_channel(f, state).items()}
    g = x.guarantees
    covered = {(x.debts if debt else x.contracts).ids[i] for i, debt in zip(g.covers, g.covers_debt, strict=True)}
    kinds = (x.contracts, x.holdings, x.debts, x.fundings, g)
    short = np.concatenate([part[:, 0] for part in f.edge_shortfalls(state.h, state.d, state.y).values()])
    return {
        "h": state.h[:, 0],
        "d": state.d[:, 0],
        "y": state.y[:, 0],
        "loss_usd": loss,
        "total_loss": loss.sum(),
        "loss_by_channel_usd": {
            "contract": parts["contract"] + parts["demand"] + parts["funding"],
            **{name: parts[name] for name in ("equity", "credit", "guarantee")},
        },
        "greatest_fixed_point_h": most.h[:, 0],
        "multiple": bool(np.max(most.h - least.h) > GAP),
        "source_contrib_h": {source: usd / value for source, usd in split.by_source().items()},
        "rho_secant": np.abs(np.linalg.eigvals(split.secant.toarray())).max(),
        "shapley_usd": {channel.value: usd for channel, usd in shapley_channels(x, k, hit).items()},
        "loss_reduction_if_removed": {
            edge: usd for edge, usd in zip(worth.ids, worth.usd, strict=True) if edge not in covered
        },
        "edge_shortfall": dict(zip((edge for kind in kinds for edge in kind.ids), short, strict=True)),
    }
