"""What earlier runs made of the same book, kept in the user's cache: found again only for the very same bytes.

An entry is a folder of plain files with the hash of each: text, or an Oxigraph database that is opened read-only.
Nothing in it is code or is run, so whoever could write to it could at worst give wrong numbers; and a cache
that others can write to is not used. What is missing, cut off or spoilt counts as absent, and every failure
to write is silent: a snapshot only ever saves time.

`KNOCKON_CACHE` names another folder, or `off`.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import pyoxigraph as ox

from knockon.resources import shelf, walk

MOST_BYTES = 200_000_000
"""Older entries go when all together are larger; one date of the shipped book takes 20 MB."""

_QUAD_BYTES = 256
"""What a quad takes in a kept store, with its share of the text; measured on books of 10,000 and 100,000 legs."""

ABANDONED = 3600.0
"""Seconds after which a half-built entry is taken for one whose process was killed."""

_SUMS = "SUMS"


def cache() -> Path | None:
    """The user's cache folder for this package; None: switched off, or others can write to it."""
    asked = os.environ.get("KNOCKON_CACHE", "")
    if asked == "off":
        return None
    try:
        place = Path(asked) if asked else _usual() / "knockon"
        found = place.stat()
    except FileNotFoundError:
        return place
    except (OSError, RuntimeError):  # no home
        return None
    shared = os.name == "posix" and (found.st_uid != os.getuid() or found.st_mode & 0o022)
    return None if shared else place


def _usual() -> Path:
    """Where the platform keeps what can be made again."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    given = os.environ.get("XDG_CACHE_HOME", "")
    return Path(given) if Path(given).is_absolute() else Path.home() / ".cache"


@dataclass(frozen=True)
class Snapshot:
    """What is kept of one book under one version of the program; with no `root`, nothing."""

    root: Path | None = None
    key: str = ""
    now: Callable[[], str] = str  # the key that the files would have at this moment

    @staticmethod
    def of(digest: Callable[[], str]) -> Snapshot:
        """The entries for a book whose files hash to what `digest` finds."""

        def now() -> str:
            return sha256(f"{digest()} {_program()}".encode()).hexdigest()

        root = cache()
        return Snapshot(root, now(), now) if root else Snapshot()

    def text(self, name: str) -> str | None:
        """The text kept as `name`."""
        entry = self._found(name)
        return (entry / "text").read_text("utf-8") if entry else None

    def keep_text(self, name: str, text: str) -> None:
        """Keep a text."""
        self._keep(name, lambda folder: (folder / "text").write_bytes(text.encode()))

    def store(self, name: str) -> ox.Store | None:
        """The store kept as `name`, read-only."""
        entry = self._found(name)
        try:
            return ox.Store.read_only(str(entry)) if entry else None
        except OSError:
            return None

    def keep_store(self, name: str, store: ox.Store) -> None:
        """Keep a store's quads, unless they alone are more than the cache holds."""
        if self.root is None or len(store) * _QUAD_BYTES > MOST_BYTES:
            return

        def write(folder: Path) -> None:
            copy = ox.Store(str(folder))
            copy.bulk_extend(store)
            copy.flush()

        self._keep(name, write)

    def _entry(self, root: Path, name: str) -> Path:
        return root / sha256(f"{self.key} {name}".encode()).hexdigest()[:32]

    def _found(self, name: str) -> Path | None:
        """The entry, if every file in it is what was written and no other is there; a spoilt one is removed."""
        if self.root is None:
            return None
        entry = self._entry(self.root, name)
        try:
            sums = json.loads((entry / _SUMS).read_text("utf-8"))
            if sums == _sums(entry):
                os.utime(entry)
                return entry
        except (OSError, ValueError):
            pass
        shutil.rmtree(entry, ignore_errors=True)
        return None

    def _keep(self, name: str, write: Callable[[Path], object]) -> None:
        """Build the entry under another name, bring it to the disk, then move it into place, whole.

        Not where a file has changed since the key was made: what was read may then be neither the old nor the new.
        """
        if self.root is None or self._entry(self.root, name).exists() or self.now() != self.key:
            return
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            building = Path(tempfile.mkdtemp(prefix="new-", dir=self.root))
        except OSError:
            return
        try:
            write(building)
            (building / _SUMS).write_text(json.dumps(_sums(building)), "utf-8")
            for file in (*building.iterdir(), building):
                _to_disk(file)
            building.rename(self._entry(self.root, name))  # fails if another process was first, whose entry is as good
            _prune(self.root)
        except OSError:
            pass
        finally:
            shutil.rmtree(building, ignore_errors=True)


def _program() -> str:
    """What decides, beside the book, what is kept: this package's code, tables it falls back on, Oxigraph's format."""
    digest = sha256(ox.__version__.encode())
    for place, suffix in ((files("knockon"), ".py"), (shelf("data"), "columns.csv"), (shelf("data"), "parameters.csv")):
        for name, file in walk(place, suffix):
            digest.update(name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def _sums(entry: Path) -> dict[str, str]:
    """File -> hash of its bytes."""
    return {file.name: sha256(file.read_bytes()).hexdigest() for file in entry.iterdir() if file.name != _SUMS}


def _to_disk(place: Path) -> None:
    """Wait until a file, or the names in a folder, would outlast a power cut."""
    if place.is_dir() and os.name == "nt":  # where folders cannot be opened
        return
    handle = os.open(place, os.O_RDONLY if os.name == "posix" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _prune(root: Path) -> None:
    """Remove what is abandoned, and the entries unused for longest that do not fit into MOST_BYTES."""
    total, entries = 0, sorted(((entry.stat().st_mtime, entry) for entry in root.iterdir()), reverse=True)
    for at, (used, entry) in enumerate(entries):
        if entry.name.startswith("new-"):
            if time.time() - used > ABANDONED:
                shutil.rmtree(entry, ignore_errors=True)
            continue
        total += sum(file.stat().st_size for file in entry.iterdir())
        if at and total > MOST_BYTES:
            shutil.rmtree(entry, ignore_errors=True)
