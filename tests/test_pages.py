"""The tutorial and the how-to pages, followed as a reader follows them; what they show is what is printed."""

from __future__ import annotations

from pathlib import Path

import pytest

from knockon.cli import run
from pages import Reader
from serving import serving

DOCS = Path(__file__).parents[1] / "docs"
FOLLOWED = {  # page -> blocks that are run; counted, so that a fence which the pattern misses is noticed
    "tutorial.md": 8,
    "read-this-number.md": 1,
    "how-to/add-a-deal.md": 4,
    "how-to/ask-your-own-question.md": 3,
    "how-to/run-the-endpoint.md": 1,
    "how-to/use-other-programs.md": 4,
    "how-to/use-your-own-network.md": 4,
    "how-to/write-a-scenario.md": 3,
}


@pytest.fixture
def reader(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reader:
    """Somebody with a terminal of 80 columns in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")

    def answer(words: list[str]) -> tuple[int, str]:
        capsys.readouterr()
        code = run(words)
        return code, capsys.readouterr().out

    return Reader(answer)


def test_every_page_that_teaches_is_followed() -> None:
    teaching = {page.relative_to(DOCS).as_posix() for page in (DOCS / "how-to").glob("*.md")}
    assert teaching | {"tutorial.md", "read-this-number.md"} == set(FOLLOWED)


@pytest.mark.parametrize("page", [page for page in FOLLOWED if "endpoint" not in page])
def test_a_page_does_what_it_says(page: str, reader: Reader) -> None:
    assert reader.follow(DOCS / page) == FOLLOWED[page]


def test_the_endpoint_answers_as_its_page_says(reader: Reader) -> None:
    with serving("--as-of", "2025-11-05") as server:
        reader.space["address"] = server.base
        page = "how-to/run-the-endpoint.md"
        assert reader.follow(DOCS / page) == FOLLOWED[page]
    assert reader.space["legs"] > 100
