"""Laws of cycles and circulations; networkx is the oracle."""

from __future__ import annotations

import itertools

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from drawn import Array, close, hollow, law, orders, relative
from knockon.errors import BadInput
from knockon.measures import circularity as circularity_module
from knockon.measures.circularity import balanced_flow_forwarding, circularity, max_circulation, round_trip
from knockon.measures.cycles import cycles


@st.composite
def flows(draw: st.DrawFn, most: int = 7) -> Array:
    return draw(hollow(draw(st.integers(1, most))))


@law
@given(flows(), st.integers(2, 6), st.data())
def test_networkx_finds_the_same_cycles(W: Array, longest: int, data: st.DataObject) -> None:
    G = nx.from_numpy_array(W, create_using=nx.DiGraph)

    def rotated(cycle: list[int], names: list[str]) -> tuple[int, ...]:
        at = min(range(len(cycle)), key=lambda k: names[cycle[k]])
        return (*cycle[at:], *cycle[:at])

    names = [f"{k:02}" for k in data.draw(st.permutations(range(len(W))))]
    expected = [rotated(c, names) for c in nx.simple_cycles(G, length_bound=longest)]
    found = list(cycles(sparse.csr_array(W), longest, names))
    assert found == sorted(expected, key=lambda c: [names[i] for i in c])


def test_cycles_are_lazy_where_there_are_more_than_atoms() -> None:
    few = list(itertools.islice(cycles(1 - np.eye(60), longest=60), 3))
    assert few == [(0, 1), (0, 1, 2), (0, 1, 2, 3)]


def test_too_many_cycles_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(circularity_module, "_MOST", 20)  # a clique of 4 has 6 + 8 + 6
    assert sum(circularity(1 - np.eye(4)).n_cycles_by_length.values()) == 20
    with pytest.raises(BadInput, match="more than 20 cycles"):
        circularity(1 - np.eye(5))


@law
@given(flows())
def test_network_simplex_finds_the_same_largest_circulation(W: Array) -> None:
    G = nx.DiGraph()
    G.add_nodes_from(range(len(W)), demand=0)
    for i, j in np.argwhere(W):
        G.add_edge(int(i), int(j), capacity=int(W[i, j]), weight=-1)
    cost, _ = nx.network_simplex(G)
    close(max_circulation(W), -cost)


@law
@given(flows())
def test_what_goes_round_is_balanced_and_leaves_no_cycle(W: Array) -> None:
    f = balanced_flow_forwarding(W)
    close(f.sum(0), f.sum(1))
    assert (f >= 0).all()
    assert (f <= W * (1 + 1e-12)).all()
    rest = np.where(W - f > 1e-9 * W, W - f, 0)
    assert nx.is_directed_acyclic_graph(nx.from_numpy_array(rest, create_using=nx.DiGraph))


def test_each_round_of_forwarding_uses_somebody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    rounds, stationary = [], circularity_module._stationary
    monkeypatch.setattr(circularity_module, "_stationary", lambda s: rounds.append(len(s)) or stationary(s))
    draw = np.random.default_rng(3)
    for n in (3, 10, 30):
        rounds.clear()
        balanced_flow_forwarding(draw.random((n, n)) * (1 - np.eye(n)))
        assert 0 < len(rounds) < n


@law
@given(flows(), st.data())
def test_circularity_obeys_its_laws(W: Array, data: st.DataObject) -> None:
    found = circularity(W)
    indices = (
        found.reciprocity,
        found.bff_circulation_index,
        found.max_circulation_index,
        found.excess_ratio,
    )
    assert all(-1e-12 <= index <= 1 + 1e-12 for index in (*indices, found.finn_cycling_index))
    assert found.reciprocity <= found.max_circulation_index + 1e-9
    assert found.bff_circulation_index <= found.max_circulation_index + 1e-9
    assert found.max_circulation_index <= found.excess_ratio + 1e-9  # netting may also invent relations
    close(found.excess + found.net_minimum, found.total)
    if nx.is_directed_acyclic_graph(nx.from_numpy_array(W, create_using=nx.DiGraph)):
        assert indices[:3] == (0, 0, 0)
        assert found.finn_cycling_index == 0
        assert not found.n_cycles_by_length
    to = data.draw(orders(len(W)))
    for other in (circularity(W[np.ix_(to, to)]), circularity(1e9 * W), circularity(sparse.coo_array(W))):
        close(other.bff_circulation_index, found.bff_circulation_index, scale=1)
        close(other.max_circulation_index, found.max_circulation_index, scale=1)
        close(other.finn_cycling_index, found.finn_cycling_index, scale=1)
        close(other.reciprocity, found.reciprocity, scale=1)
        assert other.n_cycles_by_length == found.n_cycles_by_length
        assert other.scc_sizes == found.scc_sizes


@law
@given(flows())
def test_a_round_trip_is_the_chance_to_come_back(W: Array) -> None:
    """Against first returns: a dollar leaves i and walks by W / T until it drops out or is home."""
    T = np.maximum(W.sum(0), W.sum(1))
    G = relative(W, T)
    expected = np.zeros(len(W))
    for i in range(len(W)):
        others = np.arange(len(W)) != i
        home = np.linalg.lstsq(np.eye(len(W) - 1) - G[others][:, others], G[others, i], rcond=None)[0]
        expected[i] = G[i, i] + G[i, others] @ home
    close(round_trip(W), expected, scale=1e2)


def test_a_ring_is_all_circular_and_a_closed_one_is_flagged() -> None:
    ring = 3 * np.roll(np.eye(4), 1, axis=1)
    found = circularity(ring)
    assert found.finn_closed
    one = (found.finn_cycling_index, found.bff_circulation_index, found.max_circulation_index)
    close(one, (1, 1, 1), scale=1)
    leak = np.zeros((5, 5))
    leak[:4, :4], leak[0, 4] = ring, 1.0
    assert not circularity(leak).finn_closed


def test_where_nothing_flows_nothing_is_circular() -> None:
    found = circularity(np.zeros((3, 3)))
    assert (found.total, found.max_circulation_index, found.bff_circulation_index) == (0, 0, 0)
    assert (found.finn_cycling_index, found.reciprocity, found.excess_ratio) == (0, 0, 0)
