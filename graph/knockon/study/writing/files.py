"""How a file or a folder is written: whole or not at all."""

from __future__ import annotations

import ctypes
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO

from knockon.errors import BadInput

Content = str | bytes | Callable[[IO[bytes]], None]
"""Of a file: text, which is UTF-8, or bytes, or what writes them bit by bit into the open file."""


def write(path: Path, content: Content) -> Path:
    """Write a file under a temporary name, sync it, and rename it into place."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".knockon-", delete=False) as file:
            draft = Path(file.name)
            try:
                if callable(content):
                    content(file)
                else:
                    file.write(content.encode() if isinstance(content, str) else content)
                file.flush()
                os.fsync(file.fileno())
                file.close()  # Windows renames no open file
                draft.chmod(0o644)
                draft.replace(path)
            except BaseException:
                file.close()
                draft.unlink(missing_ok=True)
                raise
        sync(path.parent)
    except OSError as error:
        raise _not_written(path, error) from None
    return path


def sync(folder: Path) -> None:
    """Have the names in a folder outlast a loss of power, where a folder can be opened for that (not on Windows)."""
    if hasattr(os, "O_DIRECTORY"):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _not_written(path: Path, error: OSError) -> BadInput:
    return BadInput(f"cannot write {path}: {error.strerror}; choose another place with --out")


def kind(path: str | Path) -> str:
    """What the suffix of a file says that is in it: svg for picture.SVG."""
    return Path(path).suffix.lstrip(".").lower()


def write_folder(path: Path, files: Mapping[str, Content]) -> Path:
    """Write a folder under a temporary name and rename it into place, instead of an earlier one with such files.

    Raises BadInput where the folder holds anything else: nothing of the reader's is ever removed.
    """
    try:
        if path.exists() and (strays := sorted(entry.name for entry in path.iterdir() if entry.name not in files)):
            raise BadInput(f"{path} holds {strays[0]!r}, which is no part of this; choose another place with --out")
        path.parent.mkdir(parents=True, exist_ok=True)
        room = Path(tempfile.mkdtemp(dir=path.parent, prefix=".knockon-"))
        try:
            new, old = room / "new", room / "old"
            new.mkdir()
            for name, content in files.items():
                write(new / name, content)
            if not (path.exists() and _exchanged(new, path)):
                if path.exists():
                    path.replace(old)
                try:
                    new.replace(path)
                except OSError:
                    if old.exists():
                        old.replace(path)
                    raise
            sync(path.parent)
        finally:
            shutil.rmtree(room, ignore_errors=True)
    except OSError as error:
        raise _not_written(path, error) from None
    return path


def _exchanged(one: Path, other: Path) -> bool:
    """Whether two folders took each other's place in one step, which Linux can; Python has no word for it.

    Elsewhere there are two renames, and whoever is killed between them leaves the old folder under a hidden name.
    """
    try:
        rename = ctypes.CDLL(None).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    here, exchange = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of <fcntl.h>
    return bool(rename(here, os.fsencode(one), here, os.fsencode(other), exchange) == 0)
