"""The ingredients of exposures read from the book's rows, without a graph: what a large book needs.

Each function answers one query of `queries/exposures/` with the same rows in the same order; a test holds the two
against each other. The queries stay the definition. A graph of a million legs takes minutes and gigabytes to
build and to ask; these are one pass over each table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from knockon.book import Book
from knockon.known import known_rows
from knockon.model import Leg
from knockon.overlaps import contained, yields_to
from knockon.projection.amounts import Record
from knockon.projection.ingredients import Ingredients
from knockon.resolution import Resolved, Value
from knockon.rows import Row, Rows
from knockon.store import row_iri
from knockon.tables.columns import row_id, row_ids
from knockon.vocab import Family, Firmness, Instrument

_BOUGHT = frozenset({Family.COMPUTE, Family.GOODS, Family.LEASE, Family.POWER})
_ROUND = frozenset({Instrument.EQUITY_INVESTMENT, Instrument.CONVERTIBLE})
_MONEY = _ROUND | {Instrument.LOAN, Instrument.BOND}
_BACKED = frozenset({Instrument.GUARANTEE, Instrument.BACKSTOP})
_SPENT = frozenset({"revenue", "capex", "cash_and_investments", "free_cash_flow", "cash_burn"})
_OWED = frozenset({"total_debt", "long_term_debt", "ltv_pct"})


def read(book: Book, resolved: Mapping[str, Resolved], values: Mapping[str, Value], as_of: date) -> Ingredients:
    """The ingredients as known on `as_of`."""
    known = _Known(book, known_rows(book, resolved, as_of), resolved, values, as_of)
    return {name: list(rows(known)) for name, rows in _READ.items()}


@dataclass(frozen=True)
class _Known:
    """The facts of the day."""

    book: Book
    tables: Mapping[str, Rows]
    resolved: Mapping[str, Resolved]
    values: Mapping[str, Value]
    as_of: date

    def apart(self, *parties: str) -> bool:
        """Whether none of the parties stands for several."""
        return not any(self.book.parties[party].grouped for party in parties)

    @cached_property
    def ordered(self) -> list[tuple[Row, Resolved]]:
        """The rows of known legs, each with what the rule makes of it, in the order of their IRIs."""
        rows = self.tables["legs"]
        ids = list(row_ids("legs", rows))
        iris = [row_iri("legs", name) for name in ids]
        return [(rows[i], self.resolved[ids[i]]) for i in sorted(range(len(ids)), key=iris.__getitem__)]

    def legs(self, chosen: Callable[[Leg], bool]) -> list[tuple[Row, Resolved]]:
        """Some of them."""
        return [(row, leg) for row, leg in self.ordered if chosen(leg.leg)]

    def live(self, chosen: Callable[[Leg], bool]) -> list[tuple[Row, Resolved]]:
        """Those that stand, between named parties."""
        legs = self.legs(chosen)
        return [(row, leg) for row, leg in legs if leg.live and self.apart(leg.leg.payer, leg.leg.payee)]

    def before(self, leg: Resolved) -> Iterator[Leg]:
        """The legs that go before this one."""
        return (self.resolved[name].leg for name in yields_to(leg, self.resolved))


def _announcements(known: _Known) -> Iterator[Record]:
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


def _contracts(known: _Known) -> Iterator[Record]:
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


def _dependences(known: _Known) -> Iterator[Record]:
    for row in sorted(known.tables["dependences"], key=lambda row: (*_iris(row, "supplier", "customer"), row["id"])):
        if row["use"] and row["scope"] == "total" and known.apart(row["supplier"]):
            yield {
                "row": row["id"],
                "supplier": row["supplier"],
                "customer": row["customer"],
                "low": row["share_pct_low"],
                "share": row["share_pct"],
                "high": row["share_pct_high"],
                "usd": row["usd"],
                "period": row["period"],
                "basis": row["basis"],
                "confirmed": row["confirmed"],
                "known": row["known_from"].last,
            }


def _financials(known: _Known, metrics: frozenset[str]) -> list[Row]:
    rows = _metrics(known, metrics)
    return sorted(rows, key=lambda row: (*_iris(row, "party"), row["metric"], row["period"], row["value"]))


def _metrics(known: _Known, metrics: frozenset[str]) -> Rows:
    table = known.tables["financials"]
    return table.chosen([i for i, metric in enumerate(table.column("metric")) if metric in metrics])


def _figures(known: _Known) -> Iterator[Record]:
    for row in _financials(known, _SPENT):
        yield {
            "party": row["party"],
            "metric": row["metric"],
            "period": row["period"],
            "usd": _whole(row["value"]),
            "confirmed": row["confirmed"],
        }


def _guarantees(known: _Known) -> Iterator[Record]:
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


def _twin(known: _Known, leg: Resolved) -> int | None:
    """1 if a leg between the same two goes before this one."""
    ends = (leg.leg.payer, leg.leg.payee)
    return 1 if any((first.payer, first.payee) == ends for first in known.before(leg)) else None


def _indebtedness(known: _Known) -> Iterator[Record]:
    for row in _financials(known, _OWED):
        yield {name: row[name] for name in ("party", "metric", "period", "value", "confirmed")}


def _members(known: _Known) -> Iterator[Record]:
    for row in sorted(known.tables["members"], key=lambda row: _iris(row, "group", "member")):
        yield {"group": row["group"], "member": row["member"]}


def _money(known: _Known) -> Iterator[Record]:
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


def _overlaps(known: _Known) -> Iterator[Record]:
    for row, leg in known.legs(lambda leg: bool(leg.overlaps)):
        for other in sorted(row["overlaps"] or (), key=lambda name: row_iri("legs", name)):
            yield {"leg": leg.leg.id, "other": other}


def _parties(known: _Known) -> Iterator[Record]:
    for row in sorted(known.tables["parties"], key=lambda row: _iris(row, "id")):
        if not row["grouped"] and row["kind"] != "index":
            value = known.values.get(row["id"])
            yield {
                "party": row["id"],
                "kind": row["kind"],
                "listed": known.book.parties[row["id"]].listed_on(known.as_of),
                "usd": value.usd if value else None,
                "on": value.on if value else None,
                "basis": value.basis if value else None,
            }


def _purchases(known: _Known) -> Iterator[Record]:
    for row in sorted(known.tables["purchases"], key=lambda row: (*_iris(row, "buyer", "supplier"), row["period"])):
        if row["annual_usd"] is not None and known.apart(row["supplier"], row["buyer"]):
            yield {
                "row": row_id("purchases", row),
                "buyer": row["buyer"],
                "supplier": row["supplier"],
                "usd": row["annual_usd"],
                "period": row["period"],
            }


def _rounds(known: _Known) -> Iterator[Record]:
    found: list[Record] = []
    for row, leg in known.legs(lambda leg: leg.instrument in _ROUND):
        if leg.firmness not in (Firmness.CLOSED, Firmness.DEFINITIVE) or leg.usd is None:
            continue
        if not contained(leg, known.resolved) and not any(first.payee == leg.leg.payee for first in known.before(leg)):
            found.append({"issuer": leg.leg.payee, "usd": leg.usd, "from": _since(row), "leg": leg.leg.id})
    yield from sorted(found, key=lambda row: (*_iris(row, "issuer"), row["from"]))  # stable: then by leg


def _stakes(known: _Known) -> Iterator[Record]:
    for row in sorted(known.tables["stakes"], key=lambda row: (*_iris(row, "issuer", "holder"), row["as_of"].last)):
        if row["within"] is None and known.apart(row["holder"], row["issuer"]):
            yield {
                "holder": row["holder"],
                "issuer": row["issuer"],
                "pct": row["pct"],
                "usd": row["value_usd"],
                "as_of": row["as_of"].last,
                "basis": row["basis"],
                "confirmed": row["confirmed"],
            }


def _valuations(known: _Known) -> Iterator[Record]:
    rows = _metrics(known, frozenset({"valuation_private"}))
    for row in sorted(rows, key=lambda row: (*_iris(row, "party"), row["period"], row_iri("sources", row["source"]))):
        yield {"party": row["party"], "usd": _whole(row["value"]), "period": row["period"], "source": row["source"]}


def _iris(row: Row, *columns: str) -> tuple[str, ...]:
    """The IRIs of the parties in some columns, by which queries sort."""
    return tuple(row_iri("parties", row[column]) for column in columns)


def _whole(usd: Any) -> float | int:
    """Dollars as a query gives them: whole ones as integers."""
    return int(usd) if float(usd).is_integer() else float(usd)


_READ: Mapping[str, Callable[[_Known], Iterator[Record]]] = {
    "announcements": _announcements,
    "contracts": _contracts,
    "dependences": _dependences,
    "figures": _figures,
    "guarantees": _guarantees,
    "indebtedness": _indebtedness,
    "members": _members,
    "money": _money,
    "overlaps": _overlaps,
    "parties": _parties,
    "purchases": _purchases,
    "rounds": _rounds,
    "stakes": _stakes,
    "valuations": _valuations,
}
