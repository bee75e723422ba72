"""Parquet: a folder with one typed file per table; for DuckDB, pandas, polars, Spark, R's arrow.

A partial date stays as it was written, with its first and last day as dates beside it; a list is a list. Each
column carries its meaning and unit, each file the edition, the day and the terms.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from knockon.errors import BadInput
from knockon.exports import Snapshot
from knockon.exports.about import about
from knockon.exports.tabular import Table, tables
from knockon.periods import Period

suffix = ""


def render(snapshot: Snapshot) -> dict[str, bytes]:
    """File name -> file. Raises BadInput without pyarrow."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise BadInput("Parquet needs pyarrow; run pip install 'knockon[parquet]'") from None
    head = about(snapshot).record()
    found = {}
    for table in tables(snapshot):
        into = io.BytesIO()
        pyarrow.parquet.write_table(_typed(table, head, pyarrow), into)
        found[f"{table.name}.parquet"] = into.getvalue()
    return found


def _typed(table: Table, head: dict[str, str], pa: Any) -> Any:
    kinds = {
        "usd": pa.int64(),
        "signed_usd": pa.int64(),
        "integer": pa.int64(),
        "number": pa.float64(),
        "flag": pa.bool_(),
        "day": pa.date32(),
        "list": pa.list_(pa.string()),
        "refs": pa.list_(pa.string()),
    }
    fields, arrays = [], []
    for column in table.columns:
        kind = column.datatype.partition(":")[0]
        words = {"meaning": column.meaning} | ({"unit": column.unit} if column.unit else {})
        for name, type_, values in _parts(kind, kinds.get(kind, pa.string()), column.name, table, pa):
            fields.append(pa.field(name, type_, nullable=not column.required, metadata=words))
            arrays.append(pa.array(values, type=type_))
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields, metadata={**head, "table": table.meaning}))


def _parts(kind: str, type_: Any, name: str, table: Table, pa: Any) -> Iterator[tuple[str, Any, list[Any]]]:
    """The columns that one becomes: a partial date is text and two days."""
    values = list(table.rows.column(name))
    if kind != "date":
        yield name, type_, values
        return
    periods: list[Period | None] = values
    yield name, type_, [period and str(period) for period in periods]
    yield f"{name}_first", pa.date32(), [period and period.first for period in periods]
    yield f"{name}_last", pa.date32(), [period and period.last for period in periods]
