"""How one table is read: a batch of lines at a time, column by column; cell by cell where a batch is not sound."""

from __future__ import annotations

import csv
from array import array
from importlib.resources.abc import Traversable
from typing import Any

from knockon.errors import BadInput
from knockon.model import Finding
from knockon.resources import lines_of, newest, shelf
from knockon.rows import Rows
from knockon.tables.cells import Memory, cell
from knockon.tables.checks import MOST_FINDINGS
from knockon.tables.columns import schema

MOST_IN_A_CELL = 1_000_000
BATCH = 4096
"""Lines: enough to make a column of, few enough to hold beside the table."""


class Reading:
    """A table of a folder as far as it could be read, the line on which each row ends, and the defects of its cells."""

    def __init__(self, folder: Traversable, table: str) -> None:
        self.findings: list[Finding] = []
        self.lines = array("q")
        self._file = f"{table}.csv"
        self._head, *self._columns = schema()[table]
        self._memories = [Memory(column) for column in self._columns]
        self._values: list[list[Any]] = [[] for _ in self._columns]
        file = newest(folder, self._file)
        if not file.is_file() and table == "parameters":
            file = shelf("data") / self._file
        if file.is_file():
            self._read(file)
        elif self._head.required:
            self._report(None, None, f"missing table; start from the header {self._header()}")
        self._memories.clear()

    @property
    def rows(self) -> Rows:
        """The rows that have as many cells as there are columns; None for a cell that could not be read."""
        return Rows({c.name: values for c, values in zip(self._columns, self._values, strict=True)}, len(self.lines))

    def _read(self, file: Traversable) -> None:
        csv.field_size_limit(MOST_IN_A_CELL)  # each time, for other libraries of the process set it too
        reader = csv.reader(lines_of(file, self._file), strict=True)
        batch: list[tuple[int, list[str]]] = []
        try:
            header = next(reader, None)
            if header != [column.name for column in self._columns]:
                self._report(1, None, f"header is {','.join(header or ())!r}; write {self._header()}")
                return
            for cells in reader:
                batch.append((reader.line_num, cells))
                if len(batch) == BATCH:
                    if not self._take(batch):
                        return
                    batch = []
            self._take(batch)
        except csv.Error as error:
            if self._take(batch):
                self._report(reader.line_num, None, f"not CSV: {error}")
        except BadInput as error:
            self._report(None, None, str(error).removeprefix(f"{self._file}: "))

    def _take(self, batch: list[tuple[int, list[str]]]) -> bool:
        """Keep a batch of lines; whether what follows is read too."""
        lines, rows = zip(*batch, strict=True) if batch else ((), ())
        width = len(self._columns)
        if len(self.findings) < MOST_FINDINGS and set(map(len, rows)) <= {width}:
            try:
                columns = zip(self._memories, zip(*rows, strict=True), strict=False)
                fresh = [list(map(memory.__getitem__, texts)) for memory, texts in columns]
            except BadInput:
                return self._take_apart(batch)
            for values, found, memory in zip(self._values, fresh, self._memories, strict=False):
                values += found
                memory.trim()
            self.lines += array("q", lines)
            return True
        return self._take_apart(batch)

    def _take_apart(self, batch: list[tuple[int, list[str]]]) -> bool:
        """The same cell by cell, with the place of every defect."""
        for line, cells in batch:
            if len(self.findings) >= MOST_FINDINGS:
                self._report(
                    line, None, f"{MOST_FINDINGS:,} findings above this row; mend them, then what follows is read"
                )
                return False
            if len(cells) != len(self._columns):
                self._report(line, None, f"{len(cells)} cells instead of {len(self._columns)}; is a comma unquoted?")
                continue
            for column, values, text in zip(self._columns, self._values, cells, strict=True):
                try:
                    values.append(cell(column, text))
                except BadInput as error:
                    values.append(None)
                    self._report(line, column.name, str(error))
            self.lines += array("q", (line,))
        return True

    def _header(self) -> str:
        return ",".join(column.name for column in self._columns)

    def _report(self, row: int | None, column: str | None, what: str) -> None:
        self.findings.append(Finding(file=self._file, row=row, column=column, what=what))
