"""How a user's values get into a query: as terms of the same kind as the defaults, never as pasted text."""

from __future__ import annotations

import re
from collections.abc import Mapping

from knockon.errors import BadInput, UnknownName
from knockon.queries.query import VALUES, Query
from knockon.triples import BASE
from knockon.vocab import LISTS

_PREFIX = re.compile(r"PREFIX\s+(\w+):\s*<([^>]*)>")
_PARTIES = BASE + "id/parties/"


def bind(query: Query, params: Mapping[str, str]) -> str:
    """The query's text with `params` in the place of its defaults.

    Raises UnknownName for a parameter it does not have and a code that its list does not have, BadInput for a value
    of another kind.
    """
    for name in params:
        if name not in query.params:
            remedy = f"it has {', '.join(query.params)}" if query.params else "it has none"
            raise UnknownName(f"parameter of {query.name}", name, query.params, remedy)

    def bound(match: re.Match[str]) -> str:
        name, default = match[1], match[2].strip()
        return (
            f"VALUES ?{name} {{ {_like(default, params[name], name, _space(query, default))} }}"
            if name in params
            else match[0]
        )

    return VALUES.sub(bound, query.text)  # wherever a sub-select states it; what was put in is not read again


def parties(query: Query) -> frozenset[str]:
    """The parameters that name a party."""
    stated = VALUES.findall(query.text)
    return frozenset(name for name, default in stated if name in query.params and _space(query, default) == _PARTIES)


def _space(query: Query, default: str) -> str:
    """The namespace of a default; empty for a literal."""
    spaces: dict[str, str] = dict(_PREFIX.findall(query.text))
    return spaces.get(default.strip().partition(":")[0], "")


def _like(default: str, value: str, name: str, space: str) -> str:
    """`value` as a SPARQL term of the same kind as `default`, whose namespace is `space`."""
    if default.startswith('"'):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
        return f'"{escaped}"' + default[default.rindex('"') + 1 :]
    if re.fullmatch(r"[-+]?[\d.]+", default):
        if not re.fullmatch(r"[-+]?\d+(\.\d+)?", value):
            raise BadInput(f"parameter {name}: not a number: {value!r}")
        return value
    prefix = default.partition(":")[0]
    if not re.fullmatch(r"[A-Za-z0-9][\w.-]*(/\d+)?", value):
        raise BadInput(f"parameter {name}: not an id: {value!r}")
    listname = space.removeprefix(BASE + "list/").rstrip("/")
    codes = [str(code) for code in LISTS.get(listname, ())]
    if codes and value not in codes:
        raise UnknownName(f"{listname.replace('_', ' ')}", value, codes, f"{name} is one of {', '.join(codes)}")
    local = value.replace("/", "\\/")
    return f"{prefix}:{local}"
