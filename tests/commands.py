"""One light use of every command that ends by itself, for tests of where and on what it runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer

from knockon import cli
from pages import blocks

DEAL = Path(__file__).parents[1] / "docs" / "how-to" / "add-a-deal.md"
DAY = ("--as-of", "2025-11-05")
USES: dict[str, tuple[str, ...]] = {
    "ask": ("straight-back", *DAY),
    "backtest": ("--permutations", "10"),
    "check": (),
    "circularity": DAY,
    "compare": ("backstop-denied", "lab-fails"),
    "diff": ("2025-11-05", "2026-03-01"),
    "explain": ("oracle", *DAY),
    "export": ("gexf", *DAY, "--out", "network.gexf"),
    "loops": ("--through", "nvidia", *DAY),
    "measure": ("recycling-ratio", *DAY),
    "new": ("deal", "--answers", "my-deal.toml"),
    "queries": ("--format", "ttl"),
    "rank": DAY,
    "scenarios": (),
    "shock": ("openai=0.2", *DAY, "--draws", "50"),
    "solve": ("clearing", "network.json"),
    "stress": ("--loss", "1e11", *DAY),
    "timeline": ("openai", *DAY),
    "view": ("loops", *DAY, "--out", "loops.html"),
    "worth": ("guarantees", *DAY),
}
EVE = list(DAY)
SILENT = {"check"}  # nothing on stdout where nothing is wrong
NETWORK = {"L": [[0, 4], [2, 0]], "ea": [1, 1], "el": [0, 0]}


def known() -> set[str]:
    """Every command that there is."""
    group: Any = typer.main.get_command(cli.whole())
    return set(group.commands)


def furnish(place: Path) -> None:
    """The files that the uses read."""
    (answers,) = (block for block in blocks(DEAL) if block.language == "toml")
    (place / answers.name).write_text(answers.text, encoding="utf-8")
    (place / "network.json").write_text(json.dumps(NETWORK), encoding="utf-8")


def out(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    """What a command prints on its standard output; it ends with `code`."""
    assert cli.run(list(words)) == code
    return capsys.readouterr().out
