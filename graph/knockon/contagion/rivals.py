"""What rivals may win when a party loses: an overlay after the fixed point (docs/model.md, section 9).

    gain_i = sum over j of eta_j L_j E_i / sum of the values of j's rivals        i a rival of j

L_j dollars lost by j itself, eta_j the share of it that rivals win, E_i value. A gain is a negative term and would
break the order on which least and greatest solutions rest, so it is computed once from the losses and shown beside
them.
"""

from __future__ import annotations

import numpy as np

from knockon.exposures import Index, Vector


def gains(loss: Vector, value: Vector, eta: Vector, group: Index) -> Vector:
    """Dollars won, (n,): loss (n,) dollars, value (n,) NaN if unknown, eta (n,) in [0, 1].

    group (n,): rivals share a number, -1 has none. Those without a value win nothing.

    >>> gains(np.array([10.0, 0, 0]), np.array([50.0, 30, 10]), np.full(3, 0.1), np.array([0, 0, 0]))
    array([0.  , 0.75, 0.25])
    """
    able = np.where(np.isnan(value), 0.0, value)
    rival = (group[:, None] == group[None, :]) & (group >= 0)[:, None] & ~np.eye(len(loss), dtype=bool)
    weight = rival * able[None, :]  # row j: what each rival of j weighs
    total = weight.sum(axis=1)
    part = np.divide(eta * loss, total, out=np.zeros(len(loss)), where=total > 0)
    return np.asarray(part @ weight)
