"""What the pages tell a reader to type runs as it stands there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from knockon.cli import run
from knockon.study.adding import from_answers
from knockon.vocab import Firmness, Instrument

ROOT = Path(__file__).parents[1]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md"), ROOT / "CONTRIBUTING.md", *ROOT.glob("*/README.md")])
COMMAND = re.compile(r"(?:^|`)(knockon [^`\n]+)", re.MULTILINE)
OWN = re.compile(r"\b(my[\w.-]*|DEAL/LEG|NAME|<[^>]+>|--open|--port|solve|serve|endpoint|new deal)\b|<|\[|\.\.\.|…")


def commands() -> list[str]:
    pages = [page for page in PAGES if page.name != "cookbook.md"]  # made from the library, which has its own tests
    found = {
        match.group(1).split("#")[0].strip() for page in pages for match in COMMAND.finditer(page.read_text("utf-8"))
    }
    return sorted(command for command in found if not OWN.search(command) and command != "knockon explain")


def test_the_pages_name_commands() -> None:
    assert len(commands()) >= 8


@pytest.mark.parametrize("command", commands())
def test_a_command_of_the_pages_runs(
    command: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(shlex.split(command)[1:]) == 0
    assert capsys.readouterr().out or command == "knockon check"


def test_the_python_of_the_readme_runs() -> None:
    blocks = re.findall(r"^ *```python\n(.*?)^ *```", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert len(blocks) == 1
    lines = [line.strip() for line in blocks[0].splitlines()]
    space: dict[str, object] = {}
    exec("\n".join(lines), space)
    assert "book" in space


def test_the_answers_that_contributing_shows_make_a_deal_that_fits_the_shipped_book() -> None:
    (text,) = re.findall(
        r"^```toml\n(.*?)^```", (ROOT / "CONTRIBUTING.md").read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    draft = from_answers(ROOT / "data", text)
    assert draft.problems() == []
    assert [row["id"] for row in draft.rows["deals"]] == ["jpmorgan-openai-credit-2025-03"]


def test_the_issue_forms_offer_the_closed_lists() -> None:
    form = (ROOT / ".github" / "ISSUE_TEMPLATE" / "deal.yml").read_text("utf-8")
    offered = [set(options.split(", ")) for options in re.findall(r"options: \[(.*)\]", form)]
    assert offered == [set(Instrument), set(Firmness)]


def test_links_between_pages_lead_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
