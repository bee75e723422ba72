"""Which edges may change places when a network is rewired, and what the engine predicts on the rewired ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from knockon.book import Book
from knockon.contagion.rewired import EDGES, losses_of_each
from knockon.engines import LOCAL, Engine
from knockon.exposures import Exposures, Index, Vector
from knockon.study.validation.forecast import SIZE, Forecast
from knockon.validation.permutation import orders, restricted


def rewired(
    book: Book, told: Sequence[Forecast], count: int, seed: int, engine: Engine = LOCAL
) -> tuple[list[Vector], float]:
    """Per day (count, n) predictions at SIZE on rewired networks, and the mean share of edges that moved.

    Obligors change places among the edges of one instrument and one kind of obligor. As with firm labels, one
    permutation of all edges of such a group serves every day.
    """
    keys = [_edge_keys(book, one.exposures) for one in told]
    groups: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
    for day in keys:
        for names in day.values():
            for key in names:
                groups.setdefault(key[:3], set()).add(key)
    rng = np.random.default_rng([seed, 1])
    places: list[dict[str, Index]] = [
        {kind: np.tile(getattr(one.exposures, kind).obligor, (count, 1)) for kind in EDGES} for one in told
    ]
    for group in sorted(groups):
        members = sorted(groups[group])
        at = {key: i for i, key in enumerate(members)}
        drawn = orders(count, len(members), rng)
        kind = group[0]
        for one, day, place in zip(told, keys, places, strict=True):
            edges = {at[key]: i for i, key in enumerate(day[kind]) if key[:3] == group}
            if len(edges) < 2:
                continue
            there = np.zeros(len(members), dtype=bool)
            there[list(edges)] = True
            chosen = restricted(drawn, there)[:, list(edges)]
            back = np.full(len(members), -1)
            back[list(edges)] = list(edges.values())
            place[kind][:, list(edges.values())] = getattr(one.exposures, kind).obligor[back[chosen]]
    moved = edges_in_all = 0.0
    for one, place in zip(told, places, strict=True):
        for kind in EDGES:
            changed = place[kind] != getattr(one.exposures, kind).obligor
            moved += float(changed.sum()) / count
            edges_in_all += changed.shape[1]
    networks = [(one.exposures, replace(one.shock, u=SIZE * one.shock.u, w=SIZE * one.shock.w)) for one in told]
    predicted = losses_of_each(networks, places, engine=engine)
    return predicted, moved / max(1.0, edges_in_all)


def _edge_keys(book: Book, x: Exposures) -> dict[str, list[tuple[str, ...]]]:
    """By kind of edge, a name of each that lasts from day to day: kind, instrument, obligor's kind, ends, number."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for kind in EDGES:
        edges, seen = getattr(x, kind), Counter[tuple[str, ...]]()
        found[kind] = []
        for name, obligor, holder in zip(edges.ids, edges.obligor, edges.holder, strict=True):
            leg = book.legs.get(name)
            one, other = x.balance.parties[obligor], x.balance.parties[holder]
            instrument = str(leg.instrument) if leg else name.partition(":")[0]
            key = (kind, instrument, book.parties[one].kind, one, other)
            seen[key] += 1
            found[kind].append((*key, f"{seen[key]:03d}"))
    return found
