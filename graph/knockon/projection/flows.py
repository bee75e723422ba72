"""Which promises are how many dollars, and when: live legs as flows on a date (docs/measures.md).

Purchases and leases run in a straight line from start to end. Money, equity or credit, counts as paid where the
leg is closed or an event says how much; what was paid is brought to a year over the time since, a year at least;
what is not paid falls due on the leg's start, else until its end, else over the default term.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from knockon.flows import Flow
from knockon.model import Leg
from knockon.parameters import Parameters
from knockon.projection.amounts import DAYS_A_YEAR, Record, amount, paid_part, remaining
from knockon.projection.notes import Notes
from knockon.resolution import Resolved
from knockon.rows import Row
from knockon.vocab import AmountBasis, Family, Instrument


def flows(
    resolved: Iterable[Resolved], rows: Mapping[str, Row], as_of: date, parameters: Parameters, notes: Notes
) -> tuple[Flow, ...]:
    """Every live leg as a flow, by leg; `rows` are the legs' rows by DEAL/NUMBER.

    Acquisitions are left out: their money goes to the owners of the payee. The notes say what was assumed.
    """
    found = (
        _flow(leg, rows[leg.leg.id], as_of, parameters, notes)
        for leg in resolved
        if leg.live and leg.leg.instrument is not Instrument.ACQUISITION
    )
    return tuple(sorted(found, key=lambda flow: flow.leg))


def _flow(known: Resolved, row: Row, as_of: date, parameters: Parameters, notes: Notes) -> Flow:
    leg = known.leg
    record = _record(known, row)
    buys = leg.instrument.family not in (Family.EQUITY, Family.CREDIT, Family.GUARANTEE)
    usd = _own(record, row, parameters, notes)
    left, paid, first, last, yearly, default = usd, 0.0, as_of, as_of, usd, False
    if usd is not None and buys:
        ahead = remaining(record, as_of, parameters, Notes())
        if ahead is None:
            left = yearly = 0.0
        else:
            first = _after(as_of, ahead.wait)
            last = _after(first, ahead.years)
            left, yearly = ahead.usd.value, ahead.usd.value / ahead.years
            default = not (leg.end or row["term_years"])
            if leg.amount_basis is AmountBasis.ANNUAL:
                usd = max(usd, left)
    elif usd is not None:
        paid = paid_part(record, usd)
        left = usd - paid
        first, last, default = _tranche(leg, as_of, parameters)
        years = max(1.0, (last - first).days / DAYS_A_YEAR)
        yearly = paid / max(1.0, (as_of - _since(leg, row)).days / DAYS_A_YEAR) + left / years
        default = default and left > 0
    if default:
        notes.assume("no term is known; the default term in years", leg.id, parameters.find(*_TERM).value)
    return Flow(
        leg=leg.id,
        payer=leg.payer,
        payee=leg.payee,
        instrument=leg.instrument,
        firmness=known.firmness,
        known_from=leg.known_from.last,
        usd=usd,
        paid=paid,
        left=left,
        first=first,
        last=last,
        yearly=yearly,
        default_term=default,
        within=leg.within,
        overlaps=leg.overlaps,
        covers=leg.covers,
    )


_TERM = ("term", "purchase without term")


def _record(known: Resolved, row: Row) -> Record:
    """The leg as the queries of `queries/exposures/` hand it over."""
    leg = known.leg
    return {
        "leg": leg.id,
        "low": known.usd_low,
        "usd": known.usd,
        "high": known.usd_high,
        "start": leg.start.first if leg.start else None,
        "end": leg.end.last if leg.end else None,
        "years": row["term_years"],
        "basis": str(leg.amount_basis),
        "firmness": str(known.firmness),
        "paid": known.paid_usd,
    }


def _own(record: Record, row: Row, parameters: Parameters, notes: Notes) -> float | None:
    """The payer's own dollars: of a joint facility only a stated share, else nothing is disclosed of them."""
    if row["joint"] and row["own_share"] is None:
        notes.leave_out("joint_facilities", record["leg"])
        return None
    span = amount(record, parameters, notes)
    return None if span is None else span.value * (row["own_share"] or 1.0)


def _since(leg: Leg, row: Row) -> date:
    """The day from which money has flowed: its start, else its announcement, else the day it was public."""
    started = leg.start or row["announced"] or leg.known_from
    return started.first


def _tranche(leg: Leg, as_of: date, parameters: Parameters) -> tuple[date, date, bool]:
    """The days over which unpaid money falls due; whether they are an assumption. A loan's end is its repayment."""
    if leg.start and leg.start.last > as_of:
        return leg.start.last, leg.start.last, False
    if leg.end and leg.end.last > as_of and leg.instrument.family is Family.EQUITY:
        return as_of, leg.end.last, False
    return as_of, _after(as_of, parameters.find(*_TERM).value), True


def _after(day: date, years: float) -> date:
    """The day `years` later, to the nearest; at most the last that a calendar has."""
    return date.fromordinal(min(day.toordinal() + round(years * DAYS_A_YEAR), date.max.toordinal()))
