"""Rounds of h = min(1, s0 + W h) for many scenarios at once: scipy's product, or a compiled loop where it pays.

The loop (numba, the extra `knockon[fast]`) takes a panel of scenarios to its end before it turns to the next, so
that the state stays in a core's cache; takes four debtors of a party at a time, so that its row is loaded and
stored once for the four; and cuts at 1 and measures the step in the same pass. Both start at min(1, s0), stop by
the same rule, and agree to rounding (1e-10 is tested).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from knockon.arrays import Flags, Matrix, Vector
from knockon.contagion.columns import CACHED

STEP = 1e-15  # a scenario that moves by no more has settled
PANEL = 64  # scenarios that the compiled loop keeps at hand
WORTH = 30_000_000  # multiplications a round below which compiling, a second or two, does not pay

Places = NDArray[np.signedinteger]
Loop = Callable[[Places, Places, Vector, Vector, Vector, Flags, int, float], None]


def rounds(W: Matrix, s0: Vector, most: int, compiled: bool | None = None) -> tuple[Vector, Flags]:
    """h (n, S) after at most `most` rounds for s0 (n, S), and which scenarios (S,) still move.

    `compiled` None: the compiled loop where numba is installed and the work is worth compiling for.
    """
    if compiled is None:
        compiled = W.nnz * s0.shape[1] >= WORTH and find_spec("numba") is not None
    return (_by_panel if compiled else _by_block)(W, s0, most)


def _by_block(W: Matrix, s0: Vector, most: int) -> tuple[Vector, Flags]:
    h, moving = np.minimum(1, s0), np.zeros(s0.shape[1], dtype=np.bool_)
    wide = max(1, CACHED // max(1, len(s0)))
    for start in range(0, s0.shape[1], wide):
        at = slice(start, start + wide)
        first, state = np.ascontiguousarray(s0[:, at]), np.ascontiguousarray(h[:, at])
        for _ in range(most):
            before, state = state, np.minimum(1, first + W @ state)
            moving[at] = np.abs(state - before).max(axis=0, initial=0.0) > STEP
            if not moving[at].any():
                break
        h[:, at] = state
    return h, moving


def _by_panel(W: Matrix, s0: Vector, most: int) -> tuple[Vector, Flags]:
    h, moving = np.empty_like(s0), np.zeros(s0.shape[1], dtype=np.bool_)
    loop = _compiled()
    for start in range(0, s0.shape[1], PANEL):
        at = slice(start, start + PANEL)
        state = np.minimum(1, np.ascontiguousarray(s0[:, at]))
        loop(W.indptr, W.indices, W.data, np.ascontiguousarray(s0[:, at]), state, moving[at], most, STEP)
        h[:, at] = state
    return h, moving


@cache
def _compiled() -> Loop:
    """The loop as machine code, made anew in each process: a cache of it would be a file that is run."""
    import numba

    loop: Loop = numba.njit(nogil=True, fastmath={"contract"})(panel)
    return loop


def panel(
    indptr: Places, indices: Places, data: Vector, s0: Vector, h: Vector, moving: Flags, most: int, step: float
) -> None:
    """Bring h (n, K) to its end in place, for W in compressed rows; `moving` (K,) tells who has not settled."""
    n, wide = s0.shape
    row, change = np.empty(wide), np.empty(wide)
    for _ in range(most):
        change[:] = 0.0
        for i in range(n):
            row[:] = s0[i]
            e, end = indptr[i], indptr[i + 1]
            while e + 4 <= end:
                a, b, c, d = indices[e], indices[e + 1], indices[e + 2], indices[e + 3]
                p, q, r, s = data[e], data[e + 1], data[e + 2], data[e + 3]
                for k in range(wide):
                    row[k] += (p * h[a, k] + q * h[b, k]) + (r * h[c, k] + s * h[d, k])
                e += 4
            while e < end:
                a, p = indices[e], data[e]
                for k in range(wide):
                    row[k] += p * h[a, k]
                e += 1
            for k in range(wide):
                cut = min(1.0, row[k])
                change[k] = max(change[k], cut - h[i, k])
                h[i, k] = cut
        moving[:] = change > step
        if not moving.any():
            return
