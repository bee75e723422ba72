"""`loops`, `circularity`, `timeline` and `measure`: shapes, exit codes, and the same numbers from SPARQL."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import knockon
from commands import out
from conftest import TINY
from knockon.cli import run
from knockon.flows import LADDER
from knockon.measures.bearers import Loss, loss_bearer_trace
from knockon.measures.concentration import customers, substitutability
from knockon.measures.curve import curve
from knockon.measures.funding import funded_by_suppliers
from knockon.measures.maturity import Net, net_by_year
from knockon.measures.promises import off_balance_sheet_share
from knockon.overlaps import contained, yields_to
from knockon.study import Study
from knockon.study.measures.named import MEASURES
from knockon.vocab import Firmness

EVE = ["--as-of", "2025-11-05"]
ROOT = Path(__file__).parents[1]


def answer(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    return json.loads(out(capsys, *words, *EVE, "--format", "json"))


def test_loops_in_json_carry_legs_dates_and_what_was_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys, "loops", "--longest", "3")
    assert set(found) == {
        *("edition", "as_of", "firmness", "side", "longest", "through", "note", "count", "cut", "by_firmness"),
        *("loops", "undisclosed_legs", "left_out"),
    }
    assert found["count"] == len(found["loops"]) == found["by_firmness"]["reported"]
    order = [(loop["undisclosed_hops"] > 0, -(loop["bottleneck_usd"] or 0)) for loop in found["loops"]]
    assert order == sorted(order)
    (loop,) = [loop for loop in found["loops"] if loop["parties"] == ["nvidia", "openai", "oracle"]]
    assert [hop["usd"] for hop in loop["hops"]] == [100e9, 300e9, 40e9]
    assert (loop["bottleneck_usd"], loop["since"]) == (40e9, "2025-09-22")
    assert "does not mean fraudulent" in found["note"]
    assert all(loop["since"] <= "2025-11-05" for loop in found["loops"])


def test_loops_hang_on_the_threshold(capsys: pytest.CaptureFixture[str]) -> None:
    said = {tuple(loop["parties"]) for loop in answer(capsys, "loops")["loops"]}
    firm = {tuple(loop["parties"]) for loop in answer(capsys, "loops", "--firmness", "definitive")["loops"]}
    assert firm < said and ("nvidia", "openai", "oracle") in said - firm
    assert "no circle" not in out(capsys, "loops", *EVE, "--firmness", "closed", code=1)


def test_a_loop_is_told_in_sentences_that_fit(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for width in ("80", "140"):
        monkeypatch.setenv("COLUMNS", width)
        text = " ".join(out(capsys, "loops", *EVE, "--through", "NVIDIA").split())
        assert "NVIDIA would invest in OpenAI: up to $100bn, letter of intent" in text
        assert "OpenAI buys computing from Oracle: $300bn, definitive" in text
        assert "Circular does not mean fraudulent" in text
        for command in (["circularity"], ["timeline", "openai"], *(["measure", name] for name in MEASURES)):
            words = [*command, "openai"] if command == ["measure", "loss-bearers"] else command
            assert all(len(line) <= int(width) for line in out(capsys, *words, *EVE).splitlines()), words


def test_the_curve_has_a_row_a_threshold_and_the_indices_in_their_order(capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys, "circularity")
    assert [row["firmness"] for row in found["curve"]] == [str(least) for least in LADDER]
    for row in found["curve"]:
        assert 0 <= row["bilateral"] <= row["max_circulation"] + 1e-9 <= row["excess"] + 2e-9
        assert row["bff"] <= row["max_circulation"] + 1e-9
        assert sum(row["loops_by_length"].values()) == row["loops"]
    totals = [row["total_usd"] for row in found["curve"]]
    assert totals[-1] == min(totals)
    assert found["undisclosed_legs"] and found["assumed"] and found["left_out"]["grouped"]["legs"] > 0
    (openai,) = [funded for funded in found["funded_by_suppliers"] if funded["buyer"] == "openai"]
    assert openai["share"] == pytest.approx(13 / 610.4)
    assert found["missing_deal"][0]["change"] < 0


def test_significance_is_asked_for_by_letter(capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys, "circularity", "--null", "dc", "--draws", "19")["significance"]
    assert [(row["null"], row["statistic"]) for row in found[:3]] == [
        ("d", "bilateral"),
        ("d", "bff"),
        ("d", "max_circulation"),
    ]
    assert len(found) == 6 and all(row["p"] * 20 == pytest.approx(round(row["p"] * 20)) for row in found)
    assert run(["circularity", "--null", "e"]) == 2
    assert "one or more of a, b, c, d" in capsys.readouterr().err


def test_the_timeline_adds_up_and_shows_what_it_assumes(capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys, "timeline", "OpenAI")
    years = found["years"]
    assert [row["year"] for row in years] == list(range(2025, 2033))
    assert sum(row["due_usd"] for row in years) == pytest.approx(sum(leg["left_usd"] for leg in found["due"]))
    assert sum(row["due_usd"] for row in years) < 610.4e9  # a part of the newest contract has run
    assert found["cash"] is None and found["revenue_usd_a_year"] == 8.6e9
    terms = {leg["leg"] for leg in found["due"] if leg["default_term"]}
    assert "openai-microsoft-azure-2025-10/1" in terms
    assert terms <= {note["where"] for note in found["assumed"]}
    assert "openai-alphabet-compute-2025-05/1" in found["undisclosed"]
    for row in years:
        assert row["gap_usd"] >= 0
        assert (
            row["due_usd"]
            <= row["revenue_usd"] + row["committed_funding_usd"] + row["from_cash_usd"] + row["gap_usd"] + 1
        )


def test_a_party_that_owes_nothing_has_no_timeline(capsys: pytest.CaptureFixture[str]) -> None:
    assert "What Bank Plc" in out(capsys, "timeline", "bank", "--data", str(TINY), "--as-of", "2025-04-30", code=1)


@pytest.mark.parametrize("name", MEASURES)
def test_every_measure_answers_in_every_format(capsys: pytest.CaptureFixture[str], name: str) -> None:
    party = ["openai"] if name == "loss-bearers" else []
    found = answer(capsys, "measure", name, *party)
    assert found["rows"] and found["question"].endswith("?") and found["reading"]
    assert set(MEASURES[name].columns) <= set(found["rows"][0])
    rows = list(csv.DictReader(io.StringIO(out(capsys, "measure", name, *party, *EVE, "--format", "csv"))))
    assert len(rows) == len(found["rows"])
    assert {row["as_of"] for row in rows} == {"2025-11-05"} and {row["firmness"] for row in rows}
    if MEASURES[name].party and name != "loss-bearers":
        everybody = {json.dumps(row) for row in found["rows"]}
        some = found["rows"][0][MEASURES[name].party if MEASURES[name].party in found["rows"][0] else "party"]
        own = {json.dumps(row) for row in answer(capsys, "measure", name, some)["rows"]}
        assert own and own <= everybody


def test_published_backlog_stands_beside_ours(capsys: pytest.CaptureFixture[str]) -> None:
    (row,) = [r for r in answer(capsys, "measure", "backlog-share", "oracle")["rows"] if r["customer"] == "openai"]
    assert (row["left_usd"], row["share"]) == (300e9, 1.0)
    assert (row["published_usd"], row["published_share"], row["backlog_usd"]) == (300e9, 0.66, 455e9)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["loops", "--longest", "1"], "longest is 1"),
        (["loops", "--through", "opnai"], "did you mean 'openai'"),
        (["loops", "--firmness", "firm"], "no firmness 'firm'"),
        (["circularity", "--graph", "money"], "no graph 'money'; one of cash, commitments"),
        (["circularity", "--side", "left"], "no side 'left'; one of cloud, chips"),
        (["circularity", "--null", "a", "--format", "csv"], "ask for --format json"),
        (["timeline", "nobody"], "no party 'nobody'"),
        (["measure", "backlog"], "did you mean 'backlog-share'"),
        (["measure", "loss-bearers"], "needs the party that fails"),
        (["measure", "promise-to-cash", "openai"], "about the whole book"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(capsys: pytest.CaptureFixture[str], words: list[str], message: str) -> None:
    assert run([*words, *EVE]) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1


def test_measures_do_not_hang_on_the_order_of_hashes() -> None:
    asked = [["loops"], ["circularity", "--null", "d", "--draws", "19"], ["measure", "substitutability"]]
    shown = ["--as-of", "2026-06-30", "--format", "json", "--quiet"]
    program = f"from knockon.cli import run\nfor words in {asked}: print(run([*words, *{shown}]))"
    runs = {
        subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1
    answers = runs.pop().split("\n0\n")
    assert len(answers) == 4 and all(len(answer) > 1000 for answer in answers[:3])


def test_the_whole_curve_takes_less_than_a_second() -> None:
    study = knockon.open()
    promises = study.promises
    start = time.process_time()
    assert len(curve(promises.all, "cash", promises.grouped)) == len(LADDER)
    assert time.process_time() - start < 1.0


def test_python_has_the_same(eve: Study) -> None:
    assert {"parties", "bottleneck_usd", "since"} <= set(eve.loops(longest=3).table.columns)
    assert list(eve.circularity().curve["firmness"]) == [str(least) for least in LADDER]
    assert eve.timeline("openai").table["due_usd"].sum() > 6e11
    assert eve.measure("recycling-ratio", "openai").rows[0]["party"] == "openai"


# the same from SPARQL


@pytest.fixture(scope="module")
def last() -> Study:
    """The shipped book on its last day."""
    return knockon.open()


@pytest.fixture(scope="module", params=["eve", "last"])
def study(request: pytest.FixtureRequest) -> Study:
    found: Study = request.getfixturevalue(request.param)
    return found


def asked(study: Study, name: str, **params: str) -> list[dict[str, Any]]:
    return list(study.answer(name, params).records())


def plain_parties(study: Study) -> list[str]:
    """Named parties on whose definitive legs query and measure hold the same amounts.

    A measure takes half of a bound and a lead bank's own share; it counts a part where its whole is not firm enough, or
    stands with a group that nobody itemises. A query takes amounts as told, and never a part beside a known whole.
    """
    counted = study.promises.network(Firmness.DEFINITIVE)
    resolved = study.resolved
    odd = [f for f in counted.legs if resolved[f.leg].usd != f.usd or contained(resolved[f.leg], resolved)]
    return sorted({p for f in counted.legs for p in (f.payer, f.payee)} - {p for f in odd for p in (f.payer, f.payee)})


def test_sparql_and_the_measures_agree_on_every_plain_party(study: Study) -> None:
    network, parties = study.promises.network(Firmness.DEFINITIVE), plain_parties(study)
    assert len(parties) > 40
    compared = 0
    for party in parties:
        owed = {c.party: c.promised_usd for c in customers(network, party).counterparties}
        assert {r["customer"]: r["usd"] for r in asked(study, "customers", supplier=party)} == owed
        bought = {(s.family, s.supplier): (s.promised_usd, s.others) for s in substitutability(network, party)}
        rows = asked(study, "other-suppliers", buyer=party)
        assert {(r["family"], r["supplier"]): (r["usd"], r["others"]) for r in rows} == bought
        funded = {s.supplier: s.matched_usd for s in funded_by_suppliers(network, party).suppliers if s.matched_usd}
        rows = asked(study, "funded-by-suppliers", buyer=party)
        assert {r["supplier"]: r["usd_matched"] for r in rows} == funded
        compared += len(owed) + len(bought)
    assert compared > 30


def test_sparql_sets_the_same_promises_beside_the_same_debts(study: Study) -> None:
    """By dollars promised in all: a query has no calendar that takes off what has run."""
    network = study.promises.network(Firmness.DEFINITIVE, named=False)
    odd = {f.payer for f in network.legs if study.resolved[f.leg].usd != f.usd}
    odd |= {f.payer for f in network.legs if contained(study.resolved[f.leg], study.resolved)}
    whole = replace(network, legs=tuple(replace(f, left=f.usd) for f in network.legs))
    rows = {row["party"]: row for row in asked(study, "off-balance-sheet")}
    assert len(rows.keys() - odd) >= 3
    for party, row in rows.items():
        debt = study.promises.balance(party, "total_debt")
        assert debt and (row["usd_debt"], row["reported_on"]) == (debt.usd, debt.period)
        if party not in odd:
            ours = off_balance_sheet_share(whole, party, debt.usd)
            assert (row["usd_promised"], row["undisclosed"]) == (ours.off_usd, ours.undisclosed)
            assert row["share"] == pytest.approx(ours.share, abs=5e-7)


@pytest.mark.parametrize("party", ["openai", "oracle", "coreweave", "meta"])
def test_sparql_sorts_holders_as_the_measure_sorts_losses(study: Study, party: str) -> None:
    """Its dollars are what each holder has in it, not what it would lose: the kinds of bearer are the same."""
    resolved, parties, losses = study.resolved, study.book.parties, []
    for flow in study.promises.network(Firmness.DEFINITIVE, named=False).legs:
        leg = resolved[flow.leg]
        twin = any(
            (resolved[o].leg.payer, resolved[o].leg.payee) == (flow.payer, flow.payee)
            and resolved[o].firmness.rung >= Firmness.DEFINITIVE.rung
            for o in yields_to(leg, resolved)
        )
        holder = flow.payer if flow.funding else flow.payee
        if (
            flow.cash
            and party in (flow.payer, flow.payee)
            and holder != party
            and not contained(leg, resolved)
            and not twin
        ):
            losses.append(
                Loss(
                    party=holder,
                    kind=parties[holder].kind,
                    listed=parties[holder].listed_on(study.as_of),
                    valued=holder in study.values,
                    usd=leg.usd or 0,
                    credit_usd=(leg.usd or 0) if flow.instrument in ("loan", "bond", "convertible") else 0,
                )
            )
    assert losses
    found = {row["bearer"]: row["usd"] for row in asked(study, "who-bears", party=party) if row["usd"]}
    assert found == {bearer: usd for bearer, usd in loss_bearer_trace(losses).items() if usd}


def test_sparql_matches_suppliers_money_with_purchases_alike(study: Study) -> None:
    ours = next(f for f in study.circularity("definitive").funded if f.buyer == "openai")
    rows = asked(study, "funded-by-suppliers", buyer="openai")
    assert [(s.supplier, s.funding_usd, s.purchases_usd, s.matched_usd) for s in ours.suppliers if s.matched_usd] == [
        (row["supplier"], row["usd_funding"], row["usd_purchases"], row["usd_matched"]) for row in rows
    ]


def test_sparql_knows_the_same_published_shares(study: Study) -> None:
    rows = {(r["supplier"], r["customer"], r["period"]): r for r in asked(study, "backlog-published")}
    found = [r for r in study.measure("backlog-share").rows if r["published_for"]]
    assert found
    for row in found:
        same = rows[row["supplier"], row["customer"], row["published_for"]]
        assert same["usd"] == row["published_usd"]
        assert same["share"] == pytest.approx(100 * row["published_share"])


@pytest.mark.parametrize("supplier", ["coreweave", "oracle", "nebius"])
def test_sparql_adds_up_the_same_customers(study: Study, supplier: str) -> None:
    rows = asked(study, "customers", supplier=supplier)
    ours = {r["customer"]: r["promised_usd"] for r in study.measure("backlog-share", supplier).rows}
    assert {row["customer"]: row["usd"] for row in rows}.items() <= ours.items()
    index = {r["supplier"]: r["herfindahl"] for r in asked(study, "concentration/herfindahl")}
    (own,) = study.measure("customer-concentration", supplier).rows
    if own["left_usd"] == own["promised_usd"]:
        assert index[supplier] == pytest.approx(own["herfindahl"], abs=5e-7)  # the query keeps six places


def test_sparql_finds_the_same_other_suppliers(study: Study) -> None:
    rows = {(r["family"], r["supplier"]): r for r in asked(study, "other-suppliers", buyer="coreweave")}
    ours = study.measure("substitutability", "coreweave").rows
    assert {(r["family"], r["supplier"]): (r["usd"], r["others"]) for r in rows.values()} == {
        (r["family"], r["supplier"]): (r["promised_usd"], r["others"]) for r in ours
    }


def test_sparql_counts_the_same_equity(study: Study) -> None:
    (ours,) = study.measure("recycling-ratio", "openai").rows
    assert sum(r["usd_paid"] for r in asked(study, "equity-paid", party="openai")) == pytest.approx(ours["equity_usd"])


def test_sparql_counts_the_same_guarantees(study: Study) -> None:
    (ours,) = study.measure("off-balance-sheet-share", "nvidia").rows
    owed = {r["family"]: r["usd"] for r in asked(study, "what-it-owes", party="nvidia")}
    assert owed["guarantee"] == ours["guarantees_usd"]


def test_sparql_knows_the_same_dollars_by_year(study: Study) -> None:
    """But for parts whose whole is less firm, or stands with a group: the measure counts them, a query does not.

    The graph holds whole dollars by leg and year, so a year may differ by a dollar a leg.
    """
    network, differing = study.promises.network(Firmness.DEFINITIVE, named=False), set()
    ours: dict[str, dict[int, Net]] = {}
    for net in net_by_year(network, study.as_of):
        ours.setdefault(net.party, {})[net.year] = net
    assert len(ours) > 30
    for party, years in ours.items():
        rows = {row["year"]: row for row in asked(study, "net-by-year", party=party)}
        assert all(row["usd_net"] == row["usd_in"] - row["usd_out"] for row in rows.values())
        told = {year: (row["usd_in"], row["usd_out"]) for year, row in rows.items()}
        due = {year: pytest.approx((net.in_usd, net.out_usd), rel=0, abs=20) for year, net in years.items()}
        if told != due:
            differing.add(party)
    parts = [f for f in network.flows if f.cash and f.left and contained(study.resolved[f.leg], study.resolved)]
    assert differing == {party for part in parts for party in (part.payer, part.payee)}


def test_the_graph_holds_all_that_is_ahead_by_leg_and_year(study: Study) -> None:
    ahead = {flow.leg: flow for flow in study.promises.all if flow.cash and flow.left}
    sums = dict.fromkeys(ahead, 0)
    for leg, _, usd in study.promises.due():
        sums[leg] += usd
    assert sums == {leg: round(flow.left or 0) for leg, flow in ahead.items()}
    text = "PREFIX k: <https://knockon.example/ontology/> SELECT ?leg ?year ?usd WHERE { GRAPH ?known {"
    rows = study.answer(text + " ?due a k:Due ; k:leg ?leg ; k:year ?year ; k:usd ?usd } } ORDER BY ?leg ?year").rows
    assert sorted(rows) == sorted(study.promises.due())


def test_sparql_sees_the_same_definitive_cash(study: Study) -> None:
    ours = {r["firmness"]: r for r in study.measure("promise-to-cash").rows}
    rows = {r["firmness"]: r for r in asked(study, "promise-to-cash")}
    assert rows["definitive"]["usd_paid"] == ours["definitive"]["paid_usd"]


def test_sparql_sees_the_same_claims_on_vehicles(study: Study) -> None:
    rows = asked(study, "claims-on-a-vehicle")
    ours = {(r["vehicle"], r["claim"]): set(r["holders"].split(", ")) for r in study.measure("claims-per-asset").rows}
    for (vehicle, claim), holders in ours.items():
        assert holders <= {r["holder"] for r in rows if (r["vehicle"], r["claim"]) == (vehicle, claim)}
    kinds: dict[str, set[str]] = {}
    for row in rows:
        kinds.setdefault(row["vehicle"], set()).add(row["claim"])
    assert {vehicle for vehicle, _ in ours} <= {vehicle for vehicle, claims in kinds.items() if len(claims) > 1}
