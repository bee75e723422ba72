"""Legs as rows of a day: what is bought, lent, invested and guaranteed, each dollar once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from knockon.overlaps import contained
from knockon.projection.amounts import Record
from knockon.projection.day import Day, iris
from knockon.resolution import Resolved
from knockon.rows import Row
from knockon.triples import row_iri
from knockon.vocab import Family, Firmness, Instrument

_BOUGHT = frozenset({Family.COMPUTE, Family.GOODS, Family.LEASE, Family.POWER})
_ROUND = frozenset({Instrument.EQUITY_INVESTMENT, Instrument.CONVERTIBLE})
_MONEY = _ROUND | {Instrument.LOAN, Instrument.BOND}
_BACKED = frozenset({Instrument.GUARANTEE, Instrument.BACKSTOP})


def announcements(known: Day) -> Iterator[Record]:
    """What an announced leg moved in its holder's price."""
    returns: dict[tuple[str, str], list[Row]] = {}
    for row in known.tables["event_returns"]:
        returns.setdefault((row["event"], row["party"]), []).append(row)
    loadings: dict[tuple[str, str], list[Row]] = {}
    for row in known.tables["loadings"]:
        loadings.setdefault((row["event"], row["party"]), []).append(row)
    rows = known.tables["event_legs"]
    for row in sorted(rows, key=lambda row: (row_iri("legs", row["leg"]), row_iri("events", row["event"]))):
        holder = known.book.legs[row["leg"]].payee
        for moved in returns.get((row["event"], holder), ()):
            for loaded in loadings.get((row["event"], holder), ()):
                if moved["value_change_usd"] is not None:
                    yield {
                        "leg": row["leg"],
                        "holder": holder,
                        "event": row["event"],
                        "share": row["share"],
                        "return_pct": moved["return_pct"],
                        "change": moved["value_change_usd"],
                        "beta": loaded["beta"],
                        "market_pct": loaded["market_pct"],
                    }


def contracts(known: Day) -> Iterator[Record]:
    """Purchases and leases that stand."""
    for row, leg in known.live(lambda leg: leg.instrument.family in _BOUGHT):
        again = any(first.payer == leg.leg.payer for first in known.before(leg))
        yield {
            **_promise(row, leg),
            "family": str(leg.leg.instrument.family),
            "again": 1 if again else None,
        }


def _promise(row: Row, leg: Resolved) -> Record:
    """The columns that purchases and money share."""
    return {
        "leg": leg.leg.id,
        "payer": leg.leg.payer,
        "payee": leg.leg.payee,
        "basis": str(leg.leg.amount_basis),
        "firmness": str(leg.firmness),
        "grade": str(leg.grade),
        "low": leg.usd_low,
        "usd": leg.usd,
        "high": leg.usd_high,
        "start": row["start"].first if row["start"] else None,
        "end": row["end"].last if row["end"] else None,
        "years": row["term_years"],
        "within": row["within"],
    }


def guarantees(known: Day) -> Iterator[Record]:
    """Promises to pay in another's stead."""
    for row, leg in known.live(lambda leg: leg.instrument in _BACKED):
        yield {
            "leg": leg.leg.id,
            "guarantor": leg.leg.payer,
            "beneficiary": leg.leg.payee,
            "instrument": str(leg.leg.instrument),
            "covers": row["covers"],
            "cover": row["cover"],
            "usd": leg.usd,
            "high": leg.usd_high,
            "firmness": str(leg.firmness),
            "grade": str(leg.grade),
            "twin": 1 if contained(leg, known.resolved) else _twin(known, leg),
        }


def _twin(known: Day, leg: Resolved) -> int | None:
    """1 if a leg between the same two goes before this one."""
    ends = (leg.leg.payer, leg.leg.payee)
    return 1 if any((first.payer, first.payee) == ends for first in known.before(leg)) else None


def money(known: Day) -> Iterator[Record]:
    """Equity and credit that stand."""
    for row, leg in known.live(lambda leg: leg.instrument in _MONEY):
        yield {
            **_promise(row, leg),
            "instrument": str(leg.leg.instrument),
            "from": _since(row),
            "twin": _twin(known, leg),
            "seniority": row["seniority"],
            "joint": row["joint"],
            "own_share": row["own_share"],
            "paid": leg.paid_usd,
        }


def _since(row: Row) -> date:
    """The last day of the announcement, else of the first day on which the leg was known."""
    found: date = (row["announced"] or row["known_from"]).last
    return found


def overlaps(known: Day) -> Iterator[Record]:
    """Legs that show the same demand or money."""
    for row, leg in known.legs(lambda leg: bool(leg.overlaps)):
        for other in sorted(row["overlaps"] or (), key=lambda name: row_iri("legs", name)):
            yield {"leg": leg.leg.id, "other": other}


def rounds(known: Day) -> Iterator[Record]:
    """New equity, for dilution."""
    found: list[Record] = []
    for row, leg in known.legs(lambda leg: leg.instrument in _ROUND):
        if leg.firmness not in (Firmness.CLOSED, Firmness.DEFINITIVE) or leg.usd is None:
            continue
        if not contained(leg, known.resolved) and not any(first.payee == leg.leg.payee for first in known.before(leg)):
            found.append({"issuer": leg.leg.payee, "usd": leg.usd, "from": _since(row), "leg": leg.leg.id})
    yield from sorted(found, key=lambda row: (*iris(row, "issuer"), row["from"]))  # stable: then by leg
