"""Scenarios side by side: arrays of one column each, divided and summed by party without a loop over scenarios."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from knockon.exposures import Index, Vector

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Record = TypeVar("Record", bound="DataclassInstance")


CACHED = 40_000
"""Numbers in one array of a block of scenarios: about what stays in a core's second cache."""


def column(values: Vector) -> Vector:
    """`values` (k,) as one scenario (k, 1); (k, B) as it is."""
    values = np.asarray(values, dtype=float)
    return values[:, None] if values.ndim == 1 else values


def only(record: Record, at: Index) -> Record:
    """A dataclass of arrays with the scenarios `at` alone; what has one column, (k,) or (k, 1), is all scenarios'."""
    return replace(record, **{item.name: _only(getattr(record, item.name), at) for item in fields(record)})


def _only(values: Vector, at: Index) -> Vector:
    return values if values.ndim == 1 or values.shape[1] == 1 else values[:, at]


def divide(a: Vector, b: Vector) -> Vector:
    """a / b, and 0 where b is 0."""
    a, b = np.broadcast_arrays(a, b)
    return np.divide(a, b, out=np.zeros(a.shape), where=b != 0)


def sum_by(index: Index, n: int, values: Vector) -> Vector:
    """Sum the rows of `values` (m, B) that share an index, into (n, B); in the order of the rows, whatever B."""
    wide = values.shape[1]
    places = index if wide == 1 else (index[:, None] * wide + np.arange(wide)).ravel()
    return np.asarray(np.bincount(places, values.ravel(), minlength=n * wide), dtype=float).reshape(n, wide)


def present(index: Index) -> Index:
    """The parties named in `index`, each once, in order: `np.unique`, which loads masked arrays, a tenth of numpy."""
    return np.flatnonzero(np.bincount(index))
