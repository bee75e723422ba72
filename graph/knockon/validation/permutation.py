"""Whether an order could be chance: firm labels permuted alike on every day.

What is particular about a firm stays with it from day to day, so the days are not independent. A permutation drawn
afresh for each day forgets that and rejects a true null in about a fifth of cases at nominal 5%; one permutation
for all days keeps it. Days have different firms: on a day, the label of firm i goes to the first of pi(i),
pi(pi(i)), ... that is there. That is again a uniform permutation, and equal to pi wherever it can be.
p = (1 + draws at least as extreme) / (1 + draws) (Phipson, Smyth 2010, doi:10.2202/1544-6115.1585).
"""

from __future__ import annotations

import numpy as np

from knockon.arrays import Flags, Index, Vector


def orders(count: int, size: int, rng: np.random.Generator) -> Index:
    """(count, size) random permutations of 0 to size - 1."""
    return rng.permuted(np.tile(np.arange(size), (count, 1)), axis=1)


def restricted(permutations: Index, members: Flags) -> Index:
    """The permutations (count, size) on some members only: each goes to the first member on its cycle; others stay.

    >>> restricted(np.array([[1, 2, 0]]), np.array([True, False, True])).tolist()
    [[2, 1, 0]]
    """
    found = np.where(members, permutations, np.arange(permutations.shape[1]))
    while not (home := members[found] | ~members).all():
        found = np.where(home, found, np.take_along_axis(permutations, found, axis=1))
    return found


def shuffled(permutations: Index, here: Flags) -> list[Index]:
    """The permutations (count, F) as each day sees them, by its firms `here` (E, F)."""
    return [restricted(permutations, members) for members in here]


def null(a: Vector, b: Vector, places: list[Index]) -> Vector:
    """(count,) mean over the days of the product of b with a at permuted places; a, b (E, F) as from `unit_ranks`."""
    days = [a[e][place] @ b[e] for e, place in enumerate(places)]
    return np.asarray(np.mean(days, axis=0))


def p_value(observed: float, drawn: Vector) -> float:
    """Share of draws at least as large as observed, the observed one counted among them."""
    return float((1 + (drawn >= observed - 1e-12).sum()) / (1 + len(drawn)))
