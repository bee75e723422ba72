"""The commands that show what is known: explain, diff and ask, in their formats."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from commands import EVE, out


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


def test_a_name_in_a_narrow_column_breaks_after_its_hyphens(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = out(capsys, "ask", "compute-contracts", *EVE, "--quiet").splitlines()
    first = [line.split()[0] for line in lines if line[:1] not in ("", " ")]
    assert {"openai-oracle-", "compute-2025-", "09/1"} <= set(first)
