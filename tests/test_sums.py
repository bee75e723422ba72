"""No dollar twice: a part and a second view of a leg, planted in the tiny book, move no sum that the program takes."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import knockon
from conftest import TINY
from knockon.measures.concentration import customers, substitutability, suppliers
from knockon.overlaps import contained, yields_to
from knockon.queries import ask, find, library
from knockon.study import Study
from knockon.vocab import Firmness

Row = dict[str, str]
DAY = "2025-04-30"


def table(folder: Path, name: str) -> list[Row]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(folder: Path, name: str, rows: list[Row]) -> None:
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def plant(folder: Path, leg: str, changes: Row, share: float = 1.0, deal: str = "planted") -> None:
    """A leg `deal`/1 like `leg` but for `changes`, with the same claims at `share` of their amounts."""
    legs, claims, deals = (table(folder, name) for name in ("legs", "claims", "deals"))
    like = next(row for row in legs if f"{row['deal']}/{row['number']}" == leg)
    if changes.get("overlaps"):
        like["overlaps"] = f"{deal}/1"
    copy = {**like, "overlaps": "", "deal": deal, "number": "1", **changes}
    said = [{**row, "leg": f"{deal}/1"} for row in claims if row["leg"] == leg]
    for row in said:
        row["usd"] = str(round(int(row["usd"]) * share)) if row["usd"] else ""
    write(folder, "legs", sorted([*legs, copy], key=lambda row: (row["deal"], row["number"])))
    write(folder, "claims", sorted([*claims, *said], key=lambda row: (row["leg"], row["source"])))
    write(folder, "deals", [*deals, {**deals[0], "id": deal, "title": deal.capitalize()}])


PARTIES = ("bank", "chips", "cloud", "lab")
ADDED_UP = {  # question -> the parameter that names whose sum it is, and the columns with dollars to be added
    "circularity/funded-by-suppliers": ("buyer", "usd_funding", "usd_purchases"),
    "commitments/compute-contracts": ("buyer", "usd"),
    "commitments/equity-paid": ("party", "usd_paid", "usd_promised"),
    "commitments/promise-to-cash": ("", "usd_promised", "usd_paid"),
    "commitments/the-1-4-trillion": ("buyer", "usd_counted"),
    "commitments/what-it-owes": ("party", "usd"),
    "concentration/customers": ("supplier", "usd"),
    "concentration/herfindahl": ("", "usd"),
    "concentration/other-suppliers": ("buyer", "usd"),
    "debt/off-balance-sheet": ("", "usd_promised"),
    "debt/who-bears": ("party", "usd"),
    "provenance/by-grade": ("", "usd"),
}


def sums(study: Study) -> dict[str, float]:
    """Every sum over legs: the model's, and those of the questions that add up or are there to be added up."""
    x = study.exposures
    found: dict[str, float] = {}
    for name, edges, values in (
        ("contracts", x.contracts, x.contracts.phi * x.contracts.amount),
        ("debts", x.debts, x.debts.amount),
        ("fundings", x.fundings, x.fundings.amount),
        ("holdings", x.holdings, x.holdings.theta),
        ("guarantees", x.guarantees, x.guarantees.cap),
        ("covered", x.guarantees, x.guarantees.cover),
    ):
        for party, holder in enumerate(x.balance.parties):
            found[f"{name} of {holder}"] = float(values[edges.holder == party].sum())
    found |= {f"need of {party}": float(s) for party, s in zip(x.balance.parties, x.balance.s, strict=True)}
    found |= {f"sales of {party}": float(usd) for party, usd in zip(x.balance.parties, x.balance.revenue, strict=True)}
    for row in ask(study.full, find("straight-back")).records():
        found |= {f"{end} {row['funder']}, {row['buyer']}": row[end] for end in ("usd_there", "usd_back")}
    for row in ask(study.full, find("exposures/rounds")).records():
        key = f"round of {row['issuer']}"
        found[key] = found.get(key, 0.0) + row["usd"]
    for name, (whose, *columns) in ADDED_UP.items():
        for party in PARTIES if whose else ("all",):
            rows = list(ask(study.full, find(name), {whose: party} if whose else {}).records())
            for column in columns:
                found[f"{name}:{column} of {party}"] = sum(row[column] or 0 for row in rows)
    graph = study.graph()
    summed = [
        data["usd"] or 0 for _, _, data in graph.edges(data=True) if not data["contained"] and not data["yields_to"]
    ]
    return found | {"graph": sum(summed)}


