"""Parquet: a folder with one typed file per table; for DuckDB, pandas, polars, Spark, R's arrow.

A partial date stays as it was written, with its first and last day as dates beside it; a list is a list. Each
column carries its meaning and unit, each file the edition, the day and the terms.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import IO, Any

from knockon.errors import BadInput
from knockon.exports import Snapshot, Writer
from knockon.exports.about import about
from knockon.exports.tabular import Table, tables
from knockon.periods import Period

suffix = ""

GROUP = 100_000
"""Rows that are held as arrays at once, and stand in one row group."""


def render(snapshot: Snapshot) -> dict[str, Writer]:
    """File name -> what writes it. Raises BadInput without pyarrow."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise BadInput("Parquet needs pyarrow; run pip install 'knockon[parquet]'") from None
    head = about(snapshot).record()
    return {f"{table.name}.parquet": partial(_write, table, head, pa, pq) for table in tables(snapshot)}


def _write(table: Table, head: dict[str, str], pa: Any, pq: Any, out: IO[bytes]) -> None:
    group = _typed(table, 0, head, pa)
    with pq.ParquetWriter(out, group.schema) as file:
        file.write_table(group)
        for start in range(GROUP, len(table.rows), GROUP):
            file.write_table(_typed(table, start, head, pa))


def _typed(table: Table, start: int, head: dict[str, str], pa: Any) -> Any:
    """The rows of one group."""
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
        values = table.rows.column(column.name)[start : start + GROUP]
        words = {"meaning": column.meaning} | ({"unit": column.unit} if column.unit else {})
        for name, type_, cells in _parts(kind, kinds.get(kind, pa.string()), column.name, values, pa):
            fields.append(pa.field(name, type_, nullable=not column.required, metadata=words))
            arrays.append(pa.array(cells, type=type_))
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields, metadata={**head, "table": table.meaning}))


def _parts(
    kind: str, type_: Any, name: str, values: Sequence[Any], pa: Any
) -> Iterator[tuple[str, Any, Sequence[Any]]]:
    """The columns that one becomes: a partial date is text and two days."""
    if kind != "date":
        yield name, type_, values
        return
    periods: Sequence[Period | None] = values
    yield name, type_, [period and str(period) for period in periods]
    yield f"{name}_first", pa.date32(), [period and period.first for period in periods]
    yield f"{name}_last", pa.date32(), [period and period.last for period in periods]
