"""SQLite, Parquet, the data package and Croissant: the real other tool reads the same counts and sums."""

from __future__ import annotations

import hashlib
import io
import json
import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import frictionless
import mlcroissant
import pandas as pd
import pytest

from conftest import TINY
from knockon import exports
from knockon.errors import BadInput
from knockon.exports.csvs import CsvFile
from knockon.exports.tabular import tables
from knockon.study import Study
from knockon.tables.columns import schema


def dollars(study: Study) -> int:
    return sum(leg.usd for leg in study.resolved.values() if leg.usd is not None)


def undisclosed(study: Study) -> int:
    return sum(leg.usd is None for leg in study.resolved.values())


# SQLite


@pytest.fixture
def database(eve: Study) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    content = exports.in_memory("sqlite", eve)
    assert isinstance(content, bytes)
    connection.deserialize(content)
    yield connection
    connection.close()


def ask(database: sqlite3.Connection, query: str) -> list[Any]:
    return database.execute(query).fetchall()


def test_the_database_is_whole_and_every_foreign_key_points_somewhere(database: sqlite3.Connection) -> None:
    assert ask(database, "PRAGMA integrity_check") == [("ok",)]
    assert ask(database, "PRAGMA foreign_key_check") == []
    pointers = ask(
        database, "SELECT count(*) FROM sqlite_master m, pragma_foreign_key_list(m.name) WHERE m.type='table'"
    )
    assert pointers[0][0] > 50
    database.execute("PRAGMA foreign_keys = ON")
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        database.execute("UPDATE claims SET source = 'nobody' WHERE rowid = 1")


def test_its_counts_and_sums_are_those_of_the_book(database: sqlite3.Connection, eve: Study) -> None:
    found = tables(eve)
    assert len(found) == len(schema()) + 2
    for table in found:
        assert ask(database, f"SELECT count(*) FROM {table.name}") == [(len(table.rows),)], table.name
    assert ask(database, "SELECT sum(usd), sum(usd IS NULL), sum(usd = 0) FROM resolved_legs") == [
        (dollars(eve), undisclosed(eve), 0)
    ]
    members = sum(len(party.aliases) for party in eve.book.parties.values())
    assert ask(database, "SELECT count(*) FROM parties_aliases") == [(members,)]
    first = next(party for party in eve.book.parties.values() if len(party.aliases) > 1)
    listed = ask(database, f"SELECT aliases FROM parties_aliases WHERE id = '{first.id}' ORDER BY position")
    assert tuple(name for (name,) in listed) == first.aliases


def test_its_views_show_the_day(database: sqlite3.Connection, eve: Study) -> None:
    live = {name: leg for name, leg in eve.resolved.items() if leg.live}
    seen = {row[0]: row[1:] for row in ask(database, "SELECT leg, usd, firmness, payer FROM live_legs")}
    assert seen == {
        name: (leg.usd, str(leg.firmness), eve.book.parties[leg.leg.payer].name) for name, leg in live.items()
    }
    worth = dict(ask(database, "SELECT id, value_usd FROM valued_parties"))
    assert worth == {party: getattr(eve.values.get(party), "usd", None) for party in eve.book.parties}


def test_its_columns_keep_their_types(database: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="cannot store TEXT"):
        database.execute("UPDATE claims SET usd = '30bn'")
    for column, word in (("firmness", "sealed"), ("confirmed", 2)):
        with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
            database.execute(f"UPDATE claims SET {column} = ?", (word,))


def test_a_partial_date_has_its_two_days_beside_it(database: sqlite3.Connection, eve: Study) -> None:
    rows = ask(database, "SELECT id, known_from, known_from_first, known_from_last FROM legs")
    assert {len(row[1]) for row in rows} >= {7, 10}
    for leg, text, first, last in rows:
        known = eve.book.legs[leg].known_from
        assert (text, first, last) == (str(known), known.first.isoformat(), known.last.isoformat())


# Parquet


@pytest.fixture(scope="module")
def frames(eve: Study) -> dict[str, pd.DataFrame]:
    files = exports.in_memory("parquet", eve)
    assert isinstance(files, dict)
    return {name.removesuffix(".parquet"): pd.read_parquet(io.BytesIO(content)) for name, content in files.items()}


def test_pandas_reads_the_same_rows_and_sums(frames: dict[str, pd.DataFrame], eve: Study) -> None:
    for table in tables(eve):
        assert len(frames[table.name]) == len(table.rows)
    usd = frames["resolved_legs"]["usd"]
    assert (int(usd.sum()), int(usd.isna().sum())) == (dollars(eve), undisclosed(eve))
    legs = frames["legs"].set_index("id")
    assert legs.loc["aker-nscale-equity-2025-09/1", "known_from_last"] == date(2025, 9, 30)
    overlaps = {name: tuple(found) for name, found in legs["overlaps"].items() if found is not None}
    known = {name: leg.leg.overlaps for name, leg in eve.resolved.items() if leg.leg.overlaps}
    assert overlaps == {
        name: tuple(other for other in others if other in eve.resolved)
        for name, others in known.items()
        if any(other in eve.resolved for other in others)
    }


