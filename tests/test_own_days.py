"""Days of one's own in files: scored like the book's, or refused with file, row, column and remedy."""

from __future__ import annotations

import csv
import json
import re
import shlex
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from knockon import tables
from knockon.book import Book
from knockon.cli import run
from knockon.errors import BadInput
from knockon.study.validation.backtest import Backtest, backtest
from knockon.study.validation.days import NEEDED, Days, days
from knockon.study.validation.scoreboard import record
from knockon.study.validation.sections import ordinary
from knockon.study.validation.verdicts import verdicts
from knockon.tables.columns import schema

ROOT = Path(__file__).parents[1]
DATA = ROOT / "data"


@pytest.fixture(scope="module")
def found(book: Book, own_days: Days) -> Backtest:
    return backtest(book, own_days, 1, 7)  # scores do not hang on the permutations


def copy(table: str, place: Path, keep: Callable[[dict[str, str]], bool], **change: str) -> Path:
    """Some rows of a table of the book as a file of one's own."""
    with (DATA / f"{table}.csv").open(encoding="utf-8") as file:
        kept = [row | change for row in csv.DictReader(file) if keep(row)]
    with place.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(kept[0]))
        writer.writeheader()
        writer.writerows(kept)
    return place


TWO = ("2025-09-22-nvidia-openai-loi", "2025-11-06-openai-backstop")


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """Two days of the book as files of one's own."""
    made = {
        "events": copy("events", tmp_path / "days.csv", lambda row: row["id"] in TWO),
        "returns": copy("event_returns", tmp_path / "moves.csv", lambda row: row["event"] in TWO),
        "caps": copy("prices", tmp_path / "values.csv", lambda row: "2025-09" <= row["date"] < "2025-11-07"),
        "loadings": copy("loadings", tmp_path / "betas.csv", lambda row: row["event"] in TWO),
    }
    return {name: str(path) for name, path in made.items()}


def test_the_tables_of_the_book_given_as_files_score_the_same(book: Book, own_days: Days) -> None:
    given = days(
        book,
        *(str(DATA / f"{table}.csv") for table in ("events", "event_returns", "prices", "loadings")),
    )
    assert given.events == own_days.events
    assert given.returns == own_days.returns
    for event, rows_then in own_days.loadings.items():
        for party, row in rows_then.items():
            assert {name: row[name] for name in NEEDED["loadings"]} == given.loadings[event][party]
    assert given.cap_before("oracle", date(2025, 11, 6)) == own_days.cap_before("oracle", date(2025, 11, 6))


def test_two_days_of_ones_own_are_scored(book: Book, found: Backtest, files: dict[str, str]) -> None:
    own = backtest(book, days(book, **files), 20, 7)
    assert own.panel.events == TWO
    all_days = found.panel.only(~found.control).events
    for e, event in enumerate(TWO):
        mine, theirs = own.board.scores["engine"].spearman[e], found.board.scores["engine"].spearman
        assert mine == pytest.approx(theirs[all_days.index(event)])
    assert own.controls == {}
    assert "no control day" in " ".join(verdicts(own))


def test_market_values_may_stand_in_billions_and_columns_in_any_order(book: Book, files: dict[str, str]) -> None:
    path = Path(files["caps"])
    with path.open(encoding="utf-8") as file:
        values = list(csv.DictReader(file))
    path.write_text(
        "date,party,market_cap_usd_bn,close\n"
        + "".join(f"{v['date']},{v['party']},{int(v['market_value_usd']) / 1e9},{v['close']}\n" for v in values),
        "utf-8",
    )
    read = days(book, caps=str(path))
    assert read.cap_before("oracle", date(2025, 11, 6)) == days(book).cap_before("oracle", date(2025, 11, 6))


def test_sessions_in_a_row_make_ordinary_days_and_events_are_none(book: Book, tmp_path: Path) -> None:
    firms = ("nvidia", "oracle", "microsoft", "amd", "intel", "meta", "amazon", "apple", "tesla", "broadcom")
    lines = ["party,date,market_value_usd,close"]
    for day, close in (
        ("2025-11-05", 100),
        ("2025-11-06", 90),
        ("2025-11-07", 99),
        ("2025-11-12", 99),
        ("2025-11-13", 98),
    ):
        lines += [f"{party},{day},1000000000,{close}" for party in firms]
    (tmp_path / "panel.csv").write_text("\n".join(lines) + "\n", "utf-8")
    calm = ordinary(days(book, caps=str(tmp_path / "panel.csv")), firms)
    # 6 November is an event; the 12th does not follow the 7th
    assert calm.market == pytest.approx([0.1, 98 / 99 - 1])
    assert calm.returns.shape == (2, len(firms))


