"""One shock's whole answer: who loses what through which channel, in which round, within which range."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from knockon.contagion.channels import by_channel
from knockon.contagion.coefficients import coefficients
from knockon.contagion.engine import Map, Shock
from knockon.contagion.fixedpoint import State, solve
from knockon.contagion.sampling import block_of, blocks, in_draws
from knockon.engines import LOCAL, Engine, Tick
from knockon.exposures import Exposures, Vector

if TYPE_CHECKING:
    from knockon.contagion.attribution import Attribution

GAP = 1e-9
"""Greatest and least fixed point further apart than this are two equilibria."""

OVERLAYS = ("information", "common_holders")
"""Channels that are off unless asked for; each is what a run with it adds to a run without."""


@dataclass(frozen=True, kw_only=True)
class Spread:
    """The answer at the least fixed point; (n,) arrays in the order of `exposures.balance.parties`."""

    exposures: Exposures
    shock: Shock
    map: Map
    state: State
    channels: Mapping[str, Vector]  # dollars; the channels of a party add up to its loss
    first_round: Vector  # dollars, one application of the map to the hit parties, own direct loss apart
    calls: Vector  # (guarantees,) nominal dollars called
    gap: float  # greatest minus least fixed point, largest share of value
    low: Vector  # 5th percentile of the loss over the draws
    high: Vector  # 95th percentile
    listed_range: tuple[float, float]  # 5th and 95th percentile of what listed parties lose
    count: int  # draws behind low and high; 0: none were made, and both equal the loss

    @property
    def loss(self) -> Vector:
        """(n,) dollars lost."""
        return np.asarray(sum(self.channels.values()))

    @cached_property
    def radius(self) -> float:
        """Spectral radius of the map at the least fixed point."""
        from knockon.contagion.stability import spectral_radius

        return spectral_radius(self.map, self.state)

    @cached_property
    def attribution(self) -> Attribution:
        """The exact split over sources, edges and paths."""
        from knockon.contagion.attribution import attribute

        return attribute(self.map, self.state)

    @property
    def totals(self) -> dict[str, float]:
        """Sums that add up: listed + private + without_value = direct + first_round + later_rounds + overlays."""
        balance, loss = self.exposures.balance, self.loss
        known = ~np.isnan(balance.value)
        listed = balance.listed & known
        holdings = self.exposures.holdings
        inside = listed[holdings.obligor] & listed[holdings.holder]
        twice = self._equity_dollars()[inside].sum()
        direct = float(self.channels["direct"].sum())
        overlays = {name: self.channels.get(name, np.zeros(len(loss))) for name in OVERLAYS}
        told = np.asarray(sum(overlays.values()))
        first = float(np.minimum(self.first_round, loss - told - self.channels["direct"]).sum())
        return {
            "listed_usd": float(loss[listed].sum()),
            "private_usd": float(loss[known & ~listed].sum()),
            "without_value_usd": float(loss[~known].sum()),
            "net_of_holdings_usd": float(loss[listed].sum() - twice),
            "direct_usd": direct,
            "first_round_usd": first,
            "later_rounds_usd": float(loss.sum() - told.sum()) - direct - first,
            **{f"{name}_usd": float(extra.sum()) for name, extra in overlays.items()},
            "listed_low_usd": self.listed_range[0],
            "listed_high_usd": self.listed_range[1],
        }

    def _equity_dollars(self) -> Vector:
        """Dollars lost on each holding, at the caps of their holders."""
        h, balance = self.exposures.holdings, self.exposures.balance
        value = np.nan_to_num(balance.value)
        dollars = h.theta * h.lam * value[h.obligor] * self.state.h[h.obligor, 0]
        received = np.bincount(h.holder, dollars, minlength=len(value))
        kept = np.divide(self.channels["equity"], received, out=np.ones(len(value)), where=received > 0)
        return np.asarray(dollars * kept[h.holder])


def spread(
    x: Exposures,
    shock: Shock,
    count: int = 0,
    seed: int = 0,
    rho: float = 0.0,
    progress: Tick | None = None,
    engine: Engine = LOCAL,
) -> Spread:
    """Solve one shock, with the 5th and 95th percentile of each loss over `count` draws.

    `progress` is told the number of draws done; `engine` makes them. Raises NotConverged.
    """
    f = Map(x, coefficients(x), shock)
    least = solve(f)
    greatest = solve(f, greatest=True)
    channels = {name: part[:, 0] for name, part in by_channel(f, least).items()}
    losses = f.losses(f.edge_shortfalls(least.h, least.d, least.y))
    loss = np.asarray(sum(channels.values()))
    listed = x.balance.listed & ~np.isnan(x.balance.value)
    total = float(loss[listed].sum())
    low, high, listed_range = loss, loss, (total, total)
    if count:
        pieces = blocks(x, count)
        tick = in_draws(pieces, progress)
        lost = np.concatenate(engine.map(_losses, (x, shock, seed, rho), pieces, tick), axis=1)
        low, high = np.percentile(lost, [5, 95], axis=1)
        ends = np.percentile(lost[listed].sum(axis=0), [5, 95])
        listed_range = (float(ends[0]), float(ends[1]))
    return Spread(
        exposures=x,
        shock=shock,
        map=f,
        state=least,
        channels=channels,
        first_round=f.first_round()[:, 0],
        calls=np.divide(losses.call, f.k.unit, out=np.zeros_like(losses.call), where=f.k.unit > 0)[:, 0],
        gap=float(np.max(greatest.h - least.h, initial=0.0)),
        low=low,
        high=high,
        listed_range=listed_range,
        count=count,
    )


def overlaid(without: Spread, answer: Spread, name: str) -> Spread:
    """The answer with an overlay on, its extra loss in a channel of its own beside the channels without it."""
    extra = np.maximum(0.0, answer.loss - without.loss)
    return replace(answer, channels={**without.channels, name: extra}, first_round=without.first_round)


def _losses(shared: tuple[Exposures, Shock, int, float], block: tuple[int, int, int]) -> Vector:
    """(n, B) dollars lost by each party in each draw of a block."""
    x, shock, seed, rho = shared
    f = Map(x, coefficients(x, block_of(x, block, seed, rho)), shock)
    state = solve(f, tolerance=1e-10)
    return np.where(
        np.isinf(f.k.value),
        f.dollars(f.losses(f.edge_shortfalls(state.h, state.d, state.y))),
        state.h * np.where(np.isinf(f.k.value), 0.0, f.k.value),
    )
