"""Network valuation of gross promises and debts: claims fall as their debtor's default becomes likelier (NEVA).

Black and Cox's default at any time before a horizon, nothing recovered (Barucca et al. 2020).
"""

from __future__ import annotations

import numpy as np

from knockon.contagion.classics import valuation as model
from knockon.contagion.engine import Shock
from knockon.contagion.mechanisms.gross import SHORT, claims, clear, hit, outside, valued
from knockon.errors import BadInput
from knockon.exposures import Exposures, Vector

title = "network valuation of gross amounts by Black and Cox's curve"
cannot_see = (
    "default of parties whose market value has no history: their promises count as certain until their value is gone",
    "holdings, firmness, margins, redeployment, guarantees, recoveries, demand",
)


def losses(x: Exposures, shock: Shock) -> Vector:
    """Dollars lost by each party, (n,); n = number of parties. Raises BadInput where no volatilities are given."""
    if x.curve is None:
        raise BadInput("valuation needs volatilities; run it with --curve blackcox")
    value = valued(x)
    owed = claims(x, equity=False).T.tocsr()
    assets, nobody = outside(owed, value), np.zeros(len(value))
    sigma = np.nan_to_num(x.curve.sigma)
    lost = hit(shock, "valuation") * value * SHORT

    def worth(delta: Vector) -> Vector:
        found = model.valuation(owed, nobody, assets, sigma, nobody, np.minimum(delta, assets), rule="blackcox")
        return np.maximum(0.0, found.equity_after)

    return clear(worth(nobody), worth(lost), x)
