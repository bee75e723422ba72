"""What is known on a date of parties' debts and of how much their assets swing: balance sheets for the credit curve
and for clearing.

Debts are the newest figure told (`total_debt`, else `long_term_debt`, which is less). Equity volatility is the standard
deviation of monthly changes of market value; that of the assets is taken as sigma_E E / (E + D), to which it tends as
default becomes unlikely (Merton 1974). Nothing is filled in: where a figure is missing the entry is NaN.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import pairwise

import numpy as np

from knockon.exposures import Exposures, Solvency, Vector
from knockon.periods import fiscal_period
from knockon.projection.amounts import Record

RANKS: Mapping[str | None, int] = {"secured": 0, "senior": 1, None: 1, "subordinated": 2}
"""Unknown seniority stands with the senior debts; results list it as assumed."""
LEAST_MONTHS = 12
"""Fewer monthly changes are no basis for a volatility."""

Quote = tuple[str, date, float]
"""Party, day, market value in US dollars."""


def solvency(
    x: Exposures,
    told: Iterable[Record],
    quotes: Iterable[Quote],
    seniority: Mapping[str, str | None],
    leases: frozenset[str],
) -> Solvency:
    """Balance sheets of the parties of `x`.

    told: the rows of `exposures/indebtedness`; quotes: market values up to the date; seniority: of legs that are
    loans or bonds; leases: legs that are leases.
    """
    parties = x.balance.parties
    told = list(told)
    debts = {**_newest(told, "long_term_debt"), **_newest(told, "total_debt")}
    ltv = {party: percent / 100 for party, percent in _newest(told, "ltv_pct").items()}
    debt = np.array([debts.get(party, np.nan) for party in parties])
    swings = volatilities(quotes)
    equity = np.array([swings.get(party, np.nan) for party in parties])
    value = x.balance.value
    return Solvency(
        debt=debt,
        sigma=np.asarray(equity * value / (value + debt)),
        ltv=np.array([ltv.get(party, 0.0) for party in parties]),
        rank=np.array([RANKS[seniority.get(leg)] for leg in x.debts.ids], dtype=np.int64),
        lease=np.array([leg in leases for leg in x.contracts.ids], dtype=bool),
    )


def _newest(rows: Iterable[Record], metric: str) -> dict[str, float]:
    """The figure of the newest period by party; of two for one period a confirmed one, then the larger."""
    found: dict[str, tuple[date, bool, float]] = {}
    for row in rows:
        if row["metric"] == metric:
            entry = (fiscal_period(row["period"]).last, bool(row["confirmed"]), float(row["value"]))
            found[row["party"]] = max(found.get(row["party"], entry), entry)
    return {party: value for party, (_, _, value) in found.items()}


def volatilities(quotes: Iterable[Quote]) -> dict[str, float]:
    """Standard deviation of yearly log changes of market value by party, from the last quote of each month.

    >>> months = [("a", date(2024, m, 28), 100.0 * 1.1 ** (m % 2)) for m in range(1, 13)]
    >>> volatilities(months)          # eleven changes are one too few
    {}
    >>> round(volatilities([*months, ("a", date(2025, 1, 31), 110.0)])["a"], 3)
    0.345
    """
    last: dict[str, dict[tuple[int, int], tuple[date, float]]] = {}
    for party, day, usd in quotes:
        months = last.setdefault(party, {})
        key = (day.year, day.month)
        months[key] = max(months.get(key, (day, usd)), (day, usd))
    found = {}
    for party, months in last.items():
        changes = _changes(months)
        if len(changes) >= LEAST_MONTHS:
            found[party] = float(np.std(changes, ddof=1) * np.sqrt(12))
    return found


def _changes(months: Mapping[tuple[int, int], tuple[date, float]]) -> Vector:
    """Log changes between months that follow each other; a gap is no change."""
    ordered = sorted(months)
    values = [months[key][1] for key in ordered]
    next_to = [12 * b[0] + b[1] == 12 * a[0] + a[1] + 1 for a, b in pairwise(ordered)]
    return np.diff(np.log(values))[np.array(next_to, dtype=bool)] if len(values) > 1 else np.zeros(0)
