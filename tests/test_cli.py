"""The commands as a user types them: shapes of output, exit codes, errors in one line, help that is quick."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from conftest import TINY
from knockon.cli import run

EVE = ["--as-of", "2025-11-05"]
COMMANDS = (
    "shock",
    "scenarios",
    "rank",
    "stress",
    "worth",
    "loops",
    "circularity",
    "timeline",
    "measure",
    "solve",
    "backtest",
    "ask",
    "queries",
    "explain",
    "diff",
    "view",
    "export",
    "check",
    "compare",
    "new",
    "serve",
)


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def out(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    assert run(list(words)) == code
    return capsys.readouterr().out


def test_shock_prints_json_of_the_promised_shape(capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(out(capsys, "shock", "openai=0.2", *EVE, "--format", "json"))
    assert set(found) >= {
        *("edition", "as_of", "basis", "scenario", "mechanism", "losses", "totals", "paths"),
        *("convergence", "left_out", "assumed", "nominal_calls"),
    }
    assert (found["as_of"], found["basis"]) == ("2025-11-05", "pv")
    assert set(found["edition"]) == {"data", "hash", "code"}
    first = found["losses"][0]
    assert set(first) == {
        *(
            "party",
            "name",
            "listed",
            "value_usd",
            "loss_share",
            "loss_usd",
            "channels",
            "low_usd",
            "high_usd",
        ),
    }
    channels = ("direct", "contract", "equity", "credit", "guarantee", "demand", "funding", "information")
    assert tuple(first["channels"]) == channels
    losses = [row["loss_usd"] for row in found["losses"]]
    assert losses == sorted(losses, reverse=True)
    for row in found["losses"]:
        assert sum(row["channels"].values()) == pytest.approx(row["loss_usd"], rel=1e-9)
        if row["value_usd"] is not None:
            assert row["loss_share"] == pytest.approx(row["loss_usd"] / row["value_usd"])
    totals = found["totals"]
    assert set(totals) >= {
        *("listed_usd", "private_usd", "net_of_holdings_usd", "first_round_usd", "later_rounds_usd"),
    }
    listed = sum(row["loss_usd"] for row in found["losses"] if row["listed"] and row["value_usd"] is not None)
    assert totals["listed_usd"] == pytest.approx(listed)
    assert set(found["convergence"]) == {
        *("rounds", "last_step", "spectral_radius", "multiple_equilibria", "greatest_minus_least"),
    }
    assert set(found["left_out"]) >= {"undisclosed_legs", "parties_without_value", "stale_values"}
    assert all(set(entry) == {"what", "where", "value"} for entry in found["assumed"])


def test_oracle_microsoft_and_softbank_are_among_the_five_largest_listed_losers(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = json.loads(out(capsys, "shock", "openai=0.2", *EVE, "--format", "json", "--draws", "0"))
    listed = [row["party"] for row in found["losses"] if row["listed"] and row["value_usd"] is not None]
    assert {"oracle", "microsoft", "softbank"} <= set(listed[:5])


def test_same_seed_same_bytes(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["shock", "openai=0.2", *EVE, "--format", "json", "--draws", "300", "--seed", "11"]
    assert out(capsys, *words) == out(capsys, *words)
    other = [*words[:-1], "12"]
    assert out(capsys, *words) != out(capsys, *other)


def test_shock_csv_has_a_row_a_party(capsys: pytest.CaptureFixture[str]) -> None:
    words = [
        "shock",
        "lab=0.5",
        "--data",
        str(TINY),
        "--as-of",
        "2025-04-30",
        "--format",
        "csv",
        "--draws",
        "0",
    ]
    rows = list(csv.DictReader(io.StringIO(out(capsys, *words))))
    assert [row["party"] for row in rows] == ["lab", "bank", "chips", "cloud"]
    assert float(rows[1]["equity"]) == pytest.approx(10e9)


@pytest.mark.parametrize("width", [80, 140])
def test_the_table_fits_the_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    text = out(capsys, "shock", "openai=0.2", *EVE, "--draws", "200")
    assert max(len(line) for line in text.splitlines()) <= width
    for words in (
        "Microsoft",
        "Oracle",
        "SoftBank",
        "later rounds",
        "Not advice",
        "as of 2025-11-05",
        "edition",
    ):
        assert words in text
    assert "Left out or limited: " in text
    assert ("guarantee" in text or "contract" in text) == (width > 0)
    assert "\x1b" not in text  # colours only on terminals


def test_without_draws_there_is_no_range(capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(out(capsys, "shock", "openai=0.2", *EVE, "--format", "json", "--draws", "0"))
    assert all(row["low_usd"] is None and row["high_usd"] is None for row in found["losses"])


def test_a_scenario_takes_its_day_and_the_command_may_add_to_it(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["shock", "--scenario", "backstop-denied", "--format", "json", "--draws", "0"]
    found = json.loads(out(capsys, *words))
    assert (found["as_of"], found["scenario"]["value"]) == ("2025-11-05", {"openai": 0.1})
    more = json.loads(out(capsys, *words, "oracle=0.1", "--as-of", "2025-11-04"))
    assert (more["as_of"], more["scenario"]["value"]) == ("2025-11-04", {"openai": 0.1, "oracle": 0.1})
    assert more["scenario"]["hash"] != found["scenario"]["hash"]


def test_paths_and_shapley_values_come_with_the_json(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["shock", "openai=0.2", *EVE, "--format", "json", "--draws", "0", "--paths", "5", "--shapley"]
    found = json.loads(out(capsys, *words))
    assert len(found["paths"]) == 5 and set(found["paths"][0]) == {"parties", "legs", "usd"}
    others = sum(found["totals"][key] for key in ("first_round_usd", "later_rounds_usd"))
    total = sum(usd for values in found["shapley"].values() for usd in values.values())
    assert total == pytest.approx(others, rel=1e-9)


def test_unsure_names_the_data_that_matter(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["shock", "openai=0.2", *EVE, "--draws", "1000", "--unsure"]
    found = json.loads(out(capsys, *words, "--format", "json"))["uncertainty"]
    shares = [datum["share"] for datum in found["data"]]
    assert shares == sorted(shares, reverse=True) and shares[0] > 10 * found["noise"]
    assert {"parameter", "key", "share", "correlation"} == set(found["data"][0])
    assert all(0 <= pair["probability"] <= 1 for pair in found["loses_more"])
    assert "of the spread of what listed" in out(capsys, *words)


def test_rank_puts_openai_first_on_the_eve(capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(out(capsys, "rank", *EVE, "--format", "json"))
    rows = found["parties"]
    assert rows[0]["party"] == "openai"
    dollars = [row["listed_others_usd"] for row in rows]
    assert dollars == sorted(dollars, reverse=True)
    words = ["shock", "openai=1.0", "--cut", "openai=1.0", *EVE, "--draws", "0", "--format", "json"]
    totals = json.loads(out(capsys, *words))["totals"]
    assert rows[0]["listed_others_usd"] == pytest.approx(totals["listed_usd"], rel=1e-9)
    assert "OpenAI" in out(capsys, "rank", *EVE)


def test_stress_finds_the_size_that_a_shock_confirms(capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(out(capsys, "stress", "--loss", "200e9", "--at", "openai", *EVE, "--format", "json"))
    size = found["sizes"]["openai"]
    hit = f"openai={size!r}"
    words = ["shock", hit, "--cut", hit, *EVE, "--draws", "0", "--format", "json"]
    assert json.loads(out(capsys, *words))["totals"]["listed_usd"] == pytest.approx(200e9, rel=1e-6)
    assert "by 51.33%" in out(capsys, "stress", "--loss", "200e9", "--at", "openai", *EVE)


def test_a_loss_out_of_reach_is_exit_1_and_said(capsys: pytest.CaptureFixture[str]) -> None:
    text = out(capsys, "stress", "--loss", "900e9", "--at", "openai", *EVE, code=1)
    assert "Not reachable" in text and "$326bn" in text


def test_a_deals_worth_is_the_loss_with_it_less_the_loss_without(capsys: pytest.CaptureFixture[str]) -> None:
    from knockon import open as study
    from knockon.scenarios import Scenario

    found = json.loads(out(capsys, "worth", "deals", "openai=0.2", *EVE, "--format", "json"))
    worth = {row["leg"]: row["usd"] for row in found["edges"]}
    leg, eve = "openai-oracle-compute-2025-09/1", study(as_of="2025-11-05")
    whole = eve.run(Scenario(value={"openai": 0.2}, draws=0)).totals["listed_usd"]
    less = eve.run(Scenario(value={"openai": 0.2}, remove=(leg,), draws=0)).totals["listed_usd"]
    assert found["total_usd"] == pytest.approx(whole)
    assert worth[leg] == pytest.approx(whole - less, rel=1e-6)


def test_a_guarantee_is_worth_little_net_of_what_the_guarantor_bears(capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(out(capsys, "worth", "guarantees", "openai=0.2", *EVE, "--format", "json", "--largest", "2"))
    assert len(found["guarantees"]) > 100
    nets = [row["net_usd"] for row in found["guarantees"]]
    assert nets == sorted(nets, reverse=True)
    assert nets[0] < 0.1 * found["guarantees"][0]["called_usd"]  # it moves the loss; little of it goes away
    assert "guarantor" in out(capsys, "worth", "guarantees", "openai=0.2", *EVE, "--largest", "1")


def test_the_page_is_written_and_its_path_printed(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    page = tmp_path / "sub" / "openai.html"
    text = out(capsys, "shock", "openai=0.2", *EVE, "--draws", "0", "--html", str(page))
    assert text.rstrip().endswith(str(page))
    html = page.read_text(encoding="utf-8")
    assert html.startswith("<!doctype html>") and "2025-11-05" in html
    assert [file.name for file in page.parent.iterdir()] == ["openai.html"]  # no temporary left


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


def test_explain_shows_claims_sources_and_why_one_won(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["explain", "openai-oracle-compute-2025-09/1", *EVE]
    found = json.loads(out(capsys, *words, "--format", "json"))
    assert found["usd"] == 300_000_000_000
    assert [claim["won"] for claim in found["claims"]].count(True) == 1
    assert all(claim["url"].startswith("http") for claim in found["claims"])
    text = out(capsys, *words)
    assert "is the better grade of source" in text and "●" in text
    assert "2026" not in json.dumps(found["claims"])


@pytest.mark.parametrize("name", ["openai", "OpenAI", "openai-oracle-compute-2025-09", "microsoft"])
def test_explain_takes_parties_by_any_name_and_deals(capsys: pytest.CaptureFixture[str], name: str) -> None:
    assert "as of 2025-11-05" in out(capsys, "explain", name, *EVE)


def test_explain_does_not_tell_the_future(capsys: pytest.CaptureFixture[str]) -> None:
    text = out(capsys, "explain", "nvidia-openai-equity-2026-02/1", *EVE)
    assert "not known yet" in text and "30bn" not in text


def test_diff_tells_how_nvidias_letter_gave_way_to_equity(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    found = json.loads(out(capsys, "diff", "2025-11-05", "2026-03-01", "--format", "json", "--quiet"))
    legs = {row["leg"]: row for row in found["legs"]}
    letter = legs["openai-nvidia-loi-2025-09/1"]
    assert (letter["kind"], letter["firmness_before"]) == ("cancelled", "letter_of_intent")
    stake = legs["nvidia-openai-equity-2026-02/1"]
    assert (stake["kind"], stake["usd"]) == ("became known", 30_000_000_000)
    paid = legs["softbank-openai-equity-2025-03/2"]
    assert (paid["kind"], paid["firmness_before"], paid["firmness"]) == ("firmer", "definitive", "closed")
    assert paid["told"].startswith("2025-12-26: completed")
    assert "openai-microsoft-azure-2025-10/1" not in legs  # nothing changed
    assert letter["replaced_by"] == "nvidia-openai-equity-2026-02/1"
    assert [line.partition(".")[0] for line in letter["told"].splitlines()] == [
        "2025-11-19: in talks",
        "2026-01-30: stalled",
        "2026-02-01: denied",
        "2026-02-20: superseded",
    ]
    text = " ".join(out(capsys, "diff", "2025-11-05", "2026-03-01", "--quiet").split())
    assert "5 cancelled, 1 less firm, 4 firmer, 1 amount changed, 100 became known" in text
    assert text.index("cancelled: 5") < text.index("became known: 100")
    for words in (
        "up to $100bn, letter of intent → up to $100bn, cancelled",
        "stalled. WSJ: plan stalled after doubts inside NVIDIA",
        "Huang in Taipei: it was an invitation, never a commitment",
        "in its place: nvidia-openai-equity-2026-02/1 ($30bn, definitive)",
    ):
        assert words in text


def test_diff_takes_its_later_day_from_as_of(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["diff", "2025-11-05", "--format", "json", "--quiet"]
    assert out(capsys, *words, "--as-of", "2026-03-01") == out(capsys, *words[:2], "2026-03-01", *words[2:])


def test_two_equal_days_do_not_differ(capsys: pytest.CaptureFixture[str]) -> None:
    out(capsys, "diff", "2025-11-05", "2025-11-05", "--quiet", code=1)


def test_ask_in_every_format(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    words = ["ask", "commitments/compute-contracts", "--as-of", "2025-11-06"]
    rows = list(csv.DictReader(io.StringIO(out(capsys, *words, "--format", "csv"))))
    assert sum(int(row["usd"]) for row in rows) == 610_400_000_000
    found = json.loads(out(capsys, *words, "--format", "json"))
    assert len(found["results"]["bindings"]) == len(rows)  # SPARQL 1.1 Query Results JSON
    assert "300.00" in out(capsys, *words)
    file = tmp_path / "own.rq"
    file.write_text("CONSTRUCT { ?s ?p ?o } WHERE { GRAPH <https://knockon.example/graph/known> { ?s ?p ?o } }")
    assert "knockon.example/ontology/" in out(capsys, "ask", str(file), *EVE, "--format", "ttl")


def test_ask_reads_standard_input(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    text = b"\xef\xbb\xbfASK { GRAPH <https://knockon.example/graph/book> { ?s ?p ?o } }"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text), encoding="utf-8"))
    assert "True" in out(capsys, "ask", "-", *EVE, "--format", "csv")


def test_no_answer_is_exit_1(capsys: pytest.CaptureFixture[str]) -> None:
    out(capsys, "ask", "largest", *EVE, "--param", "least_usd=9000000000000", "--quiet", code=1)


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


def python(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    clean: dict[str, Any] = {**os.environ, **env}
    return subprocess.run([sys.executable, *words], capture_output=True, text=True, env=clean, check=False)


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from knockon.cli import run; run(['--help']);"
        "print(sorted({'rdflib','pandas','scipy','networkx','pyvis','numpy','pyoxigraph','rich'} & set(sys.modules)))"
    )
    assert python("-c", code).stdout.splitlines()[-1] == "[]"


def test_a_question_needs_no_numbers_and_no_network(tmp_path: Path) -> None:
    """Once the graph is kept: building it works out what falls due in which year, which takes the model's numbers."""
    code = (
        "import sys; from knockon.cli import run; run(['ask','compute-contracts','--as-of','2025-11-05','--quiet']);"
        "print(sorted({'rdflib','pandas','scipy','networkx','pyvis','numpy','http.client'} & set(sys.modules)))"
    )
    for loaded in ("['numpy', 'scipy']", "[]"):
        assert python("-c", code, KNOCKON_CACHE=str(tmp_path / "cache")).stdout.splitlines()[-1] == loaded


