"""Writers killed at moments drawn by a seed: each leaves what was there before, or what it meant to write.

python -m fuzz.killed --trials 500 --seed 1
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

from fuzz.own_books import ANSWERS
from fuzz.reader import TINY
from knockon import study, tables
from knockon.study import pages
from knockon.study.writing import adding, ledger


def state(place: Path) -> str:
    """What a reader finds: every file that is not hidden."""
    digest = hashlib.sha256()
    for file in sorted(place.rglob("*")) if place.is_dir() else [place]:
        if file.is_file() and not any(part.startswith(".") for part in file.relative_to(place).parts):
            digest.update(f"{file.name}\0".encode() + file.read_bytes())
    return digest.hexdigest()[:12]


def _deal(place: Path) -> Callable[[], None]:
    rows = adding.from_answers(place, ANSWERS.decode()).rows
    return lambda: ledger.write(place, rows)


def _book(place: Path) -> Path:
    return Path(shutil.copytree(TINY, place))


Make = Callable[[Path], object]
Writer = Callable[[Path], Callable[[], object]]
Read = Callable[[Path], str]


def _writers() -> dict[str, tuple[Make, Writer, Read]]:
    """What makes the old state, what then writes the new one, and how a state is read."""
    eve, later = study.open("2025-03-01", TINY), study.open("2025-04-30", TINY)
    turtle = [one.export("ttl", Path(tempfile.mkdtemp()) / "x.ttl").read_bytes() for one in (eve, later)]
    assert turtle[0] != turtle[1]
    return {
        "new deal": (_book, _deal, lambda place: tables.read(place).edition.hash),
        "export ttl": (
            lambda p: eve.export("ttl", p / "x.ttl"),
            lambda p: lambda: later.export("ttl", p / "x.ttl"),
            state,
        ),
        "export package": (
            lambda p: eve.export("datapackage", p / "x"),
            lambda p: lambda: later.export("datapackage", p / "x"),
            state,
        ),
        "view": (
            lambda p: pages.write(p / "x.html", pages.html(eve, "network")),
            lambda p: lambda: pages.write(p / "x.html", pages.html(later, "network")),
            state,
        ),
    }


def trials(count: int, seed: int) -> dict[str, Counter[str]]:
    """Writer -> how often it left the old and the new state. Raises AssertionError for any other."""
    found: dict[str, Counter[str]] = {}
    for name, (before, writer, read) in _writers().items():
        dice, seen = Random(f"{seed}/{name}"), Counter[str]()
        with tempfile.TemporaryDirectory() as room:
            old, new = _ends(Path(room), before, writer, read)
            took = new[1]
            for trial in range(count):
                place = Path(room) / str(trial)
                before(place)
                _killed(writer(place), dice.uniform(0, 1.1 * took))
                left = read(place)
                assert left in (old, new[0]), f"{name}, trial {trial}: neither the old state nor the new one"
                seen["old" if left == old else "new"] += 1
                shutil.rmtree(place)
        found[name] = seen
    return found


def _ends(room: Path, before: Make, writer: Writer, read: Read) -> tuple[str, tuple[str, float]]:
    """The old state; the new one, and the seconds that a child takes to write it when nobody kills it."""
    place = room / "ends"
    before(place)
    old, work = read(place), writer(place)
    began = time.monotonic()
    _killed(work, 600)
    took = time.monotonic() - began
    new = read(place)
    assert old != new
    return old, (new, took)


def _killed(work: Callable[[], object], after: float) -> None:
    """Do the work in a child, which is killed after so many seconds unless it is done."""
    child = os.fork()
    if not child:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        work()
        os._exit(0)
    until = time.monotonic() + after
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            assert status == 0, "the writer failed by itself"
            return
        time.sleep(0.0005)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--trials", type=int, default=500)
    options.add_argument("--seed", type=int, default=1)
    asked = options.parse_args()
    for writer_name, seen_states in trials(asked.trials, asked.seed).items():
        print(
            f"{writer_name:15} killed {seen_states.total()} times: {seen_states['old']} old, {seen_states['new']} new"
        )
    sys.exit(0)
