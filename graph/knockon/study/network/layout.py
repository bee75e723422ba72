"""Where parties stand on a page: where they stood before, so that a picture does not jump; new ones near theirs.

The places that are kept lie in `places.csv` beside this module; `make places` writes it anew after the book
grew, and moves nobody.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Final

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from knockon.resolution import Resolved

Place = tuple[float, float]
FILE: Final = "places.csv"
SEED = 7
CROWD = 500  # with more parties only springs are stretched, and the page itself pushes marks apart
SHELF = 0.1  # height left at the foot for parties that hang on nobody else in the main network


def places(ids: list[str], legs: Iterable[Resolved], kept: Mapping[str, Place] | None = None) -> dict[str, Place]:
    """Positions in the unit square, y downwards; parties bound by legs stand near each other.

    Who has a place keeps it; the others, one after another, take the freest spot around those they are bound to.
    Where most are new, as in another book, all are placed afresh.
    """
    legs = list(legs)
    kept = places_kept() if kept is None else kept
    known = {party: kept[party] for party in ids if party in kept}
    if 2 * len(known) < len(ids):
        return _afresh(ids, legs)
    return _joined(ids, legs, known)


def places_kept() -> dict[str, Place]:
    """The places that ship, by party."""
    rows = csv.DictReader(io.StringIO((files(__package__) / FILE).read_text(encoding="utf-8")))
    return {row["party"]: (float(row["x"]), float(row["y"])) for row in rows}


def as_table(spots: Mapping[str, Place]) -> str:
    """Places as the file keeps them, one party a line, to a ten-thousandth of the square."""
    return "party,x,y\n" + "".join(f"{party},{x:.4f},{y:.4f}\n" for party, (x, y) in sorted(spots.items()))


def _joined(ids: list[str], legs: list[Resolved], known: dict[str, Place]) -> dict[str, Place]:
    """The known places, and for each other party the freest spot on rings around the middle of its partners."""
    placed = dict(known)
    partners: dict[str, set[str]] = {party: set() for party in ids}
    for leg in legs:
        partners[leg.leg.payer].add(leg.leg.payee)
        partners[leg.leg.payee].add(leg.leg.payer)
    waiting = sorted(party for party in ids if party not in placed)
    while waiting:
        party = max(waiting, key=lambda one: (len(partners[one] & placed.keys()), -waiting.index(one)))
        waiting.remove(party)
        near = [placed[one] for one in sorted(partners[party] & placed.keys() - {party})]
        placed[party] = _freest(np.array(near or [(0.5, 1.0)]).mean(axis=0), np.array(list(placed.values())))
    return {party: placed[party] for party in ids}


def _freest(centre: NDArray[np.float64], taken: NDArray[np.float64]) -> Place:
    """The spot on three rings around `centre` that is furthest from the nearest place taken; nearer rings win ties."""
    turns = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    rings = [centre + radius * np.column_stack([np.cos(turns), np.sin(turns)]) for radius in (0.06, 0.1, 0.14)]
    spots = np.clip(np.round(np.concatenate(rings), 4), 0.0, 1.0)
    room = np.sqrt(((spots[:, None, :] - taken[None, :, :]) ** 2).sum(axis=2)).min(axis=1)
    x, y = spots[int(np.argmax(np.round(np.minimum(room, 0.05), 6)))]
    return float(x), float(y)


def _afresh(ids: list[str], legs: list[Resolved]) -> dict[str, Place]:
    """The largest connected part fills the square (Kamada and Kawai 1989, from a seeded start, then evened out
    so that its crowded middle gets room); the small ones stand in a row at its foot.
    """
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(ids)
    graph.add_edges_from((leg.leg.payer, leg.leg.payee) for leg in legs)
    parts = sorted(nx.connected_components(graph), key=lambda part: (-len(part), min(part)))
    if not parts:
        return {}
    main = sorted(parts[0])
    found = dict(zip(main, _fill(graph.subgraph(main), main), strict=True))
    row = [party for part in parts[1:] for party in sorted(part)]
    foot = 1 - SHELF if row else 1.0
    placed = {party: (float(x), float(y) * (foot - SHELF / 2 if row else 1.0)) for party, (x, y) in found.items()}
    for i, party in enumerate(row):
        placed[party] = (min(1.0, 0.15 * i), 1.0) if len(row) < 8 else (i / (len(row) - 1), 1.0)
    return placed


def _fill(graph: nx.Graph[str], order: list[str]) -> NDArray[np.float64]:
    crowded = len(order) > CROWD
    spots = nx.spring_layout(graph, seed=SEED, iterations=20 if crowded else 80, k=2 / math.sqrt(len(order)))
    if len(order) > 2 and not crowded:
        spots = nx.kamada_kawai_layout(graph, pos=spots)
    xy = np.array([spots[party] for party in order], dtype=float)
    even = np.column_stack([_evened(xy[:, 0]), _evened(xy[:, 1])])
    return even if crowded else _apart(even)


def _evened(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Half the place a value has, half the place its rank has, in [0, 1]."""
    if len(values) < 2:
        return np.full(len(values), 0.5)
    scaled = (values - values.min()) / (np.ptp(values) or 1.0)
    ranks = np.empty(len(values))
    ranks[np.argsort(values, kind="stable")] = np.linspace(0, 1, len(values))
    return np.asarray((scaled + ranks) / 2)


def _apart(xy: NDArray[np.float64], rounds: int = 60) -> NDArray[np.float64]:
    """Push pairs that stand too close away from each other, a little a round."""
    least = 0.7 / math.sqrt(len(xy))
    for _ in range(rounds):
        gap = xy[:, None, :] - xy[None, :, :]
        distance = np.sqrt((gap**2).sum(axis=2)) + np.eye(len(xy))
        close = np.clip(least - distance, 0, None) / distance
        np.fill_diagonal(close, 0.0)
        if not close.any():
            break
        xy = np.clip(xy + 0.25 * (gap * close[:, :, None]).sum(axis=1), 0.0, 1.0)
    return np.asarray(xy)
