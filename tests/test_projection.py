"""From the book to edges: the rulings on what counts, each on the real rows it was made for."""

from __future__ import annotations

import numpy as np
import pytest

import knockon
from knockon.exposures import Exposures
from knockon.study import Study


@pytest.fixture(scope="module")
def x(eve: Study) -> Exposures:
    return eve.exposures


def edge(x: Exposures, name: str) -> int:
    return x.contracts.ids.index(name)


# promises of one buyer for the same demand as others of its promises, by hand: chips that its clouds would run
SAME_DEMAND = {
    "anthropic-alphabet-tpu-2026-04/1",
    "anthropic-broadcom-tpu-racks-2025-09/1",
    "anthropic-broadcom-tpu-racks-2025-09/2",
    "openai-amd-chips-2025-10/1",
    "openai-broadcom-chips-2025-10/1",
    "openai-nvidia-loi-2025-09/2",
}


def owed(x: Exposures, party: int) -> float:
    """What the party has promised to pay, as far as it is firm, in present value, each demand once."""
    c = x.contracts
    once = [i for i, leg in enumerate(c.ids) if c.obligor[i] == party and leg not in SAME_DEMAND]
    return float((c.phi * c.amount * c.discount)[once].sum())


def theta(x: Exposures, issuer: str, holder: str) -> float:
    h, b = x.holdings, x.balance
    chosen = (h.obligor == b.index(issuer)) & (h.holder == b.index(holder))
    return float(h.theta[chosen].sum())


def test_obligor_and_holder_by_instrument(x: Exposures) -> None:
    c, b = x.contracts, x.balance
    i = edge(x, "openai-oracle-compute-2025-09/1")
    assert (b.parties[c.obligor[i]], b.parties[c.holder[i]]) == ("openai", "oracle")  # the buyer can fail
    d = x.debts.ids.index("blackstone-coreweave-ddtl2-2024-05/1")
    assert b.parties[x.debts.obligor[d]] == "coreweave"  # the borrower can fail
    assert b.parties[x.debts.holder[d]] == "blackstone"
    assert theta(x, "openai", "microsoft") == 0.27  # the issuer falls, the holder loses


def test_a_filing_makes_a_contract_firmer(x: Exposures) -> None:
    phi = dict(zip(x.contracts.ids, x.contracts.phi, strict=True))
    assert phi["openai-microsoft-azure-2025-10/1"] == 0.9  # in a 10-Q
    assert phi["openai-oracle-compute-2025-09/1"] == 0.6  # in a release
    assert phi["openai-nvidia-loi-2025-09/2"] == 0.3  # a letter of intent


def test_a_contract_that_starts_later_is_discounted_for_the_wait(x: Exposures) -> None:
    a = dict(zip(x.contracts.ids, x.contracts.discount, strict=True))
    wait = 422 / 365.25  # to 1 January 2027
    flat = (1 - 1.1**-5) / (0.1 * 5)
    assert a["openai-oracle-compute-2025-09/1"] == pytest.approx(flat * 1.1**-wait, rel=1e-9)
    assert a["openai-microsoft-azure-2025-10/1"] == pytest.approx(flat, rel=1e-9)


def test_everyday_dependences_are_edges_less_what_announced_legs_carry(x: Exposures) -> None:
    amount = dict(zip(x.contracts.ids, x.contracts.amount, strict=True))
    whole = amount["dependence:nvidia-microsoft-fy2025-9239"]
    assert whole == pytest.approx(3 * 0.19 * 4 * 46.743e9, rel=1e-6)  # 19% of annualised revenue, three years
    # CoreWeave's sales to Microsoft: 0.86bn a quarter, less the running 10bn over five years
    left = amount["dependence:coreweave-microsoft-2025q2-0a1c"]
    assert left == pytest.approx(3 * 4 * 0.86e9 - 10e9 * 3 / 5, rel=1e-6)
    assert "dependence:coreweave-microsoft-2025q1-d7f2" not in amount  # an older period of the same pair


def test_a_groups_share_goes_to_its_members_by_capital_spending(x: Exposures) -> None:
    parts = {
        name.rpartition("/")[2]: usd
        for name, usd in zip(x.contracts.ids, x.contracts.amount, strict=True)
        if name.startswith("dependence:western-digital-hyperscaler-group")
    }
    assert set(parts) == {"alphabet", "amazon", "meta", "microsoft"}
    assert sum(parts.values()) == pytest.approx(3 * 4 * 2.3e9)
    # where every member has a row of its own the group adds nothing
    assert not [name for name in x.contracts.ids if name.startswith("dependence:nvidia-hyperscaler-group")]


