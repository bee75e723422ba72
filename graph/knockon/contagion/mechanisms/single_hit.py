"""Single-hit DebtRank on gross exposures: each party passes its stress on once (Battiston et al. 2012)."""

from __future__ import annotations

from knockon.contagion.engine import Shock
from knockon.contagion.mechanisms.gross import hit, stressed
from knockon.exposures import Exposures, Vector

title = "single-hit DebtRank on gross amounts"
cannot_see = (
    "stress that comes back to a party which has passed its own on: a lower reading than linear DebtRank",
    "firmness, margins, redeployment, guarantees, money promised and not drawn, and demand that is passed on",
)


def losses(x: Exposures, shock: Shock) -> Vector:
    """Dollars lost by each party, (n,); n = number of parties."""
    return stressed(x, hit(shock, "single-hit"), "single-hit")
