"""What a cell says, by its column's datatype: nothing is guessed, and what cannot be read is told with its remedy."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from math import isfinite
from typing import Any

from knockon.errors import UNSEEN, BadInput
from knockon.periods import Period, fiscal_period
from knockon.tables.columns import Column
from knockon.vocab import LISTS


def cell(column: Column, text: str) -> Any:
    """The value of one cell as its column's datatype reads it, None if empty. Raises BadInput."""
    if text:
        return value(text, column)
    if column.required:
        raise BadInput("empty; this column needs a value")
    return None


def value(cell: str, column: Column) -> Any:
    """A cell that is not empty, by its column's datatype. Raises BadInput."""
    return _READERS[column.datatype.partition(":")[0]](cell, column)


class Memory(dict[str, Any]):
    """Cell -> value for one column: a text that comes again is neither read nor kept again. Raises BadInput."""

    MOST = 1 << 16
    """Texts; beyond, `trim` forgets them, so that a column of which no two are alike costs no second copy."""

    def __init__(self, column: Column) -> None:
        super().__init__()
        self._column, self._read = column, _READERS[column.datatype.partition(":")[0]]

    def __missing__(self, text: str) -> Any:
        found = self[text] = self._read(text, self._column) if text else cell(self._column, text)
        return found

    def trim(self) -> None:
        """Forget what was read, if that is much."""
        if len(self) > self.MOST:
            self.clear()


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
    if cell.isascii() and cell.isprintable() and cell[0].isalnum():
        return cell
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
