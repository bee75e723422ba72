"""What an event was, by date: what stood the day before, who said what, what moved, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from knockon import queries
from knockon.resolution import Resolved, known_from
from knockon.rows import Row
from knockon.study.explaining.explanation import Explanation
from knockon.study.explaining.telling import facts, figure, sections
from knockon.study.measures.stated import STATED as STATED_SUM
from knockon.study.measures.stated import rows

if TYPE_CHECKING:
    from knockon.study.dated import DatedBook

Record = dict[str, Any]

BEFORE, AFTER = timedelta(days=7), timedelta(days=14)
"""How far around the day people are listened to."""
STATED = ("moves-stated-and-recomputed", "losses-stated-and-recomputed", "berkshires-cash", "scions-puts")
"""The questions that hold a printed figure against the tables."""


def dossier(study: DatedBook, name: str) -> Explanation:
    """The event called `name`, as far as it and what followed were known on the study's date."""
    event = next(row for row in study.book.tables["events"] if row["id"] == name)
    day = event["date"]
    if day > study.as_of:
        unknown = (("not known yet", f"it is of {day}, after {study.as_of}"),)
        return Explanation(heading=name, facts=unknown, sections=(), record={"event": name, "known": False})
    record = _record(study, event)
    heading = f"{day}: {event['title']} ({name})"
    return Explanation(heading=heading, facts=facts(record), sections=sections(record), record=record)


def _record(study: DatedBook, event: Row) -> Record:
    day, origin = event["date"], event["origin"]
    eve = type(study)(study.book, day - timedelta(days=1))
    legs = [leg for leg in eve.resolved.values() if origin in (leg.leg.payer, leg.leg.payee)]
    printed = [row for row in _known(study, "seed_facts") if row["source"] == event["source"]]
    said = sorted(_said(study, event, printed), key=lambda row: (row["date"], row["id"]))
    stated = _stated(study, event, {row["id"] for row in printed})
    told = {row["fact"] for row in stated} | {row["id"] for row in said}
    return {
        "event": event["id"],
        "known": True,
        "date": day.isoformat(),
        "told_on": study.as_of.isoformat(),
        **{key: event[key] for key in ("title", "kind", "sign", "summary", "origin")},
        "origin_name": study.book.parties[origin].name if origin else None,
        "shock": [
            {"hits": hits, "party": party, "name": study.short(party)}
            for hits, party in (part.split(":") for part in (event["shock"] or "").split(";") if part)
        ],
        "own_news": [{"party": party, "name": study.short(party)} for party in event["own_news"] or ()],
        "source": _source(study, event["source"]),
        "facts_printed": len(printed),
        "eve": {
            "as_of": eve.as_of.isoformat(),
            "undisclosed": sum(not leg.disclosed for leg in legs),
            "legs": [_leg(leg) for leg in sorted(legs, key=_size) if leg.live],
        },
        "stated_sum": _taken_apart(study, event),
        "said_from": (day - BEFORE).isoformat(),
        "said": said,
        "moves": _moves(study, event),
        "stated": stated,
        "printed": [
            {
                **{key: row[key] for key in ("id", "kind", "predicate", "value", "unit", "note")},
                "date": str(row["date"]),
            }
            for row in printed
            if row["id"] not in told
        ],
        "followed": _followed(study, event, {leg.leg.id for leg in legs}),
    }


def _known(study: DatedBook, table: str) -> list[Row]:
    return [row for row in study.book.tables[table] if known_from(study.book, table, row) <= study.as_of]


def _source(study: DatedBook, name: str) -> dict[str, str]:
    source = study.book.sources[name]
    return {"id": name, "publisher": source.publisher, "url": source.url}


def _size(leg: Resolved) -> tuple[int, str]:
    return (-(leg.usd or leg.usd_high or 0), leg.leg.id)


def _leg(leg: Resolved) -> Record:
    return {
        "leg": leg.leg.id,
        "payer": leg.leg.payer,
        "payee": leg.leg.payee,
        "instrument": str(leg.leg.instrument),
        "amount_basis": str(leg.leg.amount_basis),
        "usd_low": leg.usd_low,
        "usd": leg.usd,
        "usd_high": leg.usd_high,
        "firmness": str(leg.firmness),
        "source": leg.winner.source if leg.winner else None,
    }


def _stated(study: DatedBook, event: Row, printed: set[str]) -> list[Record]:
    """What the event's article printed and the tables can give again."""
    found: list[Record] = []
    for name in STATED if printed else ():
        query = queries.find(name)
        found += study.answer(name, {"event": event["id"]} if "event" in query.params else {}).records()
    return [row for row in found if row["fact"] in printed and row["reproduces"] is not None]


def _taken_apart(study: DatedBook, event: Row) -> list[Record]:
    """The sum that a lab said it had committed, part by part as known on the day; empty if it stated none."""
    if event["origin"] is None or study.book.parties[event["origin"]].kind != "ai_lab":
        return []
    found = rows(study, event["origin"], event["date"])
    return found if any(row["what"] == STATED_SUM for row in found) else []


def _said(study: DatedBook, event: Row, printed: Sequence[Row]) -> list[Record]:
    """Remarks around the day, and those that the event's article retells, whenever they fell."""
    day = event["date"]
    near = [row for row in _known(study, "statements") if day - BEFORE <= row["date"].last <= day + AFTER]
    retold = [
        {**row, "party": row["party"][0], "statement": _words(row)} for row in printed if row["kind"] == "statement"
    ]
    return [
        {
            "id": row["id"],
            "date": str(row["date"]),
            "person": row["person"],
            "role": row["role"],
            "party": row["party"],
            "said": row["statement"],
            "source": _source(study, row["source"]),
            "after": row["date"].last > day,
        }
        for row in (*near, *retold)
    ]


def _words(fact: Row) -> str:
    words = figure(fact["value"], fact["unit"])
    return words if fact["predicate"] == "said" else f"{fact['predicate']} {words}"


def _moves(study: DatedBook, event: Row) -> list[Record]:
    """Every return of the day, the largest loss of market value first; those without a value, as indices, last."""
    rows = [row for row in _known(study, "event_returns") if row["event"] == event["id"]]
    rows.sort(key=lambda row: (row["value_change_usd"] is None, row["value_change_usd"] or 0, row["party"]))
    return [
        {
            "party": row["party"],
            "date": row["date"].isoformat(),
            "return_pct": row["return_pct"],
            "value_change_usd": row["value_change_usd"],
            "own_news": row["party"] in (event["own_news"] or ()),
            "source": row["source"],
        }
        for row in rows
    ]


def _followed(study: DatedBook, event: Row, legs: set[str]) -> list[Record]:
    """What happened after the day to the legs that stood the day before, or that the day announced."""
    concerned = legs | {row["leg"] for row in study.book.tables["event_legs"] if row["event"] == event["id"]}
    deals = {leg.rpartition("/")[0] for leg in concerned}
    later = [
        status
        for deal in deals
        for status in study.book.status.get(deal, ())
        if event["date"] < status.date.last <= study.as_of and (status.leg is None or status.leg in concerned)
    ]
    return [
        {
            "date": str(status.date),
            "leg": status.leg or status.deal,
            "status": str(status.status),
            "note": status.note,
            "source": _source(study, status.source),
        }
        for status in sorted(later, key=lambda status: (status.date.last, status.deal, status.leg or ""))
    ]
