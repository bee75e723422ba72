"""How results get to a terminal, a file or a pipe: harmless text, JSON, CSV, plain tables, and how far a run is."""

from __future__ import annotations

import json as json_module
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Timer
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.padding import Padding
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from knockon.errors import UNSEEN, harmless

WIDE = 118
"""From this many columns on, a table shows every channel in a column of its own."""
LONG = 20_000
"""From so many draws on, a run is long enough for a progress bar."""


class _Screen(Console):
    """A console whose terminal obeys us alone: no value can move its cursor, colour it or turn a line around."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        for piece in super().render(renderable, options):
            yield piece if piece.control else piece._replace(text=harmless(piece.text))


def console(no_color: bool) -> Console:
    """Standard output, in colours on a terminal unless told otherwise; brackets and colons in values mean nothing."""
    return _Screen(no_color=no_color or None, highlight=False, soft_wrap=False, markup=False, emoji=False)


def json(record: object) -> None:
    """Print a record as JSON."""
    print(escaped(json_module.dumps(record, indent=2, ensure_ascii=False, default=str)))


def escaped(text: str) -> str:
    """JSON or Turtle with the escapes that both have in the place of what a terminal would obey; it means the same.

    >>> print(escaped('"\\u202e"'))
    "\\u202E"
    """
    return UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04X}", text)


def csv(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print rows as CSV; text that a spreadsheet would take for a formula gets an apostrophe in front."""
    from knockon.study.writing import sheet

    sheet.write(sys.stdout, columns, rows)


def records(found: Sequence[dict[str, Any]]) -> None:
    """Print records of one shape as CSV."""
    from knockon.study.writing import sheet

    sheet.records(sys.stdout, found)


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


@contextmanager
def steps(what: str, quiet: bool) -> Iterator[Callable[[int, int], None] | None]:
    """A bar on stderr on a terminal, else a line when a quarter is done, so and so many `what`; nothing if quiet."""
    if quiet:
        yield None
    elif sys.stderr.isatty():
        from rich.progress import Progress

        with Progress(console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task(what, total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)
    else:

        def line(done: int, total: int) -> None:
            if done == total or done % max(1, total // 4) == 0:
                print(f"{done} of {total} {what}", file=sys.stderr)

        yield line


@contextmanager
def patience(words: str, quiet: bool, seconds: float = 10.0) -> Iterator[None]:
    """Say on stderr what is being done, if it takes longer than so many seconds."""
    timer = Timer(seconds, print, (words,), {"file": sys.stderr, "flush": True})
    timer.daemon = True
    if not quiet:
        timer.start()
    try:
        yield
    finally:
        timer.cancel()


def stamped(text: str) -> Text:
    """The day and edition line under a head."""
    return Text(text, style="dim")


def grid(show_header: bool = True) -> Table:
    """A table without lines."""
    return Table(box=None, show_header=show_header, padding=(0, 1), pad_edge=False, header_style="dim")


def note(screen: Console, text: str) -> None:
    """A line a little further in; nothing where there is nothing to say."""
    if text:
        screen.print(Padding(Text(text), (0, 0, 0, 2)))


def lines(columns: Sequence[str], rows: Sequence[Sequence[str]], no_color: bool) -> None:
    """A plain table: the last column takes the room that is left."""
    table = grid()
    for column in columns:
        table.add_column(column, no_wrap=column is not columns[-1])
    for row in rows:
        table.add_row(*row)
    console(no_color).print(table)
