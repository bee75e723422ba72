"""How circles of deals become a page: the curve by firmness, each circle drawn and told, a stated sum taken apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from knockon.views.bars import Part, bar, key
from knockon.views.document import document, text
from knockon.views.rings import Hop, ring
from knockon.views.tables import cell, table
from knockon.views.wording import amount, money, share

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
class Behind:
    """A promise, or a stated sum, that stands behind what a lab says it has committed."""

    part: str  # contract, letter of intent, option or staged, report, undisclosed, also stated
    who: str
    leg: str
    low: float | None
    most: float | None
    counted: float | None  # None: not to be added
    why: str  # it is not to be added


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """A stated sum taken apart as known on a day."""

    day: str
    lines: tuple[Behind, ...]
    contracts: float  # counted dollars of definitive contracts
    firm: int  # how many of them
    other: float  # counted dollars of anything less firm
    silent: int  # promises without an amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Loops:
    """All the page needs."""

    steps: tuple[Step, ...]
    circles: tuple[Circle, ...]  # the widest first
    more: int  # circles that are not shown
    firmness: str
    neutral: str
    lab: str  # who stated a sum; empty: nobody known
    stated: float
    apart: tuple[Apart, ...]  # the day it was stated, and the study's day
    left_out: tuple[str, ...]
    edition: str
    as_of: str


def render(found: Loops) -> str:
    """How much of what is paid can come back, every circle of deals with its legs, and a stated sum taken apart."""
    body = [f'<p class="neutral">{text(found.neutral)}</p>', _curve(found), _circles(found)]
    if found.apart:
        body.append(_apart(found))
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
            cell(step.usd, money(step.usd)),
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


# A stated sum


def _apart(found: Loops) -> str:
    days = "".join(_day(found, apart) for apart in found.apart)
    marks = key(
        (
            ("equity", "contracts"),
            ("goods", "less firm, counted"),
            ("dim", "named, not to be added"),
            ("hollow", "upper bound, or no promise known"),
        )
    )
    tables = "".join(_lines(k, apart) for k, apart in enumerate(found.apart))
    return (
        f'<section class="board" id="apart" tabindex="-1"><h2>The {text(money(found.stated))} of {text(found.lab)}'
        ' taken apart</h2><p class="aside">What stood behind the stated sum, then and now, on one scale. A letter or'
        " an option that shows the same demand as a contract, from another side, stands beside it and is in no sum."
        f'</p>{marks}<div class="pair">{days}</div>{tables}</section>'
    )


def _day(found: Loops, apart: Apart) -> str:
    whole = max([found.stated, *(line.most or 0.0 for line in apart.lines), apart.contracts + apart.other]) or 1.0
    known, unknown = apart.contracts + apart.other, max(0.0, found.stated - apart.contracts - apart.other)
    rows = [
        bar(
            "Stated sum",
            [
                Part("hollow", known / whole, (known + unknown) / whole),
                Part("goods", apart.contracts / whole, known / whole),
                Part("equity", 0.0, apart.contracts / whole),
            ],
            money(found.stated),
            f"{money(found.stated)} stated: {money(apart.contracts)} contracts, {money(apart.other)} less firm,"
            f" {money(unknown)} behind which no promise with an amount is known",
        )
    ]
    rows += [
        bar(
            f"{line.part}, {line.who}",
            [Part("hollow", (line.low or 0.0) / whole, line.most / whole), Part("dim", 0.0, (line.low or 0.0) / whole)],
            money(line.most),
            f"{line.part}, {line.who}: {_amount(line)}, {line.why}",
        )
        for line in apart.lines
        if line.counted is None and line.most
    ]
    silent = f" {apart.silent} promises have no public amount." if apart.silent else ""
    told = (
        f"{apart.firm} contracts make {money(apart.contracts)}. Behind {money(unknown)} of the stated sum no further"
        f" amount is known that could be added.{silent}"
    )
    return f"<div><h3>As known on {text(apart.day)}</h3><p>{text(told)}</p>{''.join(rows)}</div>"


def _lines(k: int, apart: Apart) -> str:
    heads = ("To", "What", "Amount", "Counted", "Not to be added")
    rows = [
        [
            (line.who, f"{text(line.who)} <small>{text(line.leg)}</small>"),
            cell(line.part, line.part),
            cell(line.most, _amount(line)),
            cell(line.counted, "–" if line.counted is None else money(line.counted)),
            cell(line.why, line.why),
        ]
        for line in apart.lines
    ]
    return table(f"apart-{k}", f"Line by line, as known on {apart.day}", heads, rows, "", heads[3:])


def _amount(line: Behind) -> str:
    if line.low is not None and line.most is not None and line.most > line.low:
        return f"{money(line.low)}, at most {money(line.most)}"
    return amount(None, line.low, line.most)


def _share(part: float | None) -> str:
    return "–" if part is None else share(part)
