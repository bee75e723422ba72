"""What the engine must beat: how a firm's plain attributes order a day, learned from the other days only."""

from __future__ import annotations

import numpy as np

from knockon.arrays import Vector
from knockon.validation.panel import Panel
from knockon.validation.regression import within

ATTRIBUTES = ("beta", "ai_basket", "sector", "size")
"""Rungs of the ladder that read a firm and not the network, in order; `ai_basket` is beta and gamma together."""


def columns(panel: Panel, rung: str) -> Vector:
    """(E, F, k) the columns that a rung adds to the regression."""
    days = len(panel.events)
    if rung == "sector":
        kinds = sorted(set(panel.sectors))
        table = np.array([[sector == kind for kind in kinds[1:]] for sector in panel.sectors], dtype=float)
        return np.broadcast_to(table.reshape(len(panel.sectors), -1), (days, len(panel.sectors), len(kinds) - 1))
    if rung == "size":
        return np.log(panel.cap)[:, :, None]
    return (panel.beta if rung == "beta" else panel.gamma)[:, :, None]


def learned(panel: Panel, outcome: Vector, rung: str) -> Vector:
    """(E, F) the rung's prediction for each day by least squares with event effects on all the other days.

    NaN throughout if there is no other day.
    """
    X = columns(panel, rung)
    if rung == "ai_basket":
        X = np.concatenate([columns(panel, "beta"), X], axis=2)
    if len(panel.events) < 2:
        return np.full(panel.returns.shape, np.nan)
    event, firm = np.nonzero(panel.here)
    Z = within(np.column_stack([X[event, firm], outcome[event, firm]]), event)
    found = np.zeros(panel.returns.shape)
    for day in range(len(panel.events)):
        others = event != day
        b = np.linalg.lstsq(Z[others, :-1], Z[others, -1], rcond=None)[0]
        found[day] = np.where(panel.here[day], X[day] @ b, 0.0)
    return found
