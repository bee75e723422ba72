"""The question library: one file, one question, runnable as it is in any SPARQL 1.1 tool."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from knockon.errors import BadInput, UnknownName
from knockon.queries.answers import Answer, Value, ask, construct, sparql_json
from knockon.queries.binding import bind, parties
from knockon.queries.query import Query, parse
from knockon.resources import shelf, walk

if TYPE_CHECKING:
    from knockon.queries.answers import Source

__all__ = [
    "EDGES",
    "Answer",
    "Query",
    "Source",
    "Value",
    "ask",
    "bind",
    "construct",
    "find",
    "library",
    "parse",
    "parties",
    "sparql_json",
]

EDGES = "exposures"
"""The topic that says what counts as an edge: asked by the program, in answer to no reader's question."""


@lru_cache(maxsize=1)
def library() -> Mapping[str, Query]:
    """Every query that ships, by topic/words; those under `exposures/` say what counts as an edge."""
    return {
        path.removesuffix(".rq"): parse(file.read_text(encoding="utf-8"), path.removesuffix(".rq"))
        for path, file in walk(shelf("queries"), ".rq")
    }


def find(name: str) -> Query:
    """The query called `topic/words`, or just `words`.

    Raises UnknownName with the nearest names.
    """
    known = library()
    if name in known:
        return known[name]
    matches = [path for path in known if path.split("/")[-1] == name]
    if len(matches) == 1:
        return known[matches[0]]
    if matches:
        raise BadInput(f"{name!r} is more than one query: {', '.join(matches)}")
    raise UnknownName("query", name, [*known, *(path.split("/")[-1] for path in known)], "knockon queries lists them")
