"""How a JSON document becomes what a model takes: every refusal is one line with key, index and remedy.

Shapes, signs and finiteness are the models' own to check (`knockon.arrays`); here it is seen that each key is
known and present, that numbers are numbers, that rows are equally long, and that sparse matrices hold together.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from knockon.errors import BadInput

Table: TypeAlias = dict[str, Any]
"""Columns by name: text as a list (None: not given), numbers as an array (NaN: not given)."""

_TRIPLETS = ("rows", "cols", "vals", "shape")


def parse(text: str, place: str) -> Any:
    """The JSON of a text. Raises `BadInput` with line and column, also for a key that stands twice."""
    try:
        return json.loads(text, object_pairs_hook=lambda pairs: _once(pairs, place))
    except json.JSONDecodeError as error:
        raise BadInput(f"{place}:{error.lineno}:{error.colno} not JSON: {error.msg}") from None
    except (RecursionError, ValueError):
        raise BadInput(f"{place}: not JSON that can be read: nested too deeply, or a number too long") from None


def keys(where: str, what: str, given: Iterable[Any], known: Collection[str], needed: Collection[str]) -> None:
    """Refuse a key that is not known, with the nearest that is, and the lack of a key that is needed.

    >>> keys("clearing", "input", ["l", "ea"], ("L", "ea", "el"), ())
    Traceback (most recent call last):
    knockon.errors.BadInput: clearing: no input 'l'; did you mean 'L'? It takes L, ea, el
    """
    given = list(given)
    takes = ", ".join(known) or "none"
    for key in given:
        if key not in known:
            meant = nearest(str(key), known)
            raise BadInput(f"{where}: no {what} {short(key)}{meant}{' It' if meant else '; it'} takes {takes}")
    for key in needed:
        if key not in given:
            raise BadInput(f"{where}: {what} {key!r} is missing; it takes {takes}")


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word meant by `word`, as the tail of a sentence; empty if none is near."""
    folded = {name.casefold(): name for name in known}
    near = difflib.get_close_matches(word.casefold(), folded, n=1, cutoff=0.5)
    return f"; did you mean {folded[near[0]]!r}?" if near else ""


def numbers(name: str, value: Any) -> Any:
    """`value`, a number or lists of numbers nested to equal length, as an array; sparse is spread out.

    Arrays and scipy's matrices pass as they are: the model checks them.
    """
    found = matrix(name, value)
    if not sparse.issparse(found):
        return found
    spread: Any = found
    return spread.toarray()


def matrix(name: str, value: Any) -> Any:
    """As `numbers`, but what is given sparse stays sparse; entries that stand twice are summed."""
    if isinstance(value, np.ndarray) or sparse.issparse(value):
        return value
    if isinstance(value, Mapping):
        return _sparse(name, value)
    if not _listed(value):
        raise BadInput(f"{name} is {short(value)}; a list of numbers expected")
    _check(name, "", value)
    try:
        return np.array(value, dtype=np.float64)
    except (OverflowError, ValueError):
        raise BadInput(f"{name} holds a number too large for a computer; choose a larger unit") from None


def matrices(name: str, value: Any) -> list[Any]:
    """A list of matrices, each dense or sparse."""
    if sparse.issparse(value) or not (_listed(value) or isinstance(value, np.ndarray)) or not len(value):
        raise BadInput(f"{name} is {short(value)}; a list of matrices expected, the most senior first")
    return [matrix(f"{name}[{k}]", part) for k, part in enumerate(value)]


