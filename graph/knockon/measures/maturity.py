"""When promises fall due: what a party must pay by year against what it has, earns and has been promised.

    gap_y = max(0, due_y - revenue_y - funding_y - cash_y)

due_y the party's promises that fall due, funding_y the money promised to it, both in a straight line over the days
they have left; revenue_y a year's revenue as last known, held flat; cash_y its cash and the funding of earlier years
that it has not used, which cover the earliest shortfalls, once. 0: covered. The revenue pays for nothing else here,
so a real gap is wider; growth of revenue would narrow it. Amounts without a public figure are in no year.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from knockon.flows import Flow
from knockon.measures.network import Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """A calendar year, or what is left of the first."""

    year: int
    due_usd: float
    assumed_usd: float  # of it, over a default term
    funding_usd: float
    revenue_usd: float
    cash_usd: float  # taken from cash and from unused funding of earlier years
    gap_usd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The years to the last one in which something falls due."""

    party: str
    years: tuple[Year, ...]
    due: tuple[Flow, ...]  # what falls due, largest first
    funding: tuple[Flow, ...]
    undisclosed: tuple[str, ...]  # legs to be paid by the party whose amount is not public
    overlapping: tuple[str, ...]  # legs that show what others of the party's show

    @property
    def gap_usd(self) -> float:
        """What is missing in all."""
        return sum(year.gap_usd for year in self.years)


def timeline(
    network: Network, party: str, as_of: date, cash: float | None = None, revenue: float | None = None
) -> Timeline:
    """`party`'s promises by year; `cash` in dollars, `revenue` in dollars a year, None where not known."""
    own = [f for f in network.legs if f.payer == party and f.cash]
    promised = [f for f in network.legs if f.payee == party and f.cash and f.funding]
    counted = [*network.once(own), *network.once(promised)]
    due = [f for f in counted if f.payer == party and f.left]
    money = [f for f in counted if f.payee == party and f.left]
    left, years = cash or 0.0, []
    for year, first, last in _years(due, as_of):
        owed, funded = _due(due, first, last), _due(money, first, last)
        earned = (revenue or 0.0) * ((last - first).days + 1) / ((date(year, 12, 31) - date(year, 1, 1)).days + 1)
        short = max(0.0, owed - earned - funded)
        taken = min(left, short)
        left += max(0.0, funded - max(0.0, owed - earned)) - taken
        years.append(
            Year(
                year=year,
                due_usd=owed,
                assumed_usd=_due([flow for flow in due if flow.default_term], first, last),
                funding_usd=funded,
                revenue_usd=earned,
                cash_usd=taken,
                gap_usd=short - taken,
            )
        )
    return Timeline(
        party=party,
        years=tuple(years),
        due=_largest(due),
        funding=_largest(money),
        undisclosed=tuple(f.leg for f in counted if f.payer == party and f.usd is None),
        overlapping=tuple(f.leg for f in (*own, *promised) if f not in counted),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Net:
    """What a party is to receive and to pay in a year; `net_usd` sums to 0 over all parties."""

    party: str
    year: int
    in_usd: float
    out_usd: float

    @property
    def net_usd(self) -> float:
        """In less out."""
        return self.in_usd - self.out_usd


def net_by_year(network: Network, as_of: date) -> list[Net]:
    """Every party's dollars in and out of promises that are still ahead, by year. Cost: years x legs."""
    ahead = [flow for flow in network.flows if flow.cash and flow.left]
    sums: dict[tuple[str, int], list[float]] = {}
    for year, first, last in _years(ahead, as_of):
        for flow in ahead:
            usd = flow.due(first, last)
            if usd > 0:
                sums.setdefault((flow.payee, year), [0.0, 0.0])[0] += usd
                sums.setdefault((flow.payer, year), [0.0, 0.0])[1] += usd
    return [Net(party=party, year=year, in_usd=i, out_usd=o) for (party, year), (i, o) in sorted(sums.items())]


def _years(flows: list[Flow], as_of: date) -> list[tuple[int, date, date]]:
    """Each year's number and days, from `as_of` to the last day on which something falls due."""
    end = max((flow.last for flow in flows), default=as_of)
    return [
        (year, max(as_of, date(year, 1, 1)), date(year, 12, 31)) for year in range(as_of.year, end.year + 1) if flows
    ]


def _due(flows: list[Flow], first: date, last: date) -> float:
    return sum(flow.due(first, last) for flow in flows)


def _largest(flows: list[Flow]) -> tuple[Flow, ...]:
    return tuple(sorted(flows, key=lambda flow: (-(flow.left or 0.0), flow.leg)))
