"""How an event's record reads: facts in words, then tables, with what came after the day kept apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from knockon.study.explaining.explanation import Section
from knockon.views.wording import amount, money

Record = dict[str, Any]

LARGEST = 10
"""How many promises, and how many shares that fell, are told by name."""

_SIGNS = {-1: "bad news", 0: "no AI news", 1: "good news"}
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


def figure(value: str, unit: str | None) -> str:
    """A printed figure with its unit in words.

    >>> figure("1.4", "usd_trn"), figure("all fell", None), figure("-3.65", "pct"), figure("hundreds", "usd_bn")
    ('$1.4tn', 'all fell', '-3.65%', 'hundreds of $bn')
    """
    if unit not in _UNITS:
        return value
    return _UNITS[unit].format(value) if value[-1].isdigit() else f"{value} of {_UNITS[unit].format('')}"


def facts(record: Record) -> tuple[tuple[str, str], ...]:
    """What the event was, and how far the record reaches."""
    began = f", began at {record['origin_name']}" if record["origin"] else ""
    hits = ", ".join(f"{_HITS[hit['hits']]} of {hit['name']}" for hit in record["shock"])
    own = ", ".join(party["name"] for party in record["own_news"])
    eve = record["eve"]
    told = (
        ("kind", f"{record['kind'].replace('_', ' ')}, {_SIGNS[record['sign']]}{began}"),
        ("summary", record["summary"] or ""),
        ("source", f"{record['source']['publisher']} {record['source']['url']}".rstrip()),
        ("shock", f"{hits} (written down before any model was run)" if hits else ""),
        ("own news", f"{own} (left out of that day's tests)" if own else ""),
        (
            "day before",
            f"{len(eve['legs'])} live leg{'s' * (len(eve['legs']) != 1)} at the origin;"
            f" {eve['undisclosed']} known without a public amount"
            if eve["legs"]
            else "",
        ),
        ("article", f"{record['facts_printed']} facts as printed" if record["facts_printed"] else ""),
        ("hindsight", f"what came after {record['date']} stands apart, up to {record['told_on']}"),
    )
    return tuple((label, words) for label, words in told if words)


def sections(record: Record) -> tuple[Section, ...]:
    """The tables; one without rows is not printed."""
    day = record["date"]
    return (
        _promises(record),
        parts(record["stated_sum"]),
        _remarks(f"who said what from {record['said_from']} to the day (bare numbers: $bn)", record["said"], False),
        _movers(f"who lost and gained most on {day}", record["moves"]),
        compared("what the article says, and what the tables give", record["stated"]),
        printed("and what it says that no table of the book can check", record["printed"]),
        _remarks(f"hindsight: who said what in the two weeks after {day}", record["said"], True),
        after(record),
        Section(
            title="pages that tell so",
            columns=("publisher", "address"),
            rows=tuple(
                sorted(
                    {
                        (row["source"]["publisher"], row["source"]["url"])
                        for row in (*record["said"], *record["followed"])
                        if row["source"]["url"]
                    }
                )
            ),
        ),
    )


def _promises(record: Record) -> Section:
    rows = [
        (
            leg["leg"],
            f"to {leg['payee']}" if leg["payer"] == record["origin"] else f"from {leg['payer']}",
            amount(leg["usd_low"], leg["usd"], leg["usd_high"], leg["amount_basis"]),
            leg["firmness"].replace("_", " "),
        )
        for leg in record["eve"]["legs"][:LARGEST]
    ]
    title = f"known on {record['eve']['as_of']}: the largest promises of and to {record['origin_name']}; not a sum"
    return Section(title=title, columns=("leg", "", "amount", "firmness"), rows=tuple(rows))


def after(record: Record) -> Section:
    """What became of the promises that stood the day before."""
    rows = tuple((row["date"], row["leg"], row["status"].replace("_", " "), row["note"]) for row in record["followed"])
    title = f"hindsight: what became of these promises by {record['told_on']}"
    return Section(title=title, columns=("date", "leg", "status", "note"), rows=rows)


def parts(apart: Sequence[Record]) -> Section:
    """The sum a lab stated, part by part."""
    silent = [row["supplier"] for row in apart if row["part"].startswith("5")]
    contracts = sum(row["usd_counted"] or 0 for row in apart if row["part"].startswith("1"))
    who = ", ".join(dict.fromkeys(silent))
    rows: list[tuple[str, ...]] = []
    for row in apart:
        stated = row["part"].startswith("6")
        if row["part"].startswith("5"):
            continue
        if stated and silent:
            rows.append(("undisclosed", who, "", "", f"{len(silent)} promises"))
            silent = []
        rows.append(
            (
                "stated" if stated else row["part"][2:],
                row["what"].replace("_", " ") if stated else row["supplier"],
                amount(None, row["usd"], row["at_most"]),
                "" if row["usd_counted"] is None else money(row["usd_counted"]),
                f"{money(row['usd'] - contracts)} more than the contracts" if stated else row["not_to_be_added"],
            )
        )
    title = "the sum it said it had committed, taken apart as known on the day"
    return Section(title=title, columns=("part", "to", "amount", "counted", "not to be added"), rows=tuple(rows))


def _remarks(title: str, said: Sequence[Record], after: bool) -> Section:
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


def _movers(title: str, moves: Sequence[Record]) -> Section:
    priced = [row for row in moves if row["value_change_usd"] is not None]
    fell = [row for row in priced if row["value_change_usd"] < 0][:LARGEST]
    rose = [row for row in priced if row["value_change_usd"] > 0][-LARGEST // 2 :]
    rows = [
        (
            row["party"] + (f" ({row['date']})" if row["date"] != moves[0]["date"] else ""),
            f"{row['return_pct']:+.2f}%",
            "" if row not in priced else f"{'+' * (row['value_change_usd'] > 0)}{money(row['value_change_usd'])}",
            "own news" if row["own_news"] else "",
        )
        for row in (*fell, *reversed(rose), *(row for row in moves if row not in priced))
    ]
    count = f"; {sum(row['return_pct'] < 0 for row in moves)} of {len(moves)} fell"
    return Section(title=title + count, columns=("party", "return", "market value", ""), rows=tuple(rows))


def compared(title: str, stated: Sequence[Record]) -> Section:
    """Printed figures beside those that the tables give."""
    rows = [
        (
            row["fact"],
            figure(str(row["stated"]).removesuffix(".0"), row["unit"]),
            figure(f"{row['recomputed']:.4g}", row["unit"]),
            row["reproduces"],
            note,
        )
        for row, note in zip(stated, _once(stated), strict=True)
    ]
    return Section(title=title, columns=("fact", "stated", "recomputed", "reproduces", "note"), rows=tuple(rows))


def printed(title: str, told: Sequence[Record]) -> Section:
    """Facts as printed that no table can check."""
    rows = [
        (row["date"], row["id"], f"{row['predicate']}: {figure(row['value'], row['unit'])}", note)
        for row, note in zip(told, _once(told), strict=True)
    ]
    return Section(title=title, columns=("date", "fact", "as printed", "note"), rows=tuple(rows))


def _once(rows: Sequence[Record]) -> list[str]:
    """The note of each row, but where an earlier row has the same."""
    notes = [row["note"] or "" for row in rows]
    return [note if note not in notes[:i] else "" for i, note in enumerate(notes)]
