"""How large the pages are and how soon they answer, on the real book and on one far larger."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from conftest import TINY
from knockon.cli import run
from knockon.vocab import Instrument

Open = Callable[..., Any]
SEARCHED = "() => performance.now()"


def ready(view: Any) -> float:
    """Milliseconds from navigation until the page has drawn and answered a reader."""
    view.wait_for_function("window.knockon")
    view.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    return float(view.evaluate(SEARCHED))


def test_the_page_of_the_real_book_is_below_three_megabytes_and_soon_answers(
    visit: Open, shelf: Callable[[str], Path], capsys: Any
) -> None:
    size = shelf("book").stat().st_size
    small = min(ready(visit("small")) for _ in range(3))
    book = min(ready(visit("book")) for _ in range(3))
    with capsys.disabled():
        print(f"\n  the real book: {size / 1e6:.2f} MB, interactive after {book:.0f} ms (ten legs: {small:.0f} ms)")
    assert size < 3_000_000
    assert book < 12 * small


def crowded(folder: Path, parties: int = 2_000, legs: int = 10_000, seed: int = 7) -> Path:
    """A made-up book of that size as tables, beside those of the tiny one that it needs not touch."""
    chance = random.Random(seed)
    kinds, instruments = ("ai_lab", "hyperscaler", "bank", "power", "chip_designer"), list(Instrument)
    ids = [f"party-{i}" for i in range(parties)]

    def ends() -> tuple[str, str]:
        a, b = ids[int(parties * chance.random() ** 3)], chance.choice(ids)
        return (a, b) if a != b else ends()

    def day(i: int) -> str:
        return f"2025-{1 + i % 6:02}-{1 + i % 28:02}"

    def leg(i: int) -> str:
        payer, payee = ends()
        return f"deal-{i:05},1,{payer},{payee},{chance.choice(instruments)},contract_total,{day(i)},{day(i)}"

    def claim(i: int) -> str:
        usd = int(10 ** chance.uniform(7, 11.3)) if chance.random() < 0.8 else ""
        return f"deal-{i:05}/1,press,,{usd},,definitive,{day(i)},{day(i)},yes,"

    rows = {
        "parties": [f"{name},Party {i},{chance.choice(kinds)},,,US,no,,,no,,,," for i, name in enumerate(sorted(ids))],
        "deals": [f"deal-{i:05},Deal {i},2025-01-15," for i in range(legs)],
        "legs": [f"{leg(i)},,,,,,,,,,,,,no,," for i in range(legs)],
        "claims": [claim(i) for i in range(legs)],
    }
    for file in TINY.iterdir():
        head = file.read_text(encoding="utf-8").splitlines()
        kept = head if file.stem in ("EDITION", "parameters", "sources") else [head[0], *rows.get(file.stem, [])]
        (folder / file.name).write_text("\n".join(kept) + "\n", encoding="utf-8")
    return folder


def test_a_book_of_2000_parties_and_10000_legs_opens_with_its_largest_legs(
    visit: Open, tmp_path: Path, capsys: Any
) -> None:
    started = time.perf_counter()
    page = tmp_path / "crowd.html"
    assert run(["view", "network", "--data", str(crowded(tmp_path)), "--out", str(page), "--quiet"]) == 0
    written = time.perf_counter() - started
    size = page.stat().st_size
    view = visit(page)
    after = ready(view)
    with capsys.disabled():
        print(f"\n  2,000 parties, 10,000 legs: {size / 1e6:.1f} MB written in {written:.0f} s, ", end="")
        print(f"interactive after {after:.0f} ms")
    drawn = view.evaluate("knockon.drawn()")
    assert drawn["edges"] == drawn["rows"] == 1000
    assert "the 1000 largest of 10000 legs" in view.inner_text("#drawn")
    view.select_option("#most", "3000")
    assert view.evaluate("knockon.drawn()")["edges"] == 3000
    view.fill("#search", "Party 1")
    view.press("#search", "Enter")
    assert view.inner_text("#panel h2") == "Party 1"
