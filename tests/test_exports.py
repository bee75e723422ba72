"""What holds of every export: same bytes, no later knowledge, edition and terms inside, whole or not at all."""

from __future__ import annotations

import hashlib
import os
import re
import sqlite3
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import knockon
from conftest import TINY
from knockon import exports
from knockon.cli import run
from knockon.errors import BadInput
from knockon.exports.about import about
from knockon.exports.tabular import tables
from knockon.known import known_rows
from knockon.study import Study
from knockon.tables.columns import row_id

FORMATS = exports.names()
FOLDERS = ("croissant", "datapackage", "parquet")
_DIGESTS = """
import hashlib, knockon
from knockon import exports
study = knockon.open(as_of="2025-04-30", data={data!r})
for name in exports.names():
    files = exports.in_memory(name, study)
    files = files if isinstance(files, dict) else {{"": files}}
    print(name, hashlib.sha256(repr(sorted(files.items())).encode()).hexdigest())
"""


def contents(study: Study, name: str) -> bytes:
    """An export as one text; a folder's files one after the other."""
    found = exports.in_memory(name, study)
    return b"\n".join(found.values()) if isinstance(found, dict) else found


def test_the_formats_are_those_of_the_folder() -> None:
    promised = {"ttl", "nq", "jsonld", "graphml", "gexf", "sqlite", "parquet", "datapackage"}
    assert promised | {"rdf12", "void", "ftm", "croissant"} == set(FORMATS)
    assert {name for name in FORMATS if not exports.find(name).suffix} == set(FOLDERS)


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_says_in_a_sentence_what_it_is_and_what_opens_it(name: str) -> None:
    sentence = exports.described()[name]
    assert "; for " in sentence and sentence.endswith(".") and sentence.count(". ") == 0


def test_the_same_book_gives_the_same_bytes_under_any_hash_seed() -> None:
    found = []
    for seed in ("1", "2"):
        program = _DIGESTS.format(data=str(TINY))
        done = subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        )
        found.append(done.stdout.splitlines())
    assert len(found[0]) == len(FORMATS)
    assert found[0] == found[1]


@pytest.mark.parametrize("name", FORMATS)
def test_an_export_carries_edition_day_terms_and_how_to_cite_it(eve: Study, name: str) -> None:
    text = contents(eve, name)
    for words in (eve.edition.hash, eve.edition.data, "2025-11-05", about(eve).citation, "CC BY 4.0", "market quotes"):
        assert words.encode() in text, words


@pytest.mark.parametrize("name", FORMATS)
def test_no_terms_are_claimed_for_tables_of_ones_own(tiny: Study, name: str) -> None:
    text = contents(tiny, name)
    assert b"Tables: the terms of their author" in text
    assert b"Tables and vocabulary: CC BY 4.0" not in text
    if name in FOLDERS:  # the RDF formats hold the vocabulary, which has its own
        assert b"creativecommons" not in text


@pytest.mark.parametrize("name", sorted({*FORMATS} - {"parquet"}))  # whose text is compressed; its tables are next
def test_what_became_known_later_is_not_so_much_as_named(eve: Study, name: str) -> None:
    book, known = eve.book, known_rows(eve.book, eve.resolved, eve.as_of)
    later = [row["id"] for row in book.tables["deals"] if row not in known["deals"]]
    later += [row["id"] for row in book.tables["events"] if row not in known["events"]]
    later += [row["id"] for row in book.tables["sources"] if row not in known["sources"]]
    assert len(later) > 400
    text = contents(eve, name).decode("utf-8", errors="replace")
    assert [word for word in later if word in text] == []


def test_known_rows_point_at_known_rows_only(eve: Study) -> None:
    found = {table.name: table for table in tables(eve)}
    ids = {name: {row["id"] for row in table.rows} for name, table in found.items() if table.key == ("id",)}
    pointers = 0
    for table in found.values():
        for column in table.columns:
            kind, _, target = column.datatype.partition(":")
            if kind not in ("ref", "refs"):
                continue
            for row in table.rows:
                value = row[column.name]
                assert value is not None or not column.required, (table.name, column.name)
                for name in (value,) if isinstance(value, str) else value or ():
                    pointers += 1
                    assert name in ids[target], (table.name, column.name, name)
    assert pointers > 10_000


def test_on_the_last_of_days_every_row_is_known(eve: Study) -> None:
    ever = Study(eve.book, date.max)
    for table, rows in known_rows(eve.book, ever.resolved, date.max).items():
        assert rows == eve.book.tables[table], table


def test_a_pointer_past_the_day_is_taken_out_and_a_row_that_hangs_on_it_is_left_out(own: Path) -> None:
    def write(table: str, old: str, new: str) -> None:
        file = own / f"{table}.csv"
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")

    later = "cloud-buys-chips/2"  # Bank's loan, known from now on only in May
    loan = "cloud-buys-chips,2,bank,cloud,loan,contract_total"
    write("legs", f"{loan},2025-01-20,2025-01-20", f"{loan},2025-05-01,2025-05-01")
    write("legs", "2025-02-01,2025-02-01,5,,,,,,,,,,,,no", f"2025-02-01,2025-02-01,5,,,,,,,{later},{later},,,,no")
    april, may = (knockon.open(as_of=day, data=own) for day in ("2025-04-30", "2025-05-31"))
    known = {day.as_of.month: known_rows(day.book, day.resolved, day.as_of) for day in (april, may)}
    rent = {month: next(r for r in rows["legs"] if r["deal"] == "lab-rents-cloud") for month, rows in known.items()}
    assert (rent[4]["within"], rent[4]["overlaps"]) == (None, None)
    assert (rent[5]["within"], rent[5]["overlaps"]) == (later, (later,))
    assert "filing" in {row["id"] for row in known[4]["sources"]}  # others cite it too
    claims = {month: {row_id("claims", row) for row in rows["claims"]} for month, rows in known.items()}
    assert claims[4] == claims[5] - {"cloud-buys-chips/2/filing"} and len(claims[5]) == 9


