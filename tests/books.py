"""A book of any size, by seed: as many parties, deals and sources to a claim as the shipped one has."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

from knockon.tables.columns import place, schema
from knockon.vocab import Firmness, Grade, Instrument, Status

KINDS = ("ai_lab", "hyperscaler", "neocloud", "chip_designer", "bank", "power")
BN = 10**9


def write(folder: Path, claims: int, seed: int = 7) -> Path:
    """Tables of a sound book with exactly so many claims."""
    dice = random.Random(seed)
    parties = [f"party-{i:04d}" for i in range(max(8, claims // 20))]
    tables: dict[str, list[dict[str, object]]] = {
        "parties": [
            {"id": name, "name": f"{name} Corporation", "kind": dice.choice(KINDS), "listed": "no", "grouped": "no"}
            for name in parties
        ],
        "sources": [],
        "deals": [],
        "legs": [],
        "claims": [],
        "status": [],
    }
    while len(tables["claims"]) < claims:
        _deal(dice, parties, tables, claims)
    for name, rows in tables.items():
        save(folder / f"{name}.csv", name, rows)
    return folder


def _deal(dice: random.Random, parties: list[str], tables: dict[str, list[dict[str, object]]], most: int) -> None:
    day = date(2023, 1, 1) + timedelta(days=dice.randrange(1200))
    payer, payee = dice.sample(parties, 2)
    deal = f"{payer}-{payee}-{len(tables['deals']):05d}"
    tables["deals"].append({"id": deal, "title": f"{payer} and {payee}", "announced": day})
    for number in range(1, dice.choice((2, 2, 3, 4))):
        if len(tables["claims"]) == most:
            break
        leg, usd = f"{deal}/{number}", dice.randrange(1, 300) * BN // 10
        instrument = dice.choice([i for i in Instrument if i not in (Instrument.GUARANTEE, Instrument.BACKSTOP)])
        row = {"deal": deal, "number": number, "payer": payer, "payee": payee, "instrument": instrument}
        row |= {"amount_basis": "contract_total", "known_from": day, "joint": "no", "summary": "A promise."}
        if number > 1 and dice.random() < 0.5:
            row["within"], usd = f"{deal}/1", BN // 100
        tables["legs"].append(row)
        for _ in range(min(dice.choice((1, 1, 1, 2, 3)), most - len(tables["claims"]))):
            stated = day + timedelta(days=dice.randrange(90))
            source = {"id": f"page-{len(tables['sources']):05d}", "publisher": f"Paper {dice.randrange(60)}"}
            source |= {
                "url": f"https://{source['id']}.example/",
                "published": stated,
                "grade": dice.choice(list(Grade)),
            }
            tables["sources"].append(source)
            claim = {"leg": leg, "source": source["id"], "usd": usd, "stated_on": stated, "public_from": day}
            firmness = dice.choice([f for f in Firmness if f is not Firmness.CANCELLED])
            tables["claims"].append(claim | {"firmness": firmness, "confirmed": dice.choice(("yes", "no"))})
        if dice.random() < 0.3:
            event = {"deal": deal, "leg": leg, "date": day, "status": Status.SIGNED, "source": source["id"]}
            tables["status"].append(event)


def save(file: Path, table: str, rows: Iterable[dict[str, object]]) -> None:
    """Write rows in the order of their keys."""
    columns = [column.name for column in schema()[table][1:]]
    empty = dict.fromkeys(columns)
    ordered = sorted((empty | row for row in rows), key=lambda row: place(table, row))
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(ordered)
