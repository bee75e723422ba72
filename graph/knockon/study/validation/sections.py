"""Which firms count on a day and which do not, with the reason; and the days as the arrays that are scored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np

from knockon.book import Book
from knockon.study.validation.days import Days, Event
from knockon.validation.panel import FEWEST_FIRMS, Panel
from knockon.validation.placebo import Ordinary


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Who counts on a day, who does not and why, and why the day as a whole does not (or an empty text)."""

    firms: tuple[str, ...]
    cap: Mapping[str, float]
    left_out: Mapping[str, tuple[str, ...]]
    reason: str


def section(book: Book, days: Days, event: Event) -> Section:
    """The cross-section of a day: no index, nobody whose own news it was, nobody without loadings or market value."""
    out: dict[str, list[str]] = {"own_news": [], "no_loadings": [], "no_cap": []}
    firms, cap = [], {}
    loadings = days.loadings.get(event.id, {})
    for party in days.returns.get(event.id, ()):
        if book.parties[party].kind == "index":
            continue
        if party in event.own_news:
            out["own_news"].append(party)
        elif party not in loadings:
            out["no_loadings"].append(party)
        elif (worth := days.cap_before(party, event.date)) is None:
            out["no_cap"].append(party)
        else:
            firms.append(party)
            cap[party] = worth
    reason = ""
    if event.id not in days.returns:
        reason = "no returns"
    elif not (event.value or event.performance):
        reason = "no shock"
    elif event.id not in days.loadings:
        reason = "no loadings"
    elif len(firms) < FEWEST_FIRMS:
        reason = f"{len(firms)} firms with return, loadings and market value; {FEWEST_FIRMS} needed"
    return Section(
        firms=tuple(sorted(firms)),
        cap=cap,
        left_out={why: tuple(sorted(parties)) for why, parties in out.items() if parties},
        reason=reason,
    )


def panel(book: Book, days: Days, scored: list[Event], sections: Mapping[str, Section]) -> Panel:
    """The scored days as arrays; control days take the sign of bad news."""
    firms = tuple(sorted({party for event in scored for party in sections[event.id].firms}))
    shape = (len(scored), len(firms))
    table = {name: np.full(shape, np.nan) for name in ("returns", "ai", "beta", "gamma", "cap")}
    market = np.zeros(len(scored))
    for e, event in enumerate(scored):
        counted, loadings = sections[event.id], days.loadings[event.id]
        for f, party in enumerate(firms):
            if party not in counted.cap:
                continue
            row = loadings[party]
            table["returns"][e, f] = days.returns[event.id][party]
            table["beta"][e, f], table["gamma"][e, f] = row["beta"], row["gamma"]
            table["ai"][e, f] = row["ai_orthogonal_pct"] / 100
            table["cap"][e, f] = counted.cap[party]
            market[e] = row["market_pct"] / 100
    return Panel(
        events=tuple(event.id for event in scored),
        firms=firms,
        sectors=tuple(book.parties[party].kind for party in firms),
        sign=np.array([float(event.sign or -1) for event in scored]),
        market=market,
        **table,
    )


LONGEST_BREAK = 4
"""Calendar days between two sessions that follow each other: a weekend and a holiday."""


def ordinary(days: Days, firms: tuple[str, ...]) -> Ordinary:
    """The days of the prices that follow a session and are no event: returns by firm, and of the firms' market."""
    closes: dict[date, dict[str, tuple[float, float]]] = {}
    for party in firms:
        for row in days.prices.get(party, ()):
            if row["close"]:
                closes.setdefault(row["date"], {})[party] = (row["close"], float(row["market_value_usd"]))
    sessions = sorted(day for day, firms_then in closes.items() if len(firms_then) >= FEWEST_FIRMS)
    busy = {event.date for event in days.events}
    returns, market = [], []
    for before, day in pairwise(sessions):
        both = [party for party in firms if party in closes[before] and party in closes[day]]
        if day in busy or (day - before).days > LONGEST_BREAK or len(both) < FEWEST_FIRMS:
            continue
        change = {party: closes[day][party][0] / closes[before][party][0] - 1 for party in both}
        weight = {party: closes[before][party][1] for party in both}
        returns.append([change.get(party, np.nan) for party in firms])
        market.append(sum(change[party] * weight[party] for party in both) / sum(weight.values()))
    return Ordinary(returns=np.array(returns).reshape(len(returns), len(firms)), market=np.array(market))