def test_of_two_views_of_one_demand_by_one_holder_the_firmer_counts(x: Exposures) -> None:
    assert "openai-nvidia-loi-2025-09/2" in x.contracts.ids
    assert "oracle-nvidia-chips-abilene-2025-05/1" not in x.contracts.ids  # the same chips, reported only
    assert "oracle-nvidia-chips-abilene-2025-05/1" in x.left_out["counted_in_another_leg"]
    # but the cloud's margin and the chip maker's margin on one dollar are two people's money
    assert {"openai-oracle-compute-2025-09/1", "openai-nvidia-loi-2025-09/2"} <= set(x.contracts.ids)
    # and no buyer's estimate sneaks the dropped one back in
    assert not [name for name in x.contracts.ids if name.startswith("purchase:oracle/nvidia")]


def test_a_part_counts_in_its_container(x: Exposures) -> None:
    assert "microsoft-nscale-compute-2025-10/1" in x.contracts.ids
    assert "microsoft-nscale-compute-2025-09/1" not in x.contracts.ids
    before = knockon.open(as_of="2025-10-14").exposures  # the container is public from the 15th
    assert "microsoft-nscale-compute-2025-09/1" in before.contracts.ids


def test_holdings_come_from_stakes_else_from_rounds(x: Exposures) -> None:
    assert theta(x, "coreweave", "magnetar") == 0.30  # a stake is known
    # SoftBank's stake became public on 31 December; until then its legs over their rounds' post-money:
    # 2.2 at 157 diluted by the 40 of March 2025 (30 of it SoftBank's own), 7.5 paid at 300, 22.5 definitive
    diluted = 2.2 / 157 * (1 - 40 / 300)
    assert theta(x, "openai", "softbank") == pytest.approx(diluted + 7.5 / 300 + 0.6 * 22.5 / 300, rel=1e-9)
    later = knockon.open(as_of="2026-01-31").exposures
    assert theta(later, "openai", "nvidia") == 0  # the letter is no holding


def test_put_options_are_not_holdings_and_a_sold_stake_is_none(x: Exposures) -> None:
    assert not [h for h in x.holdings.holder if x.balance.parties[h] == "scion"]
    assert theta(x, "nvidia", "softbank") == 0


def test_nvidias_backstop_of_coreweave_is_a_put_on_unsold_capacity(x: Exposures) -> None:
    b, c = x.balance, x.contracts
    assert "nvidia-coreweave-backstop-2025-09/1" not in x.guarantees.ids
    into = (c.holder == b.index("coreweave")) & (c.obligor != b.index("nvidia"))
    behind = c.amount[into].sum()
    share = 0.9 * 6.3e9 / behind  # definitive, in a filing
    assert c.psi[into] == pytest.approx(np.full(into.sum(), 1 - (1 - 0.4) * (1 - share)))
    own = (c.holder == b.index("coreweave")) & (c.obligor == b.index("nvidia"))
    assert c.psi[own] == pytest.approx(np.full(own.sum(), 0.4))


def test_googles_backstops_cover_the_leases_they_were_given_for(x: Exposures) -> None:
    g, b = x.guarantees, x.balance
    i = g.ids.index("fluidstack-terawulf-lease-2025-08/2")
    assert b.parties[g.obligor[i]] == "alphabet"
    assert x.contracts.ids[g.covers[i]] == "fluidstack-terawulf-lease-2025-08/1"
    assert g.cap[i] == 1.8e9 and g.nominal[i]


def test_a_joint_facility_is_not_its_leads_exposure(x: Exposures) -> None:
    assert "jpmorgan-vantage-loan-2025-10/1" in x.left_out["joint_facilities"]
    assert not [name for name in (*x.debts.ids, *x.fundings.ids) if name.startswith("jpmorgan-vantage")]


def test_undrawn_money_is_funding_and_not_also_dependence(x: Exposures) -> None:
    f, b = x.fundings, x.balance
    assert "softbank-openai-equity-2025-03/2" in f.ids
    assert "softbank-openai-equity-2025-03/1" not in f.ids  # paid in April 2025
    paid = f.amount[f.ids.index("microsoft-openai-equity-2023-01/1")]
    assert paid == pytest.approx(0.9 * (13 - 11.6) * 1e9)  # what is left of 13, firm as a filing
    i = b.index("openai")
    assert b.s[i] == pytest.approx(1 - f.amount[f.holder == i].sum() / owed(x, i))


