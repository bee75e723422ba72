"""Where on the way from one shock to a larger one the loss reaches a target: bisection, and its certificate.

Loss, the dollars that a group loses at the least fixed point, is nondecreasing in the size of every hit; what this
module finds is therefore the first such place. Many ways are cut at once, a batch of scenarios a round.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from knockon.contagion.coefficients import coefficients
from knockon.contagion.engine import Map, Shock
from knockon.contagion.fixedpoint import TOLERANCE, State, solve
from knockon.contagion.ranking import Flags, lost, mask
from knockon.errors import BadInput, NotConverged
from knockon.exposures import Exposures, Vector

EPS = 1e-6
"""Certificates are evaluated at (1 - EPS) and (1 + EPS) times the answer."""
EXACT = 1e-12
"""Relative width at which a bisection stops."""
COLUMNS = 256
"""Scenarios solved together."""


@dataclass(frozen=True, kw_only=True)
class Scale:
    """The smallest multiple of a shock, at most 1, that loses the target."""

    target: float  # dollars
    reached: bool
    scale: float  # 1 if not reached
    loss: float  # dollars at `scale`: >= target if reached, else all that the whole shock loses
    below: float  # dollars at scale (1 - EPS): < target; NaN: so close to a jump that the engine cannot tell
    above: float  # dollars at scale (1 + EPS), or at 1 if that is less


class Found(NamedTuple):
    """Dollars lost in each column; where the fixed point has not settled, a lower bound, since iteration rises."""

    usd: Vector  # (B,)
    settled: bool


Loss = Callable[[Vector], Found]
"""(k, B) sizes to the dollars lost at each column."""


def loss_of(x: Exposures, over: Flags | None, shock: Callable[[Vector], Shock]) -> Loss:
    """What `over` (n,) lose (None: everyone) as a function of sizes (k, B), which `shock` turns into hits."""
    chosen, k = mask(x, over), coefficients(x)

    def loss(sizes: Vector) -> Found:
        parts, settled = [np.zeros(0)], True
        for start in range(0, sizes.shape[1], COLUMNS):
            f = Map(x, k, shock(sizes[:, start : start + COLUMNS]))
            try:
                state = solve(f)
            except NotConverged as error:
                if not isinstance(error.partial, State):
                    raise
                state, settled = error.partial, False
            parts.append(lost(f, state)[chosen].sum(axis=0))
        return Found(np.concatenate(parts), settled)

    return loss


def certificate(loss: Loss, sizes: Vector) -> tuple[float, float, float]:
    """Dollars lost just below `sizes` (k,), at them, and just above.

    Below is NaN where that does not settle, or where the step down is less than the engine can tell from none.
    """
    below = loss(sizes[:, None] * (1 - EPS))
    at, above = (loss(np.minimum(1.0, sizes[:, None] * by)).usd[0] for by in (1.0, 1 + EPS))
    told = below.settled and sizes.max() * EPS >= 10 * TOLERANCE
    return float(below.usd[0]) if told else np.nan, float(at), float(above)


def bracket(
    loss: Loss, target: float, start: Vector, end: Vector, width: Vector | float = 0.0
) -> tuple[Vector, Vector]:
    """For each column, shares (low, high) of the way from `start` to `end` (k, B): short of the target, and at it.

    high is inf where `end` falls short too. Stops when high - low <= width, or EXACT of high, or what the engine
    cannot tell from nothing. Few columns are cut into many sections at once, many into two.
    """
    count = start.shape[1]
    low, high = np.zeros(count), np.where(loss(end).usd >= target, 1.0, np.inf)
    width = np.broadcast_to(np.asarray(width, dtype=float), (count,))
    while True:
        fine = np.maximum(width, np.maximum(EXACT * high, 10 * TOLERANCE))
        at = np.flatnonzero(np.isfinite(high) & (high - low > fine))
        if not len(at):
            return low, high
        cuts = max(1, 32 // len(at))
        step = (high - low)[at, None] / (cuts + 1)
        points = low[at, None] + step * np.arange(1, cuts + 1)
        columns = np.repeat(at, cuts)
        sizes = start[:, columns] + points.ravel() * (end - start)[:, columns]
        found = loss(sizes)
        enough = (found.usd >= target).reshape(len(at), cuts)
        short = np.where(enough.any(axis=1), np.argmax(enough, axis=1), cuts)
        padded = np.column_stack([low[at], points, high[at]])
        row = np.arange(len(at))
        low[at], high[at] = padded[row, short], padded[row, short + 1]
        if not found.settled and np.all(high[at] - low[at] <= EPS * high[at]):  # a jump, seen closely enough
            return low, high


def scale_to(x: Exposures, direction: Shock, target: float, over: Flags | None = None) -> Scale:
    """How much of `direction` (one column) makes the parties `over` (n,) lose `target` dollars; None: everyone.

    Raises BadInput for a target that is not positive.
    """
    if np.ndim(direction.u) != 1:
        raise BadInput("a reverse stress test follows one shock; give (n,) sizes, not a batch")
    loss = loss_of(x, over, lambda sizes: scaled(direction, sizes[0]))
    high = bracket(loss, positive(target), np.zeros((1, 1)), np.ones((1, 1)))[1]
    scale = np.minimum(1.0, high)
    below, at, above = certificate(loss, scale)
    return Scale(
        target=target, reached=bool(np.isfinite(high[0])), scale=float(scale[0]), loss=at, below=below, above=above
    )


def scaled(direction: Shock, by: Vector) -> Shock:
    """One shock as a batch of its multiples `by` (B,)."""
    names = ("u", "w", "z", "z_debt", "z_funding", "z_guarantee")
    return replace(direction, **{name: getattr(direction, name)[:, None] * by for name in names})


def positive(target: float) -> float:
    """`target`, dollars. Raises BadInput unless it is above 0."""
    if not (0 < target < np.inf):
        raise BadInput(f"a reverse stress test needs a loss above 0 to look for; not {target:g}")
    return float(target)
