"""How uncertain parameters are drawn: which are shared by whom, and which move together.

One firmness and one amount per edge, tied by a Gaussian copula with one factor per obligor; one margin,
redeployment and stranded share per supplier; one curvature per party; one loss given default per debt
(docs/model.md, section 10). Blocks of draws have seeds of their own, so that the first thousand
draws are the same however many follow and wherever they are computed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import erfc, sqrt
from weakref import WeakKeyDictionary

import numpy as np

from knockon.contagion.coefficients import Draw
from knockon.contagion.columns import present
from knockon.engines import Tick
from knockon.exposures import Exposures, Index, Span, Vector

BLOCK = 1000
CELLS = 2_000_000
"""Numbers in one array of a block at most: the blocks of a large book have fewer columns."""


def draws(x: Exposures, count: int, seed: int, rho: float) -> Iterator[Draw]:
    """`count` draws in blocks of at most BLOCK columns; same seed, same numbers. `rho` ties one obligor's edges."""
    return (block_of(x, block, seed, rho) for block in blocks(x, count))


def blocks(x: Exposures, count: int) -> list[tuple[int, int, int]]:
    """(number, columns drawn, columns used) of each block of `count` draws; it depends on nothing but the book."""
    wide = max(1, min(BLOCK, CELLS // max(1, len(x.contracts), len(x.balance.parties))))
    return [(block, wide, min(wide, count - start)) for block, start in enumerate(range(0, count, wide))]


def in_draws(pieces: Sequence[tuple[int, int, int]], progress: Tick | None) -> Tick | None:
    """What tells `progress` of draws when it is told of blocks; only the last block may be short."""
    if progress is None:
        return None
    done = np.cumsum([0, *(width for _, _, width in pieces)])
    return lambda count: progress(int(done[count]))


def block_of(x: Exposures, block: tuple[int, int, int], seed: int, rho: float) -> Draw:
    """The draws of one block, alike wherever and in whatever order they are made."""
    number, wide, width = block
    return _block(x, np.random.default_rng([seed, number]), wide, width, rho)


def _block(x: Exposures, rng: np.random.Generator, wide: int, width: int, rho: float) -> Draw:
    c, n = x.contracts, len(x.balance.parties)
    if x not in _RANGES:
        _RANGES[x] = _ranges(x)
    ranges = _RANGES[x]
    factor = rng.standard_normal((n, wide))[c.obligor]

    def tied() -> Vector:
        own = rng.standard_normal((len(c), wide))
        return np.asarray(np.sqrt(rho) * factor + np.sqrt(1 - rho) * own)

    sellers = sorted(x.spans["m"])
    place = {party: i for i, party in enumerate(sellers)}
    seller = np.array([place[x.balance.parties[i]] for i in c.holder], dtype=np.int64)

    def drawn(symbol: str) -> Vector:
        return quantile(ranges[symbol], rng.standard_normal((ranges[symbol].count, wide)))

    amount, phi = quantile(ranges["amount"], tied()), quantile(ranges["phi"], tied())
    margin, psi, kappa = (drawn(symbol)[seller] for symbol in ("m", "psi", "kappa"))
    resold = ranges["resold"].value
    alpha = np.repeat(x.balance.alpha[:, None], wide, axis=1)
    alpha[_acting(x)] = drawn("alpha")
    lgd = drawn("lgd")
    mu = drawn("mu")[seller]
    return Draw(
        amount=amount[:, :width],
        phi=phi[:, :width],
        margin=margin[:, :width],
        psi=(1 - (1 - psi) * (1 - resold))[:, :width],
        kappa=kappa[:, :width],
        mu=mu[:, :width],
        alpha=alpha[:, :width],
        lgd=lgd[:, :width],
    )


@dataclass(frozen=True, slots=True)
class Ranges:
    """The spans of k rows as columns, sorted by their shape."""

    count: int  # k
    value: Vector  # (k, 1)
    low: Vector  # (t, 1), as high, of the triangles
    high: Vector
    triangles: Index  # (t,)
    betas: tuple[tuple[Span, Index], ...]  # each with the rows that share it

    @staticmethod
    def of(spans: Sequence[Span]) -> Ranges:
        """The columns of spans, one a row."""
        triangles: list[int] = []
        betas: dict[Span, list[int]] = {}
        for row, span in enumerate(spans):
            if span.high > span.low:
                (betas.setdefault(span, []) if span.concentration > 0 else triangles).append(row)
        return Ranges(
            count=len(spans),
            value=np.array([span.value for span in spans], dtype=float)[:, None],
            low=np.array([spans[row].low for row in triangles], dtype=float)[:, None],
            high=np.array([spans[row].high for row in triangles], dtype=float)[:, None],
            triangles=np.array(triangles, dtype=np.int64),
            betas=tuple((span, np.array(rows)) for span, rows in betas.items()),
        )


_RANGES: WeakKeyDictionary[Exposures, dict[str, Ranges]] = WeakKeyDictionary()
"""Made once for all blocks of a network: there may be a million rows."""


def _ranges(x: Exposures) -> dict[str, Ranges]:
    """The ranges of each parameter in the order in which it is drawn."""
    contracts, sellers = x.contracts.ids, sorted(x.spans["m"])
    keys: dict[str, Sequence[str]] = {
        **dict.fromkeys(("amount", "phi", "resold"), contracts),
        **dict.fromkeys(("m", "psi", "kappa", "mu"), sellers),
        "alpha": [x.balance.parties[i] for i in _acting(x)],
        "lgd": x.debts.ids,
    }
    return {symbol: Ranges.of([x.spans[symbol][key] for key in rows]) for symbol, rows in keys.items()}


def _acting(x: Exposures) -> Index:
    """Who has promised something: only they can fail to keep it."""
    return present(np.concatenate([x.contracts.obligor, x.debts.obligor, x.fundings.obligor, x.guarantees.obligor]))


def quantile(ranges: Ranges, score: Vector) -> Vector:
    """Each row of standard normal scores (k, B) sent to the same quantile of its span.

    A span without width is a point. A Beta has mean `value` and the span's concentration; it is not cut at
    low and high, which describe it. A triangle has its mode at `value`.
    """
    out = np.repeat(ranges.value, score.shape[1], axis=1)
    for span, rows in ranges.betas:
        out[rows] = _looked_up(score[rows], _beta(span))
    low, mode, high = ranges.low, ranges.value[ranges.triangles], ranges.high
    p = _looked_up(score[ranges.triangles], _normal())
    rising = low + np.sqrt(p * (high - low) * (mode - low))
    falling = high - np.sqrt((1 - p) * (high - low) * (high - mode))
    out[ranges.triangles] = np.where(p < (mode - low) / (high - low), rising, falling)
    return out


_SCORES = np.linspace(-6.0, 6.0, 2401)
"""Grid of normal scores on which quantile functions, smooth there, are tabulated."""


@lru_cache(maxsize=1)
def _normal() -> Vector:
    """The normal distribution function on the grid."""
    return np.array([0.5 * erfc(-score / sqrt(2)) for score in _SCORES])


@lru_cache(maxsize=256)
def _beta(span: Span) -> Vector:
    """The Beta quantile at each score, from its distribution function in t, where x = sin(t)^2.

    In t the density is sin^(2a-1) cos^(2b-1), smooth at both ends for a, b >= 1/2; below that the ends are
    singular and scipy is asked, which costs more to start than all draws do.
    """
    a, b = span.concentration * span.value, span.concentration * (1 - span.value)
    if min(a, b) < 0.5:
        from scipy.special import betaincinv

        return np.asarray(betaincinv(a, b, _normal()))
    t = np.linspace(0.0, np.pi / 2, 20_001)
    density = np.sin(t) ** (2 * a - 1) * np.cos(t) ** (2 * b - 1)
    area = np.concatenate(([0.0], np.cumsum((density[1:] + density[:-1]) / 2)))
    return np.asarray(np.sin(np.interp(_normal(), area / area[-1], t)) ** 2)


def _looked_up(score: Vector, table: Vector) -> Vector:
    """Linear interpolation in a table on the grid, which is even, so that no search is needed."""
    place = np.clip((score - _SCORES[0]) / (_SCORES[1] - _SCORES[0]), 0.0, len(table) - 1.000001)
    below = place.astype(np.int64)
    part = place - below
    return np.asarray(table[below] * (1 - part) + table[below + 1] * part)
