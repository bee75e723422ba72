"""Whether a day's returns were abnormal: the market model and three tests of the mean.

    AR_i = r_i - alpha_i - beta_i m                   on the event day, m the market's return
    SAR_i = AR_i / (s_i sqrt(1 + 1/T + (m - mean)^2 / Sxx))
    Patell  z = sum SAR / sqrt(N (T - 2) / (T - 4))    (1976, doi:10.2307/2490543)
    BMP     t = mean SAR sqrt(N) / sd SAR              (Boehmer, Musumeci, Poulsen 1991,
                                                        doi:10.1016/0304-405X(91)90032-F)
    KP      t sqrt((1 - c) / (1 + (N - 1) c))          (Kolari, Pynnonen 2010, doi:10.1093/rfs/hhq072)
T days of estimation, s_i the residual standard deviation with T - 2 degrees of freedom, c the mean pairwise
correlation of the residuals. Patell trusts the variance of the past, BMP that of the day itself; both take
firms as independent, which they are not on one day: KP corrects BMP for it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from knockon.arrays import Vector, matrix, vector
from knockon.errors import BadInput


@dataclass(frozen=True, slots=True, kw_only=True)
class EventStudy:
    """Abnormal returns of one day and the tests of their mean; returns as fractions, (N,) by firm."""

    alpha: Vector
    beta: Vector
    resid_sd: Vector
    AR: Vector
    SAR: Vector
    aar: float
    t_cross_section: float
    patell_z: float
    bmp_t: float
    mean_resid_corr: float
    kp_adj_bmp_t: float


def eventstudy(R: object, Rm: object, L1: int, event_row: int) -> EventStudy:
    """Abnormal returns of one day under the market model, and the tests of their mean.

    R (days, N) and Rm (days,) returns as fractions; rows 0 to L1 - 1 are the estimation window, at least
    5 days; `event_row` comes after it. Loadings are never fitted on the event day. Raises `BadInput`,
    also for fewer than 2 firms, a market or a firm that never moves, or equal abnormal returns.
    Cost: one pass over the window.
    """
    returns = matrix("R", R, columns=-1, signed=True).toarray()
    days, firms = returns.shape
    market = vector("Rm", Rm, days, signed=True)
    if firms < 2:
        raise BadInput(f"R has {firms} firm; the spread between firms needs at least 2")
    if not 5 <= L1 <= event_row < days:
        raise BadInput(f"L1 {L1}, event_row {event_row}, {days} days; 5 <= L1 <= event_row < days expected")
    past, mean = market[:L1], market[:L1].mean()
    spread = ((past - mean) ** 2).sum()
    if not past.std() > 1e-14 * np.abs(past).max():
        raise BadInput("Rm does not move in the estimation window; no beta can be told")
    beta = (past - mean) @ returns[:L1] / spread
    alpha = returns[:L1].mean(axis=0) - beta * mean
    residual = returns[:L1] - alpha - np.outer(past, beta)
    resid_sd = np.sqrt((residual**2).sum(axis=0) / (L1 - 2))
    risky = resid_sd > 1e-14 * np.abs(returns[:L1]).max(axis=0)
    if not risky.all():
        i = int(np.argmin(risky))
        raise BadInput(f"R[:, {i}] leaves no residual in the estimation window; its risk is unknown")
    AR = returns[event_row] - alpha - beta * market[event_row]
    SAR = AR / (resid_sd * np.sqrt(1 + 1 / L1 + (market[event_row] - mean) ** 2 / spread))
    if not (AR.std() > 0 and SAR.std() > 0):
        raise BadInput("all abnormal returns are equal; their spread tests nothing")
    root = np.sqrt(firms)
    bmp = root * SAR.mean() / SAR.std(ddof=1)
    correlation = np.corrcoef(residual, rowvar=False)
    c = (correlation.sum() - firms) / (firms * (firms - 1))
    if not 1 + (firms - 1) * c > 1e-12:
        raise BadInput("the residuals of all firms cancel each other; their mean has no variance to test")
    return EventStudy(
        alpha=alpha,
        beta=beta,
        resid_sd=resid_sd,
        AR=AR,
        SAR=SAR,
        aar=float(AR.mean()),
        t_cross_section=float(root * AR.mean() / AR.std(ddof=1)),
        patell_z=float(SAR.sum() / np.sqrt(firms * (L1 - 2) / (L1 - 4))),
        bmp_t=float(bmp),
        mean_resid_corr=float(c),
        kp_adj_bmp_t=float(bmp * np.sqrt(max(0.0, 1 - c) / (1 + (firms - 1) * c))),
    )
