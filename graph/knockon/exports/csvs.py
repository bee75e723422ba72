"""Tables as a folder of CSV files with a description that states the sum of each."""

from __future__ import annotations

import csv
import io
import json
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from itertools import chain, islice
from typing import IO, Any

from knockon.exports import Snapshot, Writer
from knockon.exports.tabular import Table, cell, tables

_AT_ONCE = 1000
"""Rows that are made into text together."""


class CsvFile:
    """Writes a table as CSV in the manner of the book: UTF-8, lines end in LF, empty means unknown."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.name = f"{table.name}.csv"
        self._sum: tuple[int, str] | None = None

    def __call__(self, out: IO[bytes]) -> None:
        """Write it, some rows at a time."""
        out.writelines(self._pieces())

    @property
    def sum(self) -> tuple[int, str]:
        """How many bytes the file has and their SHA-256; found on the way where it is written first."""
        if self._sum is None:
            deque(self._pieces(), maxlen=0)
        return self._sum or (0, "")

    def _pieces(self) -> Iterator[bytes]:
        names = [column.name for column in self.table.columns]
        rows = chain([names], zip(*map(self.table.rows.column, names), strict=True))
        count, digest = 0, sha256()
        while some := list(islice(rows, _AT_ONCE)):
            text = io.StringIO(newline="")
            csv.writer(text, lineterminator="\n").writerows(map(cell, row) for row in some)
            piece = text.getvalue().encode()
            count += len(piece)
            digest.update(piece)
            yield piece
        self._sum = count, digest.hexdigest()


def folder(snapshot: Snapshot, name: str, describe: Callable[[Sequence[CsvFile]], dict[str, Any]]) -> dict[str, Writer]:
    """File name -> what writes it: the tables, and last their description called `name`, as JSON."""
    files = [CsvFile(table) for table in tables(snapshot)]

    def write(out: IO[bytes]) -> None:
        out.write((json.dumps(describe(files), ensure_ascii=False, indent=1) + "\n").encode())

    return {**{file.name: file for file in files}, name: write}
