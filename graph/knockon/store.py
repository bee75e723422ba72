"""The dataset of a date in a store that can be asked: the triples of a book beside the terms of the ontology.

The store is Oxigraph's, in memory, or on disk where the book is large.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from shutil import rmtree
from tempfile import mkdtemp
from typing import TYPE_CHECKING
from weakref import finalize

import pyoxigraph as ox

from knockon.book import Book
from knockon.errors import BadInput
from knockon.resolution import Resolved, Value
from knockon.resources import shelf, walk
from knockon.triples import GRAPHS, triples

if TYPE_CHECKING:
    import rdflib


class Room:
    """A temporary folder that goes when nobody holds it any more, or when the program ends."""

    def __init__(self) -> None:
        self.name = mkdtemp(prefix="knockon-")
        finalize(self, rmtree, self.name, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Dataset:
    """The facts known on a date, as RDF."""

    store: ox.Store
    as_of: date
    room: Room | None = None  # where the store of a large book lies

    def rdflib(self) -> rdflib.Dataset:
        """The same triples behind rdflib's API."""
        import rdflib
        from oxrdflib.store import OxigraphStore

        return rdflib.Dataset(store=OxigraphStore(store=self.store))


def build(
    book: Book,
    resolved: Mapping[str, Resolved],
    values: Mapping[str, Value],
    as_of: date,
    due: Iterable[tuple[str, int, int]] = (),
) -> Dataset:
    """The dataset of `book` on `as_of`.

    `due`: what of which leg falls due in which calendar year, in whole dollars, which takes a model's parameters.
    A book of more than IN_MEMORY legs is laid down in a temporary folder, and asked there. Raises BadInput where
    that has no room for it.
    """
    return laid(triples(book, resolved, values, as_of, due), len(book.legs), as_of, ontology=True)


def laid(graphs: Iterable[tuple[str, Iterator[str]]], legs: int, as_of: date, ontology: bool) -> Dataset:
    """The dataset of lines of N-Triples by graph, which tell of so many legs. Raises BadInput as `build` does."""
    try:
        room = Room() if legs > IN_MEMORY else None
        store = ox.Store(room.name) if room else ox.Store()
        for graph, lines in graphs:
            _load(store, graph, lines)
    except OSError as error:
        raise BadInput(f"no room for the graph: {error}; let TMPDIR name a larger place") from None
    for _, file in walk(shelf("ontology"), ".ttl") if ontology else ():
        store.bulk_load(input=file.read_bytes(), format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(GRAPHS["ontology"]))
    return Dataset(store, as_of, room)


IN_MEMORY = 150_000
"""Legs of a book whose graph is held in memory, some 3 GB; on disk it takes 17 GB a million legs, and is slower."""
_AT_ONCE = 500_000
"""Triples that are handed over together: some hundred megabytes of text."""


def _load(store: ox.Store, graph: str, triples: Iterator[str]) -> None:
    while text := "".join(islice(triples, _AT_ONCE)):
        store.bulk_load(input=text.encode(), format=ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(graph))
