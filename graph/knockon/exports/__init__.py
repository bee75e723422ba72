"""Files that other tools open: one module in `formats` each, found by being there.

A format's module opens with a sentence that says what the file is and what opens it. What it renders is written bit by
bit, for a file of a large book is larger than the book.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from importlib import import_module
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import BytesIO
from typing import IO, TYPE_CHECKING, Protocol, cast

from knockon.errors import UnknownName

if TYPE_CHECKING:
    from knockon.book import Book
    from knockon.model import Edition
    from knockon.resolution import Resolved, Value

Writer = Callable[[IO[bytes]], None]
"""Writes a file, a bit at a time, into what is open for it; each call the same bytes."""


class Due(Protocol):
    """What knows when promises fall due."""

    def due(self) -> Iterator[tuple[str, int, int]]:
        """Leg, calendar year and whole dollars that fall due in it."""
        ...


class Snapshot(Protocol):
    """A book as known on a date, which is all that an export takes; a study is one."""

    book: Book
    as_of: date

    @property
    def edition(self) -> Edition:
        """Which data, which code."""
        ...

    @property
    def resolved(self) -> Mapping[str, Resolved]:
        """Every leg known on the date, by DEAL/LEG."""
        ...

    @property
    def values(self) -> Mapping[str, Value]:
        """What each party was worth on the date."""
        ...

    @property
    def promises(self) -> Due:
        """The live legs as flows of dollars."""
        ...

    def short(self, party: str) -> str:
        """The name that people use."""
        ...


class Format(Protocol):
    """What every module in `formats` offers."""

    suffix: str  # of the file; empty for a folder

    def render(self, snapshot: Snapshot) -> Writer | Mapping[str, Writer]:
        """What writes the file, or the folder's files by name; nothing is made before it is written."""
        ...


def names() -> list[str]:
    """Every format, by its name on the command line."""
    return sorted(file.name[:-3] for file in _modules().iterdir() if file.name.endswith(".py") and file.name[0] != "_")


def described() -> dict[str, str]:
    """Format -> the first sentence of its module; nothing is imported for it."""
    found = {}
    for name in names():
        text = ast.get_docstring(ast.parse((_modules() / f"{name}.py").read_text(encoding="utf-8"))) or ""
        found[name] = " ".join(text.partition("\n\n")[0].split())
    return found


def find(name: str) -> Format:
    """The format called `name`. Raises UnknownName with the nearest names."""
    if name not in names():
        raise UnknownName("format", name, names(), f"one of {', '.join(names())}")
    return cast(Format, import_module(f"{__name__}.formats.{name}"))


def in_memory(name: str, snapshot: Snapshot) -> bytes | dict[str, bytes]:
    """The file in the format `name`, or the folder's files by their names. Raises UnknownName."""
    found = find(name).render(snapshot)
    if isinstance(found, Mapping):
        return {file: written(writer) for file, writer in found.items()}
    return written(found)


def written(writer: Writer) -> bytes:
    """All that a writer writes."""
    into = BytesIO()
    writer(into)
    return into.getvalue()


def _modules() -> Traversable:
    return files("knockon") / "exports" / "formats"
