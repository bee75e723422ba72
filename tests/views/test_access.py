"""The pages before axe-core, an independent judge of what keyboards and screen readers can reach."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
REQUIRED = os.environ.get("KNOCKON_BROWSER") == "required"
pytestmark = pytest.mark.skipif(
    not AXE.exists() and not REQUIRED, reason="axe-core is not installed: npm ci in tests/views"
)
CASES = [
    ("book", "", 1280),
    ("book", "#party=openai&day=2025-11-05", 400),
    ("replay", "#leg=openai-oracle-2025/1", 1280),
    ("small", "#deal=openai-microsoft-2025", 1280),
    ("shock", "", 1280),
    ("shock", "#path=0&round=1", 400),
    ("event", "", 1280),
    ("event", "", 400),
    ("loops", "", 400),
    ("loops", "#circle-7", 1280),
    ("timeline", "", 400),
    ("timeline", "", 1280),
    ("quality", "", 400),
    ("ontology", "", 1280),
    ("scoreboard", "", 400),
    ("scoreboard", "#day-0", 1280),
    ("index", "", 400),
]


COLOURS = ("color-contrast", "link-in-text-block")
"""The rules of axe that look at colours; all others say the same of a page in the dark as in the light."""


def serious(view: Any, rules: tuple[str, ...] = ()) -> list[tuple[str, list[str]]]:
    """What axe finds serious or worse on an open page: its rule, and the first elements that break it.

    rules: these alone (default: all that axe has).
    """
    view.evaluate(AXE.read_text(encoding="utf-8"))
    options = {"runOnly": {"type": "rule", "values": list(rules)}} if rules else {}
    found = view.evaluate(
        "(options) => axe.run(options).then(({ violations, passes }) => ({ violations, passes: passes.length }))",
        options,
    )
    assert found["passes"] > (0 if rules else 15)
    return [
        (fault["id"], [node["html"][:160] for node in fault["nodes"]][:3])
        for fault in found["violations"]
        if fault["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize(("page", "fragment", "width"), CASES)
def test_axe_finds_no_serious_fault(visit: Callable[..., Any], page: str, fragment: str, width: int) -> None:
    view = visit(page, fragment, width=width)
    light = view.evaluate("getComputedStyle(document.body).color")
    assert serious(view) == []
    view.emulate_media(color_scheme="dark")
    assert view.evaluate("getComputedStyle(document.body).color") != light
    assert serious(view, COLOURS) == []
