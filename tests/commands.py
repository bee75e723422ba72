"""One light use of every command that ends by itself, for tests of where and on what it runs."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import typer

from knockon import cli

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
    "new": ("deal", "--answers", "answers.toml"),
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
SILENT = {"check"}  # nothing on stdout where nothing is wrong
NETWORK = {"L": [[0, 4], [2, 0]], "ea": [1, 1], "el": [0, 0]}
ANSWERS = """
[deal]
title = "A bank lends to a cloud"
announced = 2025-11-03
[[leg]]
payer = "jpmorgan"
payee = "coreweave"
instrument = "loan"
[[leg.claim]]
source = "https://bank.example/release"
usd = 2500000000
firmness = "definitive"
[[source]]
url = "https://bank.example/release"
publisher = "甲骨文 → The bank's release"
published = 2025-11-03
grade = "company_release"
"""


def known() -> set[str]:
    """Every command that there is."""
    for name in cli.MODULES:
        import_module(f"knockon.cli.{name}")
    group: Any = typer.main.get_command(cli.app)
    return set(group.commands)


def furnish(place: Path) -> None:
    """The files that the uses read."""
    (place / "answers.toml").write_text(ANSWERS, encoding="utf-8")
    (place / "network.json").write_text(json.dumps(NETWORK), encoding="utf-8")
