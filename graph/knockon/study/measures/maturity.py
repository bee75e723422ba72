"""What `knockon timeline` answers: a party's commitments due by year against cash, revenue and committed funding."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knockon.flows import Flow
from knockon.measures.maturity import Timeline, timeline
from knockon.measures.network import Network
from knockon.study.measures.asked import Figure, left_out, leg_record, side_of, stamp, threshold
from knockon.study.writing.files import kind, write
from knockon.views.wording import money, word

if TYPE_CHECKING:
    import pandas

    from knockon.study.dated import DatedBook


@dataclass(frozen=True, kw_only=True)
class TimelineResult:
    """The years, and the figures and legs behind them."""

    study: DatedBook
    network: Network
    found: Timeline
    cash: Figure | None
    revenue_usd: float | None
    side: str
    published: dict[str, Figure]  # totals that others state; none of them is alike, with ours or with each other

    @property
    def table(self) -> pandas.DataFrame:
        """A row a year."""
        import pandas as pd

        return pd.DataFrame(self.rows())

    def rows(self) -> list[dict[str, Any]]:
        """A flat record a year."""
        return [
            {
                "party": self.found.party,
                "year": year.year,
                "due_usd": year.due_usd,
                "over_default_term_usd": year.assumed_usd,
                "committed_funding_usd": year.funding_usd,
                "revenue_usd": None if self.revenue_usd is None else year.revenue_usd,
                "from_cash_usd": year.cash_usd,
                "gap_usd": year.gap_usd,
                "firmness": str(self.network.least),
                "as_of": self.study.as_of.isoformat(),
            }
            for year in self.found.years
        ]

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
            "assumed": self.study.promises.assumed((*self.found.due, *self.found.funding)),
            "left_out": left_out(
                {
                    why: tuple(leg for leg in legs if self.owns(leg))
                    for why, legs in (self.network.left_out | {"overlapping": self.found.overlapping}).items()
                }
            ),
        }

    def sentences(self) -> list[str]:
        """What a reader should know beside the years: cash, revenue, schedule, what is in no year, others' totals."""
        cash, revenue = self.cash, self.revenue_usd
        flat = f"{money(revenue)} a year as last known, held flat" if revenue else "not known on that day"
        assumed = self.study.promises.assumed((*self.found.due, *self.found.funding))
        legs = sorted({str(note["where"]) for note in assumed if "default term" in str(note["what"])})
        silent = ", ".join(self.found.undisclosed)
        return [
            f"Cash: {money(cash.usd)} on {cash.period} ({cash.source})." if cash else "Cash: not known on that day.",
            f"Revenue: {flat}; it pays for nothing else here, so a real gap is wider, and growth would narrow it.",
            "Schedule: a straight line from start to end; where no term is known, the default of parameters.csv.",
            *([f"Over a default term: {', '.join(legs)}."] if legs else []),
            *([f"In no year, for want of an amount: {silent}."] if silent else []),
            *(
                f"Published beside, not alike: {word({}, metric)} {money(total.usd)}, {total.period} ({total.source})."
                for metric, total in self.published.items()
            ),
        ]

    def picture(self, path: str | Path) -> Path:
        """Write the years as a chart; the file's suffix, .svg or .png, says what kind. Needs matplotlib."""
        from knockon.study.measures.timeline import drawn
        from knockon.views import charts

        return write(Path(path), charts.timeline(drawn(self), kind(path)))

    def owns(self, name: str) -> bool:
        """Whether the party pays or is paid by this leg."""
        leg = self.study.resolved[name].leg
        return self.found.party in (leg.payer, leg.payee)


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


_TOTALS = (
    "purchase_commitments",
    "stated_compute_commitments",
    "lease_commitments_not_commenced",
    "neocloud_commitments",
)


def _record(flow: Flow) -> dict[str, Any]:
    return {**leg_record(flow), "payer": flow.payer, "payee": flow.payee, "default_term": flow.default_term}
