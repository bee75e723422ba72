"""What `knockon timeline` answers: a party's commitments due by year against cash, revenue and committed funding."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knockon.flows import Flow
from knockon.measures.maturity import timeline
from knockon.study.measures.asked import left_out, leg_record, side_of, stamp, threshold
from knockon.study.measures.maturity import Maturity
from knockon.study.writing.files import kind, write
from knockon.vocab import Firmness

if TYPE_CHECKING:
    import pandas

    from knockon.study.dated import DatedBook
    from knockon.views.timeline import Timeline


@dataclass(frozen=True, kw_only=True)
class TimelineResult(Maturity):
    """The years, and the figures and legs behind them."""

    @property
    def table(self) -> pandas.DataFrame:
        """A row a year."""
        import pandas as pd

        return pd.DataFrame(self.rows())

    def record(self) -> dict[str, Any]:
        """The answer as JSON."""
        cash = self.cash
        return {
            **stamp(self.study, party=self.found.party, firmness=str(self.network.least), side=self.side),
            "cash": {"usd": cash.usd, "period": cash.period, "source": cash.source} if cash else None,
            "published": {
                metric: {"usd": figure.usd, "period": figure.period, "source": figure.source}
                for metric, figure in self.published.items()
            },
            "revenue_usd_a_year": self.revenue_usd,
            "years": self.rows(),
            "due_usd": sum(year.due_usd for year in self.found.years),
            "gap_usd": self.found.gap_usd,
            "due": [_record(flow) for flow in self.found.due],
            "funding": [_record(flow) for flow in self.found.funding],
            "undisclosed": list(self.found.undisclosed),
            "assumed": self.assumed(),
            "left_out": left_out(self.left_out() | {"overlapping": self.overlapping()}),
        }

    def picture(self, path: str | Path) -> Path:
        """Write the years as a chart; the file's suffix, .svg or .png, says what kind. Needs matplotlib."""
        from knockon.study.measures.years import drawn
        from knockon.views import charts

        return write(Path(path), charts.timeline(drawn(self), kind(path)))


def due(study: DatedBook, party: str, firmness: str = "definitive", side: str = "cloud") -> TimelineResult:
    """The timeline of a party at `firmness` and up. Raises UnknownName for a party, a firmness or a side.

    Parties that stand for several are in it: money is due to them, and promised by them, like any other.
    """
    name = study.party(party)
    network = study.promises.network(threshold(firmness), side_of(side), named=False)
    cash, revenue = study.promises.balance(name, "cash_and_investments"), study.promises.revenue.get(name)
    found = timeline(network, name, study.as_of, cash.usd if cash else None, revenue)
    totals = {metric: study.promises.balance(name, metric) for metric in _TOTALS}
    return TimelineResult(
        study=study,
        network=network,
        found=found,
        cash=cash,
        revenue_usd=revenue,
        side=side,
        published={metric: figure for metric, figure in totals.items() if figure},
    )


def scene(study: DatedBook, party: str | None = None) -> Timeline:
    """The page of a party, by default of the one with most still to pay. Raises UnknownName for a party."""
    from knockon.study.measures.years import drawn

    return drawn(due(study, party or most_indebted(study)))


def indebted(study: DatedBook) -> list[str]:
    """The parties with something left to pay by definitive promises, who owes most first."""
    owed: dict[str, float] = {}
    for flow in study.promises.network(Firmness.DEFINITIVE, named=False).flows:
        if flow.cash and flow.left and flow.payer not in study.promises.grouped:
            owed[flow.payer] = owed.get(flow.payer, 0.0) + flow.left
    return sorted(owed, key=lambda party: (-owed[party], party))


def most_indebted(study: DatedBook) -> str:
    """The party with the most left to pay by definitive promises; the first by name where nobody has any."""
    return next(iter(indebted(study)), min(study.book.parties))


_TOTALS = (
    "purchase_commitments",
    "stated_compute_commitments",
    "lease_commitments_not_commenced",
    "neocloud_commitments",
)


def _record(flow: Flow) -> dict[str, Any]:
    return {**leg_record(flow), "payer": flow.payer, "payee": flow.payee, "default_term": flow.default_term}
