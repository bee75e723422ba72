"""Rounds of h = min(1, s0 + W h): scipy's product and the compiled loop give the same, to 1e-10."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from knockon.contagion import capped_rounds
from knockon.contagion.capped_rounds import PANEL, panel, rounds
from knockon.contagion.classics.debtrank import debtrank


def network(n: int, scenarios: int, seed: int, spread: float = 0.6) -> tuple[sparse.csr_array, np.ndarray]:
    """W (n, n) whose rows sum to at most `spread`, and s0 (n, scenarios) that hits some parties hard."""
    random = np.random.default_rng(seed)
    W = sparse.random_array((n, n), density=min(1.0, 8 / n), rng=random, format="csr")
    W = sparse.csr_array(W.multiply(spread / np.maximum(1.0, W.sum(axis=1))[:, None]))
    return W, random.uniform(0, 1.2, (n, scenarios)) * (random.random((n, scenarios)) < 0.2)


def agree(W: sparse.csr_array, s0: np.ndarray) -> None:
    by_scipy, moving = rounds(W, s0, 1000, compiled=False)
    by_loop, also_moving = rounds(W, s0, 1000, compiled=True)
    assert not moving.any() and not also_moving.any()
    np.testing.assert_allclose(by_loop, by_scipy, rtol=0, atol=1e-10)
    np.testing.assert_allclose(by_scipy, np.minimum(1, s0 + W @ by_scipy), rtol=0, atol=1e-10)


@given(n=st.integers(1, 9), scenarios=st.integers(0, 3), seed=st.integers(0, 10**6))
def test_the_loop_as_plain_python_agrees_with_scipy(n: int, scenarios: int, seed: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(capped_rounds, "_compiled", lambda: panel)
        agree(*network(n, scenarios, seed))


def test_the_compiled_loop_agrees_with_scipy() -> None:
    pytest.importorskip("numba", reason="numba, of the extra knockon[fast], is not installed")
    for n, scenarios in ((1, 1), (3, PANEL), (200, 2 * PANEL + 1), (50, 1000)):
        agree(*network(n, scenarios, seed=n))


def test_who_has_not_settled_is_told_by_both(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capped_rounds, "_compiled", lambda: panel)
    W, s0 = sparse.csr_array(np.array([[0.0, 0.999], [0.999, 0.0]])), np.array([[0.0, 1e-4], [0.0, 0.0]])
    for compiled in (False, True):
        assert rounds(W, s0, 5, compiled)[1].tolist() == [False, True]


def test_debtrank_is_the_same_with_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    A, s0 = network(30, 7, seed=3)
    A.setdiag(0)
    plain = debtrank(A, np.ones(30), np.ones(30), s0.T)
    monkeypatch.setattr(capped_rounds, "WORTH", 0)
    monkeypatch.setattr(capped_rounds, "find_spec", lambda _: object())
    monkeypatch.setattr(capped_rounds, "_compiled", lambda: panel)
    other = debtrank(A, np.ones(30), np.ones(30), s0.T)
    np.testing.assert_allclose(other.final_stress_raw, plain.final_stress_raw, rtol=0, atol=1e-10)


def test_without_numba_scipy_does_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capped_rounds, "WORTH", 0)
    monkeypatch.setitem(sys.modules, "numba", None)
    monkeypatch.setattr(capped_rounds, "find_spec", lambda _: None)
    W, s0 = network(20, 5, seed=1)
    assert np.array_equal(rounds(W, s0, 300)[0], rounds(W, s0, 300, compiled=False)[0])
