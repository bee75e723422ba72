"""How results look in a terminal: tables that fit its width, numbers aligned, plain words for the rest."""

from __future__ import annotations

import csv as csv_module
import json as json_module
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from knockon.queries import Answer, Query
    from knockon.study.explain import Explanation

WIDE = 118
"""From this many columns on, a table shows every channel in a column of its own."""
LONG = 20_000
"""From so many draws on, a run is long enough for a progress bar."""


def console(no_color: bool) -> Console:
    """Standard output, in colours on a terminal unless told otherwise."""
    return Console(no_color=no_color or None, highlight=False, soft_wrap=False)


def json(record: object) -> None:
    """Print a record as JSON."""
    json_module.dump(record, sys.stdout, indent=2, ensure_ascii=False, default=str)
    print()


def csv(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print rows as CSV; text that a spreadsheet would take for a formula gets an apostrophe in front."""
    writer = csv_module.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([f"'{v}" if isinstance(v, str) and v[:1] in "=+-@\t\r" and v else v for v in row])


def records(found: Sequence[dict[str, Any]]) -> None:
    """Print records of one shape as CSV."""
    csv(list(found[0]) if found else [], [list(record.values()) for record in found])


@contextmanager
def progress(what: str, total: int, quiet: bool, long: int = LONG) -> Iterator[Callable[[int], None] | None]:
    """A progress bar on stderr for runs of `long` steps and up on a terminal; nothing otherwise."""
    if quiet or total < long or not sys.stderr.isatty():
        yield None
        return
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.update(task, completed=done)


def stamped(text: str) -> Text:
    """The day and edition line under a head."""
    return Text(text, style="dim")


def answer(query: Query, found: Answer, stamp: str, no_color: bool) -> None:
    """The rows of a query, numbers aligned, units in the head."""
    screen = console(no_color)
    screen.print(Text(query.question or query.title, style="bold"))
    screen.print(stamped(stamp))
    screen.print()
    table = Table(box=None, padding=(0, 1), pad_edge=False, header_style="dim")
    for i, column in enumerate(found.columns):
        unit = found.units.get(column, "")
        head = f"{column} ($bn)" if unit == "USD" else f"{column} ({unit})" if unit else column
        number = any(isinstance(row[i], int | float) and not isinstance(row[i], bool) for row in found.rows)
        cells = [_cell(row[i], unit) for row in found.rows]
        narrowest = max((len(cell) for cell in [head, *cells]), default=1) if number else None
        table.add_column(head, justify="right" if number else "left", overflow="fold", min_width=narrowest)
    for row in found.rows:
        table.add_row(*(_cell(v, found.units.get(c, "")) for v, c in zip(row, found.columns, strict=True)))
    screen.print(table)
    screen.print(Text(f"{len(found.rows)} rows", style="dim"))


def _cell(value: object, unit: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if unit == "USD" and isinstance(value, int | float):
        return f"{value / 1e9:,.2f}"
    if isinstance(value, float):
        return f"{value:,.4g}"
    return str(value)


def lines(columns: Sequence[str], rows: Sequence[Sequence[str]], no_color: bool) -> None:
    """A plain table: the last column takes the room that is left."""
    table = Table(box=None, padding=(0, 1), pad_edge=False, header_style="dim")
    for column in columns:
        table.add_column(column, no_wrap=column is not columns[-1])
    for row in rows:
        table.add_row(*row)
    console(no_color).print(table)


def questions(found: Sequence[Query], topic: str | None, no_color: bool) -> None:
    """The library by topic; the queries that build exposures only when asked for."""
    screen = console(no_color)
    shown = [query for query in found if topic or not query.name.startswith("exposures/")]
    table = Table(box=None, padding=(0, 1), pad_edge=False, header_style="dim")
    table.add_column("name", no_wrap=True)
    table.add_column("question")
    for query in shown:
        params = f"  [{', '.join(f'{k}={v}' for k, v in query.params.items())}]" if query.params else ""
        table.add_row(query.name, Text(query.question) + Text(params, style="dim"))
    screen.print(table)
    hidden = len(found) - len(shown)
    if hidden:
        screen.print(Text(f"and {hidden} under exposures/, which say what counts as an edge", style="dim"))


def differences(found: Sequence[dict[str, Any]], stamp: str, no_color: bool) -> None:
    """A block for each kind of change, a leg in two lines."""
    screen = console(no_color)
    screen.print(Text("What the public learned", style="bold"))
    screen.print(stamped(stamp))
    for kind in dict.fromkeys(row["kind"] for row in found):
        rows = [row for row in found if row["kind"] == kind]
        screen.print()
        screen.print(Text(f"{kind}: {len(rows)}", style="bold"))
        table = Table(box=None, show_header=False, padding=(0, 1), pad_edge=False)
        table.add_column(overflow="fold", min_width=26)
        table.add_column(overflow="fold")
        for row in rows:
            ends = Text(f"{row['payer']} → {row['payee']}\n") + Text(row["leg"], style="dim")
            change = f"{row['before']} → {row['after']}" if row["before"] else row["after"]
            table.add_row(ends, Text(f"{change}{chr(10) if row['told'] else ''}{row['told']}"))
        screen.print(table)


_KEPT = frozenset({"", "leg", "date", "stated", "amount"})
"""Columns of an explanation that keep their width when the terminal is narrow."""


def explanation(found: Explanation, stamp: str, no_color: bool) -> None:
    """Facts, then tables."""
    screen = console(no_color)
    screen.print(Text(found.heading, style="bold"))
    screen.print(stamped(stamp))
    screen.print()
    facts = Table(box=None, show_header=False, padding=(0, 1), pad_edge=False)
    facts.add_column(style="dim", no_wrap=True)
    facts.add_column(overflow="fold")
    for label, value in found.facts:
        facts.add_row(label, Text(value))
    screen.print(facts)
    for section in found.sections:
        if not section.rows:
            continue
        screen.print()
        screen.print(Text(section.title, style="bold"))
        table = Table(box=None, padding=(0, 1), pad_edge=False, header_style="dim")
        for column in section.columns:
            width = max(len(row[section.columns.index(column)]) for row in section.rows)
            table.add_column(column, overflow="fold", min_width=min(width, 22) if column in _KEPT else None)
        for row in section.rows:
            table.add_row(*(Text(cell) for cell in row))
        screen.print(table)