def test_a_leg_known_by_a_bound_enters_with_half_of_it_and_says_so(x: Exposures) -> None:
    i = edge(x, "openai-amd-chips-2025-10/1")
    assert x.contracts.amount[i] == 0.5 * 300e9
    assert any(entry["where"] == "openai-amd-chips-2025-10/1" and "bounds" in str(entry["what"]) for entry in x.assumed)


def test_undisclosed_legs_do_not_enter_and_are_listed(x: Exposures) -> None:
    assert "openai-broadcom-chips-2025-10/1" in x.left_out["undisclosed_legs"]
    assert "openai-broadcom-chips-2025-10/1" not in x.contracts.ids


def test_grouped_parties_and_indexes_are_no_nodes(eve: Study, x: Exposures) -> None:
    parties = [eve.book.parties[name] for name in x.balance.parties]
    assert not [party.id for party in parties if party.grouped or party.kind == "index"]
    assert len(parties) == 172


@pytest.mark.parametrize("day", ["2024-08-30", "2025-01-24", "2025-09-09", "2026-04-27", "2026-08-26"])
def test_every_date_of_the_book_gives_a_network_that_solves(day: str) -> None:
    study = knockon.open(as_of=day)
    result = study.shock(performance={"openai": 0.2, "microsoft": 0.1}, draws=0)
    assert result.spread.state.rounds < 100
    assert result.totals["listed_usd"] > 0


def test_no_edge_comes_from_what_was_public_only_later(eve: Study, x: Exposures) -> None:
    legs = [name for edges in (x.contracts, x.debts, x.fundings, x.guarantees) for name in edges.ids]
    legs = [name for name in legs if ":" not in name]
    assert legs and all(eve.book.legs[name].known_from.last <= eve.as_of for name in legs)


def test_on_the_announcement_basis_a_leg_is_worth_what_its_day_priced_in(eve: Study) -> None:
    x = eve.exposures_on("announcement")
    i = edge(x, "openai-oracle-compute-2025-09/1")
    returns = {(row["event"], row["party"]): row for row in eve.book.tables["event_returns"]}
    loadings = {(row["event"], row["party"]): row for row in eve.book.tables["loadings"]}
    day = ("2025-09-10-oracle-rpo", "oracle")
    r, load = returns[day], loadings[day]
    before = r["value_change_usd"] / (r["return_pct"] / 100)
    abnormal = (r["return_pct"] - load["beta"] * load["market_pct"]) / 100
    assert x.contracts.fixed[i] == pytest.approx(0.95 * abnormal * before)
    assert x.contracts.fixed[i] > 5 * 29e9  # several times the margin's present value
    # a leg without a public amount has a price all the same, and one that no day announced has none
    assert x.contracts.fixed[edge(x, "openai-broadcom-chips-2025-10/1")] > 0
    assert np.isnan(x.contracts.fixed[edge(x, "openai-microsoft-azure-2025-10/1")])
    assert np.isnan(eve.exposures.contracts.fixed).all()


def test_a_day_that_had_not_come_priced_nothing_in() -> None:
    x = knockon.open(as_of="2025-10-05").exposures_on("announcement")
    priced = {name for name, usd in zip(x.contracts.ids, x.contracts.fixed, strict=True) if not np.isnan(usd)}
    assert priced == {"openai-nvidia-loi-2025-09/2", "openai-oracle-compute-2025-09/1"}


def test_a_lab_with_cash_hangs_less_on_new_money() -> None:
    """OpenAI's accounts of March 2026: 73bn of cash, 3.7bn burnt in a quarter; worth 852bn, so 85.2bn to raise."""
    study = knockon.open(as_of="2026-07-31")
    x = study.exposures
    i = x.balance.index("openai")
    raised = 0.1 * study.values["openai"].usd
    expected = raised / (73e9 - 4 * 3.7e9 + raised)
    assert 0.5 < expected < 0.65
    for party, need in ((i, expected), (x.balance.index("anthropic"), 1.0)):  # of Anthropic's cash nothing is known
        promised = x.fundings.amount[x.fundings.holder == party].sum()
        assert x.balance.s[party] == pytest.approx(max(0.0, need - promised / owed(x, party)))
