"""The snapshot in the user's cache: never stale, never half there, never needed, and the same answers with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyoxigraph as ox
import pytest

import knockon
from knockon import snapshot, tables
from knockon.packing import packed, unpacked
from knockon.queries import ask, library
from knockon.study import Study

DAY = "2025-04-30"


@pytest.fixture
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of the test's own."""
    place = tmp_path_factory.mktemp("cache") / "knockon"
    monkeypatch.setenv("KNOCKON_CACHE", str(place))
    return place


def same(a: Any, b: Any) -> bool:
    """Equal in type and value, arrays to the last bit."""
    if type(a) is not type(b):
        return False
    if is_dataclass(a):
        return all(same(getattr(a, item.name), getattr(b, item.name)) for item in fields(a))
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and a.tobytes() == b.tobytes() and a.shape == b.shape
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    if isinstance(a, tuple | list):
        return len(a) == len(b) and all(map(same, a, b))
    return bool(a == b)


def answers(study: Study) -> list[Any]:
    """What there is to ask: every question of the library, exposures on both bases, a shock, the edition."""
    asked = [ask(study.source, query) for query in library().values()]
    exposures = [study.exposures_on(basis) for basis in ("pv", "announcement")]
    return [study.as_of, study.edition, dict(study.book.tables), *asked, *exposures, study.exposures.assumed]


def total(book: Path) -> list[Any]:
    """A short answer that hangs on both kinds of entry."""
    study = knockon.open(DAY, book)
    return [*study.answer("compute-contracts").rows, study.exposures.contracts.amount.tolist()]


def key(book: Path) -> str:
    return snapshot.Snapshot.of(lambda: tables.digest_of(book)).key


def entries(cache: Path) -> list[Path]:
    return sorted(cache.iterdir())


def test_answers_are_the_same_with_a_snapshot_and_without(own: Path, cache: Path) -> None:
    first, second = knockon.open(DAY, own), knockon.open(DAY, own)
    plain = answers(Study(tables.read(own), first.as_of))
    assert same(answers(first), plain)
    assert len(entries(cache)) == 4  # days, dataset, two exposures
    assert same(answers(second), plain)
    again = knockon.open(None, own)
    assert not isinstance(again.book.tables, dict), "the tables are read one by one"
    assert same(again.as_of, knockon.study.on(tables.read(own)).as_of)


def test_the_shipped_book_answers_alike(eve: Study, cache: Path) -> None:
    for _ in range(2):
        study = knockon.open("2025-11-05")
        assert same(study.exposures, eve.exposures)
        assert study.run(scenario()).rows() == eve.run(scenario()).rows()


def scenario() -> Any:
    from knockon.scenarios import Scenario

    return Scenario(value={"openai": 0.2}, performance={}, legs={}, basis="pv", draws=50, seed=7)


def test_exposures_come_back_to_the_last_bit(eve: Study, morrow: Study) -> None:
    for x in (eve.exposures, morrow.exposures_on("announcement")):
        assert same(unpacked(packed(x)), x)


def test_one_byte_more_in_any_file_and_nothing_old_is_used(own: Path, cache: Path) -> None:
    keys = {key(own)}
    files = sorted(own.glob("*.csv"))
    for file in files:
        file.write_bytes(file.read_bytes() + b"\n")
        keys.add(key(own))
    assert len(keys) == len(files) + 1


def test_another_amount_is_answered_at_once(own: Path, cache: Path) -> None:
    before = total(own)
    claims = own / "claims.csv"
    text = claims.read_text("utf-8")
    claims.write_text(text.replace("00000000,", "00000001,"), "utf-8")
    after = total(own)
    assert after != before
    claims.write_text(text, "utf-8")
    assert total(own) == before


def test_what_was_read_while_a_file_changed_is_not_kept(own: Path, cache: Path) -> None:
    study = knockon.open(DAY, own)
    whole = len(entries(cache))
    text = (own / "claims.csv").read_bytes()
    (own / "claims.csv").write_bytes(text + b"\n")
    assert study.exposures and study.source
    assert len(entries(cache)) == whole
    (own / "claims.csv").write_bytes(text)
    total(own)
    assert len(entries(cache)) == whole + 2


def test_a_book_that_broke_is_refused_as_without_a_snapshot(own: Path, cache: Path) -> None:
    total(own)
    (own / "legs.csv").write_bytes((own / "legs.csv").read_bytes() + b"x,y\n")
    with pytest.raises(knockon.errors.BadInput, match=r"legs\.csv"):
        knockon.open(DAY, own)