def test_a_shock_needs_neither_pandas_nor_rdflib_nor_scipy() -> None:
    code = (
        "import sys; from knockon.cli import run; run(['shock','openai=0.2','--as-of','2025-11-05','--quiet']);"
        "print(sorted({'rdflib','pandas','scipy','networkx','pyvis'} & set(sys.modules)))"
    )
    assert python("-c", code).stdout.splitlines()[-1] == "[]"


def test_results_do_not_hang_on_the_order_of_hashes() -> None:
    words = ["-m", "knockon", "shock", "openai=0.2", "--as-of", "2026-06-30", "--format", "json", "--draws", "50"]
    runs = {python(*words, "--paths", "10", "--quiet", PYTHONHASHSEED=seed).stdout for seed in ("1", "2", "3")}
    assert len(runs) == 1 and len(runs.pop()) > 1000


def test_the_version_is_printed() -> None:
    assert python("-m", "knockon", "--version").stdout.startswith("knockon 0.")


def test_a_reader_that_leaves_early_is_no_error() -> None:
    command = f"{sys.executable} -m knockon queries exposures | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.stderr == ""


def test_a_long_run_can_be_interrupted_without_a_traceback() -> None:
    words = ["-m", "knockon", "shock", "openai=0.2", "--as-of", "2025-11-05", "--draws", "100000000", "--quiet"]
    running = subprocess.Popen(
        [sys.executable, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a test worker may ignore it
    )
    time.sleep(4)
    assert running.poll() is None
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert (running.returncode, out, err) == (130, "", "knockon: interrupted\n")


def test_a_name_in_a_narrow_column_breaks_after_its_hyphens(capsys: pytest.CaptureFixture[str], narrow: None) -> None:
    lines = out(capsys, "ask", "compute-contracts", *EVE, "--quiet").splitlines()
    first = [line.split()[0] for line in lines if line[:1] not in ("", " ")]
    assert {"openai-oracle-", "compute-2025-", "09/1"} <= set(first)
