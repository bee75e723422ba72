"""Scenarios side by side: arrays of one column each, divided and summed by party without a loop over scenarios."""

from __future__ import annotations

import numpy as np

from knockon.exposures import Index, Vector


def column(values: Vector) -> Vector:
    """`values` (k,) as one scenario (k, 1); (k, B) as it is."""
    values = np.asarray(values, dtype=float)
    return values[:, None] if values.ndim == 1 else values


def divide(a: Vector, b: Vector) -> Vector:
    """a / b, and 0 where b is 0."""
    a, b = np.broadcast_arrays(a, b)
    return np.divide(a, b, out=np.zeros(a.shape), where=b != 0)


def sum_by(index: Index, n: int, values: Vector) -> Vector:
    """Sum the rows of `values` (m, B) that share an index, into (n, B)."""
    total = np.zeros((n, values.shape[1]))
    if len(index):
        order = np.argsort(index, kind="stable")
        ordered = index[order]
        starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
        total[ordered[starts]] = np.add.reduceat(values[order], starts, axis=0)
    return total