# Writing


@pytest.mark.parametrize("name", FORMATS)
def test_the_command_writes_and_prints_where(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["export", name, "--data", str(TINY), "--as-of", "2025-04-30", "--quiet"]) == 0
    printed = capsys.readouterr()
    place = Path(printed.out.strip())
    assert place.parent == tmp_path / "knockon-out" and place.name.startswith("knockon-2025-04-30")
    assert place.is_dir() == (name in FOLDERS)
    assert printed.err == ""
    assert [entry.name for entry in place.parent.iterdir()] == [place.name]  # nothing temporary is left


def test_out_names_a_file_or_a_folder(tiny: Study, tmp_path: Path) -> None:
    assert tiny.export("ttl", tmp_path / "deep" / "book.turtle") == tmp_path / "deep" / "book.turtle"
    assert tiny.export("ttl", tmp_path / "folder") == tmp_path / "folder" / "knockon-2025-04-30.ttl"
    assert tiny.export("rdf12", tmp_path).name == "knockon-2025-04-30.rdf12.ttl"
    assert tiny.export("datapackage", tmp_path / "package") == tmp_path / "package"
    assert (tmp_path / "package" / "datapackage.json").is_file()


def test_an_earlier_folder_is_replaced_whole(tiny: Study, tmp_path: Path) -> None:
    place = tiny.export("datapackage", tmp_path / "package")
    (place / "claims.csv").write_text("spoilt")
    tiny.export("datapackage", place)
    assert b"spoilt" not in (place / "claims.csv").read_bytes()
    assert [entry.name for entry in tmp_path.iterdir()] == ["package"]


def test_a_folder_with_files_of_somebody_else_is_left_alone(tiny: Study, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    before = digest(tmp_path)
    with pytest.raises(BadInput, match=r"holds 'thesis\.txt', which is no part of this; choose another place"):
        tiny.export("datapackage", tmp_path)
    assert digest(tmp_path) == before


@pytest.mark.parametrize("name", ["ttl", "sqlite", "parquet"])
def test_a_failed_export_leaves_no_part_of_itself(
    tiny: Study, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tiny.export(name, tmp_path / "x") if name == "parquet" else tiny.export(name, tmp_path / "x.file")
    before = digest(tmp_path)
    calls = []

    def full_disk(number: int) -> None:
        calls.append(number)
        if len(calls) == (3 if name == "parquet" else 1):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(BadInput, match="No space left on device; choose another place"):
        tiny.export(name, place)
    assert digest(tmp_path) == before


def test_bad_places_and_names_are_told_in_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    tiny = ["--data", str(TINY), "--as-of", "2025-04-30", "--quiet"]
    for words, message in (
        (["gexff"], "no format 'gexff'; did you mean 'gexf'?"),
        (["word"], "no format 'word'; did you mean 'void'?"),
        (["xyz"], "no format 'xyz'; one of croissant, datapackage"),
        (["ttl", "--out", str(tmp_path / "file" / "x.ttl")], "cannot write"),
        (["datapackage", "--out", str(tmp_path / "file" / "x")], "cannot write"),
        (["datapackage", "--out", str(tmp_path / "file")], "cannot write"),
    ):
        assert run(["export", *words, *tiny]) == 2
        told = capsys.readouterr()
        assert told.out == "" and message in told.err and told.err.count("\n") == 1


def digest(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


# The page


def test_the_snippets_of_the_page_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (Path(__file__).parents[1] / "docs" / "exports.md").read_text("utf-8")
    monkeypatch.chdir(tmp_path)
    for command in re.findall(r"^    knockon (.+)$", page, re.MULTILINE):
        assert run([*command.split(), "--quiet"]) == 0
    parquet, network, quads = re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    (sql,) = re.findall(r"^```sql\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    space: dict[str, Any] = {}
    exec(parquet, space)
    counted = int(space["usd"].sum())
    exec(network, space)
    legs = space["book"].resolved.values()
    assert 0 < space["usd"] <= sum(leg.usd or 0 for leg in legs if leg.live)
    exec(quads, space)
    assert sum(space["usd"].values()) == sum(claim.usd or 0 for leg in legs for claim in leg.claims)
    database = sqlite3.connect("book.sqlite")
    largest = database.execute(sql).fetchall()
    total = database.execute("SELECT sum(usd) FROM live_legs WHERE NOT contained").fetchone()
    database.close()
    assert len(largest) == 5 and largest[0][1] >= largest[4][1] > 0
    assert total == (counted,)


def test_the_page_lists_every_format() -> None:
    page = (Path(__file__).parents[1] / "docs" / "exports.md").read_text("utf-8")
    listed = re.findall(r"`(\w+)`", "".join(line.split("|")[1] for line in page.splitlines() if line.startswith("| `")))
    assert sorted(listed) == FORMATS
