"""What can go wrong, said once: every foreseen failure is a `KnockonError` with place, value, remedy, on one line."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
"""What a terminal obeys instead of showing: control characters, and those that turn the direction of a line."""
_LONGEST = 1000


def harmless(text: str) -> str:
    """Any text so that a terminal shows it: what it would obey becomes a sign of replacement.

    >>> harmless("red: \\x1b[31m")
    'red: \ufffd[31m'
    """
    return UNSEEN.sub("\ufffd", text)


def one_line(text: str) -> str:
    """Any text as one line of readable length for a terminal."""
    whole = " ".join(harmless(text).split())
    return whole if len(whole) <= _LONGEST else f"{whole[: _LONGEST - 3]}..."


class KnockonError(Exception):
    """A failure the user can mend; its text is one line. Exit code 2."""


class BadInput(KnockonError):
    """A value that cannot be used: a share above 1, a malformed row, an impossible date."""


class UnknownName(KnockonError):
    """A name that nothing in the book, the library or the command answers to."""

    def __init__(self, what: str, name: str, known: Iterable[str], remedy: str = "") -> None:
        near = difflib.get_close_matches(name, sorted(set(known)), n=3, cutoff=0.5)
        hint = f"; did you mean {' or '.join(map(repr, near))}?" if near else f"; {remedy}" if remedy else ""
        super().__init__(f"no {what} {name!r}{hint}")


class NotConverged(KnockonError):
    """An iteration stopped at its limit; `partial` holds the last iterate, never passed off as an answer."""

    def __init__(self, message: str, partial: object) -> None:
        super().__init__(message)
        self.partial = partial