PLANTS: dict[str, Callable[[str], tuple[Row, float]]] = {
    "a part": lambda leg: ({"within": leg}, 0.5),
    "the same from another side": lambda leg: ({"overlaps": leg}, 1.0),
}
LEGS = [*(f"{row['deal']}/{row['number']}" for row in table(TINY, "legs")), "lab-buys-chips/1"]


def spread(folder: Path) -> Path:
    """The tiny book, where the lab also buys from the chip maker that funds it, and all report debts."""
    for file in TINY.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    plant(folder, "cloud-buys-chips/1", {"payer": "lab"}, deal="lab-buys-chips")
    figures = table(folder, "financials")
    debts = [{**figures[0], "party": party, "metric": "total_debt", "period": "2024-12-31"} for party in PARTIES]
    write(
        folder, "financials", sorted([*figures, *debts], key=lambda row: (row["party"], row["metric"], row["period"]))
    )
    return folder


@pytest.mark.parametrize("what", PLANTS)
@pytest.mark.parametrize("leg", LEGS)
def test_a_dollar_planted_twice_moves_no_sum(own: Path, leg: str, what: str) -> None:
    before = sums(knockon.open(as_of=DAY, data=spread(own)))
    changes, share = PLANTS[what](leg)
    plant(own, leg, changes, share)
    study = knockon.open(as_of=DAY, data=own)
    assert "planted/1" in study.resolved
    assert sums(study) == pytest.approx(before)


def test_the_sums_are_sums(own: Path) -> None:
    """What is planted beside a leg, and is neither part nor second view, does count: in each sum in its turn."""
    before = sums(knockon.open(as_of=DAY, data=spread(own)))
    moved = set()
    for leg in LEGS:
        plant(spread(own), leg, {})
        after = sums(knockon.open(as_of=DAY, data=own))
        moved |= {name.split()[0] for name in after if after[name] != before.get(name)}
    assert moved >= {"contracts", "debts", "holdings", "guarantees", "usd_there", "usd_back", "round"}
    assert moved >= {"graph", *(f"{name}:{column}" for name, (_, *columns) in ADDED_UP.items() for column in columns)}


def test_two_sellers_of_one_demand_are_each_owed_it_and_the_buyer_owes_it_once(own: Path) -> None:
    """Lab's 50 of rent from Cloud need chips from Chips, 30 of them: one demand of Lab's, two firms' customers."""
    chips = {"payee": "chips", "instrument": "chip_purchase", "overlaps": "lab-rents-cloud/1"}
    plant(own, "lab-rents-cloud/1", chips, 0.6)
    study = knockon.open(as_of=DAY, data=own)

    def asked(name: str, **whose: str) -> dict[object, object]:
        return {row[0]: row[1] for row in ask(study.full, find(name), whose).rows}

    assert asked("what-it-owes", party="lab") == {"compute": 50 * 10**9}
    assert asked("customers", supplier="chips") == {"lab": 30 * 10**9, "cloud": 20 * 10**9}
    assert asked("customers", supplier="cloud") == {"lab": 50 * 10**9}
    assert asked("other-suppliers", buyer="lab") == {"compute": "cloud", "goods": "chips"}
    network = study.promises.network(Firmness.DEFINITIVE)
    assert customers(network, "chips").left_usd == 50e9 and suppliers(network, "lab").left_usd == 50e9
    assert {s.supplier: s.promised_usd for s in substitutability(network, "lab")} == {"cloud": 50e9, "chips": 30e9}
    assert study.measure("off-balance-sheet-share", "lab").network.left_out["overlapping"] == ("planted/1",)
    assert sum(year.due_usd for year in study.timeline("lab").found.years) == pytest.approx(50e9)


def test_what_goes_first_only_goes_first_where_it_is_counted(own: Path) -> None:
    """A contract that overlaps a mere report is the one that counts among contracts."""
    plant(own, "cloud-buys-chips/1", {"instrument": "compute_purchase", "overlaps": "cloud-buys-chips/1"}, 3.0)
    claims = table(own, "claims")
    for row in claims:
        if row["leg"] == "planted/1":
            row["firmness"] = "reported"
    write(own, "claims", claims)
    study = knockon.open(as_of=DAY, data=own)
    for least, usd in (("definitive", 20), ("reported", 60)):
        for name, whose in (("customers", {"supplier": "chips"}), ("what-it-owes", {"party": "cloud"})):
            rows = ask(study.full, find(name), {**whose, "least": least}).records()
            assert sum(row["usd"] for row in rows) == usd * 10**9, (name, least)


