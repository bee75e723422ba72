"""Many networks that differ only in who stands behind each promise, solved side by side as one.

A rewired network keeps every edge, its holder and its amount, and gives it another obligor. R copies of the parties
stand next to each other in one block-diagonal network, so one solve answers all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from knockon.contagion.coefficients import coefficients
from knockon.contagion.engine import Map, Shock
from knockon.contagion.fixedpoint import solve
from knockon.engines import LOCAL, Engine, Tick
from knockon.exposures import Exposures, Index, Vector

EDGES = ("contracts", "holdings", "debts", "fundings", "guarantees")
TOLERANCE = 1e-12
"""Where the iteration stops; a smaller loss is none."""
BLOCK = 500
"""Networks side by side in one solve; more would only need more memory."""


Rewired = tuple[int, Mapping[str, Index]]
"""Which of several networks, and (R, m) new obligors for each kind of its edges."""


def losses(x: Exposures, shock: Shock, obligors: Mapping[str, Index]) -> Vector:
    """(R, n) share of its value that each party loses to `shock` (one column) in each of R rewired networks.

    `obligors` has (R, m) new obligors for each kind of edge in EDGES. An edge whose new obligor is its own holder
    keeps the old one. Where holdings in one issuer pass the whole of it they are scaled down together.
    """
    return losses_of_each([(x, shock)], [obligors])[0]


def losses_of_each(
    networks: Sequence[tuple[Exposures, Shock]],
    obligors: Sequence[Mapping[str, Index]],
    tick: Tick | None = None,
    engine: Engine = LOCAL,
) -> list[Vector]:
    """The same for several networks, each with its own shock and obligors, in pieces of BLOCK rewired ones."""
    pieces: list[Rewired] = [
        (i, {kind: new[at : at + BLOCK] for kind, new in each.items()})
        for i, each in enumerate(obligors)
        for at in range(0, len(each["contracts"]), BLOCK)
    ]
    solved = engine.map(_piece, networks, pieces, tick)
    found: list[list[Vector]] = [[] for _ in networks]
    for (i, _), part in zip(pieces, solved, strict=True):
        found[i].append(part)
    return [np.concatenate(parts) for parts in found]


def _piece(networks: Sequence[tuple[Exposures, Shock]], piece: Rewired) -> Vector:
    i, obligors = piece
    return _solved(*networks[i], obligors)


def _solved(x: Exposures, shock: Shock, obligors: Mapping[str, Index]) -> Vector:
    copies, n = len(obligors["contracts"]), len(x.balance.parties)
    wide = _side_by_side(x, obligors, copies)
    many = Shock(**{name: np.tile(array, copies) for name, array in _arrays(shock)})
    h = solve(Map(wide, coefficients(wide), many), tolerance=TOLERANCE).h
    return np.where(h > TOLERANCE, h, 0.0).reshape(copies, n)


def _arrays(record: Any) -> list[tuple[str, Any]]:
    return [(name, getattr(record, name)) for name in record.__dataclass_fields__]


def _side_by_side(x: Exposures, obligors: Mapping[str, Index], copies: int) -> Exposures:
    n = len(x.balance.parties)
    shift = np.arange(copies)[:, None]
    edges: dict[str, Any] = {}
    for kind in EDGES:
        one = getattr(x, kind)
        new = np.where(obligors[kind] == one.holder, one.obligor, obligors[kind])
        own = {name: np.tile(array, copies) for name, array in _arrays(one) if isinstance(array, np.ndarray)} | {
            "ids": one.ids * copies,
            "obligor": (new + n * shift).ravel(),
            "holder": (one.holder + n * shift).ravel(),
        }
        if kind == "holdings":
            own["theta"] = _at_most_whole(own["theta"] * own["lam"], own["obligor"])
            own["lam"] = np.ones(len(own["lam"]))
        if kind == "guarantees":
            size = np.where(one.covers_debt, len(x.debts), len(x.contracts))
            own["covers"] = (one.covers + size * shift).ravel()
        edges[kind] = replace(one, **own)
    wide = {name: np.tile(array, copies) for name, array in _arrays(x.balance) if isinstance(array, np.ndarray)}
    names = _numbered(x.balance.parties, copies)
    return replace(x, balance=replace(x.balance, parties=names, **wide), **edges)


@lru_cache(maxsize=2)
def _numbered(parties: tuple[str, ...], copies: int) -> tuple[str, ...]:
    """A name for each copy of a party; kept, as one block after the other asks for the same."""
    return tuple(f"{party}#{copy}" for copy in range(copies) for party in parties)


def _at_most_whole(held: Vector, issuer: Index) -> Vector:
    if not len(held):
        return held
    total = np.bincount(issuer, held)
    return np.asarray(held / np.maximum(1.0, total)[issuer])
