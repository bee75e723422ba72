"""How a file is written: whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from knockon.errors import BadInput


def write(path: Path, content: str | bytes) -> Path:
    """Write a file under a temporary name, sync it, and rename it into place; text is UTF-8."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("wb", dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
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
