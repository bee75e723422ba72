"""Rows kept by column are rows: whatever one asks of a tuple of records, they say the same."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from knockon.names import Numbered
from knockon.rows import Rows

records = st.lists(st.fixed_dictionaries({"a": st.integers(0, 3), "b": st.none() | st.text(max_size=2)}), max_size=6)


@given(records)
def test_they_equal_the_records_they_were_made_of(plain: list[dict[str, Any]]) -> None:
    rows = Rows.of(plain)
    assert rows == plain and plain == rows and len(rows) == len(plain) and Rows.of(rows) is rows
    assert [dict(row) for row in rows] == plain and [row.get("c", 7) for row in rows] == [7] * len(plain)
    assert list(rows.column("a")) == [row["a"] for row in plain]
    assert rows[1:] == plain[1:] and rows[::-1] == plain[::-1]
    assert all(row in rows for row in plain) and {"a": 9, "b": ""} not in rows


@given(records, st.data())
def test_chosen_rows_are_those_at_the_places(plain: list[dict[str, Any]], data: st.DataObject) -> None:
    places = data.draw(st.lists(st.integers(0, len(plain) - 1), max_size=8)) if plain else []
    assert Rows.of(plain).chosen(places) == [plain[i] for i in places]
    assert Rows.of(plain).with_column("a", [0] * len(plain)) == [row | {"a": 0} for row in plain]


def test_rows_that_differ_are_not_equal() -> None:
    rows = Rows.of([{"a": 1}, {"a": 2}])
    assert rows != [{"a": 1}] and rows != [{"a": 1}, {"a": 3}] and rows != 5 and rows[-1] == {"a": 2}
    with pytest.raises(IndexError):
        rows[2]
    with pytest.raises(KeyError):
        rows[0]["b"]


@given(st.integers(0, 20), st.slices(20))
def test_numbered_names_are_their_places(count: int, part: slice) -> None:
    names = tuple(map(str, range(count)))
    assert tuple(Numbered(count)) == names and Numbered(count)[part] == names[part]
    assert len(Numbered(count)) == count and all(Numbered(count).index(name) == i for i, name in enumerate(names))
