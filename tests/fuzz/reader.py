"""What a reader is to the fuzzer: sound inputs, and how one is handed in and judged; what the readers share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from random import Random
from zlib import crc32

from fuzz.mutate import spoilt
from knockon import study
from knockon.study import Study

TESTS = Path(__file__).parents[1]
SMALL, TINY = TESTS / "fixtures" / "small", TESTS / "fixtures" / "tiny"


@dataclass(frozen=True)
class Reader:
    """Sound inputs, and what is wrong with how an input fares in a folder of its own (None: nothing)."""

    seeds: tuple[bytes, ...]
    judged: Callable[[bytes, Path], str | None]
    share: int  # of a hundred inputs
    most: int = 4

    def input(self, seed: int, number: int) -> bytes:
        """The input of that number, the same on every run."""
        return spoilt(Random(f"{seed}/{number}"), self.seeds, self.most)


def now_and_then(text: bytes, one_in: int) -> bool:
    """Whether this input also goes through a whole command, which takes a hundred times as long."""
    return crc32(text) % one_in == 0


def head(text: bytes) -> tuple[str, bytes]:
    """The first line, which says which of several things it is, and the rest."""
    first, _, rest = text.partition(b"\n")
    return first.decode("utf-8", "replace").strip(), rest


@lru_cache(maxsize=1)
def tiny() -> Study:
    return study.open("2025-04-30", TINY)


@lru_cache(maxsize=1)
def small() -> Study:
    return study.open(data=SMALL)
