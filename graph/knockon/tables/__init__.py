"""How a folder of CSV tables becomes a `Book`: every cell read by the datatype that `columns.csv` gives it.

Nothing is guessed and no gap is filled. `parse` returns every defect with its place; `read` refuses a folder
with the first of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable

from knockon.book import Book
from knockon.errors import BadInput, one_line
from knockon.model import Edition, Finding
from knockon.resources import blocks_of, moment, shelf, steady, text_of, walk
from knockon.rows import Rows
from knockon.tables.checks import faults
from knockon.tables.columns import schema
from knockon.tables.reading import Reading
from knockon.version import VERSION


def read(folder: Traversable | None = None) -> Book:
    """The book in `folder` (default: the one that ships).

    Raises BadInput with the first defect: file, row, column, value, remedy.
    """
    place = folder or shelf("data")
    parsed, edition = steady(place, lambda: (parse(place), _edition(place)))
    if parsed.findings:
        raise BadInput(str(parsed.findings[0]))
    return Book(tables=parsed.tables, edition=edition)


def unread(folder: Traversable) -> Book:
    """The book in a folder whose very files `read` has found sound before: each table is read when it is needed."""
    return Book(tables=_Unread(folder), edition=_edition(folder))


class _Unread(Mapping[str, Rows]):
    """The tables of a sound book, read one by one."""

    def __init__(self, folder: Traversable) -> None:
        self._folder, self._moment = folder, moment(folder)
        self._read: dict[str, Rows] = {}

    def __getitem__(self, table: str) -> Rows:
        if table not in self._read:
            found = Reading(self._folder, table)
            if found.findings or moment(self._folder) != self._moment:
                raise BadInput(f"{self._folder} was written to since it was opened; ask again")
            self._read[table] = found.rows
        return self._read[table]

    def __iter__(self) -> Iterator[str]:
        return iter(schema())

    def __len__(self) -> int:
        return len(schema())


@dataclass(frozen=True, slots=True)
class Parsed:
    """All tables of a folder as far as they could be read, the line of each row, and every defect found."""

    tables: Mapping[str, Rows]
    lines: Mapping[str, Sequence[int]]
    findings: tuple[Finding, ...]


def parse(folder: Traversable) -> Parsed:
    """Read all tables in `folder` and check cells, keys, references and ranges. Raises BadInput: no such folder."""
    if not folder.is_dir():
        raise BadInput(f"{folder}: no such folder; name one that holds a book's tables")
    return steady(folder, lambda: _parsed(folder))


def _parsed(folder: Traversable) -> Parsed:
    found = {table: Reading(folder, table) for table in schema()}
    rows = {table: read.rows for table, read in found.items()}
    lines = {table: read.lines for table, read in found.items()}
    cells = (finding for read in found.values() for finding in read.findings)
    return Parsed(rows, lines, (*cells, *faults(rows, lines)))


def digest_of(folder: Traversable) -> str:
    """The hash of all that an answer rests on: the book in `folder`, the ontology, the queries."""
    digest = hashlib.sha256()
    for place in (folder, shelf("ontology"), shelf("queries")):
        for name in _files(place):
            digest.update(name.encode() + b"\0")
            for block in blocks_of(place, name):
                digest.update(block)
            digest.update(b"\0")
    return digest.hexdigest()


def _edition(folder: Traversable) -> Edition:
    stamp = folder / "EDITION"
    name = one_line(text_of(stamp, "EDITION")) if stamp.is_file() else "own data"
    return Edition(data=name, hash=digest_of(folder)[:12], code=VERSION)


def _files(place: Traversable) -> Iterator[str]:
    for suffix in (".csv", ".ttl", ".rq", ".toml"):
        yield from (name for name, _ in walk(place, suffix) if not name.startswith("."))
