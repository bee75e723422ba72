"""Every simple cycle up to a length, one by one, in an order that depends on nothing but the names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np

from knockon.arrays import matrix
from knockon.errors import BadInput


def cycles(W: object, longest: int = 5, names: Sequence[str] | None = None) -> Iterator[tuple[int, ...]]:
    """Simple cycles of 2 to `longest` parties, as indices into W, lazily.

    W (n, n) dense or sparse: an arrow wherever an entry is not 0; zero diagonal. Each cycle is rotated to
    its least name (without names: least index), and cycles come sorted by their names. Nothing is kept
    but one path, so `itertools.islice` bounds the work where the number of cycles explodes.
    Raises `BadInput` on the call, not on the first cycle. Cost: a depth-first search that never leaves
    the reach of its root (after Tarjan 1973 and Johnson 1975, doi:10.1137/0204007, cut at a length).

    >>> list(cycles([[0, 1, 0], [1, 0, 1], [1, 0, 0]]))
    [(0, 1), (0, 1, 2)]
    """
    arrows = matrix("W", W, signed=True, hollow=True)
    n = arrows.shape[0]
    if longest < 2:
        raise BadInput(f"longest is {longest}; the shortest cycle has 2 parties")
    if names is not None and (len(names) != n or len(set(names)) != n):
        raise BadInput(f"names: {n} different ones expected, one per party")
    order = np.arange(n) if names is None else np.array(sorted(range(n), key=lambda i: names[i]))
    ranked = arrows[order][:, order]
    after = [sorted(row.tolist()) for row in np.split(ranked.indices, ranked.indptr[1:-1])]
    before: list[list[int]] = [[] for _ in range(n)]
    for i, row in enumerate(after):
        for j in row:
            before[j].append(i)
    found = chain.from_iterable(_through(root, after, before, longest) for root in range(n))
    return (tuple(int(order[i]) for i in cycle) for cycle in found)


def _through(root: int, after: list[list[int]], before: list[list[int]], longest: int) -> Iterator[tuple[int, ...]]:
    """Cycles whose least party is `root`, in order: close first, then go on to the next least."""
    home = _distances(root, before, longest - 1)
    path, taken = [root], {root}
    ahead = [iter(after[root])]
    while ahead:
        step = next(ahead[-1], None)
        if step is None:
            ahead.pop()
            taken.discard(path.pop())
        elif step in home and step not in taken and len(path) + home[step] <= longest:
            path.append(step)
            taken.add(step)
            if home[step] == 1:
                yield tuple(path)
            ahead.append(iter(after[step]))


def _distances(root: int, before: list[list[int]], most: int) -> dict[int, int]:
    """Arrows from each later party back to `root`, over later parties alone, where at most `most`."""
    found, edge = {root: 0}, [root]
    for d in range(1, most + 1):
        edge = [i for j in edge for i in before[j] if i > root and found.setdefault(i, d) == d]
    return found
