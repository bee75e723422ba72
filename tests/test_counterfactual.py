"""Edges taken away and guarantees added: the reference's values, a loop that does it one by one, sums by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from knockon.contagion import counterfactual, guarantees
from knockon.contagion.coefficients import coefficients
from knockon.contagion.counterfactual import worth_of_edges
from knockon.contagion.engine import Map, Shock
from knockon.contagion.fixedpoint import solve
from knockon.contagion.guarantees import candidates, worth_of_guarantees
from knockon.contagion.ranking import Hit, hits, lost
from knockon.errors import BadInput
from knockon.exposures import Exposures, Guarantees, Vector
from knockon.study import Study
from networks import cases, converging, share
from vectors_model import exposures, load


def loss(x: Exposures, shock: Shock) -> Vector:
    f = Map(x, coefficients(x), shock)
    return lost(f, solve(f))[:, 0]


@pytest.mark.parametrize(("name", "count"), [("model_a", 24), ("model_hand", 7), ("model_funding", 34)])
def test_every_edge_is_worth_what_the_reference_says(name: str, count: int) -> None:
    x, shock, expected, _ = load(name)
    wanted = expected["loss_reduction_if_removed"]
    found = worth_of_edges(x, shock)
    worth = dict(zip(found.ids, found.usd, strict=True))
    assert len(wanted) == count and set(wanted) <= set(worth)
    for edge, value in wanted.items():
        assert worth[edge] == pytest.approx(value, rel=0, abs=1e-8)
    assert found.total == pytest.approx(expected["total_loss"], abs=1e-8)


def cut(x: Exposures, kind: str, at: int) -> Exposures:
    """The network without one edge, and without the guarantees that cover it, obligations as they are."""
    drop = {"contract": "contracts", "holding": "holdings", "debt": "debts", "funding": "fundings"}.get(kind)
    g = x.guarantees
    if drop is None:
        cap = g.cap.copy()
        cap[at] = 0.0
        return replace(x, guarantees=replace(g, cap=cap))
    dead = (g.covers == at) & (g.covers_debt == (kind == "debt")) & (kind in ("contract", "debt"))
    field = "theta" if kind == "holding" else "amount"
    edges = getattr(x, drop)
    values = getattr(edges, field).copy()
    values[at] = 0.0
    less: dict[str, Any] = {drop: replace(edges, **{field: values})}
    return replace(x, guarantees=replace(g, cap=np.where(dead, 0.0, g.cap)), **less)


@given(cases(sinks=True), st.lists(st.booleans(), min_size=5, max_size=5))
def test_one_batch_is_the_loop_that_removes_each_edge(case: tuple[Exposures, Shock], flags: list[bool]) -> None:
    x, shock = case
    over = np.array(flags[: len(x.balance.parties)])
    with converging():
        found = worth_of_edges(x, shock, over)
        whole = loss(x, shock)
        at = dict.fromkeys(found.kinds, 0)
        for kind, worth in zip(found.kinds, found.usd, strict=True):
            less = whole - loss(cut(x, kind, at[kind]), shock)
            assert worth == pytest.approx(float(less[over].sum()), rel=1e-9, abs=1e-8)
            at[kind] += 1
    assert found.total == pytest.approx(float(whole[over].sum()), rel=1e-9, abs=1e-9)


@given(cases())
def test_only_guarantees_can_be_worth_less_than_nothing(case: tuple[Exposures, Shock]) -> None:
    x, shock = case
    with converging():
        found = worth_of_edges(x, shock)
    covered = {
        (x.debts if debt else x.contracts).ids[at]: True
        for at, debt in zip(x.guarantees.covers, x.guarantees.covers_debt, strict=True)
    }
    for kind, name, worth in zip(found.kinds, found.ids, found.usd, strict=True):
        if kind != "guarantee" and not covered.get(name):
            assert worth >= -1e-8
    assert list(found.usd[found.order]) == sorted(found.usd, reverse=True)


@given(cases())
def test_an_edge_that_carries_nothing_is_worth_nothing(case: tuple[Exposures, Shock]) -> None:
    x, shock = case
    assume(len(x.contracts) or len(x.debts))
    empty = replace(
        x,
        contracts=replace(x.contracts, phi=np.zeros(len(x.contracts))),
        debts=replace(x.debts, lgd=np.zeros(len(x.debts))),
    )
    with converging():
        found = worth_of_edges(empty, shock)
    nothing = np.isin(found.kinds, ("contract", "debt", "guarantee"))
    assert not found.usd[nothing].any()
    with converging():
        assert not worth_of_edges(x, Shock.none(x)).usd.any()


def pair(cap: float = np.inf) -> tuple[Exposures, Shock]:
    """a owes b 40 (half lost), c is worth 1000 and could stand in; a loses everything. No curvature."""
    nodes = [{"id": "a", "E": 100.0}, {"id": "b", "E": 50.0}, {"id": "c", "E": 1000.0}]
    edges = [
        {"id": "ab", "type": "loan", "from": "a", "to": "b", "K": 40.0, "lgd": 0.5},
        {"id": "bc", "type": "equity", "from": "b", "to": "c", "theta": 0.1},
    ]
    x = exposures(nodes, edges, {"r": 0.1, "debt_alpha_add": 0.0})
    return x, replace(Shock.none(x), u=np.array([1.0, 0.0, 0.0]))


def test_edges_by_hand() -> None:
    x, shock = pair()
    found = worth_of_edges(x, shock)
    # b loses 20, c a tenth of it: without the loan 22 less is lost, without the stake 2
    assert dict(zip(found.ids, found.usd, strict=True)) == pytest.approx({"bc": 2.0, "ab": 22.0})
    assert found.total == pytest.approx(122.0)
    assert [found.ids[i] for i in found.order] == ["ab", "bc"]
    only_c = worth_of_edges(x, shock, np.array([False, False, True]))
    assert dict(zip(only_c.ids, only_c.usd, strict=True)) == pytest.approx({"bc": 2.0, "ab": 2.0})


def test_a_guarantee_by_hand() -> None:
    x, shock = pair()
    g = candidates(x, largest=5, cover=0.5, cap=10.0)
    assert g.ids == ("c > ab",)  # a would guarantee itself, b is who is owed; the stake is no promise
    found = worth_of_guarantees(x, shock, g, protected=np.array([False, True, False]))
    # nominal 10 of the loan is 5 of its loss; c falls by 5 (call) + 1.5 (its tenth of b's 15), so pays 0.65% less
    b, c = 15.0, 6.5
    for _ in range(60):
        b = 20 - 5 * (1 - c / 1000)
        c = 5 + 0.1 * b
    assert found.called == pytest.approx([5.0])
    assert found.protected == pytest.approx([20 - b])
    assert found.cost == pytest.approx([c - 2.0])
    assert found.net == pytest.approx([22 - b - c])
    assert found.at_risk == pytest.approx([10.0])
    assert found.net_per_dollar == pytest.approx([(22 - b - c) / 10])
    whole = worth_of_guarantees(x, shock, replace(g, cap=np.array([np.inf])))
    assert whole.at_risk == pytest.approx([20.0])  # half of the 40 that are owed


@st.composite
def trials(draw: st.DrawFn) -> tuple[Exposures, Shock, Guarantees]:
    x, shock = draw(cases(sinks=True))
    x = replace(x, guarantees=replace(x.guarantees, cover=x.guarantees.cover * 0.5))
    n, c, d = len(x.balance.parties), len(x.contracts), len(x.debts)
    assume(c + d)
    m = draw(st.integers(1, 6))
    edge = np.array(draw(st.lists(st.integers(0, c + d - 1), min_size=m, max_size=m)))
    debt = edge >= c
    holder = np.concatenate([x.contracts.holder, x.debts.holder])[edge]
    return (
        x,
        shock,
        Guarantees(
            ids=tuple(f"c{i}" for i in range(m)),
            obligor=(holder + np.array(draw(st.lists(st.integers(1, n - 1), min_size=m, max_size=m)))) % n,
            holder=holder,
            covers=np.where(debt, edge - c, edge),
            covers_debt=debt,
            cover=0.5 * np.array(draw(st.lists(share, min_size=m, max_size=m))),
            cap=np.array(draw(st.lists(st.floats(0, 60), min_size=m, max_size=m))),
            nominal=np.array(draw(st.lists(st.booleans(), min_size=m, max_size=m))),
        ),
    )


@given(trials())
def test_one_batch_is_the_loop_that_adds_each_guarantee(case: tuple[Exposures, Shock, Guarantees]) -> None:
    x, shock, g = case
    safe = np.arange(len(x.balance.parties)) % 2 == 0
    with converging():
        found = worth_of_guarantees(x, shock, g, protected=safe)
        before = loss(x, shock)
        for i in range(len(g)):
            old = x.guarantees
            arrays = ("obligor", "holder", "covers", "covers_debt", "cover", "cap", "nominal")
            both = replace(
                old,
                ids=(*old.ids, g.ids[i]),
                **{key: np.concatenate([getattr(old, key), getattr(g, key)[[i]]]) for key in arrays},
            )
            firm = replace(shock, z_guarantee=np.append(shock.z_guarantee, 0.0))
            after = loss(replace(x, guarantees=both), firm)
            assert found.net[i] == pytest.approx(float((before - after).sum()), rel=1e-9, abs=1e-8)
            assert found.protected[i] == pytest.approx(float((before - after)[safe].sum()), rel=1e-9, abs=1e-8)
            assert found.cost[i] == pytest.approx(float((after - before)[g.obligor[i]]), rel=1e-9, abs=1e-8)
    assert np.all(found.called >= 0)
    assert list(found.net[found.order]) == sorted(found.net, reverse=True)


def test_what_is_covered_whole_cannot_be_covered_again() -> None:
    x, shock = pair()
    g = candidates(x, largest=1, cover=1.0)
    covered = replace(x, guarantees=g)
    with pytest.raises(BadInput, match=r"would cover 1\.500 of 'ab'"):
        worth_of_guarantees(covered, shock, replace(g, cover=np.array([0.5])))
    assert not len(candidates(covered, largest=1, cover=1.0))  # nothing is left uncovered
    with pytest.raises(BadInput, match="covers a share"):
        candidates(x, largest=1, cover=1.5)
    batch = replace(shock, u=np.column_stack([shock.u, shock.u]))
    for ask in (lambda: worth_of_edges(x, batch), lambda: worth_of_guarantees(x, batch, g)):
        with pytest.raises(BadInput, match="2 columns"):
            ask()


def test_the_shipped_book_is_hit_through_its_largest_holding(eve: Study) -> None:
    x = eve.exposures
    openai = hits(x, 0.5 * (np.array(x.balance.parties) == "openai"), Hit.BOTH)
    found = worth_of_edges(x, openai, x.balance.listed)
    best = found.order[0]
    assert (found.kinds[best], x.balance.parties[found.holder[best]]) == ("holding", "microsoft")
    # no worth of a single edge passes the total less what is lost without any
    assert found.usd.max() < found.total
    g = candidates(x, largest=10, cover=0.5)
    assert len(set(zip(g.covers.tolist(), g.covers_debt.tolist(), strict=True))) == 10
    trial = worth_of_guarantees(x, openai, g, protected=x.balance.listed)
    assert np.all(trial.cost >= -1.0)
    # a guarantee mostly moves loss: half of them stop less than a thousandth of what they are called for
    called = trial.called > 0
    assert np.median(np.abs(trial.net[called]) / trial.called[called]) < 1e-3


def test_progress_counts_what_is_tried_up_to_the_last(eve: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (counterfactual, guarantees):
        monkeypatch.setattr(module, "BLOCK", 40)
    x = eve.exposures
    openai = hits(x, 0.5 * (np.array(x.balance.parties) == "openai"), Hit.BOTH)
    g = candidates(x, largest=2, cover=0.5)
    told: list[tuple[int, int]] = []
    worth_of_edges(x, openai, told=lambda *now: told.append(now))
    edges = told[-1][1]
    worth_of_guarantees(x, openai, g, told=lambda *now: told.append(now))
    assert told == [(min(most, done), most) for most in (edges, len(g)) for done in range(40, most + 40, 40)]
    assert edges > 40 and len(g) > 80
