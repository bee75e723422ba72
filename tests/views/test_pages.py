from __future__ import annotations

import re
from pathlib import Path

import pytest

from conftest import TINY
from knockon import study as studies
from knockon.cli import run
from knockon.scenarios import Scenario
from knockon.study import Study, pages
from knockon.study.measures.timeline import indebted
from knockon.views import event
from knockon.views.contents import Entry, contents
from knockon.views.document import document


def test_every_view_of_the_folder_is_known_and_says_in_a_line_what_it_shows() -> None:
    known = pages.known()
    assert {"network", "shock"} <= set(known)
    assert all((view.render.__doc__ or "").partition("\n")[0].endswith(".") for view in known.values())


def test_without_a_name_all_views_are_written_and_the_index_links_to_each(tiny: Study, tmp_path: Path) -> None:
    *written, index = pages.write_all(tiny, tmp_path, Scenario(value={"lab": 0.5}, draws=0))
    assert index.name == "index.html"
    links = re.findall(r'<a href="([\w-]+\.html)">', index.read_text(encoding="utf-8"))
    assert set(links) == {path.name for path in written}
    views = {path.stem.partition("-")[0] for path in written}
    assert views == set(pages.known()) - {"event", "scoreboard"}  # it has no day to tell
    assert sum(path.stem.startswith("timeline-") for path in written) == len(indebted(tiny)) > 1


def test_each_page_written_is_one_step_done_of_all_and_paths_are_told_at_once(
    capsys: pytest.CaptureFixture[str], tiny: Study, tmp_path: Path
) -> None:
    told: list[tuple[int, int]] = []
    written = list(pages.write_all(tiny, tmp_path, tick=lambda done, total: told.append((done, total))))
    assert told[-1][0] == told[-1][1] and [done for done, _ in told] == sorted({done for done, _ in told})
    assert len(told) == len(written)
    assert run(["view", "--data", str(TINY), "--out", str(tmp_path), "--as-of", "2025-04-30"]) == 0
    shown = capsys.readouterr()
    assert shown.out.split() == [str(path.resolve()) for path in written]
    assert f"{told[-1][1]} of {told[-1][1]} pages" in shown.err


def test_without_a_scenario_the_index_says_how_to_get_a_shock(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run(["view", "--data", str(TINY), "--out", str(tmp_path), "--quiet"]) == 0
    *_, index = map(Path, capsys.readouterr().out.split())
    assert not (tmp_path / "shock.html").exists()
    assert "knockon shock openai=0.2 --html FILE" in index.read_text(encoding="utf-8")


def test_a_hostile_entry_stays_text_in_the_index() -> None:
    page = contents("<e>", "\u202e", [Entry(title="<script>", about='"&\u2028', file='x"onclick=".html')])
    assert "<e>" not in page and '<script>"' not in page
    assert 'href="x&quot;onclick=&quot;.html"' in page
    assert page.isascii() or not {"\u202e", "\u2028"} & set(page)


def test_a_page_says_how_to_cite_it(tiny: Study) -> None:
    page = document(title="A", subtitle="B", edition=str(tiny.edition), as_of="2025-04-30", body="")
    assert (
        f"Cite as: knockon, {tiny.edition}, as of 2025-04-30. Data and figures of the shipped book: CC BY 4.0" in page
    )


def test_every_event_of_the_book_has_a_page_and_a_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "known", lambda: {"event": event})
    study = studies.open(as_of="2025-09-15")
    *written, index = pages.write_all(study, tmp_path)
    days = {f"event-{row['id']}.html" for row in study.book.tables["events"] if row["date"] <= study.as_of}
    assert {path.name for path in written} == days and len(days) == 9
    assert set(re.findall(r'<a href="(event-[\w-]+\.html)">', index.read_text(encoding="utf-8"))) == days


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["network", "--party", "lab"], "--party goes with knockon view timeline, not with network"),
        (["timeline", "--event", "x"], "--event goes with knockon view event, not with timeline"),
        (["--party", "lab"], "name the view"),
        (["event"], "no event up to"),
        (["event", "--event", "x"], "no event 'x'"),
        (["timeline", "--party", "labb"], "did you mean 'lab'"),
    ],
)
def test_a_subject_that_a_view_cannot_show_is_told_in_one_line(
    capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    assert run(["view", *arguments, "--data", str(TINY), "--quiet"]) == 2
    said = capsys.readouterr().err
    assert says in said and said.count("\n") == 1


def test_a_study_of_any_day_can_be_written(tmp_path: Path) -> None:
    study = studies.open(as_of="2025-01-31", data=TINY)
    assert all(path.stat().st_size for path in pages.write_all(study, tmp_path))
