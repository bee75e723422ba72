"""What the page of an event shows: its dossier, and the three numbers of each firm."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from math import ceil
from typing import TYPE_CHECKING, Any

from knockon.errors import BadInput, UnknownName
from knockon.resolution import known_from
from knockon.rows import Row
from knockon.study.explaining.dossier import dossier
from knockon.study.explaining.telling import after, compared, facts, printed
from knockon.study.measures.stated import STATED, apart
from knockon.views.apart import Apart
from knockon.views.event import Day, Firm, Promise, Remark, Words
from knockon.views.wording import amount, word

if TYPE_CHECKING:
    from knockon.study.explaining.explanation import Section
    from knockon.study.validation.predicting import PredictingBook


def known(study: PredictingBook) -> list[Row]:
    """The events up to the study's day, in order of date."""
    rows = [row for row in study.book.tables["events"] if row["date"] <= study.as_of]
    return sorted(rows, key=lambda row: (row["date"], row["id"]))


def chief(study: PredictingBook) -> str:
    """The event whose article has the most facts in the book, the latest of equals. Raises BadInput without any."""
    facts = Counter(
        row["source"]
        for row in study.book.tables["seed_facts"]
        if known_from(study.book, "seed_facts", row) <= study.as_of
    )
    events = known(study)
    if not events:
        raise BadInput(f"the book knows of no event up to {study.as_of}; give a later --as-of")
    return str(max(events, key=lambda row: (facts[row["source"]], row["date"], row["id"]))["id"])


def scene(study: PredictingBook, event: str | None = None) -> Day:
    """The page of an event, by default of the chief one.

    Raises UnknownName, and BadInput for an event after the study's day.
    """
    name = event or chief(study)
    events = {row["id"]: row for row in study.book.tables["events"]}
    if name not in events:
        raise UnknownName("event", name, events, "events.csv of the book lists them")
    if events[name]["date"] > study.as_of:
        raise BadInput(f"{name} is of {events[name]['date']}, after {study.as_of}; give a later --as-of")
    record = dossier(study, name).record
    firms, unscored = _firms(study, name, record["moves"])
    told = dict(facts(record))
    return Day(
        id=name,
        title=record["title"],
        date=record["date"],
        kind=told["kind"],
        summary=record["summary"] or "",
        facts=tuple((label, words) for label, words in told.items() if label not in ("kind", "summary", "hindsight")),
        url=record["source"]["url"],
        eve=record["eve"]["as_of"],
        origin=study.short(record["origin"]) if record["origin"] else "",
        promises=tuple(_promise(study, leg) for leg in record["eve"]["legs"]),
        firms=firms,
        widest=_widest(firms),
        unscored=unscored,
        apart=tuple(_apart(study, record)),
        compared=_words(compared("what the article says, and what the tables give", record["stated"])),
        reproduced=sum(row["reproduces"] == "yes" for row in record["stated"]),
        printed=_words(printed("printed, but no table of the book can check it", record["printed"])),
        said=tuple(_remark(study, row) for row in record["said"] if not row["after"]),
        said_after=tuple(_remark(study, row) for row in record["said"] if row["after"]),
        followed=_words(after(record)),
        edition=str(study.edition),
        as_of=study.as_of.isoformat(),
    )


def _firms(study: PredictingBook, event: str, moves: list[dict[str, Any]]) -> tuple[tuple[Firm, ...], str]:
    """Who moved, with three numbers where the day has a score; else why it has none."""
    try:
        split, why = {row["party"]: row for row in study.cross_section(event)}, ""
    except BadInput as error:
        split, why = {}, str(error).rpartition(": ")[2]
    return tuple(
        Firm(
            name=study.short(move["party"]),
            change=move["return_pct"] / 100,
            factor=split[move["party"]]["factor"] if move["party"] in split else None,
            network=split[move["party"]]["network"] if move["party"] in split else None,
            residual=split[move["party"]]["residual"] if move["party"] in split else None,
            usd=move["value_change_usd"],
            own_news=move["own_news"],
        )
        for move in moves
    ), why


def _widest(firms: tuple[Firm, ...]) -> float:
    """The size, in whole percent, that nine in ten of the parts do not pass: one odd share would flatten the rest."""
    parts = sorted(abs(part) for f in firms for part in (f.factor, f.network, f.residual) if part)
    return max(1, ceil(100 * parts[9 * len(parts) // 10])) / 100 if parts else 0.01


def _promise(study: PredictingBook, leg: dict[str, Any]) -> Promise:
    return Promise(
        leg=leg["leg"],
        words=f"{study.short(leg['payer'])} → {study.short(leg['payee'])}: {word({}, leg['instrument'])}",
        most=leg["usd"] or leg["usd_high"],
        amount=amount(leg["usd_low"], leg["usd"], leg["usd_high"], leg["amount_basis"]),
        firmness=word({}, leg["firmness"]),
    )


def _remark(study: PredictingBook, row: dict[str, Any]) -> Remark:
    who = row["person"] or (study.short(row["party"]) if row["party"] in study.book.parties else row["party"])
    return Remark(
        date=row["date"],
        who=", ".join(part for part in (who, row["role"]) if part),
        said=row["said"],
        publisher=row["source"]["publisher"],
        url=row["source"]["url"],
    )


def _apart(study: PredictingBook, record: dict[str, Any]) -> Iterator[Apart]:
    """The sum that the event's origin had stated, if it had; of several, each."""
    for row in record["stated_sum"]:
        if row["what"] == STATED:
            day = date.fromisoformat(record["date"])
            yield apart(study, record["origin"], row["usd"], day, record["stated_sum"])


def _words(section: Section) -> Words:
    return Words(title=section.title, columns=section.columns, rows=section.rows)
