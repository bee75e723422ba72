"""Linear DebtRank on gross exposures: every lost share of value is passed on in full (Bardoscia et al. 2015)."""

from __future__ import annotations

from knockon.contagion.engine import Shock
from knockon.contagion.mechanisms.gross import hit, stressed
from knockon.exposures import Exposures, Vector

title = "linear DebtRank on gross amounts"
cannot_see = (
    "firmness, margins and redeployment: a promised dollar of purchases counts as a dollar of value",
    "guarantees, money promised and not drawn, and demand that is passed on",
)


def losses(x: Exposures, shock: Shock) -> Vector:
    """Dollars lost by each party, (n,); n = number of parties."""
    return stressed(x, hit(shock, "debtrank"), "linear")
