"""Files that other tools open: one module in `formats` each, found by being there.

A format's module opens with a sentence that says what the file is and what opens it.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from datetime import date
from importlib import import_module
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Protocol, cast

from knockon.errors import UnknownName

if TYPE_CHECKING:
    import networkx as nx

    from knockon.book import Book
    from knockon.model import Edition
    from knockon.resolution import Resolved, Value
    from knockon.store import Dataset


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
    def full(self) -> Dataset:
        """The whole as RDF."""
        ...

    def graph(self) -> nx.MultiDiGraph[str]:
        """The network: one edge per live leg."""
        ...


class Format(Protocol):
    """What every module in `formats` offers."""

    suffix: str  # of the file; empty for a folder

    def render(self, snapshot: Snapshot) -> bytes | dict[str, bytes]:
        """The file, or the folder's files by name; the same snapshot gives the same bytes."""
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


def _modules() -> Traversable:
    return files("knockon") / "exports" / "formats"
