"""Scenarios side by side: none depends on its company, and the loop made for compiling agrees with the map."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.contagion import edgewise, fixedpoint
from knockon.contagion.coefficients import central, coefficients
from knockon.contagion.engine import ALL, Channel, Map, Shock
from knockon.contagion.fixedpoint import State, solve
from knockon.errors import BadInput, NotConverged
from knockon.exposures import Exposures, Sales
from networks import cases, converging
from vectors_model import exposures, load


def batch(x: Exposures, shock: Shock, seed: int, width: int = 4) -> Shock:
    """`shock`, then others drawn from nothing to full hits, a column each, on everything that can be hit."""
    random = np.random.default_rng(seed)

    def more(first: np.ndarray) -> np.ndarray:
        size = (len(first), width - 1)
        return np.column_stack([first, random.random(size) * (random.random(size) < random.random(width - 1))])

    return Shock(**{item.name: more(getattr(shock, item.name)) for item in fields(Shock)})


def same(one: State, other: State, columns: slice = slice(None), atol: float = 1e-14) -> None:
    for key in "hdy":
        np.testing.assert_allclose(getattr(one, key)[:, columns], getattr(other, key), rtol=0, atol=atol)


@given(cases(sinks=True), st.integers(0, 10**6), st.booleans())
def test_what_a_scenario_gives_does_not_depend_on_its_company(
    case: tuple[Exposures, Shock], seed: int, greatest: bool
) -> None:
    x, shock = case
    with converging():
        f = Map(x, coefficients(x), batch(x, shock, seed))
        together = solve(f, greatest, tolerance=1e-11)
        alone = [solve(f.only(np.array([b])), greatest, tolerance=1e-11) for b in range(f.width)]
    for b, one in enumerate(alone):
        same(together, one, slice(b, b + 1))
    assert together.rounds == max(one.rounds for one in alone)
    assert together.step <= 1e-11


def by_loop(f: Map, greatest: bool = False, tolerance: float = 1e-11) -> State:
    """The loop of `edgewise` as plain Python: what is compiled, without waiting for the compiler."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(edgewise, "_compiled", lambda: lambda *given: edgewise.one_by_one(edgewise.one_round, *given))
        return solve(f, greatest, tolerance, compiled=True)


@given(cases(sinks=True), st.integers(0, 10**6), st.booleans(), st.sets(st.sampled_from(Channel)))
def test_the_loop_made_for_compiling_agrees_with_the_map(
    case: tuple[Exposures, Shock], seed: int, greatest: bool, off: set[Channel]
) -> None:
    x, shock = case
    f = Map(x, coefficients(x), batch(x, shock, seed, width=2), ALL - off)
    with converging():
        same(by_loop(f, greatest), solve(f, greatest, tolerance=1e-11, compiled=False), atol=1e-10)


def test_drawn_terms_are_scenarios_of_the_loop_too() -> None:
    x, shock, *_ = load("model_funding")
    middle, by = central(x), np.array([0.5, 1.0, 1.5])
    draw = replace(middle, amount=middle.amount * by, alpha=middle.alpha * by, lgd=middle.lgd * by[::-1] / 1.5)
    f = Map(x, coefficients(x, draw), shock)
    assert f.width == 3
    same(by_loop(f), solve(f, tolerance=1e-11, compiled=False), atol=1e-10)


def test_machine_code_agrees_with_the_map() -> None:
    pytest.importorskip("numba", reason="numba, of the extra knockon[fast], is not installed")
    for name in ("model_a", "model_funding"):
        x, shock, *_ = load(name)
        f = Map(x, coefficients(x), batch(x, shock, seed=1, width=50))
        for greatest in (False, True):
            found = solve(f, greatest, tolerance=1e-11, compiled=True)
            expected = solve(f, greatest, tolerance=1e-11, compiled=False)
            same(found, expected, atol=1e-10)
            assert found.rounds == expected.rounds and found.step == pytest.approx(expected.step, rel=1e-3)


def test_what_the_loop_does_not_state_is_refused_and_never_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    x, shock, *_ = load("model_a")
    n = len(x.balance.parties)
    selling = replace(x, sales=Sales(ltv=np.full(n, 0.5), depth=np.full(n, 1e3)))
    f = Map(selling, coefficients(selling), shock)
    with pytest.raises(BadInput, match="are not compiled"):
        solve(f, compiled=True)
    monkeypatch.setattr(fixedpoint, "WORTH", 0)
    monkeypatch.setattr(fixedpoint, "find_spec", lambda _: object())
    monkeypatch.setattr(edgewise, "_compiled", None)
    assert solve(f).rounds > 1
    with pytest.raises(TypeError):  # the same without sales would be compiled
        solve(Map(x, coefficients(x), shock))


def test_who_has_settled_is_kept_where_another_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fixedpoint, "MAX_ROUNDS", 3)
    x, shock, *_ = load("model_funding")
    f = Map(x, coefficients(x), replace(shock, u=np.column_stack([np.zeros(len(shock.u)), shock.u])))
    partial = []
    for call in (lambda: solve(f), lambda: by_loop(f, tolerance=1e-14)):
        with pytest.raises(NotConverged, match="after 3 rounds") as error:
            call()
        partial.append(error.value.partial)
    same(*partial)
    assert partial[0].rounds == partial[1].rounds == 3
    assert partial[0].step == pytest.approx(partial[1].step)


def test_two_guarantors_of_one_promise_both_pay_on_the_whole_of_it() -> None:
    nodes = [{"id": name, "E": 100.0, "alpha": 0} for name in ("a", "b", "g1", "g2")]
    edges = [{"id": "ab", "type": "loan", "from": "a", "to": "b", "K": 40.0, "lgd": 1.0}] + [
        {"id": g, "type": "guarantee", "from": g, "to": "b", "covers": "ab", "cover": cover}
        for g, cover in (("g1", 0.5), ("g2", 0.25))
    ]
    x = exposures(nodes, edges, {"r": 0.1, "debt_alpha_add": 0})
    f = Map(x, coefficients(x), replace(Shock.none(x), w=np.array([1.0, 0, 0, 0])))
    # 40 is missed: g1 is called for 20, g2 for 10. b bears 10, and what the two, 0.2 and 0.1 short, do not pay: 5.
    for state in (by_loop(f), solve(f)):
        assert state.h[:, 0] * 100 == pytest.approx([0, 15, 20, 10])
