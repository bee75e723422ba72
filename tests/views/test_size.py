"""How large the pages are and how soon they answer, on the real book and on one far larger."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

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


def test_a_book_of_2000_parties_and_10000_legs_opens_with_its_largest_legs(
    visit: Open, shelf: Callable[[str], Path], capsys: Any
) -> None:
    size = shelf("crowd").stat().st_size
    view = visit("crowd")
    after = ready(view)
    with capsys.disabled():
        print(f"\n  2,000 parties, 10,000 legs: {size / 1e6:.1f} MB, interactive after {after:.0f} ms")
    drawn = view.evaluate("knockon.drawn()")
    assert drawn["edges"] == drawn["rows"] == 1000
    assert "the 1000 largest of 10000 legs" in view.inner_text("#drawn")
    view.select_option("#most", "3000")
    assert view.evaluate("knockon.drawn()")["edges"] == 3000
    view.fill("#search", "Party1")
    view.press("#search", "Enter")
    assert view.inner_text("#panel h2") == "Party1"
