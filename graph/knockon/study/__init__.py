"""One edition of the book on one date, opened for questions; everything is computed when first asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING

from knockon import tables
from knockon.book import Book
from knockon.engines import LOCAL, Engine, Tick
from knockon.errors import BadInput
from knockon.periods import Period
from knockon.resolution import first_day, last_day
from knockon.resources import shelf
from knockon.scenarios import Scenario
from knockon.snapshot import Snapshot
from knockon.study.validation.predicting import PredictingBook

if TYPE_CHECKING:
    import networkx as nx
    import pandas

    from knockon.study.explaining.explanation import Explanation
    from knockon.study.measures.circularity import CircularityResult
    from knockon.study.measures.loops import Loops
    from knockon.study.measures.named import Measured
    from knockon.study.measures.timeline import TimelineResult
    from knockon.study.shocks.result import ShockResult
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


class Study(PredictingBook):
    """A book on a date, opened for questions; each answer is computed when first asked for."""

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
        from knockon.study.shocks.run import run

        return run(self, scenario, progress, engine)

    def resolve(self, scenario: Scenario) -> Scenario:
        """The scenario on this study's date, its parties by their ids."""
        from knockon.study.shocks.landing import named

        return named(self, scenario)

    def loops(
        self, longest: int = 5, through: str | None = None, firmness: str = "reported", side: str = "cloud"
    ) -> Loops:
        """Circles of deals in which somebody funds and somebody buys, the widest first."""
        from knockon.study.measures.loops import find

        return find(self, longest, through, firmness, side)

    def circularity(
        self, firmness: str = "reported", graph: str = "cash", side: str = "cloud", longest: int = 5
    ) -> CircularityResult:
        """How much of what is paid can come back, by firmness; who gets how much back, and how sure that is."""
        from knockon.study.measures.circularity import circularity

        return circularity(self, firmness, graph, side, longest)

    def timeline(self, party: str, firmness: str = "definitive", side: str = "cloud") -> TimelineResult:
        """What a party has to pay by year, against its cash, revenue and the money promised to it."""
        from knockon.study.measures.timeline import due

        return due(self, party, firmness, side)

    def measure(
        self, name: str, party: str | None = None, firmness: str = "definitive", side: str = "cloud"
    ) -> Measured:
        """One of the measures that `knockon measure` lists."""
        from knockon.study.measures.named import measure

        return measure(self, name, party, firmness, side)

    def explain(self, name: str) -> Explanation:
        """All we hold on a party, a deal or a DEAL/LEG: claims, which won and why, status history; or on an event."""
        from knockon.study.explaining.explain import explain

        return explain(self, name)

    def graph(self) -> nx.MultiDiGraph[str]:
        """The network as networkx has it: one edge per live leg, keyed by DEAL/LEG, from payer to payee.

        None is an amount that is not disclosed; `contained` marks one that stands in another edge already.
        To sum, skip those, and edges whose `yields_to` names one that is summed too.
        """
        from knockon.study.network.graph import graph

        return graph(self)

    def export(self, format: str, path: str | Path) -> Path:
        """Write the study in a format that other tools open, `gexf` say; `knockon export --help` lists them."""
        from knockon.study.book.export import export

        return export(self, format, Path(path))

    def scene(self) -> Scene:
        """The network as a page shows it."""
        from knockon.study.network.scene import scene

        return scene(self)
