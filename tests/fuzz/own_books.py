"""Tables, days and deals of a stranger's own, spoilt."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from zlib import crc32

from fuzz import judge
from fuzz.reader import SMALL, TINY, Reader, head, now_and_then, small
from knockon import tables
from knockon.study.validation.days import days
from knockon.study.writing import adding
from knockon.tables.columns import schema

_AFTER = (
    *("shock lab=0.2 --draws 20", "explain lab", "ask largest", "loops", "circularity --draws 2", "timeline lab"),
    *("export ttl --out x.ttl", "export sqlite --out x.db", "export gexf --out x.gexf", "view network --out x.html"),
    *("rank", "view quality --out x.html", "worth deals", "diff 2025-02 2025-04", "measure"),
)


def _table(text: bytes, folder: Path) -> str | None:
    name, rest = head(text)
    if name not in schema():
        name = "claims"
    book = folder / "book"
    if not book.exists():
        shutil.copytree(SMALL, book)
    file = book / f"{name}.csv"
    sound = file.read_bytes() if file.exists() else None
    file.write_bytes(rest)
    try:
        found: list[tables.Parsed] = []
        why = judge.call(lambda: found.append(tables.parse(book)))
        if why is None and now_and_then(text, 80):
            why = judge.command(["check", str(book), "--quiet"], folder)
        if why is None and found and not found[0].findings and now_and_then(text, 8):
            words = _AFTER[crc32(text[::-1]) % len(_AFTER)].split()
            why = judge.command([*words, "--quiet", "--data", str(book)], folder)
        return why
    finally:
        file.unlink() if sound is None else file.write_bytes(sound)


_TABLES = tuple(f"{file.stem}\n".encode() + file.read_bytes() for file in sorted(SMALL.glob("*.csv")))


_DAYS = {"events": "events", "returns": "event_returns", "caps": "prices", "loadings": "loadings"}


def _days(text: bytes, folder: Path) -> str | None:
    option, rest = head(text)
    option = option if option in _DAYS else "events"
    file = folder / "mine.csv"
    file.write_bytes(rest)
    why = judge.call(lambda: days(small().book, **{option: str(file)}))
    if why is None and now_and_then(text, 150):
        words = ["backtest", f"--{option}", str(file), "--data", str(SMALL), "--permutations", "2", "--quiet"]
        why = judge.command([*words, "--format", "json"], folder)
    return why


_DAY_FILES = tuple(f"{option}\n".encode() + (SMALL / f"{table}.csv").read_bytes() for option, table in _DAYS.items())


ANSWERS = b"""[deal]
title = "A lab borrows from a bank"
announced = 2025-03-03
[[leg]]
payer = "bank"
payee = "lab"
instrument = "loan"
[[leg.claim]]
source = "https://bank.example/release"
usd = 5000000000
firmness = "definitive"
[[party]]
name = "A New Firm"
kind = "neocloud"
[[source]]
url = "https://bank.example/release"
publisher = "The bank's release"
published = 2025-03-03
grade = "company_release"
"""


def _answers(text: bytes, folder: Path) -> str | None:
    def work() -> None:
        draft = adding.from_answers(TINY, text.decode("utf-8", "replace"))
        if now_and_then(text, 4):
            draft.problems()

    why = judge.call(work)
    if why is None and now_and_then(text, 40):
        (folder / "mine.toml").write_bytes(text)
        why = judge.command(["new", "deal", "--answers", "mine.toml", "--data", str(TINY)], folder)
    return why


READERS: Mapping[str, Reader] = {
    "table": Reader(_TABLES, _table, 8, most=2),
    "days": Reader(_DAY_FILES, _days, 8, most=2),
    "answers": Reader((ANSWERS,), _answers, 4, most=2),
}
