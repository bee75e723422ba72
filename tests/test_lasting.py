"""Nothing is lost: a write that fails or is killed leaves what was there; one that cannot be says so in a line."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import pytest

from conftest import TINY
from fuzz.killed import trials
from knockon import tables
from knockon.cli import run
from knockon.errors import BadInput
from knockon.resources import steady
from knockon.study.writing import files, ledger
from knockon.study.writing.adding import from_answers

ANSWERS = (Path(__file__).parent / "fuzz" / "corpus" / "answers" / "sound.toml").read_text("utf-8")

# Runs each command where it can write, so that all it needs is loaded, and then in a child where it cannot.
LIMITED = """
import contextlib, io, json, os, resource, sys
from knockon.cli import run

how, good, bad, writers = sys.argv[1:]
said = {}
for name, words in json.loads(writers).items():
    os.chdir(good)
    err = io.StringIO()
    with contextlib.redirect_stderr(err), contextlib.redirect_stdout(io.StringIO()):
        assert run(words) == 0, (name, err.getvalue())
    os.chdir(bad)
    ours, theirs = os.pipe()
    child = os.fork()
    if not child:
        if how == "full":
            resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
        elif os.getuid() == 0:
            os.setgid(65534)
            os.setuid(65534)
        err = io.StringIO()
        with contextlib.redirect_stderr(err), contextlib.redirect_stdout(io.StringIO()):
            code = run(words)
        os.write(theirs, json.dumps([code, err.getvalue()]).encode())
        os._exit(0)
    os.waitpid(child, 0)
    said[name] = json.loads(os.read(ours, 1 << 16))
print(json.dumps(said))
"""
_TINY = ["--data", ".", "--quiet"]
WRITERS = {
    "export": ["export", "ttl", "--out", "x.ttl", *_TINY],
    "folder": ["export", "datapackage", "--out", "x", *_TINY],
    "view": ["view", "network", "--out", "x.html", *_TINY],
    "shock": ["shock", "lab=0.2", "--draws", "0", "--html", "x.html", *_TINY],
    "picture": ["timeline", "lab", "--picture", "x.svg", *_TINY],
    "new": ["new", "deal", "--answers", "answers.toml", "--write", "--data", "."],
}


@pytest.mark.parametrize(("how", "why"), [("full", "File too large"), ("readonly", "Permission denied")])
def test_a_full_disk_and_a_folder_that_is_not_ones_own_are_told_in_a_line(tmp_path: Path, how: str, why: str) -> None:
    places = [tmp_path / "good", tmp_path / "bad"]
    for place in places:
        place.mkdir()
        for file in TINY.iterdir():
            (place / file.name).write_bytes(file.read_bytes())
        (place / "answers.toml").write_text(ANSWERS, "utf-8")
    before = {file.name: file.read_bytes() for file in places[1].iterdir()}
    if how == "readonly":
        places[1].chmod(0o555)
    command = [sys.executable, "-c", LIMITED, how, *map(str, places), json.dumps(WRITERS)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    for writer, (code, err) in json.loads(done.stdout).items():
        assert code == 2, (writer, err)
        last = err.splitlines()[-1]
        assert last.startswith("knockon: cannot write ") and why in last and "; " in last, (writer, err)
        assert err.count("knockon: ") == 1 and "Traceback" not in err, (writer, err)
    left = {file.relative_to(places[1]).as_posix() for file in places[1].rglob("*")}
    assert left == set(before), "nothing was left behind"
    assert {name: (places[1] / name).read_bytes() for name in before} == before


def test_a_result_that_cannot_be_printed_is_told_in_a_line() -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        command = [sys.executable, "-m", "knockon", "queries"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=120, check=False)
    assert done.returncode == 2
    assert done.stderr == (
        "knockon: cannot read or write the result: No space left on device; make room, or choose another place\n"
    )


def test_a_writer_killed_at_any_moment_leaves_the_old_state_or_the_new_one() -> None:
    for seen in trials(8, 7).values():
        assert seen.total() == 8


def test_a_name_that_is_a_folders_leaves_no_draft(tmp_path: Path) -> None:
    (tmp_path / "x.ttl").mkdir()
    with pytest.raises(BadInput, match=r"cannot write .*x\.ttl: Is a directory; choose another place with --out"):
        files.write(tmp_path / "x.ttl", "text")
    assert list(tmp_path.rglob("*")) == [tmp_path / "x.ttl"]


@pytest.mark.parametrize("at_once", [True, False])
def test_a_folder_is_replaced_whole_in_one_step_or_two(
    tmp_path: Path, at_once: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not at_once:  # as on a system that cannot
        monkeypatch.setattr(files, "_exchanged", lambda one, other: False)
    place = files.write_folder(tmp_path / "x", {"a": b"1", "b": b"1"})
    files.write_folder(place, {"a": b"2", "b": b"2"})
    assert {file.name: file.read_bytes() for file in place.iterdir()} == {"a": b"2", "b": b"2"}
    assert list(tmp_path.iterdir()) == [place]


TWO = """
import sys
from pathlib import Path
from knockon.study.writing import ledger
from knockon.study.writing.adding import from_answers
from knockon.errors import BadInput

