"""One edition of the book on one date, opened for questions; everything is computed when first asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import cached_property
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knockon import queries, store, tables
from knockon.book import Book
from knockon.engines import LOCAL, Engine, Tick
from knockon.errors import BadInput, UnknownName
from knockon.model import Edition
from knockon.overlaps import contained, yields_to
from knockon.periods import Period
from knockon.resolution import Resolved, Value, first_day, last_day, resolve, values
from knockon.resources import shelf
from knockon.scenarios import Scenario
from knockon.snapshot import Snapshot

if TYPE_CHECKING:
    import networkx as nx
    import pandas
    import rdflib

    from knockon.exposures import Exposures
    from knockon.parameters import Parameters
    from knockon.projection.ingredients import Ingredients
    from knockon.study.circularity import CircularityResult
    from knockon.study.days import Days, Event
    from knockon.study.explain import Explanation
    from knockon.study.flows import Promises
    from knockon.study.forecast import Forecast
    from knockon.study.loops import Loops
    from knockon.study.maturity import TimelineResult
    from knockon.study.measures import Measured
    from knockon.study.shock import ShockResult
    from knockon.views.scene import Scene


def open(as_of: str | date | None = None, data: str | Path | None = None) -> Study:
    """Open the shipped book, or the one in the folder `data`, as known at the end of `as_of`.

    `as_of` is a date or a text like 2025-11-05, 2025-11 or 2025 (their last day); by default the last day
    the data know. Raises BadInput for a malformed book or a date before the data.
    """
    place: Traversable = Path(data) if data is not None else shelf("data")
    snapshot = Snapshot.of(lambda: tables.digest_of(place)) if place.is_dir() else Snapshot()
    days = snapshot.text("days")
    if days is None:
        book = tables.read(place)
        days = f"{first_day(book)} {last_day(book)}"
        snapshot.keep_text("days", days)
    else:
        book = tables.unread(place)
    first, last = map(date.fromisoformat, days.split())
    return Study(book, _day(as_of, first, last), snapshot)


def on(book: Book, as_of: str | date | None = None) -> Study:
    """A book that is read already, as known at the end of `as_of`. Raises BadInput for a date before the data."""
    return Study(book, _day(as_of, first_day(book), last_day(book)))


def _day(as_of: str | date | None, first: date, last: date) -> date:
    """The day that `as_of` means in a book whose data run from `first` to `last`."""
    day = last if as_of is None else as_of if isinstance(as_of, date) else Period.parse(as_of).last
    if day < first:
        raise BadInput(f"{day} is before the data: the first leg became known on {first}")
    return day


class Study:
    """A book on a date. Cheap to make, lazy, read-only."""

    def __init__(self, book: Book, as_of: date, snapshot: Snapshot | None = None) -> None:
        self.book = book
        self.as_of = as_of
        self._snapshot = snapshot or Snapshot()
        self._exposures: dict[tuple[str, frozenset[str]], Exposures] = {}
        self._forecasts: dict[Event, Forecast] = {}

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

    def ask(self, name: str, **params: str) -> pandas.DataFrame:
        """The answer to a query of the library, or to SPARQL text, as a DataFrame."""
        return self.answer(name, params).frame()

    def shock(
        self,
        value: Mapping[str, float] | None = None,
        performance: Mapping[str, float] | None = None,
        legs: Mapping[str, float] | None = None,
        basis: str = "pv",
        draws: int = 2000,
        seed: int = 7,
        progress: Callable[[int], None] | None = None,
    ) -> ShockResult:
        """What happens to the others: `value` and `performance` by party, `legs` by DEAL/LEG; shares in [0, 1]."""
        return self.run(
            Scenario(
                value=value or {},
                performance=performance or {},
                legs=legs or {},
                basis=basis,
                draws=draws,
                seed=seed,
            ),
            progress,
        )

    def run(self, scenario: Scenario, progress: Tick | None = None, engine: Engine = LOCAL) -> ShockResult:
        """The answer to a scenario on this study's date; parties go by any of their names.

        Raises UnknownName for a party or leg that is not in the book, BadInput for a hit that cannot land.
        """
        from knockon.study.shock import run

        return run(self, self.resolve(scenario), progress, engine)

    def resolve(self, scenario: Scenario) -> Scenario:
        """The scenario on this study's date, its parties by their ids."""
        value, performance = self._by_id(scenario.value), self._by_id(scenario.performance)
        default = tuple(self.party(name) for name in scenario.default)
        return replace(scenario, as_of=self.as_of, value=value, performance=performance, default=default)

    def _by_id(self, shares: Mapping[str, float]) -> dict[str, float]:
        found: dict[str, float] = {}
        for name, share in shares.items():
            party = self.party(name)
            if party in found:
                raise BadInput(f"{party} is hit twice, once as {name!r}; name it once")
            found[party] = share
        return found

    def cross_section(self, event: str) -> list[dict[str, Any]]:
        """The three numbers of each firm on an event day, as predicted from its eve; see `study.backtest`."""
        from knockon.study.backtest import cross_section

        return cross_section(self.book, self.days, event, self.forecast)

    @cached_property
    def days(self) -> Days:
        """The event days of the book, whatever this study's own."""
        from knockon.study.days import days

        return days(self.book)

    def forecast(self, event: Event) -> Forecast:
        """What the book of the event's eve predicts, kept: the page of a day and the scoreboard ask for the same."""
        from knockon.study.forecast import forecast

        if event not in self._forecasts:
            self._forecasts[event] = forecast(self.book, event)
        return self._forecasts[event]

    @cached_property
    def promises(self) -> Promises:
        """Every live leg as a flow of dollars, for the measures."""
        from knockon.study.flows import Promises

        return Promises(self)

    def loops(
        self, longest: int = 5, through: str | None = None, firmness: str = "reported", side: str = "cloud"
    ) -> Loops:
        """Circles of deals in which somebody funds and somebody buys, the widest first."""
        from knockon.study.loops import find

        return find(self, longest, through, firmness, side)

    def circularity(
        self, firmness: str = "reported", graph: str = "cash", side: str = "cloud", longest: int = 5
    ) -> CircularityResult:
        """How much of what is paid can come back, by firmness; who gets how much back, and how sure that is."""
        from knockon.study.circularity import circularity

        return circularity(self, firmness, graph, side, longest)

    def timeline(self, party: str, firmness: str = "definitive", side: str = "cloud") -> TimelineResult:
        """What a party has to pay by year, against its cash, revenue and the money promised to it."""
        from knockon.study.maturity import due

        return due(self, party, firmness, side)

    def measure(
        self, name: str, party: str | None = None, firmness: str = "definitive", side: str = "cloud"
    ) -> Measured:
        """One of the measures that `knockon measure` lists."""
        from knockon.study.measures import measure

        return measure(self, name, party, firmness, side)

    def explain(self, name: str) -> Explanation:
        """All we hold on a party, a deal or a DEAL/LEG: claims, which won and why, status history; or on an event."""
        from knockon.study.explain import explain

        return explain(self, name)

    def graph(self) -> nx.MultiDiGraph[str]:
        """The network as networkx has it: one edge per live leg, keyed by DEAL/LEG, from payer to payee.

        None is an amount that is not disclosed; `contained` marks one that stands in another edge already.
        To sum, skip those, and edges whose `yields_to` names one that is summed too.
        """
        import networkx as nx

        graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(as_of=self.as_of.isoformat(), edition=str(self.edition))
        for leg in self.resolved.values():
            ends = [self.book.parties[leg.leg.payer], self.book.parties[leg.leg.payee]]
            if not leg.live or any(party.grouped for party in ends):
                continue
            for party in ends:
                worth = self.values.get(party.id)
                graph.add_node(
                    party.id,
                    label=self.short(party.id),
                    name=party.name,
                    kind=party.kind,
                    listed=party.listed_on(self.as_of),
                    value_usd=worth.usd if worth else None,
                )
            graph.add_edge(
                leg.leg.payer,
                leg.leg.payee,
                key=leg.leg.id,
                deal=self.book.deals[leg.leg.deal].title,
                instrument=str(leg.leg.instrument),
                family=str(leg.leg.instrument.family),
                firmness=str(leg.firmness),
                grade=str(leg.grade),
                usd=leg.usd,
                usd_low=leg.usd_low,
                usd_high=leg.usd_high,
                contained=contained(leg, self.resolved),
                yields_to=" ".join(yields_to(leg, self.resolved)),
                known_from=leg.leg.known_from,
                start=leg.leg.start,
                end=leg.leg.end,
            )
        return graph

    def export(self, format: str, path: str | Path) -> Path:
        """Write the study in a format that other tools open, `gexf` say; `knockon export --help` lists them."""
        from knockon.study.export import export

        return export(self, format, Path(path))

    def scene(self) -> Scene:
        """The network as a page shows it."""
        from knockon.study.scene import scene

        return scene(self)
