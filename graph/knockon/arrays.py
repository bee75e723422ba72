"""Shapes, signs and finiteness, checked once at the door: what enters a model as numbers enters here.

Inside a model the arrays are trusted. Matrices become `csr_array`, sorted and without stored zeros;
vectors become float64. Every refusal is one line that names the input and the place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from knockon.errors import BadInput

Vector: TypeAlias = NDArray[np.float64]
Matrix: TypeAlias = "sparse.csr_array[Any, tuple[int, int]]"
Flags: TypeAlias = NDArray[np.bool_]
Index: TypeAlias = NDArray[np.int64]


def matrix(
    name: str,
    value: object,
    n: int | None = None,
    *,
    signed: bool = False,
    hollow: bool = False,
    columns: int | None = None,
) -> Matrix:
    """`value` (dense, nested lists, or scipy sparse) as an (n, n) csr_array.

    `signed` admits negatives; `hollow` refuses a diagonal: nobody owes, pays or owns himself here.
    `columns` asks for that many columns instead of a square; -1 takes any number.
    Raises `BadInput`: not numbers, not two-dimensional, not n by n, NaN or infinite, a wrong sign.
    """
    found: Matrix
    if sparse.issparse(value):
        given: Any = value
        found = sparse.csr_array(given, dtype=np.float64, copy=True)
        found.sum_duplicates()
    else:
        dense = _floats(name, value)
        if dense.ndim != 2:
            raise BadInput(f"{name} has {dense.ndim} dimensions; it is a matrix, a list of equal rows")
        found = sparse.csr_array(dense)
    rows, wide = found.shape
    if rows == 0:
        raise BadInput(f"{name} is empty; it needs at least one row")
    if n is not None and rows != n:
        raise BadInput(f"{name} has {rows} rows; {n} expected, one per party")
    asked = rows if columns is None else columns
    if asked not in (-1, wide):
        raise BadInput(f"{name} is {rows} by {wide}; {rows} by {asked} expected")
    at = found.tocoo()
    _all(name, at.data, lambda k: (at.row[k], at.col[k]), signed=signed)
    found.eliminate_zeros()
    if hollow and found.diagonal().any():
        i = int(np.flatnonzero(found.diagonal())[0])
        own = found.diagonal()[i]
        raise BadInput(f"{name}[{i}, {i}] is not zero: {own:g}; leave out what a party has with itself")
    return found


def vector(
    name: str,
    value: object,
    n: int,
    *,
    signed: bool = False,
    positive: bool = False,
    columns: bool = False,
    rows: bool = False,
    instead: str = "",
) -> Vector:
    """`value` as an (n,) array; one scenario each, also (n, B) with `columns` and (S, n) with `rows`.

    `signed` admits negatives, `positive` refuses zeros. Raises `BadInput` as `matrix` does; `instead`
    tells those with negatives where to go.
    """
    found = _floats(name, value)
    if found.ndim != 1 and not ((columns or rows) and found.ndim == 2):
        raise BadInput(f"{name} has {found.ndim} dimensions; it is a list of {n} numbers, one per party")
    long = found.shape[-1 if rows else 0]
    if long != n:
        raise BadInput(f"{name} has {long} entries; {n} expected, one per party")
    _all(name, found.ravel(), lambda k: np.unravel_index(k, found.shape), signed=signed, instead=instead)
    if positive and not (found > 0).all():
        k = int(np.flatnonzero(found.ravel() <= 0)[0])
        raise BadInput(f"{_place(name, np.unravel_index(k, found.shape))} is 0; it must be greater than 0")
    return found


def fraction(name: str, value: object) -> float:
    """`value` as a number from 0 to 1. Raises `BadInput` for anything else."""
    found = _floats(name, value)
    if found.ndim != 0 or not 0 <= found <= 1:
        raise BadInput(f"{name} is {value!r}; it is one number from 0 to 1")
    return float(found)


def row_sums(M: Matrix) -> Vector:
    """Sums over each row, (n,)."""
    return np.asarray(M.sum(axis=1), dtype=np.float64)


def column_sums(M: Matrix) -> Vector:
    """Sums over each column, (n,)."""
    return np.asarray(M.sum(axis=0), dtype=np.float64)


def scaled(M: Matrix, rows: Vector | None = None, columns: Vector | None = None) -> Matrix:
    """diag(rows) M diag(columns), without touching M."""
    found = M.copy()
    if rows is not None:
        found.data = found.data * np.repeat(rows, np.diff(found.indptr))
    if columns is not None:
        found.data = found.data * columns[found.indices]
    return found


def shares(M: Matrix, total: Vector) -> Matrix:
    """Each row of M over its total; rows with total 0 stay as they are."""
    found = M.copy()
    of = np.repeat(total, np.diff(found.indptr))
    found.data = np.divide(found.data, of, out=found.data, where=of > 0)
    return found


def _floats(name: str, value: object) -> NDArray[np.float64]:
    try:
        found: NDArray[Any] = np.asarray(value)
        if found.dtype.kind not in "biufO":
            raise ValueError
        return found.astype(np.float64)
    except (TypeError, ValueError, OverflowError):
        raise BadInput(f"{name} is not made of numbers in rows of equal length") from None


def _all(
    name: str,
    data: Vector,
    where: Callable[[int], tuple[object, ...]],
    *,
    signed: bool,
    instead: str = "",
) -> None:
    """Refuse the first entry that is not finite or has the wrong sign, with its place."""
    odd = np.flatnonzero(~np.isfinite(data))
    if len(odd):
        raise BadInput(f"{_place(name, where(int(odd[0])))} is {data[odd[0]]}; a finite number expected")
    low = np.flatnonzero(data < 0)
    if not signed and len(low):
        place, tail = _place(name, where(int(low[0]))), f" ({instead})" if instead else ""
        raise BadInput(f"{place} is negative: {data[low[0]]:g}; it must be >= 0{tail}")


def _place(name: str, index: tuple[object, ...]) -> str:
    return f"{name}[{', '.join(map(str, index))}]"