def test_parquet_columns_are_typed_and_say_what_they_mean(eve: Study) -> None:
    import pyarrow.parquet as pq

    files = exports.in_memory("parquet", eve)
    assert isinstance(files, dict)
    found = pq.read_schema(io.BytesIO(files["claims.parquet"]))
    assert [str(found.field(name).type) for name in ("leg", "usd", "stated_on_last", "confirmed")] == [
        "string",
        "int64",
        "date32[day]",
        "bool",
    ]
    assert found.field("usd").metadata == {b"meaning": b"the amount", b"unit": b"USD"}
    assert found.metadata[b"hash"].decode() == eve.edition.hash
    assert str(pq.read_schema(io.BytesIO(files["prices.parquet"])).field("date").type) == "date32[day]"


def test_parquet_without_pyarrow_says_what_to_do(tiny: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(BadInput, match=r"Parquet needs pyarrow; run pip install 'knockon\[parquet\]'"):
        exports.in_memory("parquet", tiny)


# Frictionless


@pytest.fixture
def package(tiny: Study, tmp_path: Path) -> Path:
    return tiny.export("datapackage", tmp_path / "package")


def test_frictionless_finds_nothing_amiss_in_the_shipped_package(eve: Study, tmp_path: Path) -> None:
    report = frictionless.validate(str(eve.export("datapackage", tmp_path / "package") / "datapackage.json"))
    assert report.valid, report.flatten(["name", "type", "note"])
    assert {task.name: task.stats["rows"] for task in report.tasks} == {
        table.name: len(table.rows) for table in tables(eve)
    }


BREAKS = {
    ("claims", 2, "foreign-key"): (",press,", ",presse,"),
    ("claims", 3, "type-error"): (",10000000000,", ",10bn,"),
    ("claims", 4, "constraint-error"): (",definitive,", ",sealed,"),
    ("claims", 5, "constraint-error"): (",8000000000,", ",-5,"),
    ("claims", 6, "constraint-error"): (",2025-03-01,", ",1.3.2025,"),
    ("legs", 3, "primary-key"): ("chips-funds-lab/2,", "chips-funds-lab/1,"),
    ("stakes", 2, "constraint-error"): (",20,", ",120,"),
    ("parties", 3, "constraint-error"): (",Chips Inc.,", ",,"),
}


def test_frictionless_reports_each_broken_row_and_no_other(package: Path) -> None:
    assert frictionless.validate(str(package / "datapackage.json")).valid
    for (table, row, _), (old, new) in BREAKS.items():
        file = package / f"{table}.csv"
        lines = file.read_text(encoding="utf-8").splitlines()
        assert old in lines[row - 1]
        lines[row - 1] = lines[row - 1].replace(old, new, 1)
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    report = frictionless.validate(str(package / "datapackage.json"))
    found = {
        (task.name, error.row_number, error.type)
        for task in report.tasks
        for error in task.errors
        if hasattr(error, "row_number")
    }
    assert found >= set(BREAKS)
    assert {(table, row) for table, row, _ in found} <= {(table, row) for table, row, _ in BREAKS} | POINTERS


POINTERS = {("claims", 3), ("resolved_legs", 3)}
"""Rows that point at the leg whose id was broken."""


def test_every_column_of_the_package_has_its_meaning_and_unit(package: Path) -> None:
    described = json.loads((package / "datapackage.json").read_text(encoding="utf-8"))
    resources = {resource["name"]: resource for resource in described["resources"]}
    for name, columns in schema().items():
        fields = {field["name"]: field for field in resources[name]["schema"]["fields"]}
        for column in columns[1:]:
            assert fields[column.name]["description"].startswith(column.meaning)
            assert fields[column.name].get("unit", "") == column.unit
    assert len(resources["claims"]["schema"]["foreignKeys"]) == 2


def test_the_tables_of_the_package_are_those_of_the_book(package: Path) -> None:
    for name in ("parties", "sources", "deals", "claims", "stakes", "financials", "parameters"):
        assert (package / f"{name}.csv").read_bytes() == (TINY / f"{name}.csv").read_bytes(), name


# Croissant


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # rdflib's reader, again
def test_mlcroissant_validates_the_folder_and_reads_the_same_rows(eve: Study, tmp_path: Path) -> None:
    place = eve.export("croissant", tmp_path / "croissant")
    dataset = mlcroissant.Dataset(jsonld=str(place / "croissant.json"))
    issues = dataset.metadata.ctx.issues
    assert (issues.errors, issues.warnings) == (set(), set())
    legs = [record["resolved_legs/usd"] for record in dataset.records("resolved_legs")]
    known = [usd for usd in legs if usd is not None]
    assert (len(legs), sum(known), len(legs) - len(known)) == (len(eve.resolved), dollars(eve), undisclosed(eve))
    for table in tables(eve):
        if table.name not in ("prices", "event_returns", "loadings"):  # the large ones take long
            assert sum(1 for _ in dataset.records(table.name)) == len(table.rows), table.name


def test_croissant_names_the_sum_of_every_file(tiny: Study) -> None:
    files = exports.in_memory("croissant", tiny)
    assert isinstance(files, dict)
    described = json.loads(files["croissant.json"])
    sums = {file["contentUrl"]: file["sha256"] for file in described["distribution"]}
    assert sums == {f"{t.name}.csv": hashlib.sha256(exports.written(CsvFile(t))).hexdigest() for t in tables(tiny)}