folder, answers = Path(sys.argv[1]), sys.argv[2]
while True:
    try:
        with ledger.writing(folder) as add:
            add(from_answers(folder, answers).rows)
        break
    except BadInput as error:
        if "another knockon is writing there" not in str(error):
            raise
"""


def test_writers_at_once_lose_no_row(own: Path) -> None:
    payees = ("lab", "cloud", "chips")
    texts = [
        ANSWERS.replace('payee = "lab"', f'payee = "{payee}"').replace("/release", f"/{payee}") for payee in payees
    ]
    running = [subprocess.Popen([sys.executable, "-c", TWO, str(own), text]) for text in texts]
    assert [process.wait(120) for process in running] == [0, 0, 0]
    rows = (own / "deals.csv").read_text("utf-8")
    assert all(f"bank-{payee}-credit-2025-03," in rows for payee in payees)


def test_a_writer_holds_the_book_from_before_it_reads_it(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (own / "parties.csv").write_text("spoilt", "utf-8")  # which it would be told of if it read first
    with ledger.writing(own):
        assert run(["new", "deal", "--write", "--data", str(own)]) == 2
    assert "another knockon is writing there" in capsys.readouterr().err


def test_a_reader_sees_the_old_book_or_the_new_one(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = from_answers(own, ANSWERS).rows
    old, opened = tables.read(own), tables.unread(own)
    reading, due = tables.Reading, [rows]

    def interrupted(folder: Traversable, table: str) -> Any:
        if table == "legs" and due:  # the parties, sources and deals are read, the legs and claims are not
            ledger.write(own, due.pop())
        return reading(folder, table)

    assert opened.deals.keys() == old.deals.keys()
    monkeypatch.setattr(tables, "Reading", interrupted)
    found = tables.read(own)
    assert not due
    assert found.deals.keys() - old.deals.keys() == {"bank-lab-credit-2025-03"}
    assert found.edition == tables.read(own).edition != old.edition
    with pytest.raises(BadInput, match="was written to since it was opened; ask again"):
        opened.tables["claims"]


def test_a_book_that_never_rests_is_told_in_a_line(own: Path) -> None:
    def read() -> None:
        with (own / "claims.csv").open("a", encoding="utf-8") as file:
            file.write("more\n")

    with pytest.raises(BadInput, match="is written to again and again; wait until that is done"):
        steady(own, read)


def test_a_lock_ends_with_its_writer(own: Path) -> None:
    with ledger._alone(own), pytest.raises(BadInput, match="another knockon is writing there"), ledger._alone(own):
        raise AssertionError
    with ledger._alone(own):
        pass
