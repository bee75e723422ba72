"""How much of a leg is still ahead on a date, over how long, and within which range."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from knockon.exposures import Span
from knockon.parameters import Parameters
from knockon.projection.notes import Notes

Record = dict[str, Any]
"""A row of a query's answer, by column name."""

DAYS_A_YEAR = 365.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Remaining:
    """The part of a leg that is still ahead."""

    usd: Span
    years: float
    wait: float  # years until it starts


def remaining(leg: Record, as_of: date, parameters: Parameters, notes: Notes) -> Remaining | None:
    """What is left of a leg on `as_of`: straight line from start to end (docs/model.md, section 2b).

    None where nothing is known of the amount, or nothing is left of it; the notes say which.
    """
    usd = amount(leg, parameters, notes)
    if usd is None:
        return None
    start, end = cast("date | None", leg["start"]), cast("date | None", leg["end"])
    total, annual = leg["years"], leg["basis"] == "annual"
    if start and end:
        length = _years(start, end)
    elif total:
        length = float(total)
    elif end:
        length = _years(as_of, end)
    elif annual:
        length = parameters.find("horizon", "dependences").value
        notes.assume("an annual amount counts for the years of the horizon", leg["leg"], length)
    elif leg["firmness"] == "closed":
        notes.leave_out("performed", leg["leg"])  # a closed purchase without a term has been carried out
        return None
    else:
        length = parameters.find("term", "purchase without term").value
        notes.assume("no term is known; the default term in years", leg["leg"], length)
    begins = max(0.0, _years(as_of, start)) if start else 0.0
    elapsed = max(0.0, _years(start, as_of)) if start else 0.0
    years = length - elapsed
    if years <= 0:
        notes.leave_out("run_out", leg["leg"])
        return None
    scale = years if annual else years / length
    return Remaining(
        usd=Span(low=usd.low * scale, value=usd.value * scale, high=usd.high * scale),
        years=years,
        wait=begins,
    )


def amount(leg: Record, parameters: Parameters, notes: Notes) -> Span | None:
    """A leg's amount with its range; half of an upper bound where there is only a bound; None: undisclosed."""
    low, usd, high = leg.get("low"), leg.get("usd"), leg.get("high")
    if usd is not None:
        return Span(
            low=float(usd if low is None else low),
            value=float(usd),
            high=float(usd if high is None else high),
        )
    if high is not None:
        share = parameters.find("bound_share").value
        notes.assume("only bounds are known; this share of the upper one", leg["leg"], share)
        return Span(low=max(low or 0.0, 0.0), value=max(high * share, low or 0.0), high=float(high))
    if low is not None:
        notes.assume("only a lower bound is known; it stands for the amount, USD", leg["leg"], low)
        return Span(low=float(low), value=float(low), high=float(low))
    notes.leave_out("undisclosed_legs", leg["leg"])
    return None


def paid_part(leg: Record, usd: float) -> float:
    """Dollars already paid of `usd`: all of a closed leg, else what an event says."""
    return usd if leg["firmness"] == "closed" else min(usd, float(leg["paid"] or 0))


def phi(leg: Record, parameters: Parameters) -> Span:
    """Firmness as a share: by firmness on the date, firmer where a filing says definitive."""
    firmness = leg["firmness"]
    graded = f"firmness:{firmness} grade:{leg['grade']}"
    return parameters.find("phi", graded, f"firmness:{firmness}").span


def _years(first: date, last: date) -> float:
    return (last - first).days / DAYS_A_YEAR
