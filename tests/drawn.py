"""Random inputs for the laws of the literature's models, and what their tests compare with."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from numpy.typing import NDArray

Array = NDArray[np.float64]
law = settings(max_examples=80, deadline=None, derandomize=True)
shares = st.sampled_from([0.0, 0.25, 0.5, 0.8, 1.0])
RULES = ["eisenberg_noe", "linear_dr", "blackcox", "merton", "furfine_merton"]


@st.composite
def amounts(draw: st.DrawFn, shape: tuple[int, ...], low: int = 0, high: int = 20) -> Array:
    """Whole numbers, half of them `low`: ties, zeros and sinks come up often."""
    count = int(np.prod(shape))
    some = draw(st.lists(st.integers(low, high), min_size=count, max_size=count))
    kept = draw(st.lists(st.booleans(), min_size=count, max_size=count))
    return np.where(kept, some, max(low, 0)).astype(float).reshape(shape)


@st.composite
def hollow(draw: st.DrawFn, n: int) -> Array:
    found = draw(amounts((n, n)))
    np.fill_diagonal(found, 0)
    return found


@st.composite
def debts(draw: st.DrawFn, most: int = 6) -> dict[str, Any]:
    n = draw(st.integers(1, most))
    return {"L": draw(hollow(n)), "ea": draw(amounts((n,))), "el": draw(amounts((n,)))}


@st.composite
def orders(draw: st.DrawFn, n: int) -> NDArray[np.int64]:
    return np.array(draw(st.permutations(range(n))))


def relative(L: Array, pbar: Array) -> Array:
    return np.divide(L, pbar[:, None], out=np.zeros_like(L), where=pbar[:, None] > 0)


def close(a: object, b: object, scale: float = 100.0) -> None:
    np.testing.assert_allclose(np.asarray(a, float), np.asarray(b, float), rtol=1e-9, atol=1e-11 * scale)
