"""The threshold cascade on gross exposures: nothing is passed on until a party has lost all (Furfine 2003)."""

from __future__ import annotations

from knockon.contagion.engine import Shock
from knockon.contagion.mechanisms.gross import hit, stressed
from knockon.exposures import Exposures, Vector

title = "threshold cascade on gross amounts"
cannot_see = (
    "any loss short of default, so a party that loses a fifth of its value harms nobody",
    "firmness, margins, redeployment, guarantees, demand",
)


def losses(x: Exposures, shock: Shock) -> Vector:
    """Dollars lost by each party, (n,); n = number of parties."""
    return stressed(x, hit(shock, "threshold"), "threshold")
