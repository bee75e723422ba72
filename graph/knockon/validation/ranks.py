"""How well a prediction orders the firms of a day: Spearman and Kendall, day by day, ties counted as ties.

Everything is (E, F): E days, F firms, `here` (E, F) whether the firm counts. A day whose prediction tells no firm
from another has correlation 0: a prediction of nothing earns nothing, and leaving the day out would flatter it.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import kendalltau, rankdata

from knockon.arrays import Flags, Vector


def unit_ranks(values: Vector, here: Flags) -> Vector:
    """Mid-ranks of each day, centred and scaled to length 1; 0 for firms not here and on days without any order.

    The dot product of two such rows is their Spearman correlation.

    >>> unit_ranks(np.array([[3.0, 1.0, 2.0]]), np.ones((1, 3), dtype=bool)).round(3).tolist()
    [[0.707, -0.707, 0.0]]
    """
    found = np.zeros(values.shape)
    for e, members in enumerate(here):
        if members.any():
            ranks = rankdata(values[e, members])
            found[e, members] = ranks - ranks.mean()
    return scaled(found)


def scaled(rows: Vector) -> Vector:
    """Rows to length 1; a row of zeros, up to rounding, is 0."""
    length = np.sqrt((rows**2).sum(axis=1, keepdims=True))
    return np.asarray(np.divide(rows, length, out=np.zeros(rows.shape), where=length > 1e-9))


def spearman(prediction: Vector, outcome: Vector, here: Flags) -> Vector:
    """(E,) rank correlation of prediction and outcome on each day."""
    return np.asarray((unit_ranks(prediction, here) * unit_ranks(outcome, here)).sum(axis=1))


def kendall(prediction: Vector, outcome: Vector, here: Flags) -> Vector:
    """(E,) Kendall's tau-b on each day."""
    found = np.zeros(len(here))
    for e, members in enumerate(here):
        p, y = prediction[e, members], outcome[e, members]
        if len(p) > 1 and np.ptp(p) > 0 and np.ptp(y) > 0:
            found[e] = kendalltau(p, y).statistic
    return found


def ties(prediction: Vector, here: Flags) -> Vector:
    """(E,) share of the day's firms that share their prediction with another."""
    found = np.zeros(len(here))
    for e, members in enumerate(here):
        _, counts = np.unique(prediction[e, members], return_counts=True)
        found[e] = counts[counts > 1].sum() / max(1, members.sum())
    return found


def ordered(prediction: Vector, here: Flags) -> Flags:
    """(E,) whether three or more firms are here and the prediction tells some of them apart."""
    return np.asarray((here.sum(axis=1) >= 3) & (np.abs(unit_ranks(prediction, here)).sum(axis=1) > 0))


def without_each_firm(prediction: Vector, outcome: Vector, here: Flags) -> Vector:
    """(F,) the mean rank correlation over the days when each firm in turn is left out of all of them.

    A firm that leaves lowers the mid-rank of those above it by 1, of its equals by a half. Cost: E F^2.
    """
    total, whole = np.zeros(here.shape[1]), spearman(prediction, outcome, here)
    for e, members in enumerate(here):
        a, b = (_ranks_without_each(values[e, members]) for values in (prediction, outcome))
        total[members] += (a * b).sum(axis=1)
        total[~members] += whole[e]
    return np.asarray(total / max(1, len(here)))


def _ranks_without_each(values: Vector) -> Vector:
    """(k, k) row f: the unit ranks of the others when firm f has left, and 0 for f."""
    ranks = rankdata(values)[None, :] - (values[None, :] > values[:, None]) - 0.5 * (values[None, :] == values[:, None])
    stay = ~np.eye(len(values), dtype=bool)
    centred = np.where(stay, ranks - ranks.mean(axis=1, where=stay, keepdims=True), 0.0)
    return scaled(centred)


def batch(predictions: Vector, outcome: Vector) -> Vector:
    """(R,) rank correlations of R predictions (R, k) with the outcome (k,) of one day."""
    ranked = rankdata(predictions, axis=1)
    centred = scaled(ranked - ranked.mean(axis=1, keepdims=True))
    return np.asarray(centred @ unit_ranks(outcome[None], np.ones((1, len(outcome)), dtype=bool))[0])


def net_of(values: Vector, other: Vector, here: Flags) -> Vector:
    """Ranks of `values`, less what the ranks of `other` explain of them on each day, scaled to length 1."""
    ranks, known = unit_ranks(values, here), unit_ranks(other, here)
    return scaled(ranks - (ranks * known).sum(axis=1, keepdims=True) * known)
