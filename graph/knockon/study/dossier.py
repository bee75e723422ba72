"""What an event was, told by date: what stood the day before, who said what, what moved, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from knockon import queries
from knockon.model import Row
from knockon.resolution import Resolved, known_from
from knockon.study.explain import Explanation, Section
from knockon.views.wording import amount, money

if TYPE_CHECKING:
    from knockon.study import Study

BEFORE, AFTER = timedelta(days=7), timedelta(days=14)
"""How far around the day people are listened to."""
LARGEST = 10
"""How many promises, and how many shares that fell or rose, are told by name."""
STATED = ("moves-stated-and-recomputed", "losses-stated-and-recomputed", "berkshires-cash", "scions-puts")
"""The questions that hold a printed figure against the tables."""

_SIGNS = {-1: "bad news", 0: "a control day", 1: "good news"}
_HITS = {"u": "value", "w": "performance"}
_UNITS = {
    "usd_bn": "${}bn",
    "usd_trn": "${}tn",
    "cny_trn": "{}tn yuan",
    "pct": "{}%",
    "persons": "{} persons",
    "ratio": "{} times",
    "sessions": "{} sessions",
}


def dossier(study: Study, name: str) -> Explanation:
    """The event called `name`, as far as it and what followed were known on the study's date."""
    event = next(row for row in study.book.tables["events"] if row["id"] == name)
    day = event["date"]
    if day > study.as_of:
        facts = (("not known yet", f"it is of {day}, after {study.as_of}"),)
        return Explanation(heading=name, facts=facts, sections=(), record={"event": name, "known": False})
    eve = type(study)(study.book, day - timedelta(days=1))
    legs = [leg for leg in eve.resolved.values() if event["origin"] in (leg.leg.payer, leg.leg.payee)]
    printed = [row for row in _known(study, "seed_facts") if row["source"] == event["source"]]
    said = sorted(_said(study, event, printed), key=lambda row: (row["date"], row["id"]))
    moves = _moves(study, event)
    stated = [
        record
        for query in STATED
        for record in study.answer(query, {"event": name} if "event" in queries.find(query).params else {}).records()
        if record["reproduces"] is not None and any(row["id"] == record["fact"] for row in printed)
    ]
    told = {row["fact"] for row in stated} | {row["id"] for row in said}
    others = [row for row in printed if row["id"] not in told]
    apart = _taken_apart(study, event)
    followed = _followed(study, event, legs)
    who = study.short(event["origin"]) if event["origin"] else "nobody in the book"
    return Explanation(
        heading=f"{day}: {event['title']} ({name})",
        facts=tuple(_facts(study, event, legs, printed)),
        sections=(
            _promises(f"known on {eve.as_of}: the largest promises of and to {who}; not a sum", event, legs),
            _parts(apart),
            _remarks(f"who said what from {day - BEFORE} to the day (bare numbers: $bn)", said, after=False),
            _movers(f"who lost and gained most on {day}", moves),
            _compared("what the article says, and what the tables give", stated),
            _printed("and what it says that no table of the book can check", others),
            _remarks(f"hindsight: who said what in the {AFTER.days} days after", said, after=True),
            Section(
                title=f"hindsight: what became of these promises by {study.as_of}",
                columns=("date", "leg", "status", "note"),
                rows=tuple((row["date"], row["leg"], row["status"].replace("_", " "), row["note"]) for row in followed),
            ),
            _sources([*said, *followed]),
        ),
        record={
            "event": name,
            "known": True,
            "date": day.isoformat(),
            **{key: event[key] for key in ("title", "kind", "sign", "origin", "summary")},
            "shock": event["shock"],
            "own_news": list(event["own_news"] or ()),
            "source": _source(study, event["source"]),
            "eve": {"as_of": eve.as_of.isoformat(), "legs": [_leg_record(leg) for leg in _by_size(legs)]},
            "stated_sum": apart,
            "said": said,
            "moves": moves,
            "stated": stated,
            "printed": [{**row, "party": list(row["party"]), "date": str(row["date"])} for row in others],
            "followed": followed,
        },
    )


def _sources(rows: Sequence[dict[str, Any]]) -> Section:
    links = {row["source"]["id"]: (row["source"]["publisher"], row["source"]["url"]) for row in rows}
    return Section(
        title="pages that tell so",
        columns=("publisher", "address"),
        rows=tuple(sorted({link for link in links.values() if link[1]})),
    )


def _known(study: Study, table: str) -> list[Row]:
    return [row for row in study.book.tables[table] if known_from(study.book, table, row) <= study.as_of]


