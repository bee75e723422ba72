"""What must hold of any input: it is read, or refused in one line, and nothing else happens."""

from __future__ import annotations

import io
import os
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

from knockon.cli import run
from knockon.errors import UNSEEN, KnockonError


def call(work: Callable[[], object]) -> str | None:
    """What is wrong with a call that may be refused by a KnockonError and by nothing else; None: all is well."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            work()
        except KnockonError as refused:
            return None if str(refused).strip() else "refused without a word"
        except Exception:  # whatever else is raised is the finding
            return traceback.format_exc()
    return None


def command(words: Sequence[str], folder: Path) -> str | None:
    """What is wrong with a run of the command in a folder, as a user would see it; None: all is well."""
    out, err, before = io.StringIO(), io.StringIO(), _files(folder)
    with warnings.catch_warnings(), _inside(folder), redirect_stdout(out), redirect_stderr(err):
        warnings.simplefilter("error")
        try:
            code = run(list(words))
        except Exception:  # no command may let one through: it is the finding
            return f"{list(words)}\n{traceback.format_exc()}"
    own = UNSEEN.sub("", "".join(words)) != "".join(words)  # who types what a terminal obeys may see it again
    why = _amiss(code, out.getvalue(), err.getvalue(), _files(folder) - before, own)
    return f"{list(words)}\n{why}" if why else None


def _amiss(code: int, out: str, err: str, new: set[str], own: bool) -> str | None:
    lines = err.splitlines()
    if code not in (0, 1, 2):
        return f"exit code {code}"
    if "Traceback" in err:
        return err
    if not own and (UNSEEN.search(err) or UNSEEN.search(out)):
        return f"says what a terminal obeys: {err!r} {out[:1000]!r}"
    if any(Path(name).name.startswith(".") for name in new):
        return f"left {new}"
    if code == 2 and not out.startswith("Usage:"):
        if not lines or not lines[-1].startswith(("knockon: ", "Usage: ", "  ")):
            return f"exit code 2 and not one line that says why: {err!r}"
        if sum(line.startswith("knockon: ") for line in lines) > 1 or out or new:
            return f"exit code 2 and more than one line, or a result: {err!r} {out[:500]!r} {new}"
    return None


def _files(folder: Path) -> set[str]:
    return {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}


@contextmanager
def _inside(folder: Path) -> Iterator[None]:
    """In the folder, with a standard input that has ended."""
    place, source = Path.cwd(), sys.stdin
    os.chdir(folder)
    sys.stdin = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    try:
        yield
    finally:
        os.chdir(place)
        sys.stdin = source
