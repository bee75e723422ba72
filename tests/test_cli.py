"""The command line: errors in one line, exit codes, where files go, options of all commands, help with examples."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path

import pytest

from commands import EVE, USES, out
from conftest import TINY
from knockon.cli import run, show

COMMANDS = (*USES, "serve")


def test_view_writes_into_a_folder(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = Path(out(capsys, "view", "network", *EVE, "--out", str(tmp_path)).strip())
    assert path.parent == tmp_path and path.stat().st_size > 100_000


def test_a_place_that_cannot_be_written_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    words = ["view", "network", "--data", str(TINY), "--out", str(tmp_path / "file" / "x.html"), "--quiet"]
    assert run(words) == 2
    assert "cannot write" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["shock", "opnai=0.2"], "no party 'opnai'; did you mean 'openai'"),
        (["shock", "openai=1.2"], "openai=1.2 is not a share"),
        (["shock", "openai=-0.1"], "openai=-0.1 is not a share"),
        (["shock", "openai=nan"], "openai=nan is not a share"),
        (["shock", "openai"], "not NAME=SHARE: 'openai'"),
        (["shock"], "no shock given"),
        (["shock", "openai=0.2", "openai=0.3"], "'openai' is given twice"),
        (
            ["shock", "openai=0.2", "--as-of", "2010-01-01"],
            "2010-01-01 is before the data: the first leg became",
        ),
        (["shock", "openai=0.2", "--as-of", "yesterday"], "not a date: 'yesterday'"),
        (["shock", "openai=0.2", "--data", "/nonexistent"], "no such folder"),
        (["shock", "openai=0.2", "--basis", "book"], "no basis 'book'"),
        (["shock", "openai=0.2", "--format", "yaml"], "no format 'yaml'; one of table, json, csv"),
        (["shock", "openai=0.2", "--draws", "-1"], "draws is -1"),
        (["shock", "hyperscaler-group=0.2"], "hyperscaler-group is a group or an index"),
        (["shock", "openai-foundation=0.2"], "openai-foundation has no known value on"),
        (["shock", "--void", "nobody-knows/1=1"], "no leg 'nobody-knows/1'"),
        (
            ["shock", "--void", "openai-broadcom-chips-2025-10/1=1", *EVE],
            "is no edge on 2025-11-05: undisclosed",
        ),
        (["explain", "orcle"], "no party, deal, leg or event 'orcle'; did you mean 'oracle'"),
        (["ask", "nosuchthing"], "no query 'nosuchthing'; knockon queries lists them"),
        (["ask", "no-such-file.rq"], "cannot read no-such-file.rq"),
        (["ask", "largest", "--param", "least_usd=x"], "parameter least_usd: not a number: 'x'"),
        (["ask", "largest", "--param", "zzz=1"], "no parameter of commitments/largest 'zzz'; it has least_usd"),
        (["ask", "straight-back", "--param", "leest=closed"], "'leest'; did you mean 'least'?"),
        (["ask", "straight-back", "--param", "least=zzz"], "no firmness 'zzz'; least is one of cancelled, rumoured, "),
        (["ask", "straight-back", "--param", "least=clsoed"], "no firmness 'clsoed'; did you mean 'closed' or "),
        (["ask", "net-by-year", "--param", "party=opnai"], "no party 'opnai'; did you mean 'openai' or "),
        (["stress", "--loss", "-1"], "a loss of -1 is not above 0"),
        (["stress", "--loss", "1e9", "--at", "opnai"], "no party 'opnai'; did you mean 'openai'"),
        (["rank", "--size", "2"], "the size of a hit is a share from 0 to 1"),
        (["rank", "--hit", "hard"], "no hit 'hard'; one of value, performance, both"),
        (["worth", "parties"], "no worth of 'parties'; did you mean 'guarantees'"),
        (["shock", "--scenario", "lab-fals"], "no scenario 'lab-fals'; did you mean 'lab-fails'"),
        (["diff", "2026-03-01", "2025-11-05"], "2026-03-01 is after 2025-11-05; give the earlier day first"),
        (["diff", "2025-11-05", "2026-03-01", "--as-of", "2026-03-01"], "the later day is given twice"),
        (["queries", "cooking"], "no topic 'cooking'; one of article, "),
        (["worth", "zzz"], "no worth of 'zzz'; one of deals, guarantees"),
        (["view", "zzz"], "no view 'zzz'; there is network, "),
        (["view", "shock"], "the shock view needs a shock; add --scenario NAME"),
        (["view", "--out", "x.html"], "x.html is one file; name one view, or give a folder"),
        (
            ["explain", "zzzzzz"],
            "no party, deal, leg or event 'zzzzzz'; parties.csv, deals.csv, legs.csv and events.csv of the book",
        ),
        (["shock", "zzzzzz=0.2"], "no party 'zzzzzz'; parties.csv of the book lists them"),
        (["check", "/nonexistent"], "/nonexistent: no such folder; name one that holds a book's tables"),
        (["view", "nettwork"], "no view 'nettwork'; did you mean 'network'"),
    ],
)
def test_bad_input_gets_one_line_and_exit_2(capsys: pytest.CaptureFixture[str], words: list[str], message: str) -> None:
    assert run(words if words[0] == "queries" else [*words, "--quiet"]) == 2
    err = capsys.readouterr().err
    assert message in err
    assert len(err.strip().splitlines()) == 1


@pytest.mark.parametrize("words", [["frobnicate"], ["shock", "--nope"], ["ask"], ["shock", "a=1", "--draws", "x"]])
def test_a_command_line_that_cannot_be_read_is_exit_2_with_one_line(
    capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert run(words) == 2
    err = capsys.readouterr().err
    assert err.startswith("knockon: ") and err.endswith(" --help\n") and err.count("\n") == 1


def test_a_malformed_book_is_named_by_every_command(capsys: pytest.CaptureFixture[str], own: Path) -> None:
    file = own / "claims.csv"
    file.write_text(file.read_text().replace(",10000000000,", ",10bn,", 1))
    for words in (["shock", "lab=0.1"], ["ask", "largest"], ["explain", "lab"], ["view", "network"]):
        assert run([*words, "--data", str(own), "--quiet"]) == 2
        assert "claims.csv:2 [usd] not whole US dollars: '10bn'" in capsys.readouterr().err


def test_check_lists_findings_and_exits_1(capsys: pytest.CaptureFixture[str], own: Path) -> None:
    assert run(["check", str(TINY), "--quiet"]) == 0
    file = own / "claims.csv"
    file.write_text(file.read_text().replace(",10000000000,", ",10bn,", 1).replace("filing", "felling"))
    text = out(capsys, "check", str(own), "--quiet", code=1)
    assert "claims.csv:2 [usd] not whole US dollars: '10bn'; write 30bn as 30000000000" in text
    assert "no such row in sources.csv: 'felling'" in text
    found = json.loads(out(capsys, "check", "--data", str(own), "--format", "json", "--quiet", code=1))
    assert found[0] == {"file": "claims.csv", "row": 2, "column": "usd", "what": found[0]["what"]}


def test_a_shape_finding_names_file_row_and_column(capsys: pytest.CaptureFixture[str], own: Path) -> None:
    file = own / "legs.csv"
    file.write_text(file.read_text().replace("1,chips,lab,", "1,lab,lab,", 1))
    text = out(capsys, "check", str(own), "--quiet", code=1)
    assert "legs.csv:2 [payee] payer and payee are the same party" in text


def test_global_options_go_before_the_command_too(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--as-of", "2025-11-05", "shock", "openai=0.2", "--format", "json", "--draws", "0"]
    assert json.loads(out(capsys, *words))["as_of"] == "2025-11-05"


@pytest.mark.parametrize("option", [["--data", "x"], ["--data=x"], ["--quiet"]])
def test_a_command_passes_over_a_global_option_that_it_has_no_use_for(
    capsys: pytest.CaptureFixture[str], option: list[str]
) -> None:
    assert out(capsys, "scenarios", *option) == out(capsys, *option, "scenarios") == out(capsys, "scenarios")


def test_without_a_date_the_last_day_known_is_used_and_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["queries"]) == 0
    capsys.readouterr()
    assert run(["explain", "openai"]) == 0
    assert "the last day the data know" in capsys.readouterr().err


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(capsys: pytest.CaptureFixture[str], command: str) -> None:
    assert "Example: knockon" in out(capsys, command, "--help")


def test_the_list_of_commands_here_is_whole(capsys: pytest.CaptureFixture[str]) -> None:
    text = out(capsys, "--help").partition("Commands:")[2].partition("Example:")[0]
    named = {line.split()[0] for line in text.splitlines() if line.startswith("  ") and line[2:3].isalpha()}
    assert named == set(COMMANDS)


def test_what_takes_long_is_told_and_what_is_quick_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    def waited(seconds: float, quiet: bool) -> str:
        with show.patience("building", quiet, seconds):
            for timer in [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]:
                timer.join()
        return capsys.readouterr().err

    assert waited(0.0, quiet=False) == "building\n"
    assert waited(0.0, quiet=True) == ""
    with show.patience("building", quiet=False, seconds=0.5):
        pass
    time.sleep(0.6)
    assert capsys.readouterr().err == ""
