"""How what is known looks in a terminal: answers, the library of questions, changes, and explanations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from knockon.cli.cells import Cell
from knockon.cli.show import WIDE, console, grid, stamped
from knockon.queries import EDGES
from knockon.views.wording import cell, head

if TYPE_CHECKING:
    from knockon.queries import Answer, Query
    from knockon.study.explaining.explanation import Explanation


def answer(query: Query, found: Answer, stamp: str, no_color: bool) -> None:
    """The rows of a query, numbers aligned, units in the head."""
    screen = console(no_color)
    screen.print(Text(query.question or query.title, style="bold"))
    screen.print(stamped(stamp))
    screen.print()
    heads = [head(column, found.units.get(column, "")) for column in found.columns]
    cells = [[cell(v, found.units.get(c, "")) for v, c in zip(row, found.columns, strict=True)] for row in found.rows]
    numbers = [
        any(isinstance(row[i], int | float) and not isinstance(row[i], bool) for row in found.rows)
        for i in range(len(heads))
    ]
    widths = [_narrowest(name, [row[i] for row in cells], numbers[i]) for i, name in enumerate(heads)]
    if sum(widths) + len(widths) > screen.width:
        _blocks(screen, heads, cells)
    else:
        table = grid()
        for name, number, width in zip(heads, numbers, widths, strict=True):
            table.add_column(name, justify="right" if number else "left", overflow="fold", min_width=width)
        for row in cells:
            table.add_row(*map(Cell, row))
        screen.print(table)
    screen.print(Text(f"{len(found.rows)} rows", style="dim"))


def _narrowest(name: str, cells: Sequence[str], number: bool) -> int:
    """Room below which a column is no longer read: all of a number, the longest word of a head, a few of a text."""
    longest = max(map(len, cells), default=0)
    return max(max(map(len, name.split())), longest if number else min(longest, 12))


def _blocks(screen: Console, heads: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    """Rows that are too wide for the screen, a line a column, without what is empty."""
    for row in cells:
        block = grid(show_header=False)
        block.add_column(style="dim", no_wrap=True, min_width=max(map(len, heads)))
        block.add_column(overflow="fold")
        for name, told in zip(heads, row, strict=True):
            if told:
                block.add_row(name, Cell(told))
        screen.print(block)
        screen.print()


def questions(found: Sequence[Query], topic: str | None, no_color: bool) -> None:
    """A topic's questions in full; or every topic with a line each, the edge queries only counted."""
    screen = console(no_color)
    if topic:
        for query in found:
            screen.print(Text(query.name, style="bold"), _params(query))
            screen.print(Padding(query.question, (0, 0, 0, 4)))
        return
    table = grid(show_header=False)
    table.add_column(no_wrap=True, min_width=2 + max(len(_words(query)) for query in found))
    table.add_column(no_wrap=True, overflow="ellipsis")
    for group in dict.fromkeys(query.topic for query in found if query.topic != EDGES):
        table.add_row(Text(group, style="bold"))
        for query in found:
            if query.topic == group:
                told = query.question if screen.width >= WIDE else query.title
                table.add_row(f"  {_words(query)}", Text(f"{told}  ") + _params(query))
    screen.print(table)
    edges = sum(query.topic == EDGES for query in found)
    screen.print(Text(f"and {edges} under {EDGES}/, which say what counts as an edge", style="dim"))


def _words(query: Query) -> str:
    return query.name.removeprefix(f"{query.topic}/")


def _params(query: Query) -> Text:
    return Text(" ".join(f"{name}={default}" for name, default in query.params.items()), style="dim")


def differences(found: Sequence[dict[str, Any]], stamp: str, no_color: bool) -> None:
    """A block for each kind of change; of a leg what it was, what it is, what happened and what took its place."""
    screen = console(no_color)
    screen.print(Text("What the public learned", style="bold"))
    screen.print(stamped(stamp))
    kinds = Counter(row["kind"] for row in found)
    screen.print(Text(", ".join(f"{count} {kind}" for kind, count in kinds.items())))
    after = {row["leg"]: row["after"] for row in found}
    for kind in kinds:
        rows = [row for row in found if row["kind"] == kind]
        screen.print()
        screen.print(Text(f"{kind}: {len(rows)}", style="bold"))
        table = grid(show_header=False)
        table.add_column(overflow="fold", min_width=26)
        table.add_column(overflow="fold")
        for row in rows:
            ends = Text(f"{row['payer']} → {row['payee']}\n") + Text(row["leg"], style="dim")
            change = f"{row['before']} → {row['after']}" if row["before"] else row["after"]
            places = [f"in its place: {leg} ({after[leg]})" for leg in row["replaced_by"].split()]
            table.add_row(ends, Text("\n".join(line for line in (change, row["told"], *places) if line)))
        screen.print(table)


_KEPT = frozenset({"", "leg", "date", "stated", "amount"})
"""Columns of an explanation that keep their width when the terminal is narrow."""


def explanation(found: Explanation, stamp: str, no_color: bool) -> None:
    """Facts, then tables."""
    screen = console(no_color)
    screen.print(Text(found.heading, style="bold"))
    screen.print(stamped(stamp))
    screen.print()
    facts = grid(show_header=False)
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
        table = grid()
        for column in section.columns:
            width = max(len(row[section.columns.index(column)]) for row in section.rows)
            table.add_column(column, overflow="fold", min_width=min(width, 22) if column in _KEPT else None)
        for row in section.rows:
            table.add_row(*map(Cell, row))
        screen.print(table)
