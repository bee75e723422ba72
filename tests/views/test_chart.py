from __future__ import annotations

import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from conftest import TINY
from knockon.cli import run
from knockon.errors import BadInput
from knockon.study import Study
from knockon.study.measures import timeline
from knockon.views import chart, charts
from knockon.views.wording import TERMS, estimate
from views import scenes

pytest.importorskip("matplotlib", reason="matplotlib is not installed")


def words(svg: bytes) -> str:
    return " ".join(text for text in ElementTree.fromstring(svg).itertext() if text.strip())


def test_a_chart_says_what_it_shows_of_which_day_and_from_where() -> None:
    scene = scenes.small_shock()
    assert scene.shock is not None
    said = words(chart.losses(scene, "svg"))
    assert "If OpenAI lost a fifth of its value, listed parties would lose $29.0bn." in said
    assert f"Source: knockon, {scene.edition}, as of 2025-11-05." in said
    assert all(text in said for text in ("Oracle", "−$27.0bn (3.8%)", "CoreWeave", "−$2.0bn", "contracts", "funding"))


def test_bars_are_as_long_as_the_losses_of_their_channels() -> None:
    svg = chart.losses(scenes.small_shock(), "svg").decode()
    root = ElementTree.fromstring(svg)
    widths: dict[str, list[float]] = {}
    for path in root.iter("{http://www.w3.org/2000/svg}path"):
        fill = path.get("style", "").partition("fill: ")[2][:7]
        numbers = [float(part) for part in path.get("d", "").replace("M", " ").replace("L", " ").split() if part != "z"]
        widths.setdefault(fill, []).append(max(numbers[::2]) - min(numbers[::2]))
    direct, contract = widths[chart.colour("channel-direct")], widths[chart.colour("channel-contract")]
    assert max(contract) / max(direct) == pytest.approx(25 / 100, rel=1e-3)


@pytest.mark.parametrize(("kind", "start"), [("svg", b"<?xml"), ("png", b"\x89PNG")])
def test_the_same_losses_give_the_same_bytes(kind: str, start: bytes) -> None:
    picture = chart.losses(scenes.small_shock(), kind)
    assert picture.startswith(start)
    assert picture == chart.losses(scenes.small_shock(), kind)


def test_hostile_words_stay_words_in_a_chart() -> None:
    said = chart.losses(scenes.hostile_shock(), "svg").decode()
    assert "<script" not in said and "<img" not in said
    assert not {"\u202e", "\u2028"} & set(said)


def test_a_scene_without_a_shock_and_an_unknown_kind_are_bad_input() -> None:
    with pytest.raises(BadInput, match="has no shock"):
        chart.losses(scenes.small(), "svg")
    with pytest.raises(BadInput, match="no picture of kind 'gif'; one of svg, png"):
        chart.losses(scenes.small_shock(), "gif")


def test_without_matplotlib_the_remedy_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert run(["shock", "openai=0.2", "--as-of", "2025-11-05", "--draws", "0", "--picture", "x.svg", "--quiet"]) == 2
    assert "pip install 'knockon[pictures]'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (["loops"], ("2 circles of deals", "disclosed throughout")),
        (["circularity"], ("How much of what is paid", "definitive and firmer", "every circle, in proportion")),
        (["timeline", "lab"], ("has to pay", "2025", "not covered")),
    ],
)
def test_measures_have_pictures_with_day_and_source(
    command: list[str], says: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "picture.svg"
    asked = [*command, "--data", str(TINY), "--as-of", "2025-04-30", "--quiet", "--format", "csv"]
    assert run([*asked, "--picture", str(file)]) == 0
    printed = capsys.readouterr()
    assert str(file) in printed.err and str(file) not in printed.out
    said = words(file.read_bytes())
    assert "as of 2025-04-30. Circular does not mean fraudulent." in said and TERMS in said
    assert [text for text in says if text not in said] == []
    once = file.read_bytes()
    assert run([*asked, "--picture", str(file)]) == 0 and file.read_bytes() == once


def test_years_are_as_long_as_what_is_due(tiny: Study) -> None:
    found = timeline.scene(tiny)
    longest = max(sum(year.parts) for year in found.years)
    assert charts.timeline(found, "svg").decode().count(estimate(longest)) >= 1
    with pytest.raises(BadInput, match="There is nothing to draw"):
        charts.timeline(timeline.scene(tiny, "chips"), "svg")
