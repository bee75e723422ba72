"""Where an export goes: a file, or a folder's place, named after the day unless told otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from knockon import exports
from knockon.study.writing.files import write, write_folder

if TYPE_CHECKING:
    from knockon.exports import Snapshot


def export(study: Snapshot, name: str, out: Path) -> Path:
    """Write the study in the format `name`: to the file `out`, or into it if it is a folder or has no suffix.

    A format of many files makes `out` itself its folder. Raises UnknownName, and BadInput where it cannot write.
    """
    content = exports.find(name).render(study)
    if isinstance(content, Mapping):
        return write_folder(out, content)
    return write(out / named(study, name) if out.is_dir() or not out.suffix else out, content)


def named(study: Snapshot, name: str) -> str:
    """What the file or folder is called unless told otherwise. Raises UnknownName."""
    return f"knockon-{study.as_of}{exports.find(name).suffix or f'-{name}'}"
