"""The cross-sections of several days as arrays: which firms count on which day, and what of their return is abnormal.

    1 + r_i = (1 + beta_i x_m) (1 + AR_i)                      market model; AR is what the ladder is asked about
    1 + r_i = (1 + beta_i x_m + gamma_i x_s) (1 + sign h_i) (1 + e_i)   factors, network, residual
with x_m the market's return, x_s that of an AI basket without the firm, orthogonal to the market, and sign -1 for
bad news (docs/model.md, section 7). Loadings were estimated before the day; no intercept is known, so none is taken.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from knockon.arrays import Flags, Vector
from knockon.errors import BadInput

FEWEST_FIRMS = 10
"""A day with fewer firms is no cross-section."""


@dataclass(frozen=True, kw_only=True)
class Panel:
    """E days by F firms; NaN in `returns` keeps a firm out of a day, elsewhere NaN must not be."""

    events: tuple[str, ...]
    firms: tuple[str, ...]
    sectors: tuple[str, ...]  # (F,)
    sign: Vector  # (E,) -1 bad news, 1 good news
    returns: Vector  # (E, F) fractions
    market: Vector  # (E,) return of the market
    ai: Vector  # (E, F) return of the AI basket without the firm, orthogonal to the market
    beta: Vector  # (E, F)
    gamma: Vector  # (E, F)
    cap: Vector  # (E, F) dollars on the eve

    def __post_init__(self) -> None:
        shape = (len(self.events), len(self.firms))
        for item in fields(self)[3:]:
            array, expected = getattr(self, item.name), shape[:1] if item.name in ("sign", "market") else shape
            if array.shape != expected:
                raise BadInput(f"panel.{item.name} has shape {array.shape}; {expected} expected")
            if array.ndim == 2 and item.name != "returns" and not np.isfinite(array[self.here]).all():
                raise BadInput(f"panel.{item.name} is not a number for a firm that has a return")
        if len(self.sectors) != shape[1]:
            raise BadInput(f"panel.sectors has {len(self.sectors)} entries; {shape[1]} expected, one per firm")
        if not np.isin(self.sign, (-1.0, 1.0)).all():
            raise BadInput("panel.sign is -1 for bad news, 1 for good news")
        if not (np.isfinite(self.market).all() and (self.cap[self.here] > 0).all()):
            raise BadInput("panel.market is a finite return, panel.cap a number above 0")

    @property
    def here(self) -> Flags:
        """(E, F) whether the firm counts on the day."""
        return np.asarray(~np.isnan(self.returns))

    @property
    def factor(self) -> Vector:
        """(E, F) what market and AI basket explain of the return."""
        return np.asarray(self.beta * self.market[:, None] + self.gamma * self.ai)

    @property
    def abnormal(self) -> Vector:
        """(E, F) the market model's abnormal return, in the direction of the news: positive is as the news says."""
        return np.asarray(self.sign[:, None] * ((1 + self.returns) / (1 + self.beta * self.market[:, None]) - 1))

    @property
    def unexplained(self) -> Vector:
        """(E, F) what market and AI basket leave of the return, in the direction of the news."""
        return np.asarray(self.sign[:, None] * ((1 + self.returns) / (1 + self.factor) - 1))

    def only(self, days: Flags) -> Panel:
        """The same firms on some of the days."""
        kept = {item.name: getattr(self, item.name)[days] for item in fields(self)[3:]}
        return replace(self, events=tuple(np.array(self.events, dtype=object)[days]), **kept)


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The three numbers of each firm on one day, (F,) each; factor + network + residual is the return."""

    factor: Vector
    network: Vector
    residual: Vector


def parts(returns: Vector, factor: Vector, sign: float, loss: Vector) -> Parts:
    """Split the returns of one day, (F,), by the predicted loss shares `loss` (F,) of a shock of given sign.

    >>> day = parts(np.array([-0.05]), np.array([-0.02]), -1, np.array([0.01]))
    >>> [round(float(x[0]), 4) for x in (day.factor, day.network, day.residual)]
    [-0.02, -0.0098, -0.0202]
    """
    network = (1 + factor) * sign * loss
    return Parts(factor=factor, network=np.asarray(network), residual=np.asarray(returns - factor - network))


def best_size(returns: Vector, factor: Vector, sign: float, loss: Vector) -> int:
    """Column of `loss` (F, S), one per size of the shock, that leaves the least squared residual."""
    left = parts(returns[:, None], factor[:, None], sign, loss).residual
    return int(np.argmin((left**2).sum(axis=0)))