def test_other_code_or_another_store_has_a_snapshot_of_its_own(
    own: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = key(own)
    monkeypatch.setattr(ox, "__version__", "0.0.0")
    assert key(own) != before


SPOILT: dict[str, Callable[[bytes], bytes]] = {
    "truncated": lambda content: content[: len(content) // 2],
    "empty": lambda content: b"",
    "random": lambda content: np.random.default_rng(5).bytes(len(content)),
    "one bit": lambda content: content[:-1] + bytes([content[-1] ^ 1]) if content else b"x",
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_a_spoilt_file_is_as_none(own: Path, cache: Path, spoil: Callable[[bytes], bytes]) -> None:
    before = total(own)
    files = [file.relative_to(cache) for file in cache.rglob("*") if file.is_file()]
    assert len(files) > 10
    for name in files:
        (cache / name).write_bytes(spoil((cache / name).read_bytes()))
    assert total(own) == before == total(own)


def test_one_bit_in_any_file_is_enough(own: Path, cache: Path) -> None:
    before = total(own)
    for name in [file.relative_to(cache) for file in cache.rglob("*") if file.is_file()]:
        if (cache / name).exists():  # else another bit has undone the whole entry
            (cache / name).write_bytes(SPOILT["one bit"]((cache / name).read_bytes()))
            assert total(own) == before


def test_a_file_that_nobody_wrote_spoils_an_entry(own: Path, cache: Path) -> None:
    before = total(own)
    for entry in entries(cache):
        (entry / "more").write_bytes(b"")
    assert total(own) == before
    assert not list(cache.rglob("more"))


@pytest.mark.parametrize("place", ["file", "file/inside"])
def test_where_nothing_can_be_written_nothing_is_said(
    own: Path, tmp_path: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KNOCKON_CACHE", "off")
    before = total(own)
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("KNOCKON_CACHE", str(tmp_path / place))
    assert total(own) == before == total(own)


@pytest.mark.skipif(os.name != "posix", reason="owners and modes of folders are POSIX")
def test_a_folder_that_others_can_write_to_is_not_used(own: Path, cache: Path) -> None:
    cache.mkdir()
    cache.chmod(0o777)
    total(own)
    assert entries(cache) == []
    cache.chmod(0o700)
    total(own)
    assert entries(cache)


RUN = """
import sys, knockon
study = knockon.open({day!r}, {book!r})
print([*study.answer("compute-contracts").rows, study.exposures.contracts.amount.tolist()])
"""


def test_two_builders_at_once_leave_one_whole_snapshot(own: Path, cache: Path) -> None:
    command = [sys.executable, "-c", RUN.format(day=DAY, book=str(own))]
    runs = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    said = {run.communicate()[0] for run in runs}
    assert all(run.returncode == 0 for run in runs)
    assert said == {f"{total(own)}\n"}
    names = [entry.name for entry in entries(cache)]
    assert len(names) == 3 and not any(name.startswith("new-") for name in names)


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX")
@pytest.mark.parametrize("moment", ["_sums", "_to_disk"])
def test_a_builder_that_is_killed_leaves_nothing_that_is_used(
    own: Path, cache: Path, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kill = f"import os, signal, knockon.snapshot as s; s.{moment} = lambda _: os.kill(os.getpid(), signal.SIGKILL)\n"
    killed = subprocess.run([sys.executable, "-c", kill + RUN.format(day=DAY, book=str(own))], check=False)
    assert killed.returncode == -signal.SIGKILL
    (left,) = entries(cache)
    assert left.name.startswith("new-")
    monkeypatch.setenv("KNOCKON_CACHE", "off")
    plain = total(own)
    monkeypatch.setenv("KNOCKON_CACHE", str(cache))
    assert total(own) == plain
    assert left.exists(), "another process may be at work on it"
    os.utime(left, (0, 0))
    knockon.open(DAY, own).exposures_on("announcement")
    assert not left.exists()


def test_what_was_not_used_for_longest_goes(own: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "MOST_BYTES", 6500)
    kept = snapshot.Snapshot.of(lambda: "book")
    for at, name in enumerate(("a", "b", "c")):
        kept.keep_text(name, "x" * 2000)
        os.utime(kept._entry(cache, name), (at, at))
    assert kept.text("a")  # used just now
    kept.keep_text("d", "x" * 2000)
    assert [name for name in "abcd" if kept.text(name)] == ["a", "c", "d"]


def test_a_store_that_alone_is_too_large_is_not_kept(tiny: Study, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = snapshot.Snapshot.of(lambda: "book")
    monkeypatch.setattr(snapshot, "MOST_BYTES", 1000)
    kept.keep_store("graph", tiny.full.store)
    assert kept.store("graph") is None and not cache.exists()
    monkeypatch.setattr(snapshot, "MOST_BYTES", 1000 * len(tiny.full.store))
    kept.keep_store("graph", tiny.full.store)
    assert kept.store("graph") is not None


def test_the_cache_lies_where_the_platform_keeps_caches(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("KNOCKON_CACHE")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "local"))
    monkeypatch.setenv("XDG_CACHE_HOME", "relative/is/ignored")
    found = {}
    for platform in ("linux", "darwin", "win32"):
        monkeypatch.setattr(sys, "platform", platform)
        place = snapshot.cache()
        assert place is not None
        found[platform] = place.relative_to(tmp_path).as_posix()
    assert found == {"linux": ".cache/knockon", "darwin": "Library/Caches/knockon", "win32": "local/knockon"}
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert snapshot.cache() == tmp_path / "xdg" / "knockon"