def test_a_price_panel_gives_placebo_p_values(book: Book, files: dict[str, str], tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    sessions = np.arange(np.datetime64("2025-05-01"), np.datetime64("2025-09-18")).astype("datetime64[D]")
    sessions = sessions[np.is_busday(sessions)]
    firms = sorted({party for moves in days(book, **files).returns.values() for party in moves})
    lines = ["party,date,market_value_usd,close"]
    for party in firms:
        closes = 100 * np.exp(rng.normal(0, 0.01, len(sessions)).cumsum())
        lines += [f"{party},{day},{round(close * 1e9)},{close}" for day, close in zip(sessions, closes, strict=True)]
    (tmp_path / "panel.csv").write_text("\n".join(lines) + "\n", "utf-8")
    own = backtest(book, days(book, **files | {"caps": str(tmp_path / "panel.csv")}), 20, 7)
    assert own.ordinary_days > 60
    assert set(own.p_placebo) == {"engine", "information", "direct", "degree"}
    assert all(1 / 21 <= p <= 1 for p in own.p_placebo.values())
    assert record(own)["pooled"]["engine"]["p_placebo"] == own.p_placebo["engine"]


def first(cell: str) -> Callable[[str], str]:
    """Puts a cell in the place of the first figure of Adobe."""
    return lambda text: re.sub(r"(adobe,[-\d]+,)[-\d.]+", rf"\g<1>{cell}", text, count=1)


BAD: dict[str, tuple[str, Callable[[str], str], str]] = {
    "a column is missing": (
        "returns",
        lambda t: t.replace("return_pct", "return"),
        r"moves\.csv:1 \[return_pct\] no such column; the header needs event,",
    ),
    "a column twice": (
        "loadings",
        lambda t: t.replace("gamma", "beta"),
        r"betas\.csv:1 \[beta\] this column stands there twice",
    ),
    "an unknown party": (
        "returns",
        lambda t: t.replace(",adobe,", ",adobee,", 1),
        r"moves\.csv:\d+ \[party\] no party 'adobee'; did you mean 'adobe'",
    ),
    "an unknown party in caps": (
        "caps",
        lambda t: t.replace("adobe,", "adobee,", 1),
        r"values\.csv:2 \[party\] no party 'adobee'",
    ),
    "a row twice": (
        "returns",
        lambda t: t + t.splitlines()[1] + "\n",
        r"moves\.csv:\d+ .*adobe stands in row 2 already; keep one",
    ),
    "an event twice": (
        "events",
        lambda t: t + t.splitlines()[1] + "\n",
        r"days\.csv:4 2025-09-22-nvidia-openai-loi stands in row 2 already",
    ),
    "an impossible date": (
        "events",
        lambda t: t.replace("2025-11-06,", "2025-02-30,", 1),
        r"days\.csv:3 \[date\] not a day: '2025-02-30'; write 2025-11-05",
    ),
    "a date of another day": (
        "returns",
        lambda t: t.replace(",2025-11-06,", ",2025-12-06,", 1),
        r"moves\.csv:\d+ \[date\] 2025-12-06 is far from the day of",
    ),
    "NaN": ("loadings", first("nan"), r"betas\.csv:2 \[beta\] not a finite number: 'nan'"),
    "no number": ("returns", first("down"), r"moves\.csv:2 \[return_pct\] not a number: 'down'"),
    "more than all": ("returns", first("-365"), r"moves\.csv:\d* ?\[return_pct\] -365 loses more than all"),
    "empty": ("loadings", first(""), r"betas\.csv:2 \[beta\] empty; this column needs a value"),
    "a sign of 2": ("events", lambda t: t.replace(",-1,", ",2,", 1), r"days\.csv:3 \[sign\] 2 is not a sign"),
    "no shock": (
        "events",
        lambda t: t.replace("u:openai;w:openai", "openai", 1),
        r"days\.csv:2 \[shock\] not a shock: 'openai'; write u:PARTY",
    ),
    "a shock to nobody": (
        "events",
        lambda t: t.replace("u:openai", "u:open-ai", 1),
        r"days\.csv:2 \[shock\] no party 'open-ai'; did you mean 'openai'",
    ),
    "own news of nobody": (
        "events",
        lambda t: t.replace(",nvidia,NVIDIA", ",nvidi,NVIDIA", 1),
        r"days\.csv:2 \[own_news\] no party 'nvidi'; did you mean 'nvidia'",
    ),
    "an event nobody knows": (
        "returns",
        lambda t: t.replace(TWO[1], "mine", 1),
        r"moves\.csv:\d+ \[event\] no event 'mine'",
    ),
    "a cell too many": ("returns", lambda t: t.replace("adobe", "adobe,x", 1), r"moves\.csv:2 \d cells instead of \d"),
    "no rows": ("events", lambda t: t.splitlines()[0] + "\n", r"days\.csv no rows below the header"),
    "a text for billions": (
        "caps",
        lambda t: first("x")(t.replace("market_value_usd", "market_cap_usd_bn")),
        r"values\.csv:2 \[market_cap_usd_bn\] not a number",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_with_a_file_is_said_with_its_place_and_a_remedy(
    name: str, book: Book, files: dict[str, str]
) -> None:
    which, spoil, message = BAD[name]
    path = Path(files[which])
    before = path.read_text("utf-8")
    path.write_text(spoil(before), "utf-8")
    assert path.read_text("utf-8") != before
    with pytest.raises(BadInput, match=message):
        days(book, **files)


def test_a_bad_file_ends_the_command_with_one_line(files: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    Path(files["events"]).write_bytes(b"\xff")
    assert run(["backtest", "--events", files["events"], "--quiet"]) == 2
    shown = capsys.readouterr()
    assert (shown.out, shown.err.count("\n")) == ("", 1)
    assert "days.csv: not UTF-8 at byte 0" in shown.err


def test_nothing_to_score_is_an_error_with_the_reason(
    files: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    Path(files["loadings"]).write_text(
        "event,party,date,beta,gamma,market_pct,ai_orthogonal_pct\nelsewhere,adobe,2025-01-01,1,0,0,0\n", "utf-8"
    )
    options = " ".join(f"--{option} {file}" for option, file in files.items())
    assert run(shlex.split(f"backtest {options} --quiet")) == 2
    assert "no day with news can be scored; 2025-09-22-nvidia-openai-loi: no loadings" in capsys.readouterr().err
    assert run(["backtest", "--events", "nowhere.csv"]) == 2
    assert "cannot read nowhere.csv" in capsys.readouterr().err
    assert run(["backtest", "--permutations", "0"]) == 2
    assert "at least one permutation" in capsys.readouterr().err


# The command


@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_the_command_prints_each_format_with_the_edition(
    form: str, files: dict[str, str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    options = " ".join(f"--{option} {file}" for option, file in files.items())
    page = tmp_path / "board.html"
    assert run(shlex.split(f"backtest {options} --permutations 5 --format {form} --html {page}")) == 0
    shown = capsys.readouterr()
    edition = tables.read().edition
    assert edition.hash in shown.out
    assert edition.hash in page.read_text("utf-8")
    assert "of 5 steps" in shown.err
    if form == "json":
        assert [event["event"] for event in json.loads(shown.out)["events"]] == list(TWO)


# The pages


def test_the_manual_lists_every_column_of_the_files_as_the_schema_has_it() -> None:
    text = (ROOT / "docs" / "validation.md").read_text("utf-8")
    listed = re.findall(r"^\| `--(\w+)` \| `(\w+)` \| ([\w:]+) \| (.*) \|$", text, re.MULTILINE)
    options = {"events": "events", "event_returns": "returns", "prices": "caps", "loadings": "loadings"}
    expected = [
        (options[table], name, column.datatype, column.meaning)
        for table, names in NEEDED.items()
        for name in names
        for column in schema()[table][1:]
        if column.name == name
    ]
    assert listed == expected
