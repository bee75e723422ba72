"""A sound book of any size, by seed: heavy-tailed amounts and degrees, every table that the engine reads.

What is drawn has the proportions of the shipped book where they carry over: instruments, firmness, grades, figures
not disclosed, figures with a range, legs within another, two sides of one demand, guarantees, status events. Two
things follow the trade rather than the book: five legs to a party, and parties drawn by rank^-0.8, so that a few
are in thousands of deals and most in one or two. Rows are written as they are drawn, in the order of their keys.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from knockon.tables.columns import schema

LEGS_A_PARTY = 5
DAY = date(2025, 11, 5)
"""The last day that the book knows of."""
KINDS = ("ai_lab", "hyperscaler", "neocloud", "chip_designer", "power", "bank", "private_credit", "spv", "other")
KIND_SHARES = (0.06, 0.03, 0.08, 0.05, 0.1, 0.08, 0.1, 0.15, 0.35)
INSTRUMENTS = {
    "equity_investment": 107,
    "compute_purchase": 42,
    "loan": 37,
    "chip_purchase": 28,
    "lease": 27,
    "bond": 24,
    "joint_venture_contribution": 20,
    "supply_contract": 16,
    "power_purchase": 13,
    "convertible": 11,
    "capacity_reservation": 10,
    "acquisition": 10,
    "equipment_supply": 9,
    "warrant": 8,
    "licence": 5,
    "revenue_share": 5,
}
COVERED = ("loan", "bond", "lease", "compute_purchase")
RUNNING = ("compute_purchase", "lease", "supply_contract", "power_purchase", "capacity_reservation", "loan", "bond")
FIRMNESS = {
    "rumoured": 2,
    "reported": 14,
    "letter_of_intent": 10,
    "option": 4,
    "staged": 4,
    "definitive": 40,
    "closed": 26,
}
GRADES = {"aggregator": 14, "research": 6, "press": 45, "company_release": 20, "filing": 15}


def write(folder: Path, legs: int, seed: int = 7) -> Path:
    """Tables of a sound book with exactly so many legs."""
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as open_files:
        writers: dict[str, Any] = {}
        for table in (
            "parties",
            "sources",
            "deals",
            "legs",
            "claims",
            "status",
            "stakes",
            "dependences",
            "purchases",
            "financials",
            "prices",
        ):
            file = open_files.enter_context((folder / f"{table}.csv").open("w", encoding="utf-8", newline=""))
            columns = [column.name for column in schema()[table][1:]]
            writers[table] = csv.DictWriter(file, columns, restval="", lineterminator="\n")
            writers[table].writeheader()
        for table, row in _rows(np.random.default_rng(seed), legs):
            writers[table].writerow(row)
    return folder


def _rows(dice: np.random.Generator, legs: int) -> Iterator[tuple[str, dict[str, Any]]]:
    n = max(20, legs // LEGS_A_PARTY)
    size = np.exp(dice.normal(22.5, 1.6, n))  # dollars: a median of six billion, a hundredth above 240
    names = [f"party-{i:07d}" for i in range(n)]
    listed = dice.random(n) < 0.25
    yield from _parties(dice, names, size, listed)
    yield from _deals(dice, names, size, legs)
    yield from _commerce(dice, names, size)


def _parties(
    dice: np.random.Generator, names: list[str], size: Any, listed: Any
) -> Iterator[tuple[str, dict[str, Any]]]:
    kind = dice.choice(len(KINDS), len(names), p=KIND_SHARES)
    told = dice.random(len(names))
    yield "sources", {"id": "accounts", "publisher": "Register", "published": "2025-06-30", "grade": "filing"}
    for i, name in enumerate(names):
        yield (
            "parties",
            {
                "id": name,
                "name": f"Party {i} Corporation",
                "kind": KINDS[kind[i]],
                "listed": _flag(listed[i]),
                "grouped": "no",
            },
        )
        worth = int(size[i])
        base = {"party": name, "unit": "usd", "source": "accounts", "confirmed": "yes", "known_from": "2025-07-31"}
        if told[i] < 0.6:
            yield "financials", base | {"metric": "revenue", "period": "FY2024", "value": worth // 4}
        if not listed[i] and told[i] < 0.5:
            row = base | {"metric": "valuation_private", "period": "2025-03-31", "value": worth}
            yield "financials", row
        if listed[i]:
            for k, day in enumerate(("2025-08-29", "2025-09-30", "2025-10-31")):
                value = int(worth * (1 + 0.02 * k))
                yield (
                    "prices",
                    {"party": name, "date": day, "market_value_usd": value, "source": "accounts", "derived": "no"},
                )


def _deals(dice: np.random.Generator, names: list[str], size: Any, legs: int) -> Iterator[tuple[str, dict[str, Any]]]:
    n = len(names)
    weight = np.cumsum(dice.permutation(np.arange(1, n + 1) ** -0.8))
    instruments, firmnesses, grades = list(INSTRUMENTS), list(FIRMNESS), list(GRADES)
    odds = [np.array(list(table.values())) / sum(table.values()) for table in (INSTRUMENTS, FIRMNESS, GRADES)]
    done = deal = 0
    while done < legs:
        many = 4096  # deals at a time
        ends = np.minimum(np.searchsorted(weight, dice.random((many, 3)) * weight[-1]), n - 1)
        ends[:, 1] = np.where(ends[:, 0] == ends[:, 1], (ends[:, 1] + 1) % n, ends[:, 1])
        count = dice.choice((1, 2, 3, 4), many, p=(0.6, 0.25, 0.1, 0.05))
        days = dice.integers(0, 1400, many)
        what = dice.choice(len(instruments), (many, 4), p=odds[0])
        firm = dice.choice(len(firmnesses), (many, 4), p=odds[1])
        grade = dice.choice(len(grades), (many, 2), p=odds[2])
        lot, lots = dice.random((many, 4)), dice.random((many, 4, 3))
        share = np.exp(dice.normal(-4.5, 1.5, (many, 4)))
        for k in range(many):
            if done == legs:
                return
            rows = min(int(count[k]), legs - done)
            scale = min(size[ends[k, 0]], size[ends[k, 1]])
            yield from _deal(
                f"deal-{deal:07d}",
                DAY - timedelta(days=int(days[k])),
                [names[e] for e in ends[k]],
                [instruments[w] for w in what[k, :rows]],
                [firmnesses[f] for f in firm[k, :rows]],
                [grades[g] for g in grade[k]],
                [max(1_000_000, int(scale * min(s, 2.0))) // 1000 * 1000 for s in share[k, :rows]],
                lot[k],
                lots[k],
            )
            done, deal = done + rows, deal + 1


def _deal(
    deal: str,
    day: date,
    ends: list[str],
    what: list[str],
    firm: list[str],
    grade: list[str],
    usd: list[int],
    lot: Any,
    lots: Any,
) -> Iterator[tuple[str, dict[str, Any]]]:
    """One deal: a source or two, legs between two parties in either direction, claims, now and then an event."""
    second = lot[0] < 0.4
    last = min(day + timedelta(days=30), DAY)
    yield "deals", {"id": deal, "title": f"Deal of {day}", "announced": day}
    for s, (grade_of, on) in enumerate(zip(grade, (day, last), strict=True)):
        if s == 0 or second:
            yield (
                "sources",
                {
                    "id": f"{deal}-{s}",
                    "url": f"https://{deal}.example/{s}",
                    "publisher": f"Paper {s}",
                    "published": on,
                    "grade": grade_of,
                },
            )
    for i, instrument in enumerate(what):
        payer, payee = (ends[0], ends[1]) if i % 2 == 0 else (ends[1], ends[0])
        known = lots[i, 0] < 0.75  # the figure is public
        row: dict[str, Any] = {"deal": deal, "number": i + 1, "instrument": instrument}
        row |= {"amount_basis": "contract_total" if known else "undisclosed", "known_from": day, "joint": "no"}
        amount = usd[i]
        if i == 2 and what[0] in COVERED and ends[2] not in ends[:2]:
            row |= {"instrument": "guarantee", "covers": f"{deal}/1", "cover": 0.5}
            payer, payee = ends[2], ends[0] if what[0] in ("loan", "bond") else ends[1]
        elif i == 2 and lots[i, 1] < 0.5:
            row["within"], amount = f"{deal}/1", min(amount, usd[0]) // 10 or 1
        elif instrument in RUNNING:
            row |= {"start": day, "end": day.replace(day=1, year=day.year + 3 + i)}
        if instrument in ("loan", "bond") and lots[i, 1] < 0.5 and row["instrument"] == instrument:
            row["seniority"] = "senior"
        if i < 2 and len(what) == 2 and lot[1] < 0.06:
            row["overlaps"] = f"{deal}/{2 - i}"
        yield "legs", row | {"payer": payer, "payee": payee, "summary": "A promise."}
        for s in range(2 if second and (i == 0 or lots[i, 2] < 0.5) else 1):
            claim: dict[str, Any] = {"leg": f"{deal}/{i + 1}", "source": f"{deal}-{s}", "stated_on": (day, last)[s]}
            claim |= {"firmness": firm[i], "public_from": day, "confirmed": _flag(lots[i, 2] < 0.8)}
            if known:
                claim["usd"] = amount
                if lots[i, 2] > 0.85 and i != 2:
                    claim |= {"usd_low": amount * 4 // 5, "usd_high": amount * 6 // 5}
            yield "claims", claim
    if lot[2] < 0.3:
        status = "cancelled" if lot[2] < 0.02 else "completed" if lot[2] < 0.1 else "signed"
        event = {"deal": deal, "leg": f"{deal}/1", "date": last if second else day, "source": f"{deal}-{int(second)}"}
        if lot[2] > 0.25 and lots[0, 0] < 0.75:
            event |= {"paid_usd": usd[0] // 4}
            status = "partly_paid"
        yield "status", event | {"status": status}


def _commerce(dice: np.random.Generator, names: list[str], size: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Stakes, everyday sales as suppliers tell them and as buyers do: each for one party in ten or so."""
    n = len(names)
    said = {"source": "accounts", "confirmed": "yes", "known_from": "2025-07-31"}
    holders, suppliers, buyers = (np.sort(dice.choice(n, max(2, n // part), replace=False)) for part in (7, 10, 10))
    for name, other in zip(holders, _others(dice, holders, n), strict=True):
        pct = f"{dice.uniform(0.5, 30):.2f}"
        yield "stakes", said | {"holder": names[name], "issuer": names[other], "as_of": "2025-06-30", "pct": pct}
    for name, other in zip(suppliers, _others(dice, suppliers, n), strict=True):
        row = {"id": f"sales-{name:07d}", "supplier": names[name], "customer": names[other], "period": "FY2024"}
        row |= {"share_pct": f"{dice.uniform(2, 40):.1f}", "basis": "disclosed", "scope": "total", "use": "yes"}
        yield "dependences", said | row
    for name, other in zip(buyers, _others(dice, buyers, n), strict=True):
        usd = int(min(size[name], size[other]) * 0.02)
        row = {"buyer": names[name], "supplier": names[other], "period": "FY2024", "what": "services"}
        yield "purchases", said | row | {"annual_usd": usd}


def _others(dice: np.random.Generator, these: Any, n: int) -> Any:
    """Somebody else for each; nobody twice, so that no firm is held more than whole."""
    return np.where((found := dice.permutation(n)[: len(these)]) == these, (found + 1) % n, found)


def _flag(yes: Any) -> str:
    return "yes" if yes else "no"
