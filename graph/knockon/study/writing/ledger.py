"""How new rows get into a book's tables: all of them or none, each in its place, with no other byte touched.

A change is first written whole beside the tables, then made valid by one rename, then moved into place file by
file. Cut off before that rename it never was; after it, readers take the pending files (`resources.newest`) and
the next writer moves them.
"""

from __future__ import annotations

import csv
import io
import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from knockon.errors import BadInput
from knockon.model import Finding
from knockon.resources import PENDING, bytes_of, packaged, steady
from knockon.shapes import findings
from knockon.study.writing.files import sync
from knockon.tables import parse
from knockon.tables.cells import cell
from knockon.tables.columns import place, schema

Rows = Mapping[str, Sequence[Mapping[str, str]]]
"""Table -> new rows; the cells as they stand in the file, a column left out is empty."""


def line(table: str, row: Mapping[str, str], end: str = "\n") -> str:
    """A row as it stands in its file."""
    out = io.StringIO()
    csv.writer(out, lineterminator=end).writerow(row.get(column.name, "") for column in schema()[table][1:])
    return out.getvalue()


def problems(folder: Path, rows: Rows) -> list[Finding]:
    """What `check` would find in the book with the rows, and does not find without them."""
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place)
        steady(folder, lambda: _copied(folder, copy))
        before = Counter(_what(finding) for finding in findings(copy))
        for name, text in _merged(copy, rows).items():
            (copy / name).write_bytes(text)
        return [finding for finding in findings(copy) if not _seen(before, finding)]


def _copied(folder: Path, copy: Path) -> None:
    for name in {file.name for file in (*folder.glob("*.csv"), *(folder / PENDING).glob("*.csv"))}:
        (copy / name).write_bytes(bytes_of(folder, name))


def _what(finding: Finding) -> tuple[str, str | None, str]:
    return finding.file, finding.column, finding.what


def _seen(before: Counter[tuple[str, str | None, str]], finding: Finding) -> bool:
    before[_what(finding)] -= 1
    return before[_what(finding)] >= 0


def write(folder: Path, rows: Rows) -> None:
    """Add the rows to the tables in `folder`; raises as `writing` and what it gives do."""
    with writing(folder) as add:
        add(rows)


@contextmanager
def writing(folder: Path) -> Iterator[Callable[[Rows], None]]:
    """Hold the book in `folder` against other writers; what is read there meanwhile is what rows will be added to.

    Gives what adds the rows; it raises BadInput for the first finding that they would bring, then nothing is written.
    Raises BadInput if the folder is no place to write, or if somebody else is writing there.
    """
    if packaged(folder):
        raise BadInput(f"{folder} came with the package; copy it, and name the copy with --data")
    with _alone(folder):
        with _told(folder):
            _settle(folder)
        yield partial(_add, folder)


def _add(folder: Path, rows: Rows) -> None:
    with _told(folder):
        found = problems(folder, rows)
    if found:
        raise BadInput(str(found[0]))
    draft = folder / ".draft"
    shutil.rmtree(draft, ignore_errors=True)
    with _told(folder):
        try:
            _drafted(folder, draft, rows)
        except OSError:
            shutil.rmtree(draft, ignore_errors=True)
            raise
        draft.rename(folder / PENDING)
        sync(folder)
        _settle(folder)


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    """A failure to write, in words."""
    try:
        yield
    except OSError as error:
        raise BadInput(f"cannot write in {folder}: {error.strerror}; make room there, or name another --data") from None


def _drafted(folder: Path, draft: Path, rows: Rows) -> None:
    draft.mkdir()
    for name, text in _merged(folder, rows).items():
        with (draft / name).open("wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if (folder / name).exists():
            shutil.copymode(folder / name, draft / name)
    sync(draft)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder against other writers; the lock ends with the process, however that ends."""
    with _told(folder):
        if sys.platform == "win32":  # where no folder can be opened
            handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT)
        else:
            handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with _told(folder):
            locked = _locked(handle)
        if not locked:
            raise BadInput(f"{folder}: another knockon is writing there; wait until it is done, then try again")
        yield
    finally:
        os.close(handle)


def _locked(handle: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def _settle(folder: Path) -> None:
    """Move a decided change into place; called again after a cut, it goes on where it was."""
    pending = folder / PENDING
    if pending.is_dir():
        for file in sorted(pending.iterdir()):
            file.replace(folder / file.name)
        sync(folder)
        pending.rmdir()


def _merged(folder: Path, rows: Rows) -> dict[str, bytes]:
    """File name -> its bytes with the new rows in their places; line ends and byte order mark stay as they are."""
    parsed = parse(folder)
    found = {}
    for table, new in rows.items():
        if not new:
            continue
        file = folder / f"{table}.csv"
        header = line(table, {column.name: column.name for column in schema()[table][1:]})
        text = file.read_bytes().decode("utf-8") if file.exists() else header
        lines = list(io.StringIO(text, newline="\n"))
        end = "\r\n" if lines[0].endswith("\r\n") else "\n"
        if not lines[-1].endswith("\n"):
            lines[-1] += end
        starts = [1, *parsed.lines[table]]  # a row begins where the one before it ends
        orders = [place(table, row) for row in parsed.tables[table]]
        for row in sorted(new, key=lambda row: _order(table, row), reverse=True):
            after = sum(order <= _order(table, row) for order in orders)
            lines.insert(starts[after], line(table, row, end))
        found[file.name] = "".join(lines).encode("utf-8")
    return found


def _order(table: str, row: Mapping[str, str]) -> tuple[object, ...]:
    return place(table, {c.name: cell(c, row.get(c.name, "")) for c in schema()[table][1:] if c.key})
