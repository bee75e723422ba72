"""How the course of a shock is told: its rounds, and the largest ways the loss took, in sentences."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from knockon.contagion.fixedpoint import solve
from knockon.contagion.rounds import rounds
from knockon.contagion.spread import GAP, Spread
from knockon.exposures import Vector
from knockon.study.shocks.answer import ShockAnswer
from knockon.views.scene import PathLine, RoundMark

if TYPE_CHECKING:
    from knockon.study.dated import DatedBook

SOUGHT = 100
MOST_ROUNDS = 6
REST = 0.002
"""Rounds are told until less than this share of all losses is still to come."""


def told_rounds(result: ShockAnswer) -> tuple[RoundMark, ...]:
    """The hit itself, what is lost after each round, and the end, which is the result."""
    final = result.spread.loss
    found: list[RoundMark] = []
    for i, lost in enumerate(islice(rounds(result.spread.map), MOST_ROUNDS)):
        if float(lost.sum()) > (1 - REST) * float(final.sum()):
            break
        words = "The hit itself" if i == 0 else "After the first round" if i == 1 else f"After round {i}"
        found.append(_mark(result, words, lost))
    return (*found, _mark(result, "In the end", final))


def _mark(result: ShockAnswer, words: str, lost: Vector) -> RoundMark:
    balance = result.spread.exposures.balance
    listed = balance.listed & ~np.isnan(balance.value)
    return RoundMark(
        words=words,
        listed_usd=float(lost[listed].sum()),
        losses={
            balance.parties[i]: (
                float(lost[i]),
                None if np.isnan(balance.value[i]) else float(lost[i] / balance.value[i]),
            )
            for i in np.flatnonzero(lost > 0)
        },
    )


def told_paths(result: ShockAnswer, most: int = 12) -> tuple[tuple[PathLine, ...], float]:
    """The `most` largest ways the loss took, and the share of what others lose that they carry.

    Where a party is hit in two ways, in value and in performance, what both send along the same legs is one way;
    it is gathered among the `SOUGHT` largest of each.
    """
    found, share = result.spread.attribution.paths(SOUGHT)
    ways: dict[tuple[tuple[str, ...], tuple[str, ...]], float] = {}
    for path in found:
        ways[path.parties, path.legs] = ways.get((path.parties, path.legs), 0.0) + path.usd
    largest = sorted(ways.items(), key=lambda way: -way[1])[:most]
    lines = tuple(
        PathLine(
            usd=usd,
            words=sentence(result.study, parties, legs),
            parties=parties,
            names=tuple(map(result.study.short, parties)),
            legs=legs,
        )
        for (parties, legs), usd in largest
    )
    whole = sum(ways.values()) / share if share else 0.0
    return lines, sum(line.usd for line in lines) / whole if whole else 0.0


def sentence(study: DatedBook, parties: Iterable[str], legs: Iterable[str]) -> str:
    """From A to B through their loan (the deal), and on to C through everyday purchases."""
    first, *others = map(study.short, parties)
    steps = [f"to {party} through {_way(study, leg)}" for party, leg in zip(others, legs, strict=True)]
    return f"From {first} {', and on '.join(steps)}."


def _way(study: DatedBook, edge: str) -> str:
    if edge in study.book.legs:
        leg = study.book.legs[edge]
        return f"the {leg.instrument.replace('_', ' ')} in “{study.book.deals[leg.deal].title}”"
    kind, _, pair = edge.partition(":")
    if kind == "stake":
        return f"{study.short(pair.partition('/')[0])}’s stake"
    return "everyday purchases"


def worst(s: Spread) -> dict[str, float]:
    """Dollars that each party loses at the greatest fixed point, if that is another than the least; else nothing."""
    if s.gap <= GAP:
        return {}
    state = solve(s.map, greatest=True)
    value = s.exposures.balance.value
    sunk = s.map.dollars(s.map.losses(s.map.edge_shortfalls(state.h, state.d, state.y)))[:, 0]
    lost = np.where(np.isnan(value), sunk, state.h[:, 0] * np.nan_to_num(value))
    return dict(zip(s.exposures.balance.parties, map(float, lost), strict=True))
