"""What the quality page shows: how good the evidence is, its weak places first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from knockon.views.document import document
from knockon.views.wording import money, share

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
    sections = (_grades(quality), _single(quality), _differing(quality), _silent(quality), _ages(quality))
    contents = "".join(f'<li><a href="#{name}">{escape(head)}</a></li>' for name, head, _ in sections)
    return document(
        title="How good the evidence is",
        subtitle=(
            "What the amounts of this book rest on, and where it is weak. A grade is of the source, not of the firms "
            "named: it says how near a page stands to those who signed, not whether a promise will be kept."
        ),
        edition=quality.edition,
        as_of=quality.as_of,
        body=f'<div class="quality"><dl class="figures">{_figures(quality)}</dl>'
        f'<nav aria-label="On this page"><ul class="contents">{contents}</ul></nav>'
        + "\n".join(text for _, _, text in sections)
        + f"<p>{_QUERIES}</p></div>",
        styles=("quality.css",),
        scripts=("quality.js",),
        skip=("single-source", "Skip to the weakest places"),
    )


_QUERIES = (
    "Each list is the answer to a query of the same name: <code>knockon ask by-grade</code>, "
    "<code>single-source</code>, <code>claims-that-differ</code>, <code>without-amount</code>, "
    "<code>newest-facts</code>. All claims about a leg, with the reason why one won: "
    "<code>knockon explain DEAL/LEG</code>."
)


Cell = tuple[str, str | float]
"""What stands in a cell, as HTML, and what it sorts by."""
Column = tuple[str, str]
"""A column's head and the classes of its cells."""


def _figures(quality: Quality) -> str:
    figures = (
        (share(quality.primary), "of the value rests on filings or company releases"),
        (str(len(quality.single_source)), "legs of $10bn or more rest on one source"),
        (str(len(quality.differing)), "legs on which sources give different amounts"),
        (f"{len(quality.without_amount)} of {quality.legs}", "live legs have no public amount"),
    )
    return "".join(f"<div><dt>{escape(words)}</dt><dd>{escape(figure)}</dd></div>" for figure, words in figures)


def _section(
    name: str, head: str, note: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], chart: str = ""
) -> tuple[str, str, str]:
    heads = "".join(
        f'<th scope="col" class="{kind}" aria-sort="none"><button type="button">{escape(words)}</button></th>'
        for words, kind in columns
    )
    kind = "tables charted" if chart else "tables"
    body = "".join(f"<tr>{_row(row, columns)}</tr>\n" for row in rows)
    text = (
        f'<section id="{name}" class="{kind}" aria-labelledby="{name}-caption" tabindex="-1">'
        f'<div class="scroll" role="region" aria-labelledby="{name}-caption" tabindex="0">'
        f'<table><caption id="{name}-caption">{escape(head)}<small>{escape(note)}</small></caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>{chart}</section>"
    )
    return name, head, text


def _row(row: Sequence[Cell], columns: Sequence[Column]) -> str:
    """Cells, the first of which heads the row."""
    tags = ['th scope="row"', *["td"] * (len(row) - 1)]
    return "".join(
        f'<{tag} class="{kind}" data-sort="{escape(str(order))}">{text}</{tag[:2]}>'
        for tag, (text, order), (_, kind) in zip(tags, row, columns, strict=True)
    )


def _grades(quality: Quality) -> tuple[str, str, str]:
    most = max((line.share for line in quality.grades), default=1.0)
    return _section(
        "grades",
        "What the amounts rest on",
        "Each leg with a point amount, live and not contained in another, counts under the grade of the source that "
        "won. Legs that show one demand from two sides both count: this is a share of evidence, not a sum of money.",
        (("Grade of the source", "said"), ("Share", "number"), ("Amount", "number"), ("Legs", "number")),
        (
            (
                _word(line.grade),
                (share(line.share), line.share),
                (money(line.usd), line.usd),
                (str(line.legs), line.legs),
            )
            for line in quality.grades
        ),
        _bars(
            [(_plain(line.grade), line.share / most, share(line.share), line.grade in BEST) for line in quality.grades],
            "Share of value by grade of source; blue: filings and company releases",
        ),
    )