def test_what_a_buyer_owes_counts_once_though_two_sell_to_it(own: Path) -> None:
    """By hand: Chips' ten is promised, not paid, and half firm: 5. Lab owes Cloud 50, half firm: 25. It needs 1 - 5/25.

    The chips that Cloud would use, 30 from Chips and overlapping the rent, are Chips' exposure and no further debt.
    """
    claims = table(own, "claims")
    claims[0]["firmness"] = "definitive"
    write(own, "claims", claims)
    lab = knockon.open(as_of=DAY, data=own).exposures
    assert lab.balance.s[lab.balance.index("lab")] == pytest.approx(1 - 5 / 25)
    plant(
        own,
        "lab-rents-cloud/1",
        {"payee": "chips", "instrument": "chip_purchase", "overlaps": "lab-rents-cloud/1"},
        0.6,
    )
    study = knockon.open(as_of=DAY, data=own)
    x = study.exposures
    assert x.balance.s[x.balance.index("lab")] == pytest.approx(1 - 5 / 25)
    assert np.count_nonzero(x.contracts.obligor == x.balance.index("lab")) == 2  # two firms, two exposures
    apart = {row["what"]: row for row in ask(study.full, find("the-1-4-trillion"), {"buyer": "lab"}).records()}
    assert apart["planted/1"]["usd_counted"] is None
    assert apart["planted/1"]["not_to_be_added"] == "same demand as cloud"
    assert apart["lab-rents-cloud/1"]["usd_counted"] == 50 * 10**9


def test_a_part_stands_for_itself_until_its_container_is_known_and_when_it_is_gone(own: Path) -> None:
    plant(own, "lab-rents-cloud/1", {"within": "lab-rents-cloud/1", "known_from": "2025-01-20"}, 0.5)
    claims = table(own, "claims")
    for row in claims:
        if row["leg"] == "planted/1":
            row |= {"public_from": "2025-01-20", "stated_on": "2025-01-20"}
    write(own, "claims", claims)
    early = knockon.open(as_of="2025-01-31", data=own)
    assert not contained(early.resolved["planted/1"], early.resolved)
    assert contained(
        knockon.open(as_of=DAY, data=own).resolved["planted/1"], knockon.open(as_of=DAY, data=own).resolved
    )


def test_of_two_sides_the_cloud_goes_first_then_the_firmer(eve: Study) -> None:
    legs = eve.resolved
    assert yields_to(legs["openai-nvidia-loi-2025-09/2"], legs) == (
        "openai-amazon-compute-2025-11/1",
        "openai-coreweave-compute-2025-03/1",
        "openai-coreweave-compute-2025-05/1",
        "openai-coreweave-compute-2025-09/1",
        "openai-microsoft-azure-2025-10/1",
        "openai-oracle-compute-2025-09/1",
        "oracle-nvidia-chips-abilene-2025-05/1",  # an amount, where the letter has a bound only
    )
    assert not any(yields_to(leg, legs) for name, leg in legs.items() if name.startswith("openai-oracle-compute"))
    for name, leg in legs.items():  # never each to the other, never to what is gone or undisclosed
        for other in yields_to(leg, legs):
            assert name not in yields_to(legs[other], legs)
            assert legs[other].live and legs[other].disclosed
    assert sum(bool(yields_to(leg, legs)) for leg in legs.values()) > 10


def test_every_question_that_adds_up_dollars_is_held_to_it_here() -> None:
    adding = {name for name, query in library().items() if "SUM(" in query.text and "k:contained" not in query.text}
    # the day's losses are sums of market values, Scion's of two options, months count legs: no dollars are added there
    assert adding == {"article/losses-stated-and-recomputed", "article/scions-puts", "timeline/by-month"}
    legs = {name for name, query in library().items() if "SUM(" in query.text and "k:contained" in query.text}
    held_in_test_library = {
        *("commitments/biggest-buyers", "commitments/how-firm", "debt/biggest-borrowers", "debt/falls-due"),
        *("guarantees/per-guarantor",),
    }
    held_to_their_measure = {"commitments/net-by-year"}  # in test_measure_commands
    rows_to_be_added = {"commitments/compute-contracts", "commitments/the-1-4-trillion"}  # by the reader
    here = {"circularity/straight-back", *ADDED_UP} - rows_to_be_added
    assert legs == here | held_in_test_library | held_to_their_measure
