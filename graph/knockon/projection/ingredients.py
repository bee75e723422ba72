"""What exposures are made of, as the queries of `queries/exposures/` say: rows by the query's name, from any graph."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from knockon.projection.amounts import Record
from knockon.queries import EDGES, ask, library

if TYPE_CHECKING:
    from knockon.queries import Source

Ingredients = Mapping[str, list[Record]]
"""Name of a query below `exposures/`, such as `contracts` -> its rows by column."""


def asked(source: Source) -> Ingredients:
    """The ingredients asked of a dataset here, or of an endpoint elsewhere, one query each."""
    return {
        query.name.partition("/")[2]: list(ask(source, query).records())
        for query in library().values()
        if query.topic == EDGES
    }
