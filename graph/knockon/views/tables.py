"""Tables that stand finished in a page, and sort where there is script: what a cell says and what it sorts by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from knockon.views.document import text

Cell = tuple[Any, str]
"""What a column sorts by, None where it is not known, and what the cell says, as HTML."""


def cell(value: Any, words: object) -> Cell:
    """A cell whose words are any text."""
    return value, text(words)


def table(
    name: str,
    caption: str,
    heads: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    note: str = "",
    optional: Sequence[str] = (),
) -> str:
    """A table with the id `name` whose first cells head the rows; `optional` heads leave a narrow screen.

    It sorts by its heads if the page has `sorts.js`. Caption, heads and note may be any text.
    """
    kinds = [_kind(i, head in optional, [row[i][0] for row in rows]) for i, head in enumerate(heads)]
    head = "".join(f'<th scope="col"{kind}>{text(words)}</th>' for words, kind in zip(heads, kinds, strict=True))
    lines = []
    for row in rows:
        cells = [
            f'<{"td" if i else "th scope=row"}{kinds[i]} data-value="{text("" if value is None else value)}">'
            f"{words}</{'td' if i else 'th'}>"
            for i, (value, words) in enumerate(row)
        ]
        lines.append(f"<tr>{''.join(cells)}</tr>")
    small = f"<small>{text(note)}</small>" if note else ""
    return (
        f'<div class="scroll" role="region" aria-labelledby="{name}-caption" tabindex="0">'
        f'<table id="{name}" class="sorts"><caption id="{name}-caption">{text(caption)}{small}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table></div>"
    )


def worded(
    name: str, caption: str, heads: Sequence[str], rows: Sequence[Sequence[str]], optional: Sequence[str] = ()
) -> str:
    """A table in words, or nothing where it has no row."""
    cells = [[cell(words, words) for words in row] for row in rows]
    return table(name, caption[:1].upper() + caption[1:], heads, cells, "", optional) if rows else ""


def _kind(i: int, optional: bool, values: Sequence[Any]) -> str:
    """The class attribute of a column: numbers stand right, what is optional leaves a narrow screen."""
    number = i > 0 and not any(isinstance(value, str) for value in values)
    names = [name for name, holds in (("number", number), ("optional", optional)) if holds]
    return f' class="{" ".join(names)}"' if names else ""
