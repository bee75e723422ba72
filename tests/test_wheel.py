"""The wheel, built and installed as a user does it: in an empty home, outside the checkout, every command of it.

`make wheel-test` installs its dependencies too; here they are borrowed, which needs no network.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import pytest

from commands import SILENT, USES, furnish

ROOT = Path(__file__).parents[1]
FULL = os.environ.get("KNOCKON_WHEEL") == "full"
PARTS = ("graph", "data", "ontology", "queries", "pyproject.toml", "README.md", "LICENSE", "LICENSE-data")


@dataclass(frozen=True)
class Installed:
    """A wheel in an environment of its own, and somebody with an empty home to use it."""

    program: Path
    home: Path
    place: Path

    @property
    def environment(self) -> dict[str, str]:
        """What the system needs, and nothing that leads to the checkout."""
        kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "TEMP") if name in os.environ}
        return {**kept, "HOME": str(self.home), "USERPROFILE": str(self.home), "COLUMNS": "80"}

    def run(self, *words: str) -> subprocess.CompletedProcess[bytes]:
        command = [str(self.program), *words]
        return subprocess.run(command, cwd=self.place, env=self.environment, capture_output=True, check=False)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy of what is in the checkout, so that nothing is left behind in it."""
    room = tmp_path_factory.mktemp("wheel")
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, room / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, room / part)
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel"]
    subprocess.run(build, cwd=room, check=True, capture_output=True)
    (found,) = (room / "dist").glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """With its dependencies, or with those of the environment that runs the tests."""
    room = tmp_path_factory.mktemp("installed")
    home, place = room / "home", room / "place"
    home.mkdir()
    place.mkdir()
    furnish(place)
    venv.create(room / "venv", with_pip=True)
    scripts = room / "venv" / ("Scripts" if os.name == "nt" else "bin")
    alone = () if FULL else ("--no-index", "--no-deps")
    install = [str(scripts / "python"), "-m", "pip", "install", "--quiet", *alone, str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    if not FULL:
        names = {"base": str(room / "venv"), "platbase": str(room / "venv")}
        borrowed = {sysconfig.get_path(name) for name in ("purelib", "platlib")}
        borrowing = Path(sysconfig.get_path("purelib", "venv", names)) / "borrowed.pth"
        borrowing.write_text("\n".join(sorted(borrowed)), encoding="utf-8")
    return Installed(scripts / "knockon", home, place)


def test_the_wheel_runs_and_not_the_checkout(installed: Installed) -> None:
    python = installed.program.with_name("python")
    asked = "import knockon; from knockon.resources import shelf; print(knockon.__file__, shelf('data'), sep='\\n')"
    told = subprocess.check_output([python, "-c", asked], cwd=installed.place, env=installed.environment, text=True)
    assert len(told.splitlines()) == 2
    assert all(Path(line).is_relative_to(installed.home.parent) for line in told.splitlines())


@pytest.mark.parametrize("command", USES)
def test_a_command_of_the_wheel_works(installed: Installed, command: str) -> None:
    done = installed.run(command, *USES[command])
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout or command in SILENT
    assert b"Traceback" not in done.stderr


def test_the_wheel_serves(installed: Installed) -> None:
    command = [str(installed.program), "serve", "--port", "0", "--quiet"]
    with subprocess.Popen(command, cwd=installed.place, env=installed.environment, stdout=subprocess.PIPE) as process:
        assert process.stdout
        try:
            base = process.stdout.readline().decode().split("/  ")[0]
            assert b"<title>" in urlopen(f"{base}/").read()
        finally:
            process.send_signal(signal.SIGTERM)


@pytest.fixture(scope="module", autouse=True)
def _the_home_holds_nothing_but_the_cache(installed: Installed) -> Iterator[None]:
    yield
    held = {file.relative_to(installed.home).parts[:2] for file in installed.home.rglob("*") if file.is_file()}
    assert held <= {(".cache", "knockon")}


def test_the_wheel_holds_every_file_of_the_shelves(wheel: Path, tmp_path: Path) -> None:
    shutil.unpack_archive(wheel, tmp_path, "zip")
    for shelf in ("data", "ontology", "queries"):
        inside = tmp_path / "knockon" / "shelves" / shelf
        for file in (file for file in (ROOT / shelf).rglob("*") if file.is_file()):
            assert (inside / file.relative_to(ROOT / shelf)).read_bytes() == file.read_bytes()
