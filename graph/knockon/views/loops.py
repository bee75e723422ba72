"""How circles of deals become a page: the curve by firmness, each circle drawn and told, a stated sum taken apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from knockon.views.apart import Apart, taken_apart
from knockon.views.bars import Part, bar, key
from knockon.views.document import document, text
from knockon.views.rings import Hop, ring
from knockon.views.tables import cell, table
from knockon.views.wording import estimate

title: Final = "Loops"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The curve at one threshold of firmness; shares None where there are no dollars."""

    firmness: str
    legs: int
    usd: float  # a year
    loops: int | None  # None: too many to list
    back: float | None  # straight back, between two
    central: float | None
    most: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LegLine:
    """A leg of a circle as a sentence."""

    words: str
    amount: str
    firmness: str
    known: str
    leg: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    """A circle: `hops[k]` and `legs[k]` lead from `names[k]` to the next."""

    names: tuple[str, ...]
    hops: tuple[Hop, ...]
    legs: tuple[tuple[LegLine, ...], ...]
    bottleneck: float | None  # dollars on the narrowest disclosed hop
    narrow: str  # the same in words
    since: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Loops:
    """All the page needs."""

    steps: tuple[Step, ...]
    circles: tuple[Circle, ...]  # the widest first
    more: int  # circles that are not shown
    firmness: str
    neutral: str
    apart: tuple[Apart, ...]  # a stated sum, on the day it was stated and the study's; empty: none is known
    left_out: tuple[str, ...]
    edition: str
    as_of: str


def render(found: Loops) -> str:
    """How much of what is paid can come back, every circle of deals with its legs, and a stated sum taken apart."""
    body = [f'<p class="neutral">{text(found.neutral)}</p>', _curve(found), _circles(found)]
    if found.apart:
        body.append(f'<section class="board" id="apart" tabindex="-1">{taken_apart(found.apart)}</section>')
    return document(
        title="Who pays whom in a circle",
        subtitle=f"{len(found.circles) + found.more} circles of deals, {found.firmness}, as known on {found.as_of}.",
        edition=found.edition,
        as_of=found.as_of,
        body="\n".join(body),
        styles=("board.css", "bars.css", "loops.css"),
        scripts=("sorts.js", "loops.js"),
        left_out=found.left_out,
        skip=("circles", "Skip to the circles"),
    )


def _curve(found: Loops) -> str:
    most = max((step.most or 0.0 for step in found.steps), default=0.0) or 1.0
    rows = [
        bar(
            step.firmness,
            [
                Part("hollow", (step.central or 0.0) / most, (step.most or 0.0) / most),
                Part("equity", 0.0, (step.central or 0.0) / most),
                Part("thin", 0.0, (step.back or 0.0) / most),
            ],
            _share(step.central),
            f"{step.firmness}: {_share(step.back)} straight back, {_share(step.central)} by every circle,"
            f" {_share(step.most)} at most",
        )
        for step in found.steps
    ]
    heads = ("Least firmness", "Legs", "Dollars a year", "Circles", "Straight back", "Every circle", "At most")
    cells = [
        [
            cell(k, step.firmness),
            cell(step.legs, step.legs),
            cell(step.usd, estimate(step.usd)),
            cell(step.loops, "many" if step.loops is None else step.loops),
            *(cell(part, _share(part)) for part in (step.back, step.central, step.most)),
        ]
        for k, step in enumerate(found.steps)
    ]
    marks = key(
        (
            ("equity", "can come back by every circle, in proportion"),
            ("thin", "straight back, between two"),
            ("hollow", "at most: all that could be netted"),
        )
    )
    return (
        '<section class="board"><h2>How much can come back</h2><p class="aside">Share of the dollars paid a year'
        " between named parties that can return to who paid them, by the least firmness that counts. The debate is"
        f" about the threshold, so here is every one.</p>{marks}{''.join(rows)}"
        f"{table('curve', 'The curve in figures', heads, cells, '', heads[1:4])}</section>"
    )


# Circles


def _circles(found: Loops) -> str:
    if not found.circles:
        return '<section class="board" id="circles"><h2>Circles</h2><p>None is known on this day.</p></section>'
    links = "".join(
        f'<li><a href="#circle-{k}">{text(_chain(circle))}</a><small>{text(_told(circle))}</small></li>'
        for k, circle in enumerate(found.circles, 1)
    )
    drawn = "".join(_circle(k, circle, len(found.circles)) for k, circle in enumerate(found.circles, 1))
    more = f'<p class="aside">And {found.more} more, narrower: knockon loops.</p>' if found.more else ""
    marks = key(
        (("equity", "puts money in"), ("compute", "buys from"), ("both", "does both"), ("dashed", "no public amount"))
    )
    return (
        '<section class="board" id="circles" tabindex="-1"><h2>Circles, the widest first</h2><p class="aside">In each,'
        f" somebody funds and somebody buys. Choose one to see it drawn.</p>{marks}"
        f'<div class="circles"><div class="drawn">{drawn}</div>'
        f'<nav aria-label="Circles"><ol class="chosen">{links}</ol>{more}</nav></div></section>'
    )


def _chain(circle: Circle) -> str:
    return " → ".join((*circle.names, circle.names[0]))


def _told(circle: Circle) -> str:
    return f"{circle.narrow}, whole since {circle.since}"


def _circle(k: int, circle: Circle, count: int) -> str:
    legs = "".join(
        f"<li>{text(leg.words)}: <b>{text(leg.amount)}</b>, {text(leg.firmness)}, known {text(leg.known)}"
        f" <small>{text(leg.leg)}</small></li>"
        for hop in circle.legs
        for leg in hop
    )
    ends = zip(circle.names, (*circle.names[1:], circle.names[0]), circle.hops, strict=True)
    words = "; ".join(f"{payer} to {payee}: {hop.amount}" for payer, payee, hop in ends)
    turn = "".join(
        f'<a href="#circle-{(to - 1) % count + 1}">{words}</a>' for to, words in ((k - 1, "Previous"), (k + 1, "Next"))
    )
    return (
        f'<article id="circle-{k}" tabindex="-1" aria-labelledby="circle-{k}-head">'
        f'<h3 id="circle-{k}-head"><span>{k} of {count}</span> {text(_chain(circle))}</h3>'
        f'<p class="aside">{text(_told(circle))}</p>{ring(circle.names, circle.hops, words)}'
        f'<ul class="legs">{legs}</ul><p class="turn">{turn}</p></article>'
    )


def _share(part: float | None) -> str:
    return "–" if part is None else f"{part:.1%}"
