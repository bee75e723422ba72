"""Exports are written bit by bit: the order of a sort does not depend on its runs, and no file is ever held whole."""

from __future__ import annotations

import hashlib
import io
import tempfile
import tracemalloc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import knockon
import large
from knockon import exports
from knockon.errors import BadInput
from knockon.exports import sorting
from knockon.exports.csvs import CsvFile
from knockon.exports.formats import parquet, sqlite
from knockon.exports.sorting import ordered
from knockon.exports.tabular import Each, tables
from knockon.study import Study
from knockon.study.writing.files import write, write_folder

SORTED = ("nq", "rdf12", "ttl")
STREAMED = (*SORTED, "croissant", "datapackage", "gexf", "parquet", "sqlite")
PIECE = 160_000
"""Bytes that a writer may hand over at once."""


class Sink(io.RawIOBase):
    """Takes what is written, and keeps how much it was and the largest piece."""

    def __init__(self, most: float = float("inf")) -> None:
        self.total, self.largest, self.most = 0, 0, most

    def writable(self) -> bool:
        return True

    def write(self, text: Any) -> int:
        self.total, self.largest = self.total + len(text), max(self.largest, len(text))
        if self.total > self.most:
            raise OSError(28, "No space left on device")
        return len(text)


def write_to(study: Study, name: str, out: Any) -> None:
    found = exports.find(name).render(study)
    for writer in found.values() if isinstance(found, Mapping) else (found,):
        writer(out)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return knockon.open(data=large.write(tmp_path_factory.mktemp("large"), 2000))


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


# The sort

LINES = st.lists(st.binary(max_size=6).map(lambda text: text.replace(b"\n", b" ") + b"\n"), max_size=40)


@given(LINES, st.integers(1, 9))
def test_a_sort_is_the_same_by_whatever_runs(lines: list[bytes], run: int) -> None:
    with ordered(lines, run) as found:
        assert list(found) == sorted(set(lines))


def test_less_than_a_run_never_touches_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise AssertionError("a folder for what is held in memory")

    monkeypatch.setattr(sorting, "scratch", refuse)
    with ordered([b"b\n", b"a\n"], 3) as found:
        assert list(found) == [b"a\n", b"b\n"]
    with pytest.raises(AssertionError, match="a folder"), ordered([b"b\n", b"a\n"], 2):
        pass


@pytest.mark.parametrize("name", SORTED)
def test_an_export_is_the_same_by_many_runs_as_by_one(
    tiny: Study, name: str, room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = exports.in_memory(name, tiny)
    runs = []
    spill = sorting._spill

    def counted(lines: list[bytes], file: Path) -> None:
        runs.append(len(lines))
        spill(lines, file)

    monkeypatch.setattr(sorting, "_spill", counted)
    monkeypatch.setattr(sorting, "RUN", 97)
    assert exports.in_memory(name, tiny) == whole
    assert len(runs) > 30 and set(runs[:-1]) == {97}
    assert list(room.iterdir()) == []


# Never the whole


@pytest.mark.parametrize("name", STREAMED)
def test_a_writer_hands_over_a_bit_at_a_time(book: Study, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "GROUP", 500)
    out = Sink()
    write_to(book, name, out)
    assert out.largest < PIECE < out.total / (1 if name == "parquet" else 4)


@pytest.mark.parametrize("name", [*SORTED, "gexf"])  # what arrays and databases hold is not Python's
def test_what_is_held_is_a_part_of_what_is_written(book: Study, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sorting, "RUN", 3000)
    out = Sink()
    write_to(book, name, out)  # what a study keeps once asked is not the writer's
    tracemalloc.start()
    try:
        write_to(book, name, Sink())
        held = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert held < out.total / 2


def test_large_tables_have_row_groups_and_the_same_rows(book: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    import pyarrow.parquet as pq

    def legs() -> Any:
        files = exports.in_memory("parquet", book)
        assert isinstance(files, dict)
        return pq.ParquetFile(io.BytesIO(files["legs.parquet"]))

    whole = legs()
    monkeypatch.setattr(parquet, "GROUP", 500)
    parts = legs()
    assert (whole.num_row_groups, parts.num_row_groups) == (1, 4)
    assert whole.read().equals(parts.read())


def test_a_column_that_is_made_is_one_that_was_kept() -> None:
    made = Each([3, 1, 2], str)
    assert (list(made), made[1], made[1:], len(made)) == (["3", "1", "2"], "1", ["1", "2"], 3)


@pytest.mark.parametrize("first", ["sum", "file"])
def test_the_sum_of_a_table_is_that_of_its_file(tiny: Study, first: str) -> None:
    for table in tables(tiny):
        file = CsvFile(table)
        told = file.sum if first == "sum" else None
        text = exports.written(file)
        assert (told or file.sum) == file.sum == (len(text), hashlib.sha256(text).hexdigest())


def test_a_database_does_not_say_which_sqlite_wrote_it(tiny: Study) -> None:
    text = exports.in_memory("sqlite", tiny)
    assert isinstance(text, bytes)
    assert text.startswith(b"SQLite format 3\0") and text[24:28] + text[92:100] == bytes(12)


# Whole or not at all


def broken(error: Exception) -> Any:
    def writer(out: IO[bytes]) -> None:
        out.write(b"the first half")
        raise error

    return writer


@pytest.mark.parametrize(
    ("error", "told"),
    [(OSError(28, "No space left on device"), "cannot write .*No space left on device"), (BadInput("no"), "no")],
)
def test_a_writer_that_fails_leaves_what_was_there(tmp_path: Path, error: Exception, told: str) -> None:
    write(tmp_path / "old", b"old")
    write_folder(tmp_path / "folder", {"a": b"old"})
    for name in ("old", "new"):
        with pytest.raises(BadInput, match=told):
            write(tmp_path / name, broken(error))
    for name in ("folder", "other"):
        with pytest.raises(BadInput, match=told):
            write_folder(tmp_path / name, {"a": lambda out: out.write(b"new"), "b": broken(error)})
    left = {file.relative_to(tmp_path).as_posix(): file.is_file() and file.read_bytes() for file in tmp_path.rglob("*")}
    assert left == {"old": b"old", "folder": False, "folder/a": b"old"}


@pytest.mark.parametrize("name", STREAMED)
def test_a_place_that_fills_up_leaves_no_temporary_file(
    tiny: Study, name: str, room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sorting, "RUN", 97)
    with pytest.raises(OSError, match="No space left") as caught:
        write_to(tiny, name, Sink(most=3000))
    assert caught.value.errno == 28 and list(room.iterdir()) == []


@pytest.mark.parametrize(("name", "module"), [("nq", sorting), ("sqlite", sqlite)])
def test_no_room_for_temporary_files_is_told_with_its_remedy(
    tiny: Study, name: str, module: Any, room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = "no room for a temporary file: .*; let TMPDIR name a larger place"
    monkeypatch.setattr(sorting, "RUN", 97)
    with monkeypatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(room / "nowhere"))
        with pytest.raises(BadInput, match=told):
            write_to(tiny, name, Sink())

    @contextmanager
    def gone() -> Iterator[Path]:
        yield room / "nowhere"

    monkeypatch.setattr(module, "scratch", gone)
    with pytest.raises(BadInput, match=told):
        write_to(tiny, name, Sink())
