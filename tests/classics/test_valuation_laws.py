"""Laws of network valuation, and the clearing and the cascade that it contains."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drawn import RULES, amounts, close, hollow, law, orders, shares
from knockon.contagion.classics import valuation as valuation_module
from knockon.contagion.classics.clearing import cascade, clearing
from knockon.contagion.classics.valuation import valuation
from knockon.errors import NotConverged


@st.composite
def valued(draw: st.DrawFn) -> dict[str, Any]:
    n = draw(st.integers(1, 6))
    outside = draw(amounts((n,)))
    return {
        "L": draw(hollow(n)),
        "extliab": draw(amounts((n,))),
        "extasset": outside,
        "sigma_asset": draw(amounts((n,), high=10)) / 10,
        "recovery": draw(amounts((n,), high=4)) / 4,
        "equity_delta": outside * draw(amounts((n,), high=4)) / 4,
    }


def valued_or_close(**x: Any) -> Any:
    """The valuation, or its last iterate where plain iteration is too slow to end."""
    try:
        return valuation(**x)
    except NotConverged as slow:
        return slow.partial


@law
@given(valued())
def test_network_valuation_contains_clearing(x: dict[str, Any]) -> None:
    cleared = clearing(x["L"], x["extasset"] - x["equity_delta"], x["extliab"])
    close(valued_or_close(**x).equity_after, cleared.equity_signed, scale=1e6)


@law
@given(valued())
def test_certain_assets_and_full_recovery_leave_merton_with_clearing(x: dict[str, Any]) -> None:
    sure = {**x, "sigma_asset": 0 * x["recovery"], "recovery": 0 * x["recovery"] + 1}
    merton, cleared = valued_or_close(**sure, rule="merton"), valued_or_close(**x)
    close(merton.equity_after, cleared.equity_after, scale=1e6)


@law
@given(valued(), shares)
def test_certain_assets_leave_furfine_with_the_cascade(x: dict[str, Any], recovery: float) -> None:
    one = np.ones(len(x["recovery"]))
    found = valuation(**{**x, "sigma_asset": 0 * one, "recovery": recovery * one}, rule="furfine_merton")
    down = cascade(x["L"], x["extasset"] - x["equity_delta"], x["extliab"], recovery=recovery).defaulted
    assert ((found.equity_after < -1e-9) == (down == 1)).all()


@law
@given(valued(), st.sampled_from(RULES), st.data())
def test_values_obey_their_laws(x: dict[str, Any], rule: Any, data: st.DataObject) -> None:
    found = valued_or_close(**x, rule=rule)
    n, unit = len(x["recovery"]), 2.0**40
    face = x["extasset"] - x["equity_delta"] - x["extliab"] + x["L"].sum(0) - x["L"].sum(1)
    assert (found.equity_after <= face + 1e-9).all()
    assert (found.equity_after >= face - x["L"].sum(0) - 1e-9).all()  # a claim is worth 0 at least
    assert (found.equity_after <= found.equity_round1 + 1e-9).all()
    money = {key: unit * x[key] for key in ("L", "extliab", "extasset", "equity_delta")}
    close(valued_or_close(**{**x, **money}, rule=rule).equity_after / unit, found.equity_after, scale=1e6)
    to = data.draw(orders(n))
    moved = {key: value[to] for key, value in x.items() if key != "L"}
    close(
        valued_or_close(L=x["L"][np.ix_(to, to)], **moved, rule=rule).equity_after,
        found.equity_after[to],
        scale=1e6,
    )
    less = x["equity_delta"] * data.draw(amounts((n,), high=4)) / 4
    both = valued_or_close(**{**x, "equity_delta": np.column_stack([x["equity_delta"], less])}, rule=rule)
    close(both.equity_after[:, 0], found.equity_after, scale=1e6)
    assert (both.equity_after[:, 1] >= both.equity_after[:, 0] - 1e-6).all()


def test_a_valuation_that_does_not_end_shows_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(valuation_module, "_ROUNDS", 1)
    half = np.array([0.5, 0.5])
    with pytest.raises(NotConverged, match="after 1 rounds") as caught:
        valuation([[0, 4], [4, 0]], [1, 1], [2, 2], half, half, [0, 1.5], rule="blackcox")
    partial = caught.value.partial
    assert isinstance(partial, valuation_module.Valuation)
    assert (partial.equity_after == partial.equity_round1).all()


def test_black_and_cox_give_the_chance_to_touch_the_barrier() -> None:
    """Against paths: one borrower, one claim, equity 0.3 of assets 1, sigma 0.4, no recovery."""
    found = valuation([[0, 0.7], [0, 0]], [0, 0], [1, 1], [0.4, 0.4], [0, 0], [0, 0], rule="blackcox")
    steps, paths = 400, 20_000
    draw = np.random.default_rng(11).standard_normal((paths, steps))
    log_assets = np.cumsum(0.4 / np.sqrt(steps) * draw - 0.08 / steps, axis=1)
    # a path seen only at steps misses touches between them: the barrier is moved (Broadie et al. 1997)
    barrier = np.log(0.7) + 0.5826 * 0.4 / np.sqrt(steps)
    touched = (log_assets.min(axis=1) <= barrier).mean()
    assert abs((1 - (found.equity_after[1] - 1) / 0.7) - touched) < 0.012
