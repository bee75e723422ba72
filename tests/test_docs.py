"""What the pages tell a reader to type runs as it stands there."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

import knockon
from knockon.cli import run
from knockon.queries import EDGES, library
from knockon.study import Study
from knockon.study.writing.adding import from_answers
from knockon.vocab import Firmness, Instrument

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "README.md").read_text("utf-8")
PICTURES = ROOT / "docs" / "pictures"
LEAST = ("reported", "definitive")
PAGES = sorted(
    {ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md"), *ROOT.glob("*/README.md")}
)
MADE = {ROOT / "docs" / "cookbook.md", *(ROOT / "docs" / "reference").iterdir()}  # which have tests of their own
COMMAND = re.compile(r"^(?: {4})?(knockon [^`\n]+)|`(knockon [^`]+)`", re.MULTILINE)
OWN = re.compile(
    r"\b(my[\w.-]*|DEAL/LEG|DIR|NAME|COMMAND|<[^>]+>|--open|--port|solve|serve|endpoint|new deal)\b|<|\[|\.\.\.|…"
)
VERBS = ("knockon ask", "knockon explain", "knockon export")  # as words of a sentence; they take a name
LONG = ("knockon backtest", "knockon view", "knockon view --scenario lab-misses-targets")
"""What takes half a minute and is run by the tests of its own: all views, and two thousand permutations."""


def commands() -> list[str]:
    texts = [page.read_text("utf-8") for page in PAGES if page not in MADE]
    found = {" ".join("".join(pair).split("#")[0].split()) for text in texts for pair in COMMAND.findall(text)}
    return sorted(command for command in found if not OWN.search(command) and command not in (*VERBS, *LONG))


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
    blocks = re.findall(r"^ *```python\n(.*?)^ *```", TEXT, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 1
    lines = [line.strip() for line in blocks[0].splitlines()]
    space: dict[str, object] = {}
    exec("\n".join(lines), space)
    assert "book" in space


def test_the_readme_says_of_the_engine_what_the_scoreboard_says() -> None:
    rungs = json.loads((ROOT / "tests" / "golden" / "scoreboard.json").read_text("utf-8"))["rungs"]
    names = {"direct exposure": "direct", "number of counterparties": "degree", "size": "size", "market beta": "beta"}
    names |= {"beta and AI basket": "ai_basket", "sector": "sector"}
    (row,) = re.findall(r"^\| direct exposure .*$", TEXT, re.MULTILINE)
    assert {name: f"{rungs[key]['mean_spearman']:.2f}" for name, key in names.items()} == dict(
        re.findall(r"([a-zA-Z][a-zA-Z ]+) \((\d\.\d\d)\)", re.sub(r"\| |, | \|", "", row))
    )
    mean, after = (f"{rungs['engine'][key]:.2f}" for key in ("mean_spearman", "mean_spearman_after_ai"))
    assert f"abnormal returns is {mean}" in " ".join(TEXT.split())
    assert f"After market and AI basket it scores {after}" in TEXT


def test_the_readme_says_what_its_commands_answer(eve: Study) -> None:
    listed = eve.shock({"openai": 0.2}, draws=0).totals["listed_usd"]
    assert f"listed firms some ${listed / 1e9:.0f}bn" in " ".join(TEXT.split())
    central = [f"{100 * eve.circularity(least).point.indices.bff_circulation_index:.1f}%" for least in LEAST]
    assert re.findall(r"(\d\.\d%) (?:of a year|if only)", TEXT) == central
    assert f"{sum(query.topic != EDGES for query in library().values())} can be asked by name" in TEXT


def test_the_pictures_of_the_readme_are_small_and_show_what_the_commands_draw(tmp_path: Path) -> None:
    shown = {ROOT / target for target in re.findall(r"docs/pictures/[\w.]+", TEXT)}
    assert shown == set(PICTURES.iterdir()) and len(shown) == 4
    assert all(picture.stat().st_size < 300_000 for picture in shown)
    study = knockon.open(as_of="2025-11-05")
    assert f"[{study.scene().subtitle.partition(' of the')[0]}, as known on 5 November 2025]" in TEXT
    study.shock({"openai": 0.2}).picture(tmp_path / "losses.svg")
    study.circularity().picture(tmp_path / "circularity.svg")
    for drawn in tmp_path.iterdir():
        remedy = f"docs/pictures/{drawn.name} is not current: make pictures"
        assert _words(drawn) == _words(PICTURES / drawn.name), remedy


def _words(drawing: Path) -> list[str]:
    """What is written in a drawing, but for the edition."""
    found = re.findall(r"<text[^>]*>([^<]*)</text>", drawing.read_text("utf-8"))
    return [words for words in found if "Source:" not in words]


def test_the_citation_file_names_this_version_and_edition(eve: Study) -> None:
    text = (ROOT / "CITATION.cff").read_text("utf-8")
    assert f"\nversion: {eve.edition.code}\n" in text
    assert f"\ndate-released: {eve.edition.data}\n" in text


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


def test_the_sections_that_docstrings_name_are_there() -> None:
    code = "".join(file.read_text("utf-8") for file in (ROOT / "graph").rglob("*.py"))
    named = set(re.findall(r"docs/(\w+)\.md,\s+section (\d+\w?)", code))
    assert len(named) >= 8
    for page, section in named:
        assert re.search(rf"^## {section}\.", (ROOT / "docs" / f"{page}.md").read_text("utf-8"), re.MULTILINE), section
