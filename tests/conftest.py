"""Fixtures that every test may use: the shipped book on the seed event's eve, and the tiny book."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

import knockon
from knockon.study import Study

sys.path.insert(0, str(Path(__file__).parent))
settings.register_profile(
    "knockon", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("knockon")

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


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A copy of the tiny book that a test may spoil."""
    for file in TINY.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    return tmp_path
