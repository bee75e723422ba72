"""How a party's promises by year become a page: a bar a year, the same in figures, and the legs behind them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from knockon.views.bars import Part, bar, key
from knockon.views.document import document, text
from knockon.views.tables import cell, table
from knockon.views.wording import estimate

title: Final = "Timeline"

KEY: Final = (
    ("compute", "due, covered by revenue"),
    ("equity", "by money promised to it"),
    ("goods", "by cash"),
    ("hollow", "not covered"),
)
"""The parts of a year's bar in their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """A year; `parts` cover what is due, in the order of the key, and sum to `due`."""

    year: int
    due: float
    assumed: float  # of it, over a default term
    parts: tuple[float, float, float, float]
    funding: float
    revenue: float | None  # None: not known


@dataclass(frozen=True, slots=True, kw_only=True)
class LegLine:
    """A promise that is still to be paid."""

    leg: str
    words: str
    left: float
    first: str
    last: str
    default_term: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """All the page needs."""

    party: str  # in words
    headline: str
    firmness: str
    years: tuple[Year, ...]
    legs: tuple[LegLine, ...]  # to be paid by the party, largest first
    funding: tuple[LegLine, ...]  # money promised to it
    notes: tuple[str, ...]
    left_out: tuple[str, ...]
    edition: str
    as_of: str


def render(found: Timeline) -> str:
    """What a party has to pay by year, and how far cash, revenue and promised money cover it."""
    body = [f'<p class="headline">{text(found.headline)}</p>']
    if found.years:
        body += [_bars(found), _figures(found)]
    body += [
        f'<section class="board"><h2>How to read this</h2><ul class="lines">{_items(found.notes)}</ul></section>',
        _legs("legs", f"What {found.party} has promised to pay", found.legs),
        _legs("funding", f"Money promised to {found.party}", found.funding),
    ]
    return document(
        title=f"What {found.party} has promised to pay, by year",
        subtitle=f"Promises {found.firmness}, against cash, revenue and committed funding.",
        edition=found.edition,
        as_of=found.as_of,
        body="\n".join(body),
        styles=("board.css", "bars.css"),
        scripts=("sorts.js",),
        left_out=found.left_out,
        skip=("years", "Skip the picture: go to the years in figures") if found.years else ("main", "Skip to the text"),
    )


def _bars(found: Timeline) -> str:
    most = max(year.due for year in found.years) or 1.0
    rows = []
    for year in found.years:
        at, parts = 0.0, []
        for (kind, _), usd in zip(KEY, year.parts, strict=True):
            parts.append(Part(kind, at / most, (at + usd) / most))
            at += usd
        parts.append(Part("thin", 0.0, year.assumed / most))
        said = ", ".join(f"{words} {estimate(usd)}" for (_, words), usd in zip(KEY, year.parts, strict=True) if usd)
        rows.append(bar(str(year.year), parts, estimate(year.due), f"{year.year}: {estimate(year.due)} due; {said}"))
    marks = key((*KEY, ("thin", "of it, over an assumed term")))
    return f'<section class="board narrow"><h2>Due by year</h2>{marks}{"".join(rows)}</section>'


def _figures(found: Timeline) -> str:
    heads = ("Year", "Due", "Over an assumed term", "Revenue", "Promised money", "From cash", "Not covered")
    rows = [
        [
            cell(year.year, year.year),
            *(
                cell(usd, "–" if usd is None else estimate(usd))
                for usd in (year.due, year.assumed, year.revenue, year.funding, year.parts[2], year.parts[3])
            ),
        ]
        for year in found.years
    ]
    return f'<section class="board">{table("years", "The years in figures", heads, rows, "", heads[2:5])}</section>'


def _legs(name: str, caption: str, legs: tuple[LegLine, ...]) -> str:
    if not legs:
        return ""
    rows = [
        [
            (line.words, f"{text(line.words)} <small>{text(line.leg)}</small>"),
            cell(line.left, estimate(line.left)),
            cell(line.first, line.first),
            cell(line.last, line.last + (" (assumed)" if line.default_term else "")),
        ]
        for line in legs
    ]
    heads = ("Promise", "Still to pay", "From", "To")
    return f'<section class="board">{table(name, caption, heads, rows, "", heads[2:3])}</section>'


def _items(lines: tuple[str, ...]) -> str:
    return "".join(f"<li>{text(line)}</li>" for line in lines)
