"""A page of the documentation as a reader follows it: files are written, commands typed, Python run, in its order."""

from __future__ import annotations

import doctest
import re
import shlex
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FENCE = re.compile(r"^( *)```(\w+)(?: ([\w.-]+))?\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, the word behind it (a file's name), its text."""

    language: str
    name: str
    text: str


def blocks(page: Path) -> list[Block]:
    """Every fenced block of a page."""
    found = FENCE.findall(page.read_text(encoding="utf-8"))
    return [Block(language, name, textwrap.dedent(text)) for _, language, name, text in found]


def asked(text: str) -> Iterator[tuple[str, str]]:
    """The commands of a console block, each with what it is to print."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        yield command, shown


@dataclass
class Reader:
    """Follows pages; `answer` runs a command and gives its exit code and what it printed."""

    answer: Callable[[list[str]], tuple[int, str]]
    space: dict[str, Any] = field(default_factory=dict)

    def follow(self, page: Path) -> int:
        """How many blocks were run; other programs' commands and unnamed examples are not."""
        return sum(self._run(page, block) for block in blocks(page))

    def _run(self, page: Path, block: Block) -> bool:
        if block.language == "console":
            for command, shown in asked(block.text):
                self._command(page, command, shown)
        elif block.language == "python":
            exec(compile(block.text, page.name, "exec"), self.space)
        elif block.name:
            Path(block.name).write_text(block.text, encoding="utf-8")
        else:
            return False
        return True

    def _command(self, page: Path, command: str, shown: str) -> None:
        program, *words = shlex.split(command)
        assert program == "knockon", f"{page.name}: {command}"
        code, printed = self.answer(words)
        assert code == 0, f"{page.name}: {command}: exit {code}"
        flags = FLAGS if shown.strip() else 0
        assert doctest.OutputChecker().check_output(shown, printed, flags), f"{page.name}: {command}:\n{printed}"
