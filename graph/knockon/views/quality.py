"""What the quality page shows: how good the evidence is, its weak places first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from knockon.views.bars import Part, bar
from knockon.views.document import document, link, text
from knockon.views.tables import Cell, cell, table
from knockon.views.wording import money, share, word

title = "Quality"

BEST = ("filing", "company_release")
"""The grades that are a firm's own word, in its filings or its releases."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeLine:
    """The amounts whose winning claim is by sources of one grade."""

    grade: str
    legs: int
    usd: int
    share: float  # of the value of all amounts


@dataclass(frozen=True, slots=True, kw_only=True)
class LegLine:
    """A leg with a weakness; what is not asked of it stays empty."""

    leg: str  # DEAL/LEG
    payer: str  # in words
    payee: str
    promise: str
    usd: int | None = None
    least: int | None = None
    most: int | None = None
    claims: int = 0
    source: str = ""  # publisher whose claim won
    url: str = ""
    grade: str = ""
    firmness: str = ""
    known_from: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyLine:
    """A party and the day when anything last became known about it."""

    party: str
    name: str
    newest: str
    days: int  # from then to the day of the page


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """All the page needs; each list comes from the query of the same name under `provenance/`."""

    edition: str
    as_of: str
    legs: int  # live on the day
    grades: tuple[GradeLine, ...]  # best first
    primary: float  # share of value on filings and releases
    single_source: tuple[LegLine, ...]
    differing: tuple[LegLine, ...]
    without_amount: tuple[LegLine, ...]
    parties: tuple[PartyLine, ...]  # oldest first
    ages: tuple[tuple[str, int], ...]  # how old the newest fact is, and for how many parties


def render(quality: Quality) -> str:
    """How good the evidence is, its weak places first."""
    sections = (
        ("grades", _GRADES, _grades(quality)),
        ("single-source", _SINGLE, _single(quality)),
        ("differing", _DIFFERING, _differing(quality)),
        ("without-amount", _SILENT, _silent(quality)),
        ("newest-facts", _AGES, _ages(quality)),
    )
    places = "".join(f'<li><a href="#{name}">{text(head)}</a></li>' for name, (head, _), _ in sections)
    boards = "".join(
        f'<section id="{name}" class="board" aria-labelledby="{name}-table-caption" tabindex="-1">{inside}</section>'
        for name, _, inside in sections
    )
    return document(
        title="How good the evidence is",
        subtitle=(
            "What the amounts of this book rest on, and where it is weak. A grade is of the source, not of the firms "
            "named: it says how near a page stands to those who signed, not whether a promise will be kept."
        ),
        edition=quality.edition,
        as_of=quality.as_of,
        body=f'<div class="quality"><dl class="figures">{_figures(quality)}</dl>'
        f'<nav aria-label="On this page"><ul class="contents">{places}</ul></nav>{boards}<p>{_QUERIES}</p></div>',
        styles=("board.css", "bars.css", "quality.css"),
        scripts=("sorts.js",),
        skip=("single-source", "Skip to the weakest places"),
    )


_QUERIES: Final = (
    "Each list is the answer to a query of the same name: <code>knockon ask by-grade</code>, "
    "<code>single-source</code>, <code>claims-that-differ</code>, <code>without-amount</code>, "
    "<code>newest-facts</code>. All claims about a leg, with the reason why one won: "
    "<code>knockon explain DEAL/LEG</code>."
)
_GRADES: Final = (
    "What the amounts rest on",
    "Each leg with a point amount, live and not contained in another, counts under the grade of the source that "
    "won; of two legs that show one dollar from two sides at one of its ends, one.",
)
_SINGLE: Final = (
    "Large legs on one source",
    "Live legs of $10bn or more about which the book holds one claim only. A second source is the most useful "
    "correction a reader can send.",
)
_DIFFERING: Final = (
    "Where sources differ",
    "The rule takes the claim of a source that existed on the day, confirmed, of the better grade, then the later; "
    "the losers stay in the book and widen the range.",
)
_SILENT: Final = (
    "Legs without an amount",
    "Not even a bound is public. They are not zero and in no sum, and every answer says how many it left out.",
)
_AGES: Final = (
    "The newest fact per party",
    "When a claim about one of its legs, an event, a statement, a holding or a figure last became known; market "
    "quotes aside.",
)


