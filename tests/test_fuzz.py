"""Spoilt inputs are refused in one line: a few for each reader, and all that ever broke one; `make fuzz` tries many."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from fuzz import judge
from fuzz.reader import TINY
from fuzz.readers import READERS
from fuzz.run import CORPUS
from fuzz.run import READERS as ALL
from fuzz.wire import READERS as WIRE
from fuzz.wire import server
from knockon import tables
from knockon.errors import BadInput

KEPT = sorted(file for file in CORPUS.rglob("*") if file.is_file())


def test_every_reader_has_its_share() -> None:
    assert len(ALL) == 12 and sum(reader.share for reader in ALL.values()) == 100


@pytest.mark.parametrize("name", READERS)
def test_sound_inputs_pass_and_spoilt_ones_are_refused_in_a_line(name: str, tmp_path: Path) -> None:
    reader = READERS[name]
    for seed in reader.seeds[:3]:
        assert reader.judged(seed, tmp_path) is None
    for number in range(reader.share * 2):
        assert reader.judged(reader.input(7, number), tmp_path) is None, f"input {number}"


def test_a_stranger_on_either_end_of_a_socket_is_survived(tmp_path: Path) -> None:
    with server():
        for name, reader in WIRE.items():
            for seed in reader.seeds:
                assert reader.judged(seed, tmp_path) is None, name
            for number in range(20):
                assert reader.judged(reader.input(7, number), tmp_path) is None, f"{name}, input {number}"
            for file in (CORPUS / name).glob("*"):
                assert reader.judged(file.read_bytes(), tmp_path) is None, file.name


@pytest.mark.parametrize("file", KEPT, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_what_once_broke_a_reader_no_longer_does(file: Path, tmp_path: Path) -> None:
    if file.parent.name in READERS:
        assert READERS[file.parent.name].judged(file.read_bytes(), tmp_path) is None
    else:
        assert file.parent.name in WIRE, "the folder is a reader's name"


def test_the_corpus_is_there() -> None:
    assert len(KEPT) == 25


def test_the_judge_sees_what_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ValueError("oh")

    assert "ValueError: oh" in str(judge.call(lambda: broken()))
    monkeypatch.setattr(tables, "read", broken)
    assert "ValueError: oh" in str(judge.command(["explain", "lab", "--data", str(TINY)], tmp_path))


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("=cmd|' /C calc'!A0", r"parties.csv:2 \[note\] begins as a formula does"),
        ("+1 if", "begins as a formula does"),
        ("@SUM(1)", "begins as a formula does"),
        ("a \x1b[31mred", r"parties.csv:2 \[note\] holds U\+001B"),
        ("a \u202egp", r"holds U\+202E"),
    ],
)
def test_a_cell_that_something_would_obey_is_refused_with_its_place(own: Path, cell: str, says: str) -> None:
    file = own / "parties.csv"
    head, bank, *rest = file.read_text("utf-8").splitlines(keepends=True)
    file.write_text(head + bank.rstrip("\n") + f'"{cell}"\n' + "".join(rest), "utf-8")
    with pytest.raises(BadInput, match=says):
        tables.read(own)


def test_a_signed_number_in_a_text_is_no_formula(own: Path) -> None:
    file = own / "parties.csv"
    head, bank, *rest = file.read_text("utf-8").splitlines(keepends=True)
    for cell in ("-2.86", "+1", "-", "a = b"):
        file.write_text(head + bank.rstrip("\n") + f"{cell}\n" + "".join(rest), "utf-8")
        assert tables.read(own).tables["parties"][0]["note"] == cell


def test_a_table_of_nothing_but_defects_stops_being_read_and_stays_small(own: Path) -> None:
    head, *_ = (own / "claims.csv").read_text("utf-8").splitlines(keepends=True)
    (own / "claims.csv").write_text(head + "x,y,1bn,,,,,,,\n" * 50_000, "utf-8")
    found = tables.parse(own).findings
    assert "findings above this row; mend them, then what follows is read" in str(found[1000:1010])
    assert len(found) < 5000


def test_a_field_of_megabytes_and_a_stream_without_end_are_refused(own: Path) -> None:
    head, *rest = (own / "parties.csv").read_text("utf-8").splitlines(keepends=True)
    (own / "parties.csv").write_text(head + f'bank,"{"x" * 5_000_000}"\n' + "".join(rest), "utf-8")
    with pytest.raises(BadInput, match=r"parties\.csv:2 not CSV: field larger than field limit"):
        tables.read(own)
    command = [sys.executable, "-m", "knockon", "solve", "clearing", "-"]
    with Path("/dev/zero").open("rb") as endless:
        done = subprocess.run(command, stdin=endless, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "knockon: - is larger than 250 MB; give less at once\n"
