"""Reading a user's tables: what is wrong is said in one line with its place and the remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from knockon import resources
from knockon.errors import BadInput
from knockon.tables import parse, read
from knockon.tables.cells import Memory
from knockon.tables.checks import MOST_FINDINGS
from knockon.tables.columns import schema


def spoil(own: Path, table: str, old: str, new: str) -> None:
    file = own / f"{table}.csv"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


CASES = [
    (
        "claims",
        ",10000000000,",
        ",10bn,",
        r"claims\.csv:2 \[usd\] not whole US dollars: '10bn'; write 30bn as",
    ),
    ("claims", ",10000000000,", ",-5,", r"claims\.csv:2 \[usd\] negative: '-5'"),
    (
        "claims",
        ",closed,",
        ",sealed,",
        r"claims\.csv:2 \[firmness\] not in the list: 'sealed'; one of cancelled",
    ),
    ("claims", "2025-01-16", "2025-01-32", r"claims\.csv:2 \[stated_on\] not a date: '2025-01-32'"),
    ("claims", ",press,", ",presse,", r"claims\.csv:2 \[source\] no such row in sources\.csv: 'presse'"),
    ("legs", ",chips,lab,", ",chips,labb,", r"legs\.csv:2 \[payee\] no such row in parties\.csv: 'labb'"),
    (
        "legs",
        "chips-funds-lab,2",
        "chips-funds-lab,1",
        r"legs\.csv:3 the key 'chips-funds-lab/1' stands in row 2",
    ),
    ("parties", ",yes,,,no,", ",maybe,,,no,", r"parties\.csv:2 \[listed\] neither yes nor no: 'maybe'"),
    ("parties", "name,kind", "names,kind", r"parties\.csv:1 header is .* write id,name,kind"),
    ("stakes", ",20,", ",120,", r"stakes\.csv:2 \[pct\] 120 is outside 0 to 100"),
    ("stakes", ",20,", ",nan,", r"stakes\.csv:2 \[pct\] not a finite number: 'nan'"),
    ("financials", "FY2024", "FY24", r"financials\.csv:2 \[period\] not a fiscal period: 'FY24'"),
    ("sources", "https://blog", "javascript:blog", r"sources\.csv:2 \[url\] not a web address"),
    ("deals", "Chips invests in Lab", '"Chips, invests', r"deals\.csv:\d not CSV|deals\.csv:\d \d cells"),
    ("prices", "2025-02-28", "2025-02", r"prices\.csv:2 \[date\] not a day: '2025-02'"),
]


@pytest.mark.parametrize(("table", "old", "new", "message"), CASES)
def test_a_defect_is_named_with_place_value_and_remedy(own: Path, table: str, old: str, new: str, message: str) -> None:
    spoil(own, table, old, new)
    with pytest.raises(BadInput, match=message) as caught:
        read(own)
    assert "\n" not in str(caught.value)


def test_a_missing_table_is_named_with_its_header(own: Path) -> None:
    (own / "legs.csv").unlink()
    with pytest.raises(BadInput, match=r"legs\.csv missing table; start from the header deal,number,payer"):
        read(own)


def test_tables_a_book_can_do_without_may_be_absent(own: Path) -> None:
    (own / "stakes.csv").unlink()
    assert read(own).tables["stakes"] == ()


def test_what_is_not_utf8_is_refused(own: Path) -> None:
    (own / "parties.csv").write_bytes((own / "parties.csv").read_bytes() + "naïve".encode("latin-1"))
    with pytest.raises(BadInput, match=r"parties\.csv not UTF-8 at byte \d+; save the file as UTF-8"):
        read(own)


@pytest.mark.parametrize("block", [1, 7, 4096])
def test_the_byte_that_is_not_utf8_is_counted_from_the_start_of_the_file(
    own: Path, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    good = (own / "parties.csv").read_bytes() + "größer".encode()
    (own / "parties.csv").write_bytes(good + b"\xc3")
    monkeypatch.setattr(resources, "BLOCK", block)
    with pytest.raises(BadInput, match=rf"parties\.csv not UTF-8 at byte {len(good)};"):
        read(own)


def test_a_file_without_any_end_of_line_is_read_in_pieces(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "LONGEST_LINE", 50)
    (own / "prices.csv").write_text("x" * 10_000, "utf-8")
    assert {len(line) for line in resources.lines_of(own / "prices.csv", "prices.csv")} == {50}


@pytest.mark.parametrize("batch", [1, 3, 4096])
def test_what_is_read_and_found_does_not_depend_on_the_batch(
    own: Path, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    whole = parse(own)
    monkeypatch.setattr("knockon.tables.reading.BATCH", batch)
    assert parse(own).tables == whole.tables and {t: [*n] for t, n in parse(own).lines.items()} == {
        t: [*n] for t, n in whole.lines.items()
    }
    head, *rows = (own / "claims.csv").read_text("utf-8").splitlines()
    broken = [rows[0].replace("10000000000", "10bn"), *rows[1:], "a,b", rows[0].replace(",press,", ",presse,")]
    (own / "claims.csv").write_text("\n".join([head, *broken, ""]), "utf-8")
    assert [(f.file, f.row, f.column) for f in parse(own).findings] == [
        ("claims.csv", 2, "usd"),
        ("claims.csv", len(rows) + 2, None),
        ("claims.csv", len(rows) + 3, "source"),
    ]


def test_equal_cells_of_a_column_are_one_value() -> None:
    memory = Memory(next(column for column in schema()["claims"] if column.name == "public_from"))
    assert memory["2025-11-05"] is memory["2025-11-05"] and memory[""] is None
    with pytest.raises(BadInput, match="not a date"):
        memory["soon"]
    memory.MOST = 1
    memory.trim()
    assert not memory and memory["2025-11"].last.day == 30


def test_a_byte_order_mark_and_windows_lines_are_read(own: Path) -> None:
    file = own / "parties.csv"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    assert parse(own).findings == ()


def test_all_defects_are_found_not_only_the_first(own: Path) -> None:
    spoil(own, "claims", ",10000000000,", ",10bn,")
    spoil(own, "legs", ",chips,lab,", ",chips,labb,")
    assert {finding.file for finding in parse(own).findings} == {"claims.csv", "legs.csv"}


def test_the_edition_names_data_and_code_and_changes_with_them(own: Path) -> None:
    before = read(own).edition
    assert before.data == "tiny" and before.code
    spoil(own, "deals", "Chips invests in Lab", "Chips invests in Labs")
    assert read(own).edition.hash != before.hash


def test_no_such_folder(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such folder"):
        read(tmp_path / "nowhere")


def test_what_is_wrong_with_every_row_of_a_large_table_is_told_a_thousand_times(own: Path) -> None:
    head, *rows = (own / "claims.csv").read_text("utf-8").splitlines()
    (own / "claims.csv").write_text("\n".join([head, *rows * 1200, ""]), "utf-8")
    found = parse(own).findings
    assert len(found) == MOST_FINDINGS + 1
    assert all("an id is never reused" in finding.what for finding in found[:-1])
    row = 1 + len(rows) + MOST_FINDINGS + 1
    assert str(found[-1]) == f"claims.csv:{row} 1,000 findings of this kind above; mend them first"
