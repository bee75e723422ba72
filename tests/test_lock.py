"""The lock file holds all that pyproject asks for, each at one version with its hashes, and no place to fetch from."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCK = (ROOT / "requirements.lock").read_text("utf-8")
ENTRY = re.compile(
    r"^([A-Za-z0-9._-]+)==(\S+?)(?: ; .*?)? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE
)


def asked() -> list[Requirement]:
    """What the program and its tests need, with the extras that the tests take in."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    lines = [*project["dependencies"], *extras["test"], *extras["pictures"], *extras["parquet"]]
    return [found for found in map(Requirement, lines) if found.name != "knockon"]


def test_every_dependency_is_locked_at_a_version_that_pyproject_admits() -> None:
    locked = {canonicalize_name(name): version for name, version, _ in ENTRY.findall(LOCK)}
    assert len(locked) > 100
    for wanted in asked():
        version = locked.get(canonicalize_name(wanted.name))
        assert version, f"{wanted.name} is not in requirements.lock; run make lock"
        assert wanted.specifier.contains(version, prereleases=True), f"{wanted} is not {version}; run make lock"


def test_every_line_belongs_to_an_entry_with_hashes_and_names_no_host() -> None:
    rest = ENTRY.sub("", LOCK)
    assert rest.strip() == "", "an entry without a hash, or an option"
    assert "://" not in LOCK and "index" not in re.sub(r"^\S+", "", LOCK, flags=re.MULTILINE)


def test_every_dependency_says_why_it_is_here() -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    block = text.partition("\ndependencies = [\n")[2].partition("\n]")[0]
    assert block and all("  # " in line or "# " in line for line in block.splitlines())
