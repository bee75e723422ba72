"""The ingredients of exposures read from the book's rows, without a graph: what a large book needs.

Each function of `promised` and `published` answers one query of `queries/exposures/` with the same rows in the same
order; a test holds the two against each other. The queries stay the definition. A graph of a million legs takes
minutes and gigabytes to build and to ask; these are one pass over each table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date

from knockon.book import Book
from knockon.known import known_rows
from knockon.projection import promised, published
from knockon.projection.amounts import Record
from knockon.projection.day import Day
from knockon.projection.ingredients import Ingredients
from knockon.resolution import Resolved, Value


def read(book: Book, resolved: Mapping[str, Resolved], values: Mapping[str, Value], as_of: date) -> Ingredients:
    """The ingredients as known on `as_of`."""
    known = Day(book, known_rows(book, resolved, as_of), resolved, values, as_of)
    return {name: list(rows(known)) for name, rows in _READ.items()}


_READ: Mapping[str, Callable[[Day], Iterator[Record]]] = {
    "announcements": promised.announcements,
    "contracts": promised.contracts,
    "dependences": published.dependences,
    "figures": published.figures,
    "guarantees": promised.guarantees,
    "indebtedness": published.indebtedness,
    "members": published.members,
    "money": promised.money,
    "overlaps": promised.overlaps,
    "parties": published.parties,
    "purchases": published.purchases,
    "rounds": promised.rounds,
    "stakes": published.stakes,
    "valuations": published.valuations,
}