def _source(study: Study, name: str) -> dict[str, str]:
    source = study.book.sources[name]
    return {"id": name, "publisher": source.publisher, "url": source.url}


def _facts(study: Study, event: Row, legs: Sequence[Resolved], printed: Sequence[Row]) -> list[tuple[str, str]]:
    source = _source(study, event["source"])
    began = f", began at {study.book.parties[event['origin']].name}" if event["origin"] else ""
    facts = [
        ("kind", f"{event['kind'].replace('_', ' ')}, {_SIGNS[event['sign']]}{began}"),
        ("summary", event["summary"] or ""),
        ("source", f"{source['publisher']} {source['url']}".rstrip()),
    ]
    if event["shock"]:
        hits = (hit.split(":") for hit in event["shock"].split(";"))
        words = ", ".join(f"{_HITS[kind]} of {study.short(party)}" for kind, party in hits)
        facts.append(("shock", f"{words} (written down before any model was run)"))
    if event["own_news"]:
        facts.append(("own news", ", ".join(map(study.short, event["own_news"])) + " (left out of that day's tests)"))
    if legs:
        silent = sum(not leg.disclosed for leg in legs)
        facts.append(("the day before", f"{len(legs)} legs known at the origin, {silent} without a public amount"))
    if printed:
        facts.append(("the article", f"{len(printed)} facts as printed"))
    facts.append(("hindsight", f"what came after {event['date']} is shown apart, up to {study.as_of}"))
    return facts


def _by_size(legs: Sequence[Resolved]) -> list[Resolved]:
    live = [leg for leg in legs if leg.live]
    return sorted(live, key=lambda leg: (-(leg.usd or leg.usd_high or 0), leg.leg.id))


def _promises(title: str, event: Row, legs: Sequence[Resolved]) -> Section:
    rows = []
    for leg in _by_size(legs)[:LARGEST]:
        pays = leg.leg.payer == event["origin"]
        rows.append(
            (
                leg.leg.id,
                f"to {leg.leg.payee}" if pays else f"from {leg.leg.payer}",
                amount(leg.usd_low, leg.usd, leg.usd_high, leg.leg.amount_basis),
                str(leg.firmness).replace("_", " "),
            )
        )
    return Section(title=title, columns=("leg", "", "amount", "firmness"), rows=tuple(rows))


def _leg_record(leg: Resolved) -> dict[str, Any]:
    return {
        "leg": leg.leg.id,
        "payer": leg.leg.payer,
        "payee": leg.leg.payee,
        "instrument": str(leg.leg.instrument),
        "usd_low": leg.usd_low,
        "usd": leg.usd,
        "usd_high": leg.usd_high,
        "firmness": str(leg.firmness),
        "source": leg.winner.source if leg.winner else None,
    }


def _taken_apart(study: Study, event: Row) -> list[dict[str, Any]]:
    """The sum that a lab said it had committed, part by part as known on the day; empty if it stated none."""
    if event["origin"] is None or study.book.parties[event["origin"]].kind != "ai_lab":
        return []
    facts = type(study)(study.book, event["date"]).facts
    rows = list(queries.ask(facts, queries.find("the-1-4-trillion"), {"buyer": event["origin"]}).records())
    return rows if any(str(row["part"]).startswith("6") for row in rows) else []


def _parts(apart: Sequence[dict[str, Any]]) -> Section:
    rows: list[tuple[str, ...]] = []
    silent = [row["supplier"] for row in apart if row["part"].startswith("5")]
    for row in apart:
        if row["part"].startswith("5"):
            continue
        if row["part"].startswith("6") and silent:
            rows.append(("undisclosed", ", ".join(dict.fromkeys(silent)), "", "", f"{len(silent)} promises"))
            silent = []
        rows.append(
            (
                row["part"][2:].replace(", less contracts", ""),
                row["supplier"] or row["what"].replace("_", " "),
                amount(None, row["usd"], row["at_most"]),
                money(row["usd_counted"]) if row["usd_counted"] is not None else "",
                "no contract carries it" if row["part"].startswith("6") else row["not_to_be_added"],
            )
        )
    columns = ("part", "to", "amount", "counted", "not to be added, since")
    return Section(
        title="the sum it said it had committed, taken apart as of the day", columns=columns, rows=tuple(rows)
    )


