"""The command `shock` as a user types it: the shape of its JSON and CSV, its table, its page."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from commands import EVE, out
from conftest import TINY


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


def test_the_page_is_written_and_its_path_printed(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    page = tmp_path / "sub" / "openai.html"
    text = out(capsys, "shock", "openai=0.2", *EVE, "--draws", "0", "--html", str(page))
    assert text.rstrip().endswith(str(page))
    html = page.read_text(encoding="utf-8")
    assert html.startswith("<!doctype html>") and "2025-11-05" in html
    assert [file.name for file in page.parent.iterdir()] == ["openai.html"]  # no temporary left