def _single(quality: Quality) -> tuple[str, str, str]:
    return _section(
        "single-source",
        "Large legs on one source",
        "Live legs of $10bn or more about which the book holds one claim only. A second source is the most useful "
        "correction a reader can send.",
        (_LEG, ("Amount", "number"), ("Grade", "said"), ("Source", "source")),
        ((_leg(leg), _usd(leg.usd), _word(leg.grade), _source(leg)) for leg in quality.single_source),
    )


def _differing(quality: Quality) -> tuple[str, str, str]:
    return _section(
        "differing",
        "Where sources differ",
        "The rule takes the claim of a source that existed on the day, confirmed, of the better grade, then the later; "
        "the losers stay in the book and widen the range.",
        (
            _LEG,
            ("From", "number"),
            ("To", "number"),
            ("Won", "number"),
            ("Claims", "number optional"),
            ("On the word of", "source"),
            ("Grade", "said optional"),
        ),
        (
            (
                _leg(leg),
                _usd(leg.least),
                _usd(leg.most),
                _usd(leg.usd),
                (str(leg.claims), leg.claims),
                _source(leg),
                _word(leg.grade),
            )
            for leg in quality.differing
        ),
    )


def _silent(quality: Quality) -> tuple[str, str, str]:
    return _section(
        "without-amount",
        "Legs without an amount",
        "Not even a bound is public. They are not zero and in no sum, and every answer says how many it left out.",
        (_LEG, ("How firm", "said"), ("Public since", "optional")),
        ((_leg(leg), _word(leg.firmness), (escape(leg.known_from), leg.known_from)) for leg in quality.without_amount),
    )


def _ages(quality: Quality) -> tuple[str, str, str]:
    most = max((count for _, count in quality.ages), default=1)
    return _section(
        "newest-facts",
        "The newest fact per party",
        "When a claim about one of its legs, an event, a statement, a holding or a figure last became known; market "
        "quotes aside.",
        (("Party", "name"), ("Newest fact", ""), ("Days ago", "number")),
        ((_text(line.name), _text(line.newest), (str(line.days), line.days)) for line in quality.parties),
        _bars(
            [
                (words, count / most, f"{count} part{'y' if count == 1 else 'ies'}", False)
                for words, count in quality.ages
            ],
            "How many parties by the age of their newest fact",
        ),
    )


_LEG: Column = ("Payer → payee", "leg")


def _leg(leg: LegLine) -> Cell:
    """Both parties, and beneath them the promise and the leg's id."""
    words = f"{escape(leg.payer)} → {escape(leg.payee)}"
    return f"{words} <small>{escape(_plain(leg.promise))}, {escape(leg.leg)}</small>", leg.payer.casefold()


def _text(words: str) -> Cell:
    return escape(words), words.casefold()


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _word(name: str) -> Cell:
    return _text(_plain(name))


def _usd(usd: int | None) -> Cell:
    return ("–", -1) if usd is None else (money(usd), usd)


def _source(leg: LegLine) -> Cell:
    words, order = _text(leg.source)
    if not leg.url.startswith(("https://", "http://")):
        return words, order
    return f'<a href="{escape(leg.url)}" rel="noopener noreferrer">{words}</a>', order


def _bars(bars: Sequence[tuple[str, float, str, bool]], words: str) -> str:
    """A bar chart: label, length from 0 to 1, figure, and whether the bar is marked."""
    step, left, long = 26, 128, 220
    lines = "".join(
        f'<g transform="translate({left} {step * i})"><text x="-9" y="17" class="label">{escape(label)}</text>'
        f'<rect y="4" width="{max(1.0, long * length):.1f}" height="17" class="{"marked" if marked else ""}"></rect>'
        f'<text x="{long * length + 8:.1f}" y="17">{escape(figure)}</text></g>'
        for i, (label, length, figure, marked) in enumerate(bars)
    )
    told = f"{words}: " + ", ".join(f"{label} {figure}" for label, _, figure, _ in bars)
    return (
        f'<figure class="chart"><svg viewBox="0 0 430 {step * len(bars)}" role="img" aria-label="{escape(told)}">'
        f"{lines}</svg><figcaption>{escape(words)}</figcaption></figure>"
    )
