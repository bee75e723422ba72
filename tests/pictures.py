"""The pictures of the README, made anew by the program and by the pages it writes.

python tests/pictures.py        writes docs/pictures/; needs matplotlib, playwright and a Chromium
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from conftest import ARGUMENTS, CHROMIUM
from knockon.cli import run

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
DAY = "2025-11-05"


def main() -> None:
    """Losses and circularity as the commands draw them, network and scoreboard as the pages show them."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    done = [
        run(["shock", "openai=0.2", "--as-of", DAY, "--picture", str(PICTURES / "losses.svg")]),
        run(["circularity", "--as-of", DAY, "--picture", str(PICTURES / "circularity.svg")]),
    ]
    with tempfile.TemporaryDirectory() as place, sync_playwright() as driver:
        network, board = Path(place) / "network.html", Path(place) / "board.html"
        done.append(run(["view", "network", "--as-of", DAY, "--out", str(network)]))
        done.append(run(["backtest", "--html", str(board)]))
        chromium = driver.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        page = chromium.new_page(viewport={"width": 1200, "height": 1100}, color_scheme="light")
        page.goto(network.as_uri())
        with page.expect_download() as drawing:
            page.click("#svg")
        drawing.value.save_as(PICTURES / "network.svg")
        page.goto(board.as_uri())
        ladder = page.locator("#ladder-table").bounding_box()
        page.screenshot(path=PICTURES / "scoreboard.png", clip={"x": 0, "y": 0, "width": 1200, "height": ladder["y"]})
        chromium.close()
    assert done == [0, 0, 0, 0]


if __name__ == "__main__":
    main()
