"""The shipped tables hold all facts of the evidence: none lost, none twice, each with its source."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal

import pytest

from knockon.resources import shelf
from knockon.study import Study
from knockon.tables import parse
from knockon.tables.columns import row_id, schema

# rows of the evidence by table, and what the project has added, with the reason beside it
EVIDENCE = {
    "parties": 199,
    "identifiers": 17,
    "sources": 858,
    "deals": 244,
    "legs": 395,
    "claims": 575,
    "status": 135,
    "stakes": 55,
    "positions": 15,
    "dependences": 179,
    "purchases": 52,
    "segments": 119,
    "financials": 380,
    "statements": 71,
    "prices": 5510,
    "events": 39,
    "event_legs": 5,
    "event_returns": 1980,
    "loadings": 1877,
    "seed_facts": 44,
}
ADDED = {
    "sources": 1,  # knockon-editorial, which stands behind the editors' own readings
    "claims": 10,  # those readings: two amounts chosen by hand, eight states without a dated event
    "status": 2,  # what Microsoft had paid of its 13bn, which stood in a leg's summary
    "identifiers": 4,  # CIK numbers in the addresses of filings that the sources name
    "members": 12,  # who stands behind four groups of customers
    "financials": 1,  # the article told of the 1.4 trillion on the day itself
    "parameters": 83,
}


def rows(table: str) -> list[dict[str, str]]:
    with (shelf("data") / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_table_of_the_evidence_is_here_in_full() -> None:
    assert set(schema()) == set(EVIDENCE) | set(ADDED)
    counts = {table: len(rows(table)) for table in schema()}
    assert counts == {table: EVIDENCE.get(table, 0) + ADDED.get(table, 0) for table in schema()}


# sums of the evidence's columns in billions, so that no figure was changed on the way into whole dollars
SUMS = {
    ("claims", "usd"): Decimal("8079.114"),
    ("prices", "market_value_usd"): Decimal("2184970.313"),
    ("event_returns", "value_change_usd"): Decimal("-8829.459"),
    ("dependences", "usd"): Decimal("1360.2651"),
    ("purchases", "annual_usd"): Decimal("940.91"),
    ("stakes", "value_usd"): Decimal("1184.88"),
    ("positions", "value_usd"): Decimal("344.099"),
}


@pytest.mark.parametrize(("table", "column"), SUMS)
def test_amounts_came_over_to_the_dollar(table: str, column: str) -> None:
    total = sum(int(row[column]) for row in rows(table) if row[column] and row.get("source") != "knockon-editorial")
    assert Decimal(total) / 10**9 == SUMS[table, column]


def test_the_shipped_tables_have_no_defect() -> None:
    parsed = parse(shelf("data"))
    assert parsed.findings == ()
    assert {table: len(found) for table, found in parsed.tables.items()} == {
        table: len(rows(table)) for table in schema()
    }


def test_tables_are_sorted_by_their_keys() -> None:
    parsed = parse(shelf("data"))
    for table, found in parsed.tables.items():
        keys = [c.name for c in schema()[table][1:] if c.key]
        order = [tuple(_order(row[key]) for key in keys) for row in found]
        assert order == sorted(order), table


def _order(value: object) -> tuple[int, float, str]:
    if isinstance(value, int | float):
        return (0, value, "")
    return (1, 0, "" if value is None else str(value))


def test_every_column_is_described_once() -> None:
    for table, columns in schema().items():
        with (shelf("data") / f"{table}.csv").open(encoding="utf-8") as file:
            assert next(csv.reader(file)) == [column.name for column in columns[1:]], table
        assert all(column.meaning and column.property for column in columns), table


def test_every_claim_of_an_amount_has_a_source_a_firmness_and_a_date(eve: Study) -> None:
    claims = [claim for found in eve.book.claims.values() for claim in found]
    assert len(claims) == EVIDENCE["claims"] + ADDED["claims"]
    dated = [claim for claim in claims if claim.public_from or claim.stated_on]
    assert len(dated) == len(claims)
    assert all(claim.source in eve.book.sources for claim in claims)


def test_every_leg_rests_on_a_claim(eve: Study) -> None:
    assert set(eve.book.legs) == set(eve.book.claims)


def test_keys_are_words_that_name_one_row(eve: Study) -> None:
    for table, found in eve.book.tables.items():
        names = [row_id(table, row) for row in found]
        assert len(set(names)) == len(names), table


def test_returns_after_12_december_2025_are_not_shipped() -> None:
    assert max(row["date"] for row in rows("event_returns")) <= date(2025, 12, 12).isoformat()
