"""Records as CSV: one shape for the command and the server; nothing in it is run by a spreadsheet or a terminal."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from typing import Any, TextIO

from knockon.errors import harmless


def write(into: TextIO, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Rows under their columns; text that a spreadsheet would take for a formula gets an apostrophe in front."""
    writer = csv.writer(into, lineterminator="\n")
    writer.writerow(map(_inert, columns))
    for row in rows:
        writer.writerow(map(_inert, row))


def _inert(value: Any) -> Any:
    """The value; of text, nothing that would be obeyed."""
    if not isinstance(value, str) or not value:
        return value
    return f"'{harmless(value)}" if value[0] in "=+-@\t\r" else harmless(value)


def records(into: TextIO, found: Sequence[dict[str, Any]]) -> None:
    """Records of one shape."""
    write(into, list(found[0]) if found else [], [list(record.values()) for record in found])
