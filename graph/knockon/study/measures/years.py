"""What the timeline page shows: the years, what pays for each, and the legs behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knockon.flows import Flow
from knockon.study.measures.maturity import Maturity
from knockon.views.promises import and_up, does, left_out
from knockon.views.timeline import LegLine, Timeline, Year
from knockon.views.wording import estimate

if TYPE_CHECKING:
    from knockon.study.dated import DatedBook


def drawn(result: Maturity) -> Timeline:
    """A timeline as a page or a picture shows it."""
    study, found = result.study, result.found
    name = study.short(found.party)
    total = sum(year.due_usd for year in found.years)
    if found.years:
        to = f"{found.years[0].year} to {found.years[-1].year}"
        gap = f"{estimate(found.gap_usd)} of it is not" if found.gap_usd else "all of it is"
        headline = (
            f"{name} has to pay {estimate(total)} from {to}; {gap} covered by revenue as last known, promised money"
            " and cash."
        )
    else:
        headline = f"No promise of {name} with a public amount and something left to pay is known on this day."
    left = left_out(result.left_out())
    return Timeline(
        party=name,
        headline=headline,
        firmness=and_up(result.network.least),
        years=tuple(
            Year(
                year=year.year,
                due=year.due_usd,
                assumed=year.assumed_usd,
                parts=_covered(year.due_usd, year.revenue_usd, year.cash_usd, year.gap_usd),
                funding=year.funding_usd,
                revenue=None if result.revenue_usd is None else year.revenue_usd,
            )
            for year in found.years
        ),
        legs=tuple(_line(study, flow) for flow in found.due),
        funding=tuple(_line(study, flow) for flow in found.funding),
        notes=tuple(result.sentences()),
        left_out=(left,) if left else (),
        edition=str(study.edition),
        as_of=study.as_of.isoformat(),
    )


def _covered(due: float, revenue: float, cash: float, gap: float) -> tuple[float, float, float, float]:
    """What is due by what pays it: revenue first, then promised money, cash, nothing; they sum to `due`."""
    earned = min(due, revenue)
    return earned, max(0.0, due - earned - cash - gap), cash, gap


def _line(study: DatedBook, flow: Flow) -> LegLine:
    return LegLine(
        leg=flow.leg,
        words=f"{study.short(flow.payer)} {does(flow)} {study.short(flow.payee)}",
        left=flow.left or 0.0,
        first=flow.first.isoformat(),
        last=flow.last.isoformat(),
        default_term=flow.default_term,
    )
