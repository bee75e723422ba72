"""Laws of failures with cross-holdings."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from drawn import amounts, close, hollow, law, orders
from knockon.contagion.classics.crossholdings import crossholdings


@st.composite
def owned(draw: st.DrawFn) -> dict[str, Any]:
    n, m = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    C, D = draw(hollow(n)), draw(amounts((n, m))) + 1
    return {
        "C": C / max(1, 1.25 * C.sum(0).max()),
        "D": D / D.sum(0),
        "p": draw(amounts((m,))),
        "beta": draw(amounts((n,))),
        "vbar": draw(amounts((n,))),
    }


@law
@given(owned(), st.data())
def test_cross_holdings_obey_their_laws(x: dict[str, Any], data: st.DataObject) -> None:
    found = crossholdings(**x)
    n = len(x["beta"])
    close(found.A.sum(0), np.ones(n), scale=1)  # whatever a firm owns ends with some outsider
    close(found.v.sum(), x["p"].sum() - x["beta"] @ found.failed)
    assert sorted(i for wave in found.waves for i in wave) == np.flatnonzero(found.failed).tolist()
    free = crossholdings(**{**x, "beta": 0 * x["beta"]})
    Chat, total = np.diag(1 - x["C"].sum(0)), np.linalg.solve(np.eye(n) - x["C"], x["D"] @ x["p"])
    close(free.v, Chat @ total)
    more = crossholdings(**{**x, "p": x["p"] + data.draw(amounts(x["p"].shape))})
    assert (more.failed <= found.failed).all()
    money = {key: 1e9 * x[key] for key in ("p", "beta", "vbar")}
    close(crossholdings(**{**x, **money}).v / 1e9, found.v)
    to = data.draw(orders(n))
    moved = crossholdings(x["C"][np.ix_(to, to)], x["D"][to], x["p"], x["beta"][to], x["vbar"][to])
    assert (moved.failed == found.failed[to]).all()
    close(moved.A, found.A[np.ix_(to, to)], scale=1)


@law
@given(owned())
def test_no_equilibrium_has_fewer_failures(x: dict[str, Any]) -> None:
    found = crossholdings(**x)
    for other in itertools.product([0, 1], repeat=len(x["beta"])):
        v = found.A @ (x["D"] @ x["p"] - x["beta"] * other)
        if tuple((v < x["vbar"] - 1e-9).astype(int)) == other:
            assert (found.failed <= other).all()
