"""How timelines and measures look in a terminal: years with bars, rows with what to know beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from knockon.cli.cells import bar
from knockon.cli.show import console, grid, note, stamped
from knockon.views.promises import and_up
from knockon.views.wording import money, word

if TYPE_CHECKING:
    from knockon.study.measures.named import Measured
    from knockon.study.measures.timeline import TimelineResult


def timeline(found: TimelineResult, no_color: bool) -> None:
    """A row a year: what is due, what covers it, and a bar whose hatched part is the gap."""
    screen, study = console(no_color), found.study
    name = study.short(found.found.party)
    screen.print(Text(f"What {name} has promised to pay, by year", style="bold"))
    screen.print(stamped(f"as of {study.as_of} · {and_up(found.network.least)} · {study.edition}"))
    screen.print()
    if found.found.years:
        screen.print(_years(found, screen.width))
        screen.print()
        total = sum(year.due_usd for year in found.found.years)
        note(screen, f"Due in all {money(total)}; not covered {money(found.found.gap_usd)} (░).")
    for line in found.sentences():
        note(screen, line)


def _years(found: TimelineResult, width: int) -> Table:
    rows = found.rows()
    cells = max(8, min(40, width - 66))
    most = max(row["due_usd"] for row in rows)
    table = grid()
    table.add_column("year", no_wrap=True)
    for head in ("due $bn", "assumed term", "funding", "revenue", "from cash", "gap $bn"):
        table.add_column(head, justify="right")
    table.add_column("", no_wrap=True, min_width=cells)
    for row in rows:
        covered = bar(row["due_usd"] - row["gap_usd"], most, cells)
        gap = "░" * (round(cells * row["due_usd"] / most) - len(covered))
        table.add_row(
            str(row["year"]),
            *(
                _bn(row[key])
                for key in (
                    "due_usd",
                    "over_default_term_usd",
                    "committed_funding_usd",
                    "revenue_usd",
                    "from_cash_usd",
                )
            ),
            Text(_bn(row["gap_usd"]), style="bold"),
            covered + gap,
        )
    return table


def _bn(usd: float | None) -> str:
    return "" if usd is None else f"{usd / 1e9:,.1f}"


def measured(found: Measured, no_color: bool) -> None:
    """Question, rows, reading."""
    screen, study = console(no_color), found.study
    screen.print(Text(found.measure.question, style="bold"))
    screen.print(stamped(f"as of {study.as_of} · {and_up(found.network.least)} · {study.edition}"))
    screen.print()
    screen.print(_rows(found))
    screen.print()
    note(screen, found.measure.reading)
    note(screen, f"{found.undisclosed} of the legs behind it have no public amount; they are in no sum.")


def _rows(found: Measured) -> Table:
    """The rows, parties by the names people use, numbers aligned; the column that asks for the party is left out."""
    names = found.study.book.parties
    units = found.measure.columns
    columns = [c for c in units if not (found.party and all(row[c] == found.party for row in found.rows))]
    table = grid()
    for column in columns:
        number = any(isinstance(row[column], int | float) for row in found.rows) and column != "year"
        told = "no amount" if column == "undisclosed_legs" else word({}, column.removesuffix("_usd"))
        head = f"{told} {_UNITS[units[column]]}".strip()
        longest = max(len(_cell(row[column], units[column])) for row in found.rows)
        narrowest = max(*map(len, head.split()), longest if number else min(longest, 9))
        table.add_column(head, justify="right" if number else "left", min_width=narrowest)
    for row in found.rows:
        cells = [row[column] for column in columns]
        table.add_row(
            *(
                found.study.short(value) if isinstance(value, str) and value in names else _cell(value, units[column])
                for value, column in zip(cells, columns, strict=True)
            )
        )
    return table


_UNITS = {"USD": "$bn", "fraction": "%", "": ""}


def _cell(value: Any, unit: str) -> str:
    if value is None:
        return ""
    if unit == "USD":
        return f"{value / 1e9:,.2f}"
    if unit == "fraction":
        return f"{100 * value:.1f}"
    return f"{value:,.2f}" if isinstance(value, float) else str(value)
