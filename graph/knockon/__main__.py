"""The `knockon` command."""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper


def main() -> None:
    """Run the command line; a foreseen failure is one line on stderr and exit code 2."""
    from knockon.cli import run

    _speak()
    sys.exit(run(sys.argv[1:]))


def _speak() -> None:
    """Let no console stop an answer.

    A file or a pipe gets UTF-8 on every system, unless PYTHONIOENCODING says otherwise; Turtle and JSON are nothing
    else. A sign that the encoding lacks is written as its escape, so nothing is lost.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            plain = not stream.isatty() and "PYTHONIOENCODING" not in os.environ
            stream.reconfigure(encoding="utf-8" if plain else None, errors="backslashreplace")


if __name__ == "__main__":
    main()
