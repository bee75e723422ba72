"""How lost value becomes withheld performance: f(h), the exponential, or the probability of default where it is known.

Both are 0 at h = 0, rise with h, and keep the order of scenarios.
"""

from __future__ import annotations

import numpy as np

from knockon.contagion.columns import divide
from knockon.exposures import Vector


def exponential(lost: Vector, s: Vector, curvature: Vector) -> Vector:
    """f(h) = s h exp(-curvature (1-h)) at h = `lost`: nonlinear DebtRank (Bardoscia et al. 2016).

    >>> exponential(np.array([0.0, 0.5, 1.0]), np.array(1.0), np.array(2.0)).round(3).tolist()
    [0.0, 0.184, 1.0]
    """
    return np.asarray(s * lost * np.exp(-curvature * (1 - lost)))


def blackcox(lost: Vector, debt_share: Vector, sigma: Vector) -> Vector:
    """Added probability of default, [PD(E(1-h)) - PD(E)] / (1 - PD(E)), when a share `lost` of equity is gone.

    Default is when assets, log-normal, touch the debts before the horizon (Black and Cox 1976, as in network
    valuation, `classics.valuation`). debt_share: debt over debt and equity before the shock; sigma to the horizon.

    >>> blackcox(np.array([0.0, 0.5, 1.0]), np.array(0.5), np.array(0.4)).round(3).tolist()
    [0.0, 0.295, 1.0]
    """
    from knockon.contagion.classics.valuation import first_passage  # scipy, which no other shock needs

    left = debt_share / (debt_share + (1 - debt_share) * (1 - lost))
    with np.errstate(divide="ignore"):  # no debt is never touched: log 0
        before, after = (first_passage(np.log(share), sigma) for share in (debt_share, left))
    return divide(after - before, 1 - before)
