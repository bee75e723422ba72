"""How uncertain parameters are drawn: which are shared by whom, and which move together.

One firmness and one amount per edge, tied by a Gaussian copula with one factor per obligor; one margin,
redeployment and stranded share per supplier; one curvature per party; one loss given default per debt
(docs/model.md, section 10). Blocks of draws have seeds of their own, so that the first thousand
draws are the same however many follow and wherever they are computed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from math import erfc, sqrt

import numpy as np

from knockon.contagion.coefficients import Draw
from knockon.contagion.columns import present
from knockon.engines import Tick
from knockon.exposures import Exposures, Span, Vector

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
    factor = rng.standard_normal((n, wide))[c.obligor]

    def tied() -> Vector:
        own = rng.standard_normal((len(c), wide))
        return np.asarray(np.sqrt(rho) * factor + np.sqrt(1 - rho) * own)

    sellers = sorted(x.spans["m"])
    place = {party: i for i, party in enumerate(sellers)}
    seller = np.array([place[x.balance.parties[i]] for i in c.holder], dtype=np.int64)

    def of_seller(symbol: str) -> Vector:
        score = rng.standard_normal((len(sellers), wide))
        return quantile(_listed(x.spans[symbol], sellers), score)[seller]

    amount = quantile(_listed(x.spans["amount"], c.ids), tied())
    phi = quantile(_listed(x.spans["phi"], c.ids), tied())
    margin, psi, kappa = of_seller("m"), of_seller("psi"), of_seller("kappa")
    resold = np.array([span.value for span in _listed(x.spans["resold"], c.ids)])[:, None]
    alpha = np.repeat(x.balance.alpha[:, None], wide, axis=1)  # only who has promised something can fail to keep it
    acting = present(np.concatenate([c.obligor, x.debts.obligor, x.fundings.obligor, x.guarantees.obligor]))
    names = [x.balance.parties[i] for i in acting]
    alpha[acting] = quantile(_listed(x.spans["alpha"], names), rng.standard_normal((len(names), wide)))
    lgd = quantile(_listed(x.spans["lgd"], x.debts.ids), rng.standard_normal((len(x.debts), wide)))
    mu = of_seller("mu")
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


def _listed(spans: Mapping[str, Span], keys: Sequence[str]) -> list[Span]:
    return [spans[key] for key in keys]


def quantile(spans: Sequence[Span], score: Vector) -> Vector:
    """Each row of standard normal scores (k, B) sent to the same quantile of its span.

    A span without width is a point. A Beta has mean `value` and the span's concentration; it is not cut at
    low and high, which describe it. A triangle has its mode at `value`.
    """
    rows: dict[Span, list[int]] = {}
    for i, span in enumerate(spans):
        rows.setdefault(span, []).append(i)
    out = np.empty_like(score)
    for span, places in rows.items():
        out[places] = _quantile(span, score[places])
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


def _quantile(span: Span, score: Vector) -> Vector:
    low, mode, high = span.low, span.value, span.high
    if high <= low:
        return np.full_like(score, mode)
    if span.concentration > 0:
        return _looked_up(score, _beta(span))
    p = _looked_up(score, _normal())
    turn = (mode - low) / (high - low)
    rising = low + np.sqrt(p * (high - low) * (mode - low))
    falling = high - np.sqrt((1 - p) * (high - low) * (high - mode))
    return np.where(p < turn, rising, falling)
