"""A book as known on a date: its facts, its graph, its exposures and its names, before anything is asked of a model."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from knockon import queries, store
from knockon.book import Book
from knockon.errors import UnknownName
from knockon.model import Edition
from knockon.resolution import Resolved, Value, resolve, values
from knockon.snapshot import Snapshot

if TYPE_CHECKING:
    import rdflib

    from knockon.exposures import Exposures
    from knockon.parameters import Parameters
    from knockon.projection.ingredients import Ingredients
    from knockon.study.promises import Promises


class DatedBook:
    """A book as known on a date: the ground that every answer stands on. Cheap to make, lazy, read-only."""

    def __init__(self, book: Book, as_of: date, snapshot: Snapshot | None = None) -> None:
        self.book = book
        self.as_of = as_of
        self._snapshot = snapshot or Snapshot()
        self._exposures: dict[tuple[str, frozenset[str]], Exposures] = {}

    @property
    def edition(self) -> Edition:
        """Data version, hash, code version."""
        return self.book.edition

    @cached_property
    def resolved(self) -> Mapping[str, Resolved]:
        """Every leg known on the date, by DEAL/LEG."""
        return resolve(self.book, self.as_of)

    @cached_property
    def values(self) -> Mapping[str, Value]:
        """What each party was worth on the date."""
        return values(self.book, self.as_of)

    @cached_property
    def parameters(self) -> Parameters:
        """The model's parameters."""
        from knockon.parameters import Parameters

        return Parameters(self.book.tables["parameters"])

    @cached_property
    def full(self) -> store.Dataset:
        """The whole dataset: ontology, book, known, market."""
        return store.build(self.book, self.resolved, self.values, self.as_of, due=self.promises.due())

    @cached_property
    def source(self) -> store.Dataset:
        """The whole dataset to ask, and no more: where an earlier run has kept it, it need not be built."""
        if "full" in self.__dict__:
            return self.full
        name = f"dataset {self.as_of}"
        kept = self._snapshot.store(name)
        if kept is None:
            self._snapshot.keep_store(name, self.full.store)
            return self.full
        return store.Dataset(kept, self.as_of)

    @property
    def dataset(self) -> rdflib.Dataset:
        """The whole dataset behind rdflib's API."""
        return self.full.rdflib()

    @cached_property
    def ingredients(self) -> Ingredients:
        """The rows that exposures are made of, read from the book's tables."""
        from knockon.projection.columns import read

        return read(self.book, self.resolved, self.values, self.as_of)

    @property
    def exposures(self) -> Exposures:
        """The typed edges and balances of the date, on the present-value basis."""
        return self.exposures_on("pv")

    def exposures_on(self, basis: str, no_backstop: frozenset[str] = frozenset()) -> Exposures:
        """The same on a basis, pv or announcement, and without some backstops of unsold capacity."""
        from knockon import packing

        key = (basis, no_backstop)
        if key not in self._exposures:
            name = f"exposures {basis} {self.as_of} {' '.join(sorted(no_backstop))}"
            kept = self._snapshot.text(name)
            if kept is not None:
                self._exposures[key] = packing.unpacked(kept)
            else:
                self._exposures[key] = self._projected(basis, no_backstop)
                if self._snapshot.root is not None:
                    self._snapshot.keep_text(name, packing.packed(self._exposures[key]))
        return self._exposures[key]

    def _projected(self, basis: str, no_backstop: frozenset[str]) -> Exposures:
        from knockon.projection import project

        return project(self.ingredients, self.as_of, self.book.parties, self.parameters, basis, no_backstop)

    def party(self, name: str) -> str:
        """The id of a party called `name`: its id, or one of its names in any case.

        Raises UnknownName with the nearest names.
        """
        parties = self.book.parties
        if name in parties:
            return name
        for party in parties.values():
            if name.casefold() in (party.name.casefold(), *(alias.casefold() for alias in party.aliases)):
                return party.id
        raise UnknownName("party", name, parties, "parties.csv of the book lists them")

    def short(self, party: str) -> str:
        """The name people use: the alias or ticker that the id spells, else the first alias in Latin letters."""
        legal, ticker = self.book.parties[party].name, self.book.parties[party].ticker
        aliases = [alias for alias in (*self.book.parties[party].aliases, ticker) if alias and alias.isascii()]
        spelt = [alias for alias in aliases if alias.casefold().replace(" ", "-") == party]
        best = (spelt or [alias for alias in aliases if alias != ticker] or [legal])[0]
        return best if len(best) < len(legal) else legal

    def query(self, name: str) -> queries.Query:
        """A query by name, or SPARQL text as it is."""
        return queries.parse(name, "query") if "{" in name else queries.find(name)

    def answer(self, name: str, params: Mapping[str, str] | None = None) -> queries.Answer:
        """Rows that answer a query; parties go by any of their names."""
        query = self.query(name)
        settled = self.settle(query, params or {})
        return queries.ask(self.source, query, settled)

    def settle(self, query: queries.Query, params: Mapping[str, str]) -> dict[str, str]:
        """The parameters, parties by their ids; what cannot be used is refused before any graph is built.

        Raises UnknownName for a parameter, party or code that there is not, BadInput for a value of another kind.
        """
        named = queries.parties(query)
        settled = {name: self.party(value) if name in named else value for name, value in params.items()}
        queries.bind(query, settled)
        return settled

    @cached_property
    def promises(self) -> Promises:
        """Every live leg as a flow of dollars, for the measures."""
        from knockon.study.promises import Promises

        return Promises(self.book, self.resolved, self.as_of, self.parameters)
