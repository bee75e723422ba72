"""Cells of a table: long names that break where a reader would break them, and bars."""

from __future__ import annotations

import re

from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.text import Text

_PIECE = re.compile(r"[^\s/_-]*(?:/\d+$|[/_-]+|\s+|$)")


class Cell:
    """Text that may break after a blank and inside names, so that an id stays legible in a narrow column."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.pieces = [piece for piece in _PIECE.findall(text) if piece]

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        longest = max((len(piece.rstrip()) for piece in self.pieces), default=0)
        whole = max(map(len, self.text.splitlines()), default=0)
        return Measurement(longest, whole).clamp(max_width=options.max_width)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Text("\n".join(filled(self.pieces, options.max_width)), overflow="fold")


def filled(pieces: list[str], width: int) -> list[str]:
    """Lines of at most `width` characters made of the pieces; a piece that is longer stands on its own.

    >>> filled(["openai-", "oracle-", "compute-", "2025-", "09/", "1"], 15)
    ['openai-oracle-', 'compute-2025-', '09/1']
    """
    lines = [""]
    for piece in pieces:
        if lines[-1] and len(lines[-1] + piece.rstrip()) > width:
            lines.append("")
        lines[-1] += piece
        if "\n" in piece:
            lines.append("")
    return [line.rstrip() for line in lines]


def bar(part: float, whole: float, width: int) -> str:
    """A bar of `width` cells for the whole, in eighths of a cell.

    >>> bar(1, 2, 4), bar(0, 2, 4), bar(0.01, 2, 4)
    ('██', '', '▏')
    """
    eighths = max(1, round(8 * width * part / whole)) if part > 0 and whole > 0 else 0
    return "█" * (eighths // 8) + ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")[eighths % 8]


def percent(part: float) -> str:
    """A share with two decimals, so that the column lines up."""
    return f"{100 * part:.2f}%"


def billions(usd: float) -> str:
    """Dollars in billions with two decimals."""
    return f"{usd / 1e9:,.2f}"
