"""How a sum that somebody stated is taken apart on a page: contracts, what is less firm, and what nobody knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from knockon.views.bars import Part, bar, key
from knockon.views.document import text
from knockon.views.tables import cell, table
from knockon.views.wording import amount, money


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

    lab: str  # who stated it
    stated: float
    day: str
    lines: tuple[Behind, ...]
    contracts: float  # counted dollars of definitive contracts
    firm: int  # how many of them
    other: float  # counted dollars of anything less firm
    silent: int  # promises without an amount


def taken_apart(days: Sequence[Apart]) -> str:
    """The same sum as known on each of the days, on one scale, then line by line."""
    first = days[0]
    whole = max(line for day in days for line in _sizes(day)) or 1.0
    pictures = "".join(_day(day, whole) for day in days)
    tables = "".join(_lines(k, day) for k, day in enumerate(days))
    return (
        f"<h2>The {text(money(first.stated))} of {text(first.lab)} taken apart</h2>"
        '<p class="aside">What stood behind the stated sum, on one scale. A letter or an option that shows the same'
        " demand as a contract, from another side, stands beside it and is in no sum.</p>"
        f'{key(_KEY)}<div class="pair">{pictures}</div>{tables}'
    )


_KEY = (
    ("equity", "contracts"),
    ("goods", "less firm, counted"),
    ("dim", "named, not to be added"),
    ("hollow", "upper bound, or no promise known"),
)


def _sizes(day: Apart) -> list[float]:
    return [day.stated, day.contracts + day.other, *(line.most or 0.0 for line in day.lines)]


def _day(day: Apart, whole: float) -> str:
    known, unknown = day.contracts + day.other, max(0.0, day.stated - day.contracts - day.other)
    rows = [
        bar(
            "Stated sum",
            [
                Part("hollow", known / whole, (known + unknown) / whole),
                Part("goods", day.contracts / whole, known / whole),
                Part("equity", 0.0, day.contracts / whole),
            ],
            money(day.stated),
            f"{money(day.stated)} stated: {money(day.contracts)} contracts, {money(day.other)} less firm,"
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
        for line in day.lines
        if line.counted is None and line.most
    ]
    silent = f" {day.silent} promises have no public amount." if day.silent else ""
    told = (
        f"{day.firm} contracts make {money(day.contracts)}. Behind {money(unknown)} of the stated sum no further"
        f" amount is known that could be added.{silent}"
    )
    return f"<div><h3>As known on {text(day.day)}</h3><p>{text(told)}</p>{''.join(rows)}</div>"


def _lines(k: int, day: Apart) -> str:
    heads = ("To", "What", "Amount", "Counted", "Not to be added")
    rows = [
        [
            (line.who, f"{text(line.who)} <small>{text(line.leg)}</small>"),
            cell(line.part, line.part),
            cell(line.most, _amount(line)),
            cell(line.counted, "–" if line.counted is None else money(line.counted)),
            cell(line.why, line.why),
        ]
        for line in day.lines
    ]
    return table(f"apart-{k}", f"Line by line, as known on {day.day}", heads, rows, "", heads[3:])


def _amount(line: Behind) -> str:
    if line.low is not None and line.most is not None and line.most > line.low:
        return f"{money(line.low)}, at most {money(line.most)}"
    return amount(None, line.low, line.most)