def whole(name: str, value: Any) -> int:
    """A whole number."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise BadInput(f"{name} is {short(value)}; a whole number expected")
    return int(value)


def table(name: str, value: Any, texts: Sequence[str], counts: Sequence[str], needed: Sequence[str]) -> Table:
    """A list of objects, or columns by name, as a `Table` of `texts` and of numbers, `counts`.

    null is the same as not given. Raises `BadInput` for keys that are not known, for what is `needed` and
    not given, and for text in the place of numbers.
    """
    known = (*texts, *counts)
    if isinstance(value, Mapping):
        return _columns(name, value, texts, counts, needed)
    if not _listed(value):
        raise BadInput(f"{name} is {short(value)}; a list of objects expected, each with {', '.join(needed)}")
    for k, row in enumerate(value):
        place = f"{name}[{k}]"
        if not isinstance(row, Mapping):
            raise BadInput(f"{place} is {short(row)}; an object with {', '.join(needed)} expected")
        keys(place, "key", row, known, needed)
        for key, entry in row.items():
            fits = entry is None or (isinstance(entry, str) if key in texts else _number(entry))
            if not fits and not (key in texts and _number(entry)):
                raise BadInput(f"{place} {key} is {short(entry)}; {'text' if key in texts else _unquoted(entry)}")
            if entry is None and key in needed:
                raise BadInput(f"{place} {key} is not known; give it, or leave out the whole object")
    found: Table = {key: [_text(row.get(key)) for row in value] for key in texts}
    for key in counts:
        found[key] = matrix(name, [np.nan if row.get(key) is None else row[key] for row in value])
    return found


def short(value: Any) -> str:
    """`value` as it would be written, cut to a readable length."""
    if isinstance(value, Mapping):
        return f"an object with {', '.join(map(str, list(value)[:4])) or 'nothing'}"
    if isinstance(value, (list, tuple, np.ndarray)):
        return f"a list of {len(value)}"
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


def _once(pairs: list[tuple[str, Any]], place: str) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen = [key for key, _ in pairs]
        twice = next(key for key in seen if seen.count(key) > 1)
        raise BadInput(f"{place}: key {short(twice)} stands twice in one object; keep one")
    return found


def _sparse(name: str, value: Mapping[str, Any]) -> sparse.csr_array[Any, tuple[int, int]]:
    keys(name, "key", value, _TRIPLETS, _TRIPLETS)
    shape = _places(f"{name}.shape", value["shape"])
    if len(shape) != 2 or (shape < 1).any():
        raise BadInput(f"{name}.shape is {list(map(int, shape))}; two whole numbers above 0 expected: rows, columns")
    rows, cols = (_places(f"{name}.{key}", value[key]) for key in ("rows", "cols"))
    vals = matrix(f"{name}.vals", value["vals"])
    if vals.ndim != 1 or not len(rows) == len(cols) == len(vals):
        raise BadInput(f"{name}: {len(rows)} rows, {len(cols)} cols, {len(vals)} vals; one of each per entry expected")
    for key, places, top in (("rows", rows, shape[0]), ("cols", cols, shape[1])):
        out = np.flatnonzero((places < 0) | (places >= top))
        if len(out):
            raise BadInput(f"{name}.{key}[{out[0]}] is {places[out[0]]}; it lies from 0 to {top - 1}, one below shape")
    odd = np.flatnonzero(~np.isfinite(vals))  # here, where its place is still known
    if len(odd):
        raise BadInput(f"{name}.vals[{odd[0]}] is {vals[odd[0]]}; a finite number expected")
    return sparse.csr_array((vals, (rows, cols)), shape=(int(shape[0]), int(shape[1])))


def _places(name: str, value: Any) -> NDArray[np.int64]:
    if isinstance(value, np.ndarray) and value.ndim == 1 and (value.dtype.kind in "iu" or not value.size):
        return value.astype(np.int64)
    if not _listed(value):
        raise BadInput(f"{name} is {short(value)}; a list of whole numbers expected")
    for k, entry in enumerate(value) if set(map(type, value)) - {int} else ():
        whole(f"{name}[{k}]", entry)
    try:
        return np.array(value, dtype=np.int64)
    except OverflowError:
        raise BadInput(f"{name} holds a number too large for a place") from None


def _check(name: str, at: str, value: Sequence[Any]) -> None:
    """Refuse what is no number and rows of unequal length, below `name`[`at`]."""
    kinds = set(map(type, value))
    if kinds <= {int, float}:
        return
    if kinds <= {list, tuple}:
        for k, row in enumerate(value):
            if len(row) != len(value[0]):
                raise BadInput(f"{name}[{at}{k}] has {len(row)} entries; {len(value[0])} expected, as in the first")
            _check(name, f"{at}{k}, ", row)
        deep = {_depth(row) for row in value}
        if len(deep) == 1:
            return
        raise BadInput(f"{name} has rows of numbers beside rows of lists; nest all alike")
    nested = any(map(_listed, value)) and any(map(_number, value))
    for k, entry in enumerate(value):
        if not _number(entry) or (nested and _listed(entry)):
            wanted = "nest all entries alike" if _listed(entry) else _unquoted(entry)
            raise BadInput(f"{name}[{at}{k}] is {short(entry)}; {wanted}")


def _depth(value: Any) -> int:
    return 1 + (_depth(value[0]) if value else 0) if _listed(value) else 0


def _columns(
    name: str, value: Mapping[str, Any], texts: Sequence[str], counts: Sequence[str], needed: Sequence[str]
) -> Table:
    keys(name, "column", value, (*texts, *counts), needed)
    for key, column in value.items():
        if not (_listed(column) or (isinstance(column, np.ndarray) and column.ndim == 1)):
            raise BadInput(f"{name}: column {key!r} is {short(column)}; a list expected, one entry a row")
    m = max((len(value[key]) for key in needed), default=0)
    found: Table = {}
    for key in (*texts, *counts):
        if key not in value:
            found[key] = [None] * m if key in texts else np.full(m, np.nan)
        elif len(value[key]) != m:
            raise BadInput(f"{name}: column {key!r} has {len(value[key])} entries; {m} expected, as in the others")
        else:
            found[key] = [_text(v) for v in value[key]] if key in texts else matrix(f"{name}.{key}", value[key])
    return found


def _text(value: Any) -> str | None:
    return None if value is None or value == "" else str(value)


def _listed(value: Any) -> bool:
    return isinstance(value, (list, tuple))


def _number(value: Any) -> bool:
    return isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)


def _unquoted(value: Any) -> str:
    try:
        return f"write {float(value):.12g} without quotes" if isinstance(value, str) else "a number expected"
    except ValueError:
        return "a number expected"
