"""What is known of each party's size on a date: a year's revenue, a year's spending, its past values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from knockon.model import Party
from knockon.parameters import Parameters
from knockon.periods import FiscalPeriod, fiscal_period
from knockon.projection.amounts import Record
from knockon.projection.notes import Notes


def annual_figures(rows: Iterable[Record], metric: str, parties: Mapping[str, Party], notes: Notes) -> dict[str, float]:
    """The last four quarters known of `metric`, USD a year.

    The newest period decides: a full year as it is; quarters summed where four in a row are known; anything
    shorter is brought to a year, and listed as assumed.
    """
    known: dict[str, dict[FiscalPeriod, tuple[bool, float]]] = {}
    for row in rows:
        if row["metric"] != metric:
            continue
        period = fiscal_period(row["period"], parties[row["party"]].fiscal_year_end_month)
        figure = (bool(row["confirmed"]), float(row["usd"]))
        if period.years > 0:
            before = known.setdefault(row["party"], {}).get(period)
            known[row["party"]][period] = max(before, figure) if before else figure
    found = {}
    for party, figures in known.items():
        newest = max(figures, key=lambda period: (period.last, period.years))
        value = figures[newest][1]
        if newest.years < 1:
            quarters = _four_quarters(newest, figures)
            if quarters:
                value = sum(quarters)
            else:
                value /= newest.years
                notes.assume(f"{metric} of {newest.years * 12:.0f} months brought to a year, USD", party, round(value))
        elif newest.years > 1:
            value /= newest.years
        found[party] = value
    return found


def funding_dependence(
    rows: Iterable[Record],
    worth: Mapping[str, float],
    parties: Mapping[str, Party],
    parameters: Parameters,
    notes: Notes,
) -> dict[str, float]:
    """How far a lab's payments hang on money it has yet to raise: s = min(1, xi E / F), F = cash + FCF + xi E.

    xi E is what it can raise in a year at its value E; cash is the newest balance, FCF a year's free cash flow or
    what it burns (docs/model.md, section 8). Only where the book has both; elsewhere the default stands.
    """
    rows = list(rows)
    flow = annual_figures(rows, "free_cash_flow", parties, Notes())
    burn = annual_figures(rows, "cash_burn", parties, Notes())
    cash: dict[str, tuple[date, float]] = {}
    for row in rows:
        if row["metric"] == "cash_and_investments":
            on = fiscal_period(row["period"]).last
            cash[row["party"]] = max(cash.get(row["party"], (date.min, 0.0)), (on, float(row["usd"])))
    found = {}
    for party, (_, held) in cash.items():
        key = ("xi", f"kind:{parties[party].kind}")
        if key not in parameters or party not in worth or not (party in flow or party in burn):
            continue
        raised = parameters[key].value * worth[party]
        total = held + flow.get(party, -burn.get(party, 0.0)) + raised
        if total > 0:
            found[party] = min(1.0, raised / total)
            notes.assume("funding dependence from cash, cash flow and what it can raise", party, found[party])
    return found


def _four_quarters(
    newest: FiscalPeriod, figures: Mapping[FiscalPeriod, tuple[bool, float]]
) -> tuple[float, ...] | None:
    by_end = {(p.last.year, p.last.month): value for p, (_, value) in figures.items() if p.years == 0.25}
    months = [newest.last.year * 12 + newest.last.month - 1 - 3 * back for back in range(4)]
    quarters = [by_end.get((month // 12, month % 12 + 1)) for month in months]
    return tuple(q for q in quarters if q is not None) if None not in quarters else None


def worth_by_party(
    parties: Iterable[Record], valuations: Iterable[Record]
) -> dict[str, tuple[tuple[date, float], ...]]:
    """Known values by party in order of date: the valuations of its rounds, and its value on the date."""
    found: dict[str, dict[date, float]] = {}
    for row in valuations:
        found.setdefault(row["party"], {})[fiscal_period(row["period"]).last] = float(row["usd"])
    for row in parties:
        if row["usd"] is not None:
            found.setdefault(row["party"], {})[row["on"]] = float(row["usd"])
    return {party: tuple(sorted(values.items())) for party, values in found.items()}
