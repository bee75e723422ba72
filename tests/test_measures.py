"""The measures by hand, on flows written out, and on the tiny book."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import knockon
from conftest import TINY
from flows import DAY, LAST, flow, network
from knockon.flows import LADDER, Flow
from knockon.measures.bearers import BEARERS, Loss, loss_bearer_trace
from knockon.measures.circularity import central
from knockon.measures.claims import claims_per_asset
from knockon.measures.concentration import customers, herfindahl, substitutability, suppliers
from knockon.measures.curve import curve
from knockon.measures.funding import funded_by_suppliers
from knockon.measures.loops import loops, mixed
from knockon.measures.maturity import net_by_year, timeline
from knockon.measures.network import at, edges
from knockon.measures.promises import off_balance_sheet_share, promise_to_cash, recycling_ratio
from knockon.measures.sensitivity import missing_deal
from knockon.study import Study
from knockon.vocab import Firmness

FUNDS = flow("chips>lab", 10, "equity_investment", paid=4.0, left=6.0)
RENTS = flow("lab>cloud", 50)
BUYS = flow("cloud>chips", 20, "chip_purchase")


# which legs make up a graph


def test_a_leg_below_the_threshold_is_not_in_the_graph() -> None:
    said = flow("lab>cloud", 9, firmness="letter_of_intent")
    assert network(said, RENTS, least=Firmness.DEFINITIVE).flows == (RENTS,)


def test_a_part_counts_only_where_its_container_does_not() -> None:
    whole = flow("fund>lab", 30, "equity_investment", leg="round/1")
    part = flow("chips>lab", 10, "equity_investment", leg="round/2", within="round/1")
    assert network(whole, part).flows == (whole,)
    assert network(whole, part).left_out["contained"] == ("round/2",)
    assert network(whole, part, grouped=("fund",)).flows == (part,)  # the container is left out: the part is not
    unknown = flow("fund>lab", None, "equity_investment", leg="round/1")
    assert set(network(unknown, part).flows) == {unknown, part}  # nor does it hide in what nobody knows


def seen_twice() -> tuple[Flow, Flow, Flow]:
    chips = flow("lab>chips", 70, "chip_purchase", leg="a/1", overlaps=("b/1", "c/1"))
    cloud = flow("lab>cloud", 50, leg="b/1", overlaps=("a/1", "c/1"))
    onward = flow("cloud>chips", 20, "chip_purchase", leg="c/1", overlaps=("a/1", "b/1"))
    return chips, cloud, onward


def test_of_one_demand_seen_twice_one_side_counts_and_what_it_pays_for_goes_on() -> None:
    chips, cloud, onward = seen_twice()
    # the chips in the cloud's contract: same payer, one counts; the cloud's own purchase passes the dollar on
    assert set(network(chips, cloud, onward).flows) == {cloud, onward}
    # from the other side, the lab and the cloud buy the same chips from one seller: one counts
    assert set(network(chips, cloud, onward, side="chips").flows) == {chips}
    assert network(chips, cloud, onward).left_out["overlapping"] == ("a/1",)


def test_a_disclosed_leg_goes_before_the_firmer_one_without_an_amount() -> None:
    silent = flow("lab>cloud", None, leg="a/1", overlaps=("b/1",), firmness="closed")
    told = flow("lab>cloud", 50, leg="b/1", overlaps=("a/1",), firmness="reported")
    assert network(silent, told).flows == (told,)


def test_what_only_may_be_called_and_what_is_undisclosed_is_in_no_sum_but_counted() -> None:
    arrays = edges(
        network(RENTS, flow("chips>cloud", 5, "guarantee"), flow("lab>power", None, "power_purchase")), "cash"
    )
    assert arrays.parties == ("cloud", "lab") and arrays.usd.tolist() == [50]
    assert {why: len(legs) for why, legs in arrays.left_out.items() if legs} == {"contingent": 1, "undisclosed": 1}


# loops


def test_a_loop_tells_its_hops_bottleneck_and_since_when() -> None:
    late = flow("cloud>chips", 20, "chip_purchase", known_from=date(2025, 6, 1))
    (loop,), cut = loops(network(FUNDS, RENTS, late))
    assert not cut
    assert loop.parties == ("chips", "lab", "cloud")
    assert loop.usd == (10, 50, 20)
    assert (loop.bottleneck, loop.undisclosed, loop.since) == (10, 0, date(2025, 6, 1))
    assert loop.kinds == ("equity", "compute", "goods")


def test_an_undisclosed_hop_closes_a_loop_and_is_not_its_bottleneck() -> None:
    (loop,), _ = loops(network(FUNDS, RENTS, flow("cloud>chips", None, "chip_purchase")))
    assert (loop.bottleneck, loop.undisclosed) == (10, 1)


def test_legs_of_one_kind_alone_are_not_circular() -> None:
    assert loops(network(RENTS, BUYS, flow("chips>lab", 1, "licence"))) == ([], False)
    assert loops(network(FUNDS, flow("lab>chips", 1, "loan"))) == ([], False)


def test_one_hop_with_both_kinds_is_not_enough() -> None:
    back = flow("b>a", 1, "loan")
    both = (flow("a>b", 1, "loan"), flow("a>b", 1, "lease"))
    assert len(loops(network(*both, back))[0]) == 1  # a leases from b, b lends to a
    assert loops(network(both[0], back))[0] == []


def test_a_list_is_cut_at_its_bound_and_says_so() -> None:
    names = "abcdefgh"
    everybody = [flow(f"{x}>{y}", 1, kind) for x in names for y in names if x != y for kind in ("loan", "lease")]
    found, cut = loops(network(*everybody), longest=8, most=5)
    assert cut and len(found) == 5
    purchases = [flow(f"{x}>{y}", 1) for x in names for y in names if x != y]
    assert loops(network(*purchases), longest=8, most=3) == ([], True)  # stops looking, too


@st.composite
def books(draw: st.DrawFn) -> list[Flow]:
    pairs = draw(st.lists(st.tuples(st.sampled_from("abcde"), st.sampled_from("abcde")), max_size=14))
    kinds = st.sampled_from(["equity_investment", "loan", "compute_purchase", "chip_purchase", "lease", "guarantee"])
    rungs = st.sampled_from([str(least) for least in LADDER])
    money = st.one_of(st.none(), st.floats(1, 1e12))
    return [
        flow(f"{a}>{b}", draw(money), draw(kinds), leg=f"deal{k}/1", firmness=draw(rungs))
        for k, (a, b) in enumerate(pairs)
        if a != b
    ]


@given(books(), st.integers(2, 5), st.sampled_from("abcde"))
def test_loops_are_networkx_cycles_with_a_hop_that_funds_and_another_that_buys(
    book: list[Flow], longest: int, through: str
) -> None:
    graph = network(*book)
    G = nx.DiGraph([(f.payer, f.payee) for f in graph.flows])
    expected = set()
    for cycle in nx.simple_cycles(G, length_bound=longest):
        sides = [{f.funding for f in graph.flows if (f.payer, f.payee) == hop} for hop in pairwise([*cycle, cycle[0]])]
        if any(True in a and any(False in b for b in sides[:i] + sides[i + 1 :]) for i, a in enumerate(sides)):
            at_least = cycle.index(min(cycle))
            expected.add((*cycle[at_least:], *cycle[:at_least]))
    found, _ = loops(graph, longest)
    assert [loop.parties for loop in found] == sorted(expected)
    assert all(mixed(loop) for loop in found)
    passing, _ = loops(graph, longest, through)
    assert {loop.parties for loop in passing} == {cycle for cycle in expected if through in cycle}


@settings(max_examples=25)
@given(books(), st.sampled_from(["cash", "commitments"]))
def test_the_curve_counts_fewer_legs_and_loops_the_firmer_they_must_be(book: list[Flow], graph: str) -> None:
    points = curve(book, graph)
    for looser, firmer in pairwise(points):
        assert len(firmer.network.flows) <= len(looser.network.flows)
        assert sum((firmer.loops or {}).values()) <= sum((looser.loops or {}).values())
    for point in points:
        if point.indices:
            assert 0 <= point.indices.reciprocity <= point.indices.max_circulation_index + 1e-9
            assert set(point.round_trips) <= set(point.edges.parties)


# funded by suppliers


def test_funded_by_supplier_share_by_hand_names_the_deals() -> None:
    legs = (FUNDS, flow("lab>chips", 30, "chip_purchase"), RENTS, flow("cloud>lab", 80, "loan"))
    found = funded_by_suppliers(network(*legs, flow("bank>lab", 99, "loan")), "lab")
    # chips put in 10 of 30, cloud more than the 50 that it sells: 10 + 50 of 80
    assert (found.purchases_usd, found.matched_usd, found.share) == (80, 60, 0.75)
    assert [(s.supplier, s.matched_usd) for s in found.suppliers] == [("cloud", 50), ("chips", 10)]
    assert found.suppliers[1].legs == (FUNDS.leg, "lab-chips-chip_purchase/1")


def test_who_buys_nothing_has_no_share() -> None:
    assert funded_by_suppliers(network(FUNDS), "lab").share is None
    silent = funded_by_suppliers(network(FUNDS, flow("lab>chips", None, "chip_purchase")), "lab")
    assert silent.share is None and silent.undisclosed == ("lab-chips-chip_purchase/1",)


# concentration


def test_a_backlog_is_shared_by_what_is_left() -> None:
    half = flow("other>cloud", 100, left=25.0)
    found = customers(network(flow("lab>cloud", 75), half, flow("third>cloud", None)), "cloud")
    assert [(c.party, c.share) for c in found.counterparties] == [("lab", 0.75), ("other", 0.25), ("third", None)]
    assert found.herfindahl == 0.75**2 + 0.25**2
    assert (found.left_usd, found.undisclosed) == (100, 1)


@given(st.lists(st.floats(1e-3, 1e12), min_size=1, max_size=9))
def test_herfindahl_lies_between_one_over_n_and_one(usd: list[float]) -> None:
    found = herfindahl(usd)
    assert found is not None and 1 / len(usd) - 1e-12 <= found <= 1 + 1e-12


def test_suppliers_of_one_customer_are_customers_turned_round() -> None:
    legs = (RENTS, flow("lab>power", 50, "power_purchase"))
    assert suppliers(network(*legs), "lab").herfindahl == 0.5
    assert suppliers(network(*legs), "nobody").herfindahl is None


def test_substitutability_by_hand() -> None:
    legs = (RENTS, flow("lab>neo", 150), flow("other>neo", 100), flow("lab>silent", None), BUYS)
    by = {s.supplier: s for s in substitutability(network(*legs), "lab")}
    assert (by["cloud"].elsewhere, by["cloud"].others) == (0.75, 2)
    assert by["cloud"].market_elsewhere == pytest.approx(1 - 50 / 300)
    assert (by["silent"].elsewhere, by["silent"].promised_usd) == (None, None)
    assert "chips" not in by


# maturity


def test_a_timeline_by_hand() -> None:
    legs = (RENTS, flow("bank>lab", 6, "loan"), flow("lab>power", None, "power_purchase"))
    found = timeline(network(*legs), "lab", DAY, cash=5, revenue=12)
    first, second = found.years
    # 25 a year is due; 12 is earned, 3 is funding a year, and 5 of cash is used once
    assert (first.due_usd, first.revenue_usd, first.funding_usd, first.cash_usd, first.gap_usd) == (25, 12, 3, 5, 5)
    assert (second.cash_usd, second.gap_usd) == (0, 10)
    assert found.gap_usd == 15
    assert found.undisclosed == ("lab-power-power_purchase/1",)


def test_funding_that_a_year_does_not_use_is_there_in_the_next() -> None:
    late = flow("lab>cloud", 40, first=date(2026, 1, 1))
    lump = flow("fund>lab", 30, "equity_investment", first=date(2025, 3, 1), last=date(2025, 3, 1))
    first, second = timeline(network(late, lump), "lab", DAY).years
    assert (first.due_usd, first.funding_usd, first.gap_usd) == (0, 30, 0)
    assert (second.due_usd, second.cash_usd, second.gap_usd) == (40, 30, 10)


@given(books())
def test_all_that_is_left_falls_due_in_some_year_and_nets_to_nothing(book: list[Flow]) -> None:
    graph = network(*book)
    for party in "abcde":
        found = timeline(graph, party, DAY)
        left = sum(f.left or 0 for f in graph.flows if f.payer == party and f.cash)
        assert sum(year.due_usd for year in found.years) == pytest.approx(left)
        assert sum(year.gap_usd for year in found.years) <= left * (1 + 1e-12)
    rows = net_by_year(graph, DAY)
    total = sum(f.left or 0 for f in graph.flows if f.cash)
    assert sum(row.in_usd for row in rows) == pytest.approx(total)
    assert sum(row.net_usd for row in rows) == pytest.approx(0, abs=1e-6 * (1 + total))


def test_what_falls_due_is_a_straight_line() -> None:
    assert RENTS.due(DAY, date(2025, 12, 31)) == 25
    assert RENTS.due(DAY, LAST) == RENTS.due(date(2000, 1, 1), date(2100, 1, 1)) == 50
    assert RENTS.due(date(2027, 1, 1), date(2027, 12, 31)) == 0


# promises and cash


def test_promise_to_cash_by_hand() -> None:
    closed = flow("fund>lab", 30, "equity_investment", firmness="closed", paid=30.0, left=0.0)
    silent = flow("bank>lab", None, "loan")
    definitive, done = promise_to_cash(network(FUNDS, closed, silent, RENTS))
    assert (definitive.legs, definitive.undisclosed, definitive.share) == (2, 1, 0.4)
    assert (done.firmness, done.share) == (Firmness.CLOSED, 1.0)


def test_recycling_ratio_by_hand() -> None:
    paid = flow("fund>lab", 6, "equity_investment", paid=6.0, left=0.0)
    found = recycling_ratio(network(FUNDS, paid, RENTS, flow("lab>chips", 20, "chip_purchase")), "lab")
    assert (found.ratio, found.equity_usd, found.suppliers_usd) == (7.0, 10, 4)
    assert recycling_ratio(network(RENTS), "lab").ratio is None


def test_off_balance_sheet_share_by_hand() -> None:
    legs = (RENTS, flow("lab>site", 20, "lease"), flow("lab>bank", 10, "guarantee"), FUNDS)
    assert off_balance_sheet_share(network(*legs), "lab", 20).share == 0.8
    assert off_balance_sheet_share(network(*legs), "lab", None).share is None


def test_claims_on_one_asset_are_told_by_kind_and_never_added() -> None:
    lease = flow("tenant>site", 9, "lease", leg="rent/1")
    legs = (
        lease,
        flow("owner>site", 3, "joint_venture_contribution"),
        flow("bank>site", None, "loan"),
        flow("chips>bank", 4, "guarantee", covers="rent/1"),  # for the rent, so for the site
        flow("owner>other-site", 1, "equity_investment"),
    )
    (asset,) = claims_per_asset(network(*legs), ["site", "other-site"])
    assert [(c.kind, c.usd, c.holders) for c in asset.claims] == [
        ("owned", 3, ("owner",)),
        ("leased", 9, ("tenant",)),
        ("pledged", None, ("bank",)),
        ("guaranteed", 4, ("chips",)),
    ]


def test_every_dollar_lost_has_one_bearer() -> None:
    def loss(kind: str, listed: bool, valued: bool, usd: float, credit: float) -> Loss:
        return Loss(party=kind, kind=kind, listed=listed, valued=valued, usd=usd, credit_usd=credit)

    found = loss_bearer_trace(
        [
            loss("bank", True, True, 10, 7),
            loss("private_credit", False, False, 5, 5),
            loss("asset_manager", True, True, 2, 2),
            loss("hyperscaler", True, True, 40, 0),
            loss("ai_lab", False, True, 3, 0),
            loss("other", False, False, 1, 0),
        ]
    )
    assert dict(zip(BEARERS, (7, 5, 2, 43, 3, 1), strict=True)) == found


# sensitivity


def test_without_one_deal_the_triangle_is_gone() -> None:
    graph = network(
        FUNDS, RENTS, BUYS, flow("power>lab", None, "power_purchase"), flow("lab>power", 5, "power_purchase")
    )
    changes = {(c.what, c.added): c for c in missing_deal(graph, "cash", central)}
    base = central(edges(graph, "cash").matrix)
    assert base > 0
    for deal in (FUNDS.deal, RENTS.deal, BUYS.deal):
        assert changes[deal, False].index == 0 and changes[deal, False].change == -base
    priced = changes["power-lab-power_purchase/1", True]  # at the median of its kind, 5: a second circle
    assert priced.usd == 5 and priced.change > 0


# the tiny book


def test_flows_of_the_tiny_book_by_hand(tiny: Study) -> None:
    by = {f.leg: f for f in tiny.promises.all}
    assert len(by) == 7
    rent = by["lab-rents-cloud/1"]
    assert (rent.usd, rent.left, rent.yearly) == (50e9, 50e9, 10e9)  # five years, no dates: from the day on
    assert (rent.first, rent.last, rent.default_term) == (date(2025, 4, 30), date(2030, 4, 30), False)
    money = by["chips-funds-lab/1"]
    assert (money.paid, money.left, money.yearly) == (10e9, 0, 10e9)  # paid in January, a year at least
    assert by["lab-rents-cloud/3"].usd is None


def test_the_tiny_book_is_one_loop_of_three(tiny: Study) -> None:
    found = tiny.loops()
    # Chips guarantees 5bn to Cloud, which buys 20bn of chips; and Chips > Lab > Cloud > Chips
    assert [loop.parties for loop in found] == [("chips", "lab", "cloud"), ("chips", "cloud")]
    assert [loop.bottleneck for loop in found] == [10e9, 5e9]
    assert [loop.parties for loop in tiny.loops(through="Lab Ltd")] == [("chips", "lab", "cloud")]
    assert len(tiny.loops(firmness="closed")) == 0


def test_circularity_of_the_tiny_book_by_hand(tiny: Study) -> None:
    found = tiny.circularity(firmness="definitive")
    row = next(row for row in found.rows() if row["firmness"] == "definitive")
    # a year: Chips pays Lab 10, Lab pays Cloud 10, Cloud pays Chips 4, Bank lent Cloud 8
    assert row["total_usd"] == pytest.approx(32e9)
    assert [row["bff"], row["max_circulation"]] == pytest.approx([12 / 32] * 2)
    assert row["bilateral"] == 0
    assert row["undisclosed_legs"] == 1
    assert found.point.round_trips["lab"] == pytest.approx(4 / 18)  # Cloud takes in 18 and passes on 4 of it


def test_recycling_on_the_tiny_book_counts_the_crowd(tiny: Study) -> None:
    (row,) = tiny.measure("recycling-ratio", "lab").rows
    assert (row["commitments_usd"], row["equity_usd"], row["ratio"]) == (50e9, 20e9, 2.5)


def test_a_promise_called_off_is_gone() -> None:
    later = knockon.open(as_of="2026-05-31", data=TINY)
    assert len(later.loops()) == 0
    assert "cloud-buys-chips/1" not in {f.leg for f in later.promises.all}


def test_at_keeps_order_and_names_every_leg_it_leaves_out(eve: Study) -> None:
    promises = eve.promises
    for least in LADDER:
        graph = at(promises.all, least, promises.grouped)
        kept, out = {f.leg for f in graph.flows}, [leg for legs in graph.left_out.values() for leg in legs]
        assert sorted([*kept, *out]) == sorted(f.leg for f in promises.all if f.firmness.rung >= least.rung)
        assert [f.leg for f in graph.flows] == sorted(kept)
        total = edges(graph, "cash").usd.sum()
        assert total == pytest.approx(sum(f.yearly or 0 for f in graph.flows if f.cash))
        assert np.isfinite(total)
