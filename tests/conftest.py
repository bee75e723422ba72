"""Fixtures that every test may use: the shipped book on the seed event's eve, and the tiny book."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

import knockon
from knockon import tables
from knockon.book import Book
from knockon.study import Study
from knockon.study.validation.days import Days, days

sys.path.insert(0, str(Path(__file__).parent))
os.environ["KNOCKON_CACHE"] = "off"  # a test of the snapshot names a folder of its own
settings.register_profile(
    "knockon", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("knockon")

CHROMIUM = Path(shutil.which("chromium") or shutil.which("chromium-browser") or "chromium")
REQUIRED = os.environ.get("KNOCKON_BROWSER") == "required"  # then a missing browser fails instead
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TINY = Path(__file__).parent / "fixtures" / "tiny"


@pytest.fixture(scope="session")
def eve() -> Study:
    """The shipped book as known on the day before the seed event."""
    return knockon.open(as_of="2025-11-05")


@pytest.fixture(scope="session")
def morrow() -> Study:
    """The shipped book as known on the day after the seed event, when the article was out."""
    return knockon.open(as_of="2025-11-07")


@pytest.fixture(scope="session")
def tiny() -> Study:
    """Four parties and one loop, in round numbers."""
    return knockon.open(as_of="2025-04-30", data=TINY)


@pytest.fixture(scope="session")
def book() -> Book:
    """The book that ships, without a day."""
    return tables.read()


@pytest.fixture(scope="session")
def own_days(book: Book) -> Days:
    """Its event days."""
    return days(book)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A copy of the tiny book that a test may spoil."""
    for file in TINY.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    return tmp_path


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium, headless; skipped with a plain reason where it or playwright is missing, unless it is required."""
    if not REQUIRED and not CHROMIUM.exists():
        pytest.skip("no Chromium on the PATH")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield chromium
        chromium.close()
