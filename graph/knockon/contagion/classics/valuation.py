"""What equities are worth when claims are valued by their debtors' equities: network valuation (NEVA).

    E = a - el - L 1 + L' V(E)        V_j(E_j) in [0, 1]: value of one unit owed by j

L (n, n) what i owes j, el what i owes outsiders, a = extasset - equity_delta, all in one currency unit.
With pbar = L 1 + el, rho the recovery, sigma the standard deviation of log a to maturity, N the normal
distribution, x = log(1 - E/a):
    eisenberg_noe   min(1, max(0, (E + pbar) / pbar))              recovery is what is there
    linear_dr       min(1, max(0, E / E0))                         E0 equity before the shock
    blackcox        1 - (1 - rho) Q   default at any time          Q = P + N((x - s2) / sigma) / exp x
    merton          1 - P + rho R     default at maturity          P = N((x + s2) / sigma), s2 = sigma^2 / 2
    furfine_merton  1 - P + rho P                                  R expected share of pbar found in default
Barucca, Bardoscia, Caccioli, D'Errico, Visentin, Caldarelli, Battiston 2020 (eq. 7, 12 and 16,
doi:10.1111/mafi.12272). There debts to outsiders are senior and pbar = L 1; here all debts rank alike, as
in `clearing`, so that eisenberg_noe is `clearing`. Left out: costs of default on outside assets.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from scipy.special import log_ndtr, ndtr

from knockon.arrays import Index, Vector, column_sums, matrix, row_sums, vector
from knockon.errors import BadInput, NotConverged

Rule = Literal["eisenberg_noe", "linear_dr", "blackcox", "merton", "furfine_merton"]
_LAST = 1e-14  # stop once the relative steps of all parties sum to no more
_ROUNDS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Valuation:
    """Equities at the greatest fixed point; (n,), or (n, B) for B columns of equity_delta."""

    equity_after: Vector  # signed, in the unit of L
    equity_round1: Vector  # after the map is applied once
    iterations: Index  # applications of the map, one number per scenario


def valuation(
    L: object,
    extliab: object,
    extasset: object,
    sigma_asset: object,
    recovery: object,
    equity_delta: object,
    *,
    rule: Rule = "eisenberg_noe",
) -> Valuation:
    """Equities at the greatest fixed point, found from face values downwards.

    L (n, n) dense or sparse, zero diagonal; extliab, extasset, sigma_asset (n,), all >= 0; recovery (n,)
    in [0, 1]; equity_delta (n,) or (n, B), the loss of outside assets, a gain if negative. sigma_asset
    and recovery count under blackcox and the two mertons, which take no assets below 0.
    Raises `BadInput`, and `NotConverged` with the last `Valuation` after 10,000 rounds.
    Cost: one product with L per round.
    """
    if rule not in get_args(Rule):
        raise BadInput(f"no rule {rule!r}; one of {', '.join(get_args(Rule))}")
    owed = matrix("L", L, hollow=True)
    n = owed.shape[0]
    el, before = vector("extliab", extliab, n), vector("extasset", extasset, n)
    sigma, rho = vector("sigma_asset", sigma_asset, n)[:, None], vector("recovery", recovery, n)[:, None]
    if (rho > 1).any():
        raise BadInput(f"recovery[{int(np.argmax(rho > 1))}] is above 1; it is a share from 0 to 1")
    delta = vector("equity_delta", equity_delta, n, signed=True, columns=True)
    assets = before[:, None] - delta.reshape(n, -1)
    if rule in ("blackcox", "merton", "furfine_merton") and (assets < 0).any():
        i = int(np.argwhere(assets < 0)[0, 0])
        raise BadInput(f"extasset[{i}] - equity_delta[{i}] is negative; {rule} needs outside assets >= 0")
    claims, inside = owed.T.tocsr(), column_sums(owed)[:, None]
    owed_inside, owed_outside = row_sums(owed)[:, None], el[:, None]
    pbar = owed_inside + owed_outside
    face = before[:, None] - owed_outside + inside - owed_inside

    def worth(E: Vector, a: Vector) -> Vector:  # summed as a balance sheet is read
        with np.errstate(over="ignore"):  # an overflow on the way to a normal quantile is certainty
            valued: Vector = claims @ _value(rule, E, a, pbar, face, sigma, rho)
        return (a - owed_outside) + valued - owed_inside

    E = (assets - owed_outside) + inside - owed_inside
    round1 = worth(E, assets)
    noise = 8 * np.finfo(float).eps * (np.abs(assets) + pbar + inside)
    iterations = np.zeros(assets.shape[1], dtype=np.int64)
    step = np.full(assets.shape[1], np.inf)
    moving = np.arange(assets.shape[1])
    for _ in range(_ROUNDS):
        old, new = E[:, moving], worth(E[:, moving], assets[:, moving])
        E[:, moving] = new
        iterations[moving] += 1
        size, gap, last = np.abs(old) + np.abs(new), np.abs(new - old), step[moving]
        step[moving] = 2 * np.divide(gap, size, out=np.zeros_like(size), where=size > 0).sum(axis=0)
        stuck = (gap <= noise[:, moving]).all(axis=0) & (step[moving] >= last)  # only rounding still moves
        moving = moving[(step[moving] > _LAST) & ~stuck]
        if not len(moving):
            break
    found = Valuation(
        equity_after=E.reshape(delta.shape),
        equity_round1=round1.reshape(delta.shape),
        iterations=iterations.reshape(delta.shape[1:]),
    )
    if len(moving):
        raise NotConverged(f"{rule}: equities still move after {_ROUNDS} rounds", found)
    return found


def _value(rule: Rule, E: Vector, a: Vector, pbar: Vector, face: Vector, sigma: Vector, rho: Vector) -> Vector:
    """V: what one unit owed by each party is worth, given its equity E."""
    if rule == "eisenberg_noe":
        return np.asarray(np.clip(1 + np.divide(E, pbar, out=np.zeros_like(E), where=pbar > 0), 0, 1))
    if rule == "linear_dr":  # bust before the shock: worth nothing
        return np.clip(np.divide(E, face, out=np.zeros_like(E), where=face > 0), 0, 1)
    x = _log_left(E, a)  # log of the assets at which equity is gone, over today's
    if rule == "blackcox":
        return np.asarray(1 - (1 - rho) * np.where(E > 0, first_passage(x, sigma), 1.0))
    up, down = _z(x, sigma, 0.5), _z(x, sigma, -0.5)
    if rule == "furfine_merton":
        return np.asarray(1 - (1 - rho) * ndtr(up))
    floor = _log_left(E + pbar, a)  # the same for the assets at which nothing is left to pay with
    between = ndtr(up) - ndtr(_z(floor, sigma, 0.5))
    held = ndtr(down) - ndtr(_z(floor, sigma, -0.5))
    found = np.divide((pbar + E - a) * between + a * held, pbar, out=np.zeros_like(E), where=pbar > 0)
    return np.clip(1 - ndtr(up) + rho * found, 0, 1)


def first_passage(x: Vector, sigma: Vector) -> Vector:
    """Probability that log-normal assets without drift fall by exp(x) before maturity, Q above; 0 for x = -inf.

    x <= 0, sigma >= 0, standard deviation of log assets to maturity (Black and Cox 1976).
    """
    touched = np.exp(log_ndtr(_z(x, sigma, -0.5)) - np.where(np.isfinite(x), x, 0.0))
    return np.asarray(np.minimum(1.0, ndtr(_z(x, sigma, 0.5)) + touched))


def _log_left(E: Vector, a: Vector) -> Vector:
    """log(1 - E / a); -inf where E >= a, which no fall of a can lose, +inf where a = 0 > E."""
    over = np.divide(E, a, out=np.full(E.shape, -np.inf), where=a > 0)
    left: Vector = np.log1p(-over, out=np.full(E.shape, -np.inf), where=a > E)
    return left


def _z(x: Vector, sigma: Vector, side: float) -> Vector:
    """(x + side sigma^2) / sigma, and its limit for sigma = 0: certainty."""
    return np.divide(x + side * sigma**2, sigma, out=np.where(x > 0, np.inf, -np.inf), where=sigma > 0)
