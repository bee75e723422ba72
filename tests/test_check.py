"""`knockon check`: a defect planted in a sound book is found at its row and column, with what to do about it."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
from rdflib import SH, Graph

import books
from knockon import shapes, store
from knockon.cli import run
from knockon.parts import Parts
from knockon.resources import shelf
from knockon.shapes import findings, graphs
from knockon.tables import parse
from knockon.tables.columns import row_id

Cells = dict[str, str]


def plant(own: Path, table: str, line: int, **cells: str) -> None:
    """Write cells into the row at a line of a table; a line after the last is a new row, a copy of the last."""
    file = own / f"{table}.csv"
    with file.open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    if line == len(rows) + 2:
        rows.append(dict(rows[-1]))
    rows[line - 2] |= cells
    with file.open("w", encoding="utf-8", newline="") as text:
        writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def told(own: Path) -> list[str]:
    return [str(finding) for finding in findings(own)]


def test_the_shipped_book_and_the_tiny_one_have_no_finding(own: Path) -> None:
    assert findings(shelf("data")) == []
    assert findings(own) == []


SPACES = "a space too many, or one that is not plain; write single spaces between words"
UNTIDY: list[tuple[str, int, Cells, str]] = [
    # table, line, what is planted there, what is told
    (
        "claims",
        5,
        {"leg": "chips-funds-lab/1"},
        "claims.csv:5 'chips-funds-lab/1/filing' stands too low; sort the rows by leg, source",
    ),
    ("parties", 2, {"name": "Bank Plc "}, f"parties.csv:2 [name] {SPACES}"),
    ("deals", 2, {"title": "Chips\u00a0invests"}, f"deals.csv:2 [title] {SPACES}"),
    ("parties", 3, {"aliases": "Chips;The  Chip Maker"}, f"parties.csv:3 [aliases] {SPACES}"),
    (
        "sources",
        6,
        {"id": "Press Two"},
        "sources.csv:6 [id] not an id: 'Press Two'; write letters, digits and single hyphens",
    ),
    ("parties", 3, {"aliases": "Chips Inc;Chips Inc"}, "parties.csv:3 [aliases] the same twice; name it once"),
    (
        "parties",
        6,
        {"aliases": "CLOUD"},
        "parties.csv:6 [aliases] 'CLOUD' is a name of cloud already; keep it with one party",
    ),
    ("deals", 5, {"id": "zero"}, "deals.csv:5 a deal without a leg; add one to legs.csv, or drop the deal"),
    (
        "claims",
        3,
        {"leg": "chips-funds-lab/1", "source": "later"},
        "legs.csv:3 a leg without a claim; say in claims.csv who says so",
    ),
    ("sources", 6, {"id": "zero"}, "sources.csv:6 nothing rests on this source; use it, or drop the row"),
]


@pytest.mark.parametrize(("table", "line", "cells", "expected"), UNTIDY)
def test_untidiness_is_told_with_place_and_remedy(
    own: Path, table: str, line: int, cells: Cells, expected: str
) -> None:
    plant(own, table, line, **cells)
    assert expected in told(own)


WRONG: list[tuple[str, int, Cells, str]] = [
    ("legs", 6, {"start": "2026-01", "end": "2025-12"}, "legs.csv:6 [end] 2025-12 is below start 2026-01"),
    ("legs", 4, {"known_from": "2025-01-19"}, "legs.csv:4 [known_from] the leg was public before it was announced"),
    (
        "legs",
        6,
        {"announced": "", "known_from": "2025-01-31"},
        "legs.csv:6 [known_from] the leg was public before it was announced",
    ),
    ("claims", 4, {"public_from": "2025-01-21"}, "claims.csv:4 [public_from] the figure cannot be public only after"),
    ("sources", 2, {"published": "2025-02"}, "claims.csv:6 [source] the page is older than what it is made to tell"),
    ("legs", 2, {"within": "cloud-buys-chips/2"}, "legs.csv:2 [within] the part is worth more than the whole"),
    ("legs", 2, {"within": "chips-funds-lab/1"}, "legs.csv:2 [within] the leg is, in the end, within itself"),
    (
        "legs",
        2,
        {"overlaps": "cloud-buys-chips/2"},
        "legs.csv:2 [overlaps] the other leg does not say that it overlaps",
    ),
    ("status", 2, {"paid_usd": "20000000001"}, "status.csv:2 [paid_usd] more was paid than the leg is worth"),
    ("stakes", 3, {"holder": "cloud", "pct": "81"}, "stakes.csv:2 [pct] on that day the holdings in the issuer add up"),
    ("parties", 2, {"listed_from": "2025-03-01"}, "prices.csv:2 [date] the price is of a day before the first day"),
]


@pytest.mark.parametrize(("table", "line", "cells", "expected"), WRONG)
def test_a_wrong_date_or_sum_is_told_with_place_and_remedy(
    own: Path, table: str, line: int, cells: Cells, expected: str
) -> None:
    plant(own, table, line, **cells)
    assert [line for line in told(own) if line.startswith(expected)], told(own)


def test_parts_that_add_up_to_more_than_the_whole_are_told_at_the_whole(own: Path) -> None:
    for line in (2, 3):
        plant(own, "legs", line, within="cloud-buys-chips/1")
    plant(own, "status", 2, status="signed")
    assert told(own) == []
    plant(own, "claims", 3, usd="10000000001")
    assert told(own) == [
        "legs.csv:4 the parts add up to more than the whole: mend an amount, or empty within on one of them"
    ]


def test_a_book_of_a_thousand_claims_is_sound_and_each_planted_defect_in_it_is_found(tmp_path: Path) -> None:
    books.write(tmp_path, claims=1000)
    assert len(parse(tmp_path).tables["claims"]) == 1000
    assert findings(tmp_path) == []
    plant(tmp_path, "claims", 700, note=" spaced")
    plant(tmp_path, "claims", 900, public_from="2027-01-01")
    plant(tmp_path, "legs", 300, seniority="senior", instrument="lease")
    assert [(f.file, f.row, f.column) for f in findings(tmp_path)] == [
        ("claims.csv", 700, "note"),
        ("claims.csv", 900, "public_from"),
        ("legs.csv", 300, "instrument"),
    ]


@pytest.mark.parametrize("seed", range(4))
def test_in_parts_of_any_size_the_same_faults_are_found(own: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    dice = random.Random(seed)
    for table, line, cells, _ in dice.sample(WRONG[1:], 5) + [case for case in WRONG if case[0] == "stakes"]:
        plant(own, table, line, **cells)
    found = findings(own)
    for at_once in (1, dice.randrange(2, 20), 25):
        monkeypatch.setattr(shapes, "AT_ONCE", at_once)
        asked: list[tuple[int, int]] = []
        assert findings(own, tick=lambda done, total, asked=asked: asked.append((done, total))) == found
        assert asked == [(done, len(asked)) for done in range(1, len(asked) + 1)] and len(asked) > 200
    assert len(found) > 2


def test_parts_hold_every_row_with_all_it_hangs_together_with_and_names(tmp_path: Path) -> None:
    tables = parse(books.write(tmp_path, claims=300)).tables
    parts = list(Parts(tables, at_once=100))
    assert 5 < len(parts) < 20
    for table, rows in tables.items():
        assert {row_id(table, row) for row in rows} == {row_id(table, row) for part in parts for row in part[table]}
    for part in parts:
        ids = {table: [row_id(table, row) for row in rows] for table, rows in part.items()}
        assert all(len(set(names)) == len(names) for names in ids.values())
        assert {row["deal"] for row in part["legs"]} <= {*ids["deals"]}
        legs = {row["payer"] for row in part["legs"]} | {row["payee"] for row in part["legs"]}
        assert legs <= {*ids["parties"]} and {row["source"] for row in part["claims"]} <= {*ids["sources"]}
        # whoever holds a deal holds its legs and claims
        assert ids["legs"] == [row_id("legs", row) for row in tables["legs"] if row["deal"] in {*ids["deals"]}]
        assert ids["claims"] == [row_id("claims", row) for row in tables["claims"] if row["leg"] in {*ids["legs"]}]


def test_a_graph_on_disk_shows_the_same_faults_and_how_far_it_is(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for table, line, cells, _ in (WRONG[1], WRONG[4], WRONG[7]):
        plant(own, table, line, **cells)
    found = findings(own)
    monkeypatch.setattr(store, "IN_MEMORY", 0)
    asked: list[tuple[int, int]] = []
    assert findings(own, tick=lambda done, total: asked.append((done, total))) == found and len(found) == 3
    assert asked == [(done, len(asked)) for done in range(1, len(asked) + 1)] and len(asked) > 100


def test_pyshacl_on_the_exported_turtle_finds_what_check_finds(own: Path) -> None:
    for table, line, cells, _ in (WRONG[1], WRONG[4], WRONG[7]):
        plant(own, table, line, **cells)
    data = next(graphs(parse(own))[1]).store
    flat = ox.Store()
    flat.extend(ox.Quad(quad.subject, quad.predicate, quad.object) for quad in data)
    turtle = flat.dump(format=ox.RdfFormat.TURTLE, from_graph=ox.DefaultGraph())
    assert turtle is not None
    shapes = Graph().parse(data=(shelf("ontology") / "shapes.ttl").read_text("utf-8"))
    _, report, _ = pyshacl.validate(Graph().parse(data=turtle), shacl_graph=shapes, inference="none")
    assert isinstance(report, Graph)
    messages = sorted(str(message) for message in report.objects(None, SH.resultMessage))
    assert sorted(finding.what for finding in findings(own)) == messages and len(messages) == 3


def test_findings_are_exit_1_and_say_how_many(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plant(own, "parties", 2, aliases="Bank;Bank")
    assert run(["check", "--data", str(own)]) == 1
    caught = capsys.readouterr()
    assert caught.out == "parties.csv:2 [aliases] the same twice; name it once\n"
    assert "1 finding in" in caught.err
