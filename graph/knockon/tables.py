"""How a folder of CSV tables becomes a `Book`: every cell read by the datatype that `columns.csv` gives it.

Nothing is guessed and no gap is filled. `check` returns every defect with its place; `read` refuses a folder
with the first of them.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from importlib.metadata import version
from importlib.resources.abc import Traversable
from itertools import islice
from math import isfinite
from typing import Any

from knockon.errors import UNSEEN, BadInput, one_line
from knockon.model import Book, Edition, Finding, Period, Row, fiscal_period
from knockon.resources import bytes_of, moment, newest, shelf, steady, text_of, walk
from knockon.vocab import LISTS

csv.field_size_limit(1_000_000)
MOST_FINDINGS = 1000
"""In the cells of one table; then its reading ends, since what follows is mended in one go. Likewise of each check."""


@dataclass(frozen=True, slots=True)
class Column:
    """One line of `columns.csv`; a table's own line has an empty name."""

    table: str
    name: str
    datatype: str
    key: bool
    required: bool
    clock: bool  # the row counts from the last day of this column on
    unit: str
    property: str
    meaning: str


@lru_cache(maxsize=1)
def schema() -> Mapping[str, tuple[Column, ...]]:
    """Table -> its columns in order; the first entry describes the table itself."""
    tables: dict[str, list[Column]] = {}
    text = (shelf("data") / "columns.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(io.StringIO(text)):
        tables.setdefault(row["table"], []).append(
            Column(
                table=row["table"],
                name=row["column"],
                datatype=row["datatype"],
                key=row["key"] == "yes",
                required=row["required"] == "yes",
                clock=row["clock"] == "yes",
                unit=row["unit"],
                property=row["property"],
                meaning=row["meaning"],
            )
        )
    return {table: tuple(columns) for table, columns in tables.items()}


def read(folder: Traversable | None = None) -> Book:
    """The book in `folder` (default: the one that ships).

    Raises BadInput with the first defect: file, row, column, value, remedy.
    """
    place = folder or shelf("data")
    parsed, edition = steady(place, lambda: (parse(place), _edition(place)))
    if parsed.findings:
        raise BadInput(str(parsed.findings[0]))
    return Book(tables=parsed.tables, edition=edition)


def unread(folder: Traversable) -> Book:
    """The book in a folder whose very files `read` has found sound before: each table is read when it is needed."""
    return Book(tables=_Unread(folder), edition=_edition(folder))


class _Unread(Mapping[str, tuple[Row, ...]]):
    """The tables of a sound book, read one by one."""

    def __init__(self, folder: Traversable) -> None:
        self._folder, self._moment = folder, moment(folder)
        self._read: dict[str, tuple[Row, ...]] = {}

    def __getitem__(self, table: str) -> tuple[Row, ...]:
        if table not in self._read:
            findings: list[Finding] = []
            rows, _ = _parse_table(self._folder, table, schema()[table], findings)
            if findings or moment(self._folder) != self._moment:
                raise BadInput(f"{self._folder} was written to since it was opened; ask again")
            self._read[table] = rows
        return self._read[table]

    def __iter__(self) -> Iterator[str]:
        return iter(schema())

    def __len__(self) -> int:
        return len(schema())


@dataclass(frozen=True, slots=True)
class Parsed:
    """All tables of a folder as far as they could be read, the line of each row, and every defect found."""

    tables: Mapping[str, tuple[Row, ...]]
    lines: Mapping[str, list[int]]
    findings: tuple[Finding, ...]


def parse(folder: Traversable) -> Parsed:
    """Read all tables in `folder` and check cells, keys, references and ranges. Raises BadInput: no such folder."""
    if not folder.is_dir():
        raise BadInput(f"{folder}: no such folder; name one that holds a book's tables")
    return steady(folder, lambda: _parsed(folder))


def _parsed(folder: Traversable) -> Parsed:
    findings: list[Finding] = []
    tables: dict[str, tuple[Row, ...]] = {}
    lines: dict[str, list[int]] = {}
    for table, columns in schema().items():
        found = _parse_table(folder, table, columns, findings)
        tables[table], lines[table] = found
    for check in (_check_keys, _check_references, _check_ranges):
        findings.extend(_checked(tables, lines, check))
    return Parsed(tables, lines, tuple(findings))


def _parse_table(
    folder: Traversable, table: str, columns: tuple[Column, ...], findings: list[Finding]
) -> tuple[tuple[Row, ...], list[int]]:
    name = f"{table}.csv"
    file = newest(folder, name)

    def report(row: int | None, column: str | None, what: str) -> None:
        findings.append(Finding(file=name, row=row, column=column, what=what))

    if not file.is_file():
        if table == "parameters":
            file = shelf("data") / "parameters.csv"
        else:
            if columns[0].required:
                report(None, None, f"missing table; start from the header {_header(columns)}")
            return (), []
    try:
        text = text_of(file, name)
    except BadInput as error:
        report(None, None, str(error).removeprefix(f"{name}: "))
        return (), []
    rows: list[Row] = []
    lines: list[int] = []
    reader = csv.reader(io.StringIO(text), strict=True)
    try:
        header = next(reader, None)
        expected = [column.name for column in columns[1:]]
        if header != expected:
            report(1, None, f"header is {','.join(header or ())!r}; write {_header(columns)}")
            return (), []
        before = len(findings)
        for cells in reader:
            line = reader.line_num
            if len(findings) - before >= MOST_FINDINGS:
                report(line, None, f"{MOST_FINDINGS:,} findings above this row; mend them, then what follows is read")
                break
            if len(cells) != len(expected):
                report(line, None, f"{len(cells)} cells instead of {len(expected)}; is a comma unquoted?")
                continue
            row: dict[str, Any] = {}
            for column, text in zip(columns[1:], cells, strict=True):
                try:
                    row[column.name] = cell(column, text)
                except BadInput as error:
                    row[column.name] = None
                    report(line, column.name, str(error))
            rows.append(row)
            lines.append(line)
    except csv.Error as error:
        report(reader.line_num, None, f"not CSV: {error}")
    return tuple(rows), lines


def cell(column: Column, text: str) -> Any:
    """The value of one cell as its column's datatype reads it, None if empty. Raises BadInput."""
    if text:
        return value(text, column)
    if column.required:
        raise BadInput("empty; this column needs a value")
    return None


def _header(columns: tuple[Column, ...]) -> str:
    return ",".join(column.name for column in columns[1:])


_WHOLE = re.compile(r"-?[0-9]{1,18}")
_PLAIN = re.compile(r"[-+.0-9a-zA-Z]+")  # not all that float() takes: 1_000, spaces, the digits of other scripts


def _number(cell: str, _: Column) -> float:
    try:
        if not _PLAIN.fullmatch(cell):
            raise ValueError
        number = float(cell)
    except ValueError:
        raise BadInput(f"not a number: {cell!r}") from None
    if not isfinite(number):
        raise BadInput(f"not a finite number: {cell!r}")
    return number


def _integer(cell: str, _: Column) -> int:
    if not _WHOLE.fullmatch(cell):
        raise BadInput(f"not a whole number of at most 18 digits: {cell!r}")
    return int(cell)


def _signed_usd(cell: str, _: Column) -> int:
    if not _WHOLE.fullmatch(cell):
        raise BadInput(f"not whole US dollars: {cell!r}; write 30bn as 30000000000")
    return int(cell)


def _usd(cell: str, column: Column) -> int:
    amount = _signed_usd(cell, column)
    if amount < 0:
        raise BadInput(f"negative: {cell!r}; an amount is what payer gives payee")
    return amount


def _flag(cell: str, _: Column) -> bool:
    if cell not in ("yes", "no"):
        raise BadInput(f"neither yes nor no: {cell!r}")
    return cell == "yes"


def _day(cell: str, _: Column) -> date:
    try:
        return date.fromisoformat(cell)
    except ValueError:
        raise BadInput(f"not a day: {cell!r}; write 2025-11-05") from None


def _period(cell: str, _: Column) -> str:
    fiscal_period(cell)
    return cell


def _member(cell: str, column: Column) -> str:
    members = LISTS[column.datatype.split(":")[1]]
    if cell not in members:
        raise BadInput(f"not in the list: {cell!r}; one of {', '.join(members)}")
    return cell


def _list(cell: str, column: Column) -> tuple[str, ...]:
    return tuple(part for part in _text(cell, column).split(";") if part)


def _text(cell: str, _: Column) -> str:
    """The cell, unless a spreadsheet or a terminal would obey it: what leaves the book again harms neither."""
    if _FORMULA.match(cell):
        raise BadInput(f"begins as a formula does: {cell[:20]!r}; begin with a letter or digit")
    if found := UNSEEN.search(cell):
        raise BadInput(f"holds U+{ord(found[0]):04X}, which shows nothing and changes what is shown; take it out")
    return cell


_FORMULA = re.compile(r"[=@\t\r]|[+-](?!\d*\.?\d*$)")  # a signed number, or a lone sign, is none


def _url(cell: str, column: Column) -> str:
    if not cell.startswith(("https://", "http://")):
        raise BadInput(f"not a web address: {cell!r}; write https://…")
    return _text(cell, column)


_READERS: Mapping[str, Callable[[str, Column], Any]] = {
    "id": _text,
    "text": _text,
    "list": _list,
    "ref": _text,
    "refs": _list,
    "url": _url,
    "enum": _member,
    "flag": _flag,
    "integer": _integer,
    "number": _number,
    "usd": _usd,
    "signed_usd": _signed_usd,
    "date": lambda cell, _: Period.parse(cell),
    "day": _day,
    "period": _period,
}


def value(cell: str, column: Column) -> Any:
    """A cell that is not empty, by its column's datatype. Raises BadInput."""
    return _READERS[column.datatype.split(":")[0]](cell, column)


def row_id(table: str, row: Row) -> str:
    """What other tables call the row: its id, or its key joined by /."""
    return "/".join(str(row[c.name]) for c in schema()[table][1:] if c.key and row[c.name] is not None)


def place(table: str, row: Row) -> tuple[Any, ...]:
    """Where a row stands in its table, by its key: numbers by size, all else by its letters, empty first."""
    return tuple(_rank(row[column.name]) for column in schema()[table][1:] if column.key)


def _rank(value: Any) -> tuple[int, float, str]:
    return (0, value, "") if isinstance(value, int | float) else (1, 0, "" if value is None else str(value))


def _checked(
    tables: Mapping[str, tuple[Row, ...]], lines: Mapping[str, list[int]], check: Callable[..., Iterator[Finding]]
) -> Iterator[Finding]:
    """What one check finds, table by table, up to as many findings in each as are told."""
    for table in tables:
        found = check(table, tables, lines)
        yield from islice(found, MOST_FINDINGS)
        if more := next(found, None):
            yield replace(more, column=None, what=f"{MOST_FINDINGS:,} findings of this kind above; mend them first")


def _check_keys(table: str, tables: Mapping[str, tuple[Row, ...]], lines: Mapping[str, list[int]]) -> Iterator[Finding]:
    seen: dict[str, int] = {}
    for row, line in zip(tables[table], lines[table], strict=True):
        name = row_id(table, row)
        if name in seen:
            what = f"the key {name!r} stands in row {seen[name]} already; an id is never reused"
            yield Finding(file=f"{table}.csv", row=line, column=None, what=what)
        seen.setdefault(name, line)


def _check_references(
    table: str, tables: Mapping[str, tuple[Row, ...]], lines: Mapping[str, list[int]]
) -> Iterator[Finding]:
    pointers = [(c.name, c.datatype.split(":")[1]) for c in schema()[table][1:] if c.datatype.startswith("ref")]
    ids = {target: {row_id(target, row) for row in tables[target]} for _, target in pointers}
    for row, line in zip(tables[table], lines[table], strict=True):
        for column, target in pointers:
            value = row[column]
            for name in (value,) if isinstance(value, str) else value or ():
                if name not in ids[target]:
                    what = f"no such row in {target}.csv: {name!r}; add it there or mend the name"
                    yield Finding(file=f"{table}.csv", row=line, column=column, what=what)


def _check_ranges(
    table: str, tables: Mapping[str, tuple[Row, ...]], lines: Mapping[str, list[int]]
) -> Iterator[Finding]:
    """Bounds in order, and periods that end after they start."""
    for _, low, high in (order for order in _ORDERED if order[0] == table):
        for row, line in zip(tables[table], lines[table], strict=True):
            if row[low] is not None and row[high] is not None and _end(row[low]) > _end(row[high]):
                what = f"{row[high]} is below {low} {row[low]}; swap or mend them"
                yield Finding(file=f"{table}.csv", row=line, column=high, what=what)
    for _, column, least, most in (bound for bound in BOUNDED if bound[0] == table):
        for row, line in zip(tables[table], lines[table], strict=True):
            if row[column] is not None and not least <= row[column] <= most:
                what = f"{row[column]:g} is outside {least:g} to {most:g}"
                yield Finding(file=f"{table}.csv", row=line, column=column, what=what)


def _end(value: Any) -> Any:
    return value.last if isinstance(value, Period) else value


_ORDERED = (
    ("claims", "usd_low", "usd"),
    ("claims", "usd", "usd_high"),
    ("claims", "usd_low", "usd_high"),
    ("legs", "start", "end"),
    ("legs", "term_years", "term_years_high"),
    ("dependences", "share_pct_low", "share_pct"),
    ("dependences", "share_pct", "share_pct_high"),
    ("parameters", "low", "value"),
    ("parameters", "value", "high"),
)
BOUNDED = (
    ("stakes", "pct", 0, 100),
    ("positions", "pct", 0, 100),
    ("dependences", "share_pct", 0, 100),
    ("legs", "equity_pct", 0, 100),
    ("legs", "cover", 0, 1),
    ("legs", "own_share", 0, 1),
    ("event_legs", "share", 0, 1),
    ("events", "sign", -1, 1),
    ("parties", "fiscal_year_end_month", 1, 12),
)


def digest_of(folder: Traversable) -> str:
    """The hash of all that an answer rests on: the book in `folder`, the ontology, the queries."""
    digest = hashlib.sha256()
    for place in (folder, shelf("ontology"), shelf("queries")):
        for name in _files(place):
            digest.update(name.encode() + b"\0" + bytes_of(place, name) + b"\0")
    return digest.hexdigest()


def _edition(folder: Traversable) -> Edition:
    stamp = folder / "EDITION"
    name = one_line(text_of(stamp, "EDITION")) if stamp.is_file() else "own data"
    return Edition(data=name, hash=digest_of(folder)[:12], code=version("knockon"))


def _files(place: Traversable) -> Iterator[str]:
    for suffix in (".csv", ".ttl", ".rq", ".toml"):
        yield from (name for name, _ in walk(place, suffix) if not name.startswith("."))