def _said(study: Study, event: Row, printed: Sequence[Row]) -> list[dict[str, Any]]:
    """Remarks around the day, and those that the event's article retells, whenever they fell."""
    day = event["date"]
    near = [row for row in _known(study, "statements") if day - BEFORE <= row["date"].last <= day + AFTER]
    retold = [
        {
            **row,
            "party": row["party"][0],
            "statement": row["value"]
            if row["predicate"] == "said"
            else f"{row['predicate']} {figure(row['value'], row['unit'])}",
        }
        for row in printed
        if row["kind"] == "statement"
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


def _remarks(title: str, said: Sequence[dict[str, Any]], after: bool) -> Section:
    rows = [
        (
            row["date"],
            ", ".join(word for word in (row["person"] or row["party"], row["role"]) if word),
            f"{row['said']} [{row['source']['publisher'].partition(' (')[0]}]",
        )
        for row in said
        if row["after"] is after
    ]
    return Section(title=title, columns=("date", "who", "said"), rows=tuple(rows))


def _moves(study: Study, event: Row) -> list[dict[str, Any]]:
    """Every return of the day, the largest loss of market value first; indices, which have no value, at the end."""
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


def _movers(title: str, moves: Sequence[dict[str, Any]]) -> Section:
    priced = [row for row in moves if row["value_change_usd"] is not None]
    fell = [row for row in priced if row["value_change_usd"] < 0][:LARGEST]
    rose = [row for row in priced if row["value_change_usd"] > 0][-LARGEST // 2 :]
    rows = [
        (
            row["party"] + (f" ({row['date']})" if row not in priced and row["date"] != moves[0]["date"] else ""),
            f"{row['return_pct']:+.2f}%",
            ""
            if row["value_change_usd"] is None
            else f"{'+' * (row['value_change_usd'] > 0)}{money(row['value_change_usd'])}",
            "own news" if row["own_news"] else "",
        )
        for row in (*fell, *reversed(rose), *(row for row in moves if row not in priced))
    ]
    count = f"; {sum(row['return_pct'] < 0 for row in moves)} of {len(moves)} fell"
    return Section(title=title + count, columns=("party", "return", "market value", ""), rows=tuple(rows))


def _compared(title: str, stated: Sequence[dict[str, Any]]) -> Section:
    rows = [
        (
            row["fact"],
            figure(str(row["stated"]).removesuffix(".0"), row["unit"]),
            figure(f"{row['recomputed']:.4g}", row["unit"]),
            "yes" if row["reproduces"] else "no",
            note,
        )
        for row, note in zip(stated, _once(stated), strict=True)
    ]
    return Section(title=title, columns=("fact", "stated", "recomputed", "reproduces", "note"), rows=tuple(rows))


def _printed(title: str, others: Sequence[Row]) -> Section:
    rows = [
        (str(row["date"]), row["id"], f"{row['predicate']}: {figure(row['value'], row['unit'])}", note)
        for row, note in zip(others, _once(others), strict=True)
    ]
    return Section(title=title, columns=("date", "fact", "as printed", "note"), rows=tuple(rows))


def _once(rows: Sequence[Row]) -> list[str]:
    """The note of each row, but where an earlier row has the same."""
    notes = [row["note"] or "" for row in rows]
    return [note if note not in notes[:i] else "" for i, note in enumerate(notes)]


def figure(value: str, unit: str | None) -> str:
    """A printed figure with its unit in words.

    >>> figure("1.4", "usd_trn"), figure("all fell", None), figure("-3.65", "pct"), figure("hundreds", "usd_bn")
    ('$1.4tn', 'all fell', '-3.65%', 'hundreds of $bn')
    """
    if unit not in _UNITS:
        return value
    return _UNITS[unit].format(value) if value[-1].isdigit() else f"{value} of {_UNITS[unit].format('')}"


def _followed(study: Study, event: Row, legs: Sequence[Resolved]) -> list[dict[str, Any]]:
    """What happened after the day to the legs that stood the day before, or that the day announced."""
    announced = {row["leg"] for row in study.book.tables["event_legs"] if row["event"] == event["id"]}
    concerned = {leg.leg.id for leg in legs} | announced
    deals = {leg.rpartition("/")[0] for leg in concerned}
    return [
        {
            "date": str(status.date),
            "leg": status.leg or deal,
            "status": str(status.status),
            "note": status.note,
            "source": _source(study, status.source),
        }
        for deal, status in sorted(
            ((deal, status) for deal in deals for status in study.book.status.get(deal, ())),
            key=lambda item: (item[1].date.last, item[0], item[1].leg or ""),
        )
        if event["date"] < status.date.last <= study.as_of and (status.leg is None or status.leg in concerned)
    ]
