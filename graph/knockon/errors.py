"""What can go wrong, said once: every foreseen failure is a `KnockonError` with place, value, remedy."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


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
