"""Whether a prediction explains abnormal returns beside other columns, within days: in the sample and out of it.

    y_ei = event effect_e + X_ei b + error,  errors clustered by event and by firm
Variance: V_event + V_firm - V_both, each with its own small-sample factor; t with min(events, firms) - 1 degrees of
freedom (Cameron, Gelbach, Miller 2011, doi:10.1198/jbes.2010.07136). Where that is not positive, the larger of the
two one-way variances. Rows are firm-days.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

from knockon.arrays import Index, Vector


@dataclass(frozen=True, slots=True, kw_only=True)
class Coefficient:
    """One slope with its two-way clustered error."""

    value: float
    error: float
    t: float
    p: float  # two-sided
    rows: int


def slope(y: Vector, x: Vector, controls: Vector, event: Index, firm: Index) -> Coefficient | None:
    """The slope of y (N,) on x (N,) beside `controls` (N, k) and event effects; None where x does not vary on its own.

    By Frisch and Waugh, x and y are first freed of effects and controls.
    """
    Z = within(np.column_stack([controls, x, y]), event)
    fitted = Z[:, :-2] @ np.linalg.lstsq(Z[:, :-2], Z[:, -2:], rcond=None)[0]
    own, left = (Z[:, -2:] - fitted).T
    spread = own @ own
    if spread <= 1e-12 * max(1e-300, float(Z[:, -2] @ Z[:, -2])):
        return None
    value = own @ left / spread
    score = own * (left - value * own)
    used = np.linalg.matrix_rank(Z[:, :-1]) + len(np.unique(event))
    variances = [_clustered(score, groups, used) for groups in (event, firm, np.arange(len(y)))]
    both = variances[0] + variances[1] - variances[2]
    error = float(np.sqrt(both if both > 0 else max(variances[:2])) / spread)
    freedom = min(len(np.unique(event)), len(np.unique(firm))) - 1
    t = float(value / error) if error > 0 else float("nan")
    p = float(2 * student.sf(abs(t), freedom)) if freedom > 0 else float("nan")
    return Coefficient(value=float(value), error=error, t=t, p=p, rows=len(y))


def _clustered(score: Vector, groups: Index, used: int) -> float:
    _, label = np.unique(groups, return_inverse=True)
    sums = np.bincount(label, score)
    count, rows = len(sums), len(score)
    factor = count / max(1, count - 1) * (rows - 1) / max(1, rows - used)
    return float(factor * (sums**2).sum())


def r2_out_of_sample(y: Vector, X: Vector, event: Index, held: Index) -> float:
    """1 - SSE / SST over rows predicted without their own group: `held` (N,) is the event, or the firm.

    A row's level is the mean of the day's other firms; where a whole day is held out, its own mean, so that only what
    is within the day is predicted. 0 is no better than that level; it can be negative. With D the rows less their
    day's mean, n firms on the day, and one row left out of each day, the others' moments about their own mean are
    D'D less n/(n-1) d d' per row d, and the row lies n/(n-1) d from that mean; so no fit starts afresh.
    """
    D = within(np.column_stack([X, y]), event)
    D[:, :-1] /= np.maximum(np.sqrt((D[:, :-1] ** 2).sum(axis=0)), 1e-300)
    firms = np.bincount(event)[event]
    far = np.ones(len(y)) if held is event else firms / np.maximum(firms - 1, 1)
    all_moments = D.T @ D
    error = total = 0.0
    for group in np.unique(held):
        out = D[held == group]
        scale = far[held == group, None]
        moments = all_moments - out.T @ (scale * out)
        b = np.linalg.lstsq(moments[:-1, :-1], moments[:-1, -1], rcond=1e-10)[0]
        out = scale * out
        error += float(((out[:, -1] - out[:, :-1] @ b) ** 2).sum())
        total += float((out[:, -1] ** 2).sum())
    return 1 - error / total if total > 0 else float("nan")


def within(values: Vector, event: Index) -> Vector:
    """`values` (N, k) less their mean on each day."""
    sums = np.column_stack([np.bincount(event, column) for column in values.T])
    return np.asarray(values - (sums / np.maximum(np.bincount(event), 1)[:, None])[event])
