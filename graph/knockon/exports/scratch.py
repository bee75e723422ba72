"""A folder for what is too large to hold while an export is made."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from knockon.errors import BadInput


@contextmanager
def scratch() -> Iterator[Path]:
    """A temporary folder, gone afterwards. Raises BadInput where there can be none."""
    try:
        folder = tempfile.TemporaryDirectory(prefix="knockon-")
    except OSError as error:
        raise no_room(error.strerror) from None
    with folder as place:
        yield Path(place)


def no_room(why: object) -> BadInput:
    """What to say where a temporary file cannot be written."""
    return BadInput(f"no room for a temporary file: {why}; let TMPDIR name a larger place")
