"""Laws of ranked debts with cross-holdings."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from drawn import Array, amounts, close, debts, hollow, law, orders, relative
from knockon.contagion.classics.clearing import clearing
from knockon.contagion.classics.seniority import seniority


@st.composite
def ranked(draw: st.DrawFn) -> dict[str, Any]:
    n = draw(st.integers(1, 5))
    held = draw(hollow(n)) + 0.0
    return {
        "e": draw(amounts((n,), low=-10)),
        "Ls": [draw(hollow(n)) for _ in range(draw(st.integers(1, 3)))],
        "Theta": held / max(1, 1.25 * held.sum(1).max()),
    }


def step(x: dict[str, Any], paid: Array, equity: Array) -> tuple[Array, Array]:
    """One application of Elsinger's map, written out; returns assets and total debts."""
    pbar = np.array([L.sum(1) for L in x["Ls"]])
    have = x["e"] + x["Theta"].T @ equity
    for L, b, p in zip(x["Ls"], pbar, paid, strict=True):
        have = have + relative(L, b).T @ p
    return have, pbar


def ranks(have: Array, pbar: Array) -> Array:
    senior = np.vstack([0 * have, pbar.cumsum(0)[:-1]])
    return np.clip(have - senior, 0, pbar)


@law
@given(ranked())
def test_ranked_payments_clear_and_juniors_wait(x: dict[str, Any]) -> None:
    found = seniority(**x)
    equity = np.maximum(0, found.equity_signed)
    have, pbar = step(x, found.p, equity)
    close(found.equity_signed, have - pbar.sum(0), scale=1e3)
    close(found.p, ranks(have, pbar), scale=1e3)
    for senior, junior in itertools.pairwise(range(len(pbar))):
        waits = found.p[senior] < pbar[senior] - 1e-7
        assert (found.p[junior][waits] < 1e-7).all()
    outside = (1 - x["Theta"].sum(1)) @ equity
    close(outside + np.minimum(0, have).sum(), x["e"].sum(), scale=1e3)


@law
@given(ranked())
def test_no_ranked_solution_pays_more(x: dict[str, Any]) -> None:
    pbar = np.array([L.sum(1) for L in x["Ls"]])
    most = np.maximum(0, x["e"]) + sum(L.sum(0) for L in x["Ls"])
    paid, equity = pbar, np.linalg.solve(np.eye(len(most)) - x["Theta"].T, most)
    for _ in range(500):  # from above, plainly
        have, _ = step(x, paid, equity)
        paid, equity = ranks(have, pbar), np.maximum(0, have - pbar.sum(0))
    found = seniority(**x)
    assert (found.p <= paid + 1e-7).all()
    have, _ = step(x, paid, equity)
    if np.abs(ranks(have, pbar) - paid).max() < 1e-13:  # it crawls where nothing leaks
        close(found.p, paid, scale=1e3)


@law
@given(debts())
def test_one_rank_without_holdings_is_clearing(x: dict[str, Any]) -> None:
    n = len(x["ea"])
    L = np.zeros((n + 1, n + 1))
    L[:n, :n], L[:n, n] = x["L"], x["el"]
    found = seniority(np.append(x["ea"], 0), [L], np.zeros_like(L))
    close(found.p[0, :n], clearing(**x).p)
    close(found.equity_signed[:n], clearing(**x).equity_signed)


@law
@given(ranked(), st.data())
def test_ranks_obey_their_laws(x: dict[str, Any], data: st.DataObject) -> None:
    found = seniority(**x)
    n = len(x["e"])
    for unit in (1e-6, 1e9):
        other = seniority(unit * x["e"], [unit * L for L in x["Ls"]], x["Theta"])
        close(other.p / unit, found.p, scale=1e3)
        close(other.equity_signed / unit, found.equity_signed, scale=1e3)
    to = data.draw(orders(n))
    at = np.ix_(to, to)
    moved = seniority(x["e"][to], [L[at] for L in x["Ls"]], x["Theta"][at])
    close(moved.p, found.p[:, to], scale=1e3)
    more = seniority(x["e"] + data.draw(amounts((n,))), x["Ls"], x["Theta"])
    assert (more.p >= found.p - 1e-7).all()
    assert (more.equity_signed >= found.equity_signed - 1e-7).all()
