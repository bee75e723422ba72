"""When a party's promises fall due and what pays for them: the facts behind a timeline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from knockon.measures.maturity import Timeline
from knockon.measures.network import Network
from knockon.study.promises import Figure
from knockon.views.wording import money, word

if TYPE_CHECKING:
    from knockon.study.dated import DatedBook


@dataclass(frozen=True, kw_only=True)
class Maturity:
    """The years, and the figures and legs behind them."""

    study: DatedBook
    network: Network
    found: Timeline
    cash: Figure | None
    revenue_usd: float | None
    side: str
    published: dict[str, Figure]  # totals that others state; none of them is alike, with ours or with each other

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

    def sentences(self) -> list[str]:
        """What a reader should know beside the years: cash, revenue, schedule, what is in no year, others' totals."""
        cash, revenue = self.cash, self.revenue_usd
        flat = f"{money(revenue)} a year as last known, held flat" if revenue else "not known on that day"
        legs = sorted({str(note["where"]) for note in self.assumed() if "default term" in str(note["what"])})
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

    def assumed(self) -> list[dict[str, object]]:
        """Defaults that stood in for a fact on these legs."""
        return self.study.promises.assumed((*self.found.due, *self.found.funding))

    def left_out(self) -> dict[str, tuple[str, ...]]:
        """The party's legs that the network leaves out, by reason."""
        return {why: tuple(filter(self._owns, legs)) for why, legs in self.network.left_out.items()}

    def overlapping(self) -> tuple[str, ...]:
        """The party's legs that stand in another leg already."""
        return tuple(filter(self._owns, self.found.overlapping))

    def _owns(self, name: str) -> bool:
        leg = self.study.resolved[name].leg
        return self.found.party in (leg.payer, leg.payee)