def _figures(quality: Quality) -> str:
    figures = (
        (share(quality.primary), "of the value rests on filings or company releases"),
        (str(len(quality.single_source)), "legs of $10bn or more rest on one source"),
        (str(len(quality.differing)), "legs on which sources give different amounts"),
        (f"{len(quality.without_amount)} of {quality.legs}", "live legs have no public amount"),
    )
    return "".join(f"<div><dt>{text(words)}</dt><dd>{text(figure)}</dd></div>" for figure, words in figures)


# The lists


def _grades(quality: Quality) -> str:
    most = max((line.share for line in quality.grades), default=1.0)
    rows = [
        [_word(line.grade), cell(line.share, share(line.share)), _usd(line.usd), cell(line.legs, line.legs)]
        for line in quality.grades
    ]
    bars = [
        (word({}, line.grade), line.share / most, share(line.share), "equity" if line.grade in BEST else "dim")
        for line in quality.grades
    ]
    drawn = _bars(bars, "Share of value by grade of source; blue: filings and company releases")
    return _listed("grades", _GRADES, ("Grade of the source", "Share", "Amount", "Legs"), rows) + drawn


def _single(quality: Quality) -> str:
    rows = [[_leg(leg), _usd(leg.usd), _source(leg), _word(leg.grade)] for leg in quality.single_source]
    return _listed("single-source", _SINGLE, (_LEG, "Amount", "Source", "Grade"), rows, ("Grade",))


def _differing(quality: Quality) -> str:
    heads = (_LEG, "From", "To", "Won", "Claims", "On the word of", "Grade")
    rows = [
        [
            _leg(leg),
            *map(_usd, (leg.least, leg.most, leg.usd)),
            cell(leg.claims, leg.claims),
            _source(leg),
            _word(leg.grade),
        ]
        for leg in quality.differing
    ]
    return _listed("differing", _DIFFERING, heads, rows, heads[4:])


def _silent(quality: Quality) -> str:
    heads = (_LEG, "How firm", "Public since")
    rows = [[_leg(leg), _word(leg.firmness), cell(leg.known_from, leg.known_from)] for leg in quality.without_amount]
    return _listed("without-amount", _SILENT, heads, rows, heads[2:])


def _ages(quality: Quality) -> str:
    most = max((count for _, count in quality.ages), default=1)
    rows = [
        [cell(line.name, line.name), cell(line.newest, line.newest), cell(line.days, line.days)]
        for line in quality.parties
    ]
    bars = [
        (words, count / most, f"{count} part{'y' if count == 1 else 'ies'}", "dim") for words, count in quality.ages
    ]
    drawn = _bars(bars, "How many parties by the age of their newest fact")
    return _listed("newest-facts", _AGES, ("Party", "Newest fact", "Days ago"), rows) + drawn


def _listed(
    name: str, told: tuple[str, str], heads: Sequence[str], rows: Sequence[Sequence[Cell]], optional: Sequence[str] = ()
) -> str:
    return table(f"{name}-table", told[0], heads, rows, told[1], optional)


_LEG: Final = "Payer → payee"


def _leg(leg: LegLine) -> Cell:
    """Both parties, and beneath them the promise and the leg's id."""
    words = f"{text(leg.payer)} → {text(leg.payee)}"
    return leg.payer.casefold(), f"{words} <small>{text(word({}, leg.promise))}, {text(leg.leg)}</small>"


def _word(name: str) -> Cell:
    words = word({}, name)
    return cell(words, words[:1].upper() + words[1:])


def _usd(usd: int | None) -> Cell:
    return cell(usd, "–" if usd is None else money(usd))


def _source(leg: LegLine) -> Cell:
    return leg.source.casefold(), link(leg.source, leg.url)


def _bars(bars: Sequence[tuple[str, float, str, str]], words: str) -> str:
    """Bars by label, length from 0 to 1, figure and kind, below the list they sum up."""
    drawn = "".join(
        bar(label, [Part(kind, 0.0, length)], figure, f"{label} {figure}") for label, length, figure, kind in bars
    )
    return f'<figure class="chart"><figcaption>{text(words)}</figcaption>{drawn}</figure>'
