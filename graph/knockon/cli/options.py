"""What several commands ask alike: the study that the global options open, and a format that is known."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from knockon import resources
from knockon.errors import BadInput

if TYPE_CHECKING:
    from knockon.study import Study

OUT = Path("knockon-out")
"""Where output files go unless a command is told otherwise."""


def opened(as_of: str | None, data: str | None, quiet: bool) -> Study:
    """The book on the day asked for; without one, the day used is told."""
    from knockon import study

    found = study.open(as_of, data)
    if as_of is None and not quiet:
        print(f"as of {found.as_of}, the last day the data know", file=sys.stderr)
    return found


def one_of(name: str, *known: str) -> str:
    """`name` if it is a known format. Raises BadInput."""
    if name not in known:
        raise BadInput(f"no format {name!r}; one of {', '.join(known)}")
    return name


def text_of(place: str) -> str:
    """The text of a file, or of standard input for `-`. Raises BadInput."""
    return resources.text_of(sys.stdin.buffer if place == "-" else Path(place), place)
