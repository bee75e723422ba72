"""Consoles and systems: every command prints on a console of few signs, and no module needs one system."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

import knockon
from commands import SILENT, USES, furnish, known
from knockon.__main__ import main

PACKAGE = Path(knockon.__file__).parent
ONE_SYSTEM = {"fcntl", "grp", "msvcrt", "posix", "pwd", "resource", "syslog", "termios", "tty", "winreg"}


def printed(
    words: tuple[str, ...], encoding: str, place: Path, monkeypatch: pytest.MonkeyPatch, told: str | None
) -> bytes:
    """What a command writes on a stdout that Python opened with `encoding`, as Windows does for a file or a pipe."""
    out = BytesIO()
    monkeypatch.chdir(place)
    monkeypatch.setattr(sys, "argv", ["knockon", *words])
    monkeypatch.setattr(sys, "stdout", TextIOWrapper(out, encoding=encoding, errors="strict"))
    monkeypatch.setattr(sys, "stderr", TextIOWrapper(BytesIO(), encoding=encoding, errors="strict"))
    monkeypatch.delenv("PYTHONIOENCODING", raising=False)
    if told:
        monkeypatch.setenv("PYTHONIOENCODING", told)
    with pytest.raises(SystemExit) as ended:
        main()
    sys.stdout.flush()
    assert ended.value.code == 0, words
    return out.getvalue()


def test_every_command_has_a_use() -> None:
    assert known() == {*USES, "serve"}


@pytest.mark.parametrize("command", USES)
def test_a_command_prints_on_a_console_of_few_signs(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    furnish(tmp_path)
    text = printed((command, *USES[command]), "cp1252", tmp_path, monkeypatch, told="cp1252").decode("cp1252")
    assert text or command in SILENT


def test_a_sign_that_a_console_lacks_is_its_escape(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = printed(("explain", "oracle"), "cp1252", tmp_path, monkeypatch, told="cp1252").decode("cp1252")
    assert "\\u7532\\u9aa8\\u6587" in text and "甲骨文" not in text


def test_a_file_gets_utf_8_on_every_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "甲骨文".encode() in printed(("explain", "oracle"), "cp1252", tmp_path, monkeypatch, told=None)


def trees() -> Iterator[tuple[str, ast.Module]]:
    for file in sorted(PACKAGE.rglob("*.py")):
        yield file.relative_to(PACKAGE).as_posix(), ast.parse(file.read_text(encoding="utf-8"))


def test_no_module_needs_one_system_to_be_imported() -> None:
    found = {
        name
        for name, tree in trees()
        for node in tree.body  # in a function or under `try` it is an optional part
        if isinstance(node, ast.Import | ast.ImportFrom)
        for module in ([node.module] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
        if (module or "").partition(".")[0] in ONE_SYSTEM
    }
    assert found == set()
