"""Who hurts most and who is hurt most: the same hit on every party, one scenario each, in one batch.

Scenario j hits party j alone: u_j = size_j (lost share of its value), w_j = size_j (shortfall of all it
promised), or both. With L_ij the dollars party i loses in scenario j at the least fixed point (n x n, own
direct loss included),

    impact_j             = sum over i != j of L_ij           what j's fall costs the others
    vulnerability_i      = sum over j != i of L_ij           what i loses by the others' falls
    vulnerability_share_i = mean over hit j != i of L_ij / E_i

(docs/model.md, section 11; the impact and vulnerability of Battiston et al. 2012, doi:10.1038/srep00541, on the
typed map of `engine`.) A party without a value cannot lose value: it is hit in its performance or not at all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from knockon.contagion.coefficients import coefficients
from knockon.contagion.engine import Map, Shock
from knockon.contagion.fixedpoint import State, solve
from knockon.engines import LOCAL, Engine, Tick
from knockon.errors import BadInput
from knockon.exposures import Exposures, Index, Vector

Flags = NDArray[np.bool_]


class Hit(StrEnum):
    """What a hit on a party is: its value (u), its performance (w), or both alike."""

    VALUE = "value"
    PERFORMANCE = "performance"
    BOTH = "both"


@dataclass(frozen=True, kw_only=True)
class Ranking:
    """Losses of everyone by everyone's fall; (n,) arrays in the order of `exposures.balance.parties`."""

    exposures: Exposures
    hit: Hit
    size: Vector  # (n,) how hard each party is hit; 0: not hit, or cannot be
    own: Vector  # (n,) dollars that the party loses when it is hit itself
    impact: Vector  # (n,) dollars that all others lose when the party is hit
    impact_listed: Vector  # (n,) dollars that the other listed parties lose when the party is hit
    vulnerability: Vector  # (n,) dollars the party loses, summed over hits on the others

    @property
    def vulnerability_share(self) -> Vector:
        """(n,) share of its value the party loses, in the mean over hits on the others; NaN without a value."""
        hits = self.size > 0
        count = np.maximum(hits.sum() - hits, 1)
        return np.asarray(self.vulnerability / self.exposures.balance.value / count)

    def order(self, by: Vector) -> Index:
        """(n,) positions of parties, largest `by` first, unknown last, ties by name."""
        if by.shape != self.size.shape:
            raise BadInput(f"a ranking needs one number per party: shape {by.shape}, not {self.size.shape}")
        keys = (np.array(self.exposures.balance.parties), -np.where(np.isnan(by), -np.inf, by))
        return np.lexsort(keys)


BLOCK = 256
CELLS = 20_000_000
"""Scenarios solved together, and numbers in one array of theirs at most."""


def ranking(
    x: Exposures,
    hit: Hit = Hit.BOTH,
    size: float | Vector = 1.0,
    tick: Tick | None = None,
    engine: Engine = LOCAL,
) -> Ranking:
    """Hit every party in a scenario of its own: `size` (one for all, or (n,)), in [0, 1].

    Cost: one fixed point in n columns, in blocks, of which only sums are kept; `tick` is told how many parties have
    been hit. Raises BadInput for sizes that are no
    shares, NotConverged.
    """
    n = len(x.balance.parties)
    sizes = np.asarray(size, dtype=float)
    if sizes.shape not in ((), (n,)):
        raise BadInput(f"sizes have shape {sizes.shape}; give one share, or one for each of {n} parties")
    can = ~np.isnan(x.balance.value) | (hit is not Hit.VALUE)
    applied = np.where(can, sizes, 0.0)
    wide = max(1, min(BLOCK, CELLS // max(1, n, len(x.contracts), len(x.holdings), len(x.debts))))
    pieces = [np.arange(start, min(start + wide, n)) for start in range(0, n, wide)]
    own, impact, listed = np.zeros(n), np.zeros(n), np.zeros(n)
    suffered = np.zeros(n)
    told = None if tick is None else lambda done: tick(min(n, done * wide))
    for at, sums in zip(pieces, engine.map(_block, (x, hit, applied), pieces, told), strict=True):
        own[at], impact[at], listed[at] = sums.own, sums.others, sums.listed
        suffered += sums.suffered
    return Ranking(
        exposures=x, hit=hit, size=applied, own=own, impact=impact, impact_listed=listed, vulnerability=suffered
    )


class _Sums(NamedTuple):
    """What is kept of a block of scenarios, (B,) dollars each: an (n, B) answer for every block would be (n, n)."""

    own: Vector
    others: Vector
    listed: Vector
    suffered: Vector  # (n,) by each party, its own fall left out


def _block(shared: tuple[Exposures, Hit, Vector], at: Index) -> _Sums:
    """Hit each of the parties `at` alone."""
    x, hit, sizes = shared
    column = np.arange(len(at))
    each = np.zeros((len(sizes), len(at)))
    each[at, column] = sizes[at]
    f = Map(x, coefficients(x), hits(x, each, hit))
    usd = lost(f, solve(f))
    own = usd[at, column]
    usd[at, column] = 0.0
    listed = x.balance.listed & ~np.isnan(x.balance.value)
    return _Sums(own=own, others=usd.sum(axis=0), listed=usd[listed].sum(axis=0), suffered=usd.sum(axis=1))


def hits(x: Exposures, sizes: Vector, hit: Hit) -> Shock:
    """The shock that hits party i of scenario b by sizes[i, b], (n,) or (n, B); sinks in performance only.

    Raises BadInput unless every size lies in [0, 1].
    """
    if not np.all((sizes >= 0) & (sizes <= 1)):
        raise BadInput("the size of a hit is a share from 0 to 1; 0.5 for half")
    none = np.zeros_like(sizes)
    valued = ~np.isnan(x.balance.value).reshape(-1, *(1,) * (sizes.ndim - 1))
    return replace(
        Shock.none(x),
        u=none if hit is Hit.PERFORMANCE else sizes * valued,
        w=none if hit is Hit.VALUE else sizes,
    )


def lost(f: Map, state: State) -> Vector:
    """(n, B) dollars lost by each party at `state`: h E, and for a party without a value what reaches it."""
    value = f.k.value
    own = state.h * np.where(np.isinf(value), 0.0, value)
    if not np.isinf(value).any():
        return np.asarray(own)
    reached = f.dollars(f.losses(f.edge_shortfalls(state.h, state.d, state.y)))
    return np.where(np.isinf(value), reached, own)


def mask(x: Exposures, over: Flags | None) -> Flags:
    """`over` as a checked (n,) mask of parties; None is everyone."""
    n = len(x.balance.parties)
    flags = np.ones(n, dtype=bool) if over is None else np.asarray(over)
    if flags.shape != (n,) or flags.dtype != np.bool_:
        raise BadInput(f"`over` marks each of the {n} parties with true or false, for example balance.listed")
    return flags
