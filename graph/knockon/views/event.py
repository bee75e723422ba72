"""How an event becomes a page: what stood the day before, three numbers a firm, who said what, hindsight apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from knockon.views.apart import Apart, taken_apart
from knockon.views.document import document, link, text
from knockon.views.tables import Cell, cell, table, worded
from knockon.views.wording import loss, minus

title: Final = "Event"


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """A live leg of the origin, as known on the eve."""

    leg: str
    words: str
    most: float | None  # dollars, or their upper bound; None: undisclosed
    amount: str
    firmness: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Firm:
    """What a share did on the day, as fractions; the three parts sum to `change`, None where there is no score."""

    name: str
    change: float
    factor: float | None
    network: float | None
    residual: float | None
    usd: float | None  # change of market value
    own_news: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What somebody said; `url` empty where no address is known."""

    date: str
    who: str
    said: str
    publisher: str
    url: str


@dataclass(frozen=True, slots=True)
class Words:
    """A table in words."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """All the page needs."""

    id: str
    title: str
    date: str
    kind: str
    summary: str
    facts: tuple[tuple[str, str], ...]
    url: str  # of the event's own source
    eve: str
    origin: str  # in words; empty where there is none
    promises: tuple[Promise, ...]  # largest first
    firms: tuple[Firm, ...]
    widest: float  # where the bars of the three parts are cut, as a fraction
    unscored: str  # why the day has no score; empty where it has one
    apart: tuple[Apart, ...]  # the sum the origin had stated, taken apart; empty: it stated none
    compared: Words
    reproduced: int
    printed: Words
    said: tuple[Remark, ...]
    said_after: tuple[Remark, ...]
    followed: Words
    edition: str
    as_of: str


def render(day: Day) -> str:
    """One day: what was known before, who moved and why as far as a model can say, who said what, what came of it."""
    sections = (
        ("eve", f"Known on {day.eve}", _eve(day)),
        ("firms", "Three numbers per firm", _firms(day)),
        ("article", "Stated and recomputed", _article(day)),
        ("said", "Who said what", _remarks(day.said)),
        ("hindsight", f"Hindsight: after {day.date}", _hindsight(day)),
    )
    boards = [(name, f"<h2>{text(head)}</h2>{inside}") for name, head, inside in sections if inside]
    if day.apart:
        boards.insert(1, ("apart", taken_apart(day.apart)))
    body = [_answer(day)]
    body += [f'<section class="board" id="{name}" tabindex="-1">{inside}</section>' for name, inside in boards]
    return document(
        title=day.title,
        subtitle=f"{day.date}: {day.kind}.",
        edition=day.edition,
        as_of=day.as_of,
        body="\n".join(body),
        styles=("board.css", "bars.css", "event.css"),
        scripts=("sorts.js",),
        left_out=("No single day is proof. The network part is the engine's, at the size of shock that fits the day.",),
    )


def _answer(day: Day) -> str:
    fell = sum(firm.change < 0 for firm in day.firms)
    known = len(day.compared.rows)
    figures = (
        (f"{fell} of {len(day.firms)}", "shares fell", bool(day.firms)),
        (
            str(len(day.promises)),
            f"live promise{'s' * (len(day.promises) != 1)} of and to {day.origin} the day before",
            bool(day.promises),
        ),
        (f"{day.reproduced} of {known}", "printed figures reproduce from the tables", bool(known)),
    )
    shown = "".join(
        f"<div><dt>{text(words)}</dt><dd>{text(figure)}</dd></div>" for figure, words, known in figures if known
    )
    rows = "".join(
        f"<div><dt>{text(label)}</dt><dd>{link(words, day.url if label == 'source' else '')}</dd></div>"
        for label, words in day.facts
    )
    numbers = f'<dl class="figures">{shown}</dl>' if shown else ""
    return (
        f'<section class="answer" aria-label="In short"><p class="told">{text(minus(day.summary))}</p>{numbers}'
        f'<dl class="said-of">{rows}</dl></section>'
    )


def _eve(day: Day) -> str:
    if not day.promises:
        return ""
    rows = [
        [
            (promise.words, f"{text(promise.words)} <small>{text(promise.leg)}</small>"),
            cell(promise.most, promise.amount),
            cell(promise.firmness, promise.firmness),
        ]
        for promise in day.promises
    ]
    note = "Some show one demand from two sides, so this is not a sum."
    caption = f"Promises of and to {day.origin}"
    return table("promises", caption, ("Promise", "Amount", "How firm"), rows, note)


# Three numbers


_PARTS: Final = (("factor", "Factor"), ("network", "Network"), ("residual", "Residual"))


def _firms(day: Day) -> str:
    if not day.firms:
        return ""
    heads: tuple[str, ...] = ("Firm", "Return", *(words for _, words in _PARTS), "In bars", "Market value")
    rows = [_firm(firm, day.widest) for firm in day.firms]
    if day.unscored:
        rows = [[*row[:2], row[-1]] for row in rows]
        heads = (*heads[:2], heads[-1])
    key = "".join(f'<span><i class="key {name}"></i>{text(words)}</span>' for name, words in _PARTS)
    how = (
        f'<p class="aside">Factor: market and AI basket. Network: the engine, from the book of {text(day.eve)}.'
        f' Residual: all else. They add up to the return.</p><p class="key-line">{key}</p>'
        if not day.unscored
        else f'<p class="aside">The day has no score: {text(day.unscored)}.</p>'
    )
    note = "Firms marked own news are in no test of this day. A dash: not known, or no loadings."
    if not day.unscored:
        note += f" Bars are cut at {day.widest:.0%}."
    return how + table("three", f"What shares did on {day.date}", heads, rows, note, ("Factor", "Residual", "In bars"))


def _split(firm: Firm) -> tuple[float, float, float]:
    return firm.factor or 0.0, firm.network or 0.0, firm.residual or 0.0


def _firm(firm: Firm, widest: float) -> list[Cell]:
    mark = ' <small class="own">own news</small>' if firm.own_news else ""
    return [
        (firm.name, f"{text(firm.name)}{mark}"),
        *(cell(part, _percent(part)) for part in (firm.change, firm.factor, firm.network, firm.residual)),
        (firm.network, _bars(firm, widest)),
        cell(firm.usd, "–" if firm.usd is None else loss(-firm.usd)),
    ]


def _bars(firm: Firm, widest: float) -> str:
    """Three thin bars from a line in the middle; the figures stand beside, so nobody needs them read out."""
    if firm.factor is None:
        return ""
    drawn = "".join(
        f'<rect class="{name}" x="{50 * (1 + max(-1.0, min(part, 0.0) / widest)):.1f}" y="{1 + 5 * k}"'
        f' width="{50 * min(1.0, abs(part) / widest):.1f}" height="4"/>'
        for k, ((name, _), part) in enumerate(zip(_PARTS, _split(firm), strict=True))
    )
    return (
        '<svg class="three" viewBox="0 0 100 16" preserveAspectRatio="none" aria-hidden="true">'
        f'{drawn}<line x1="50" x2="50" y1="0" y2="16"/></svg>'
    )


# Words


def _article(day: Day) -> str:
    return worded("compared", *_named(day.compared), ("Note",)) + worded("printed", *_named(day.printed), ("Note",))


def _hindsight(day: Day) -> str:
    inside = _remarks(day.said_after) + worded("followed", *_named(day.followed))
    note = '<p class="aside">Nobody could know this on the day; it is in no prediction.</p>'
    return note + inside if inside else ""


def _named(words: Words) -> tuple[str, tuple[str, ...], tuple[tuple[str, ...], ...]]:
    rows = tuple(tuple(minus(cell) for cell in row) for row in words.rows)
    return words.title, tuple(column.capitalize() for column in words.columns), rows


def _remarks(said: Sequence[Remark]) -> str:
    items = "".join(
        f"<li><p><b>{text(remark.who)}</b> <small>{text(remark.date)},"
        f" {link(remark.publisher, remark.url)}</small></p>"
        f"<p>{text(remark.said)}</p></li>"
        for remark in said
    )
    return f'<ul class="remarks">{items}</ul>' if items else ""


def _percent(part: float | None) -> str:
    if not part:
        return "–" if part is None else "0"
    return f"{round(100 * part, 2) + 0.0:+.2f}%".replace("-", "−")
