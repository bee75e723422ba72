"""How a file or a folder is written: whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from knockon.errors import BadInput


def write(path: Path, content: str | bytes) -> Path:
    """Write a file under a temporary name, sync it, and rename it into place; text is UTF-8."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            try:
                file.write(content.encode() if isinstance(content, str) else content)
                file.flush()
                os.fsync(file.fileno())
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
        Path(file.name).chmod(0o644)
        Path(file.name).replace(path)
    except OSError as error:
        raise BadInput(f"cannot write {path}: {error.strerror}; choose another place with --out") from None
    return path


def kind(path: str | Path) -> str:
    """What the suffix of a file says that is in it: svg for picture.SVG."""
    return Path(path).suffix.lstrip(".").lower()


def write_folder(path: Path, files: Mapping[str, bytes]) -> Path:
    """Write a folder under a temporary name and rename it into place, instead of an earlier one with such files.

    Raises BadInput where the folder holds anything else: nothing of the reader's is ever removed.
    """
    try:
        if path.exists() and (strays := sorted(entry.name for entry in path.iterdir() if entry.name not in files)):
            raise BadInput(f"{path} holds {strays[0]!r}, which is no part of this; choose another place with --out")
        path.parent.mkdir(parents=True, exist_ok=True)
        room = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}."))
        try:
            new, old = room / "new", room / "old"
            new.mkdir()
            for name, content in files.items():
                write(new / name, content)
            if path.exists():
                path.replace(old)
            try:
                new.replace(path)
            except OSError:
                if old.exists():
                    old.replace(path)
                raise
        finally:
            shutil.rmtree(room, ignore_errors=True)
    except OSError as error:
        raise BadInput(f"cannot write {path}: {error.strerror}; choose another place with --out") from None
    return path
