"""The null models: what a draw keeps, how often chance is called a finding, and what a stub-shuffling null does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.stats import binom

from knockon.arrays import Vector
from knockon.errors import BadInput
from knockon.measures import nulls
from knockon.measures.circularity import central
from knockon.measures.network import Edges
from knockon.measures.nulls import NULLS, significance
from knockon.study import Study
from knockon.vocab import Family

KINDS = (Family.EQUITY, Family.COMPUTE, Family.GOODS)


def edges(table: list[tuple[int, int, float, Family]], n: int) -> Edges:
    payer, payee, usd, family = zip(*sorted(table), strict=True) if table else ((), (), (), ())
    return Edges(
        parties=tuple(f"p{i:02}" for i in range(n)),
        payer=np.array(payer, dtype=np.int64),
        payee=np.array(payee, dtype=np.int64),
        usd=np.array(usd, dtype=float),
        family=family,
        left_out={},
    )


def random_edges(random: np.random.Generator, n: int, m: int, kinds: int = 3) -> Edges:
    """m edges, each pair and kind at most once, lognormal dollars."""
    pairs = [(i, j, KINDS[k]) for i in range(n) for j in range(n) if i != j for k in range(kinds)]
    chosen = random.choice(len(pairs), size=m, replace=False)
    usd = random.lognormal(size=m)
    return edges([(*pairs[k][:2], float(value), pairs[k][2]) for k, value in zip(chosen, usd, strict=True)], n)


def classes(x: Edges) -> dict[str, str]:
    return {party: "labs" if k % 2 else "makers" for k, party in enumerate(x.parties)}


def seen(x: Edges, null: str, draws: int, seed: int = 1) -> list[Vector]:
    """The matrices of the draws, the observed one first."""
    found: list[Vector] = []

    def look(W: sparse.csr_array) -> dict[str, float]:
        found.append(W.toarray())
        return {"total": float(W.sum())}

    significance(x, classes(x), look, null, draws, seed)
    return found


def degrees(A: Vector) -> tuple[list[int], list[int]]:
    return (A > 0).sum(0).tolist(), (A > 0).sum(1).tolist()


@settings(max_examples=15)
@given(st.integers(0, 10**6), st.integers(5, 9), st.integers(3, 20), st.sampled_from("abd"))
def test_a_draw_keeps_degrees_and_what_each_payer_pays_to_the_dollar(seed: int, n: int, m: int, null: str) -> None:
    x = random_edges(np.random.default_rng(seed), n, m, kinds=1)
    first, *drawn = seen(x, null, 20)
    for W in drawn:
        assert degrees(W) == degrees(first)
        assert not W.diagonal().any()
        for own, theirs in zip(first, W, strict=True):
            assert sorted(own[own > 0]) == sorted(theirs[theirs > 0])


@settings(max_examples=15)
@given(st.integers(0, 10**6), st.integers(4, 9))
def test_null_b_keeps_who_has_how_many_mutual_partners(seed: int, n: int) -> None:
    first, *drawn = seen(random_edges(np.random.default_rng(seed), n, 2 * n, kinds=1), "b", 20)
    for W in drawn:
        assert ((W > 0) & (W.T > 0)).sum(0).tolist() == ((first > 0) & (first.T > 0)).sum(0).tolist()


def test_null_c_moves_dollars_only_and_only_within_a_kind() -> None:
    x = edges([(0, 1, 1.0, KINDS[0]), (1, 2, 2.0, KINDS[0]), (2, 0, 5.0, KINDS[1]), (0, 3, 7.0, KINDS[1])], 4)
    drawn = seen(x, "c", 200)[1:]
    assert {tuple(sorted((W[0, 1], W[1, 2]))) for W in drawn} == {(1, 2)}
    assert {(W[2, 0], W[0, 3]) for W in drawn} == {(5, 7), (7, 5)}


def test_null_d_keeps_the_dollars_between_a_payer_and_a_class() -> None:
    x = random_edges(np.random.default_rng(4), 10, 40)
    labs = np.array([classes(x)[party] == "labs" for party in x.parties])
    first, *drawn = seen(x, "d", 50)
    for W in drawn:
        np.testing.assert_allclose(W[:, labs].sum(1), first[:, labs].sum(1))
    assert any(not np.array_equal(W, first) for W in drawn)


RING = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 0)]
PAIRS_AND_ARROWS = [(0, 1), (1, 0), (2, 3), (3, 2), (4, 5), (6, 7), (8, 9)]


@pytest.mark.parametrize(
    ("null", "pairs", "networks", "chi2"),
    [
        ("a", RING, 44, 78.0),  # permutations of five without a fixed point
        ("b", PAIRS_AND_ARROWS, 3 * 6, 41.0),  # three ways to pair four, six to send three arrows
    ],
)
def test_a_chain_reaches_every_network_alike(
    null: str, pairs: list[tuple[int, int]], networks: int, chi2: float
) -> None:
    x = edges([(i, j, 1.0, KINDS[0]) for i, j in pairs], 10)
    drawn = Counter(W.tobytes() for W in seen(x, null, 2000, seed=3)[1:])
    assert len(drawn) == networks
    expected = 2000 / networks
    # chi2: the upper thousandth with one degree of freedom less than networks
    assert sum((count - expected) ** 2 / expected for count in drawn.values()) < chi2


def rejections(test: Callable[[Edges, int], float], graphs: int, n: int, m: int, kinds: int) -> int:
    random = np.random.default_rng(11)
    return sum(test(random_edges(random, n, m, kinds), k) <= 0.05 for k in range(graphs))


def short(W: sparse.csr_array) -> dict[str, float]:
    """Dollars that come back in two or three steps: quick to compute, for the law holds whatever is counted."""
    D = W.toarray()
    return {"short": float(np.minimum(D, D.T).sum() + np.cbrt(np.trace(D @ D @ D)))}


def bff(W: sparse.csr_array) -> dict[str, float]:
    return {"bff": central(W)}


@pytest.mark.parametrize(("null", "statistic"), [("a", short), ("b", short), ("c", short), ("d", bff)])
def test_chance_is_called_a_finding_in_one_case_of_twenty(null: str, statistic: nulls.Statistic) -> None:
    def p(x: Edges, seed: int) -> float:
        (found,) = significance(x, classes(x), statistic, null, draws=19, seed=seed, sweeps=2)
        return found.p

    graphs = 120 if statistic is bff else 200
    found = rejections(p, graphs, n=9, m=20, kinds=2)
    assert binom.ppf(0.0005, graphs, 0.05) <= found <= binom.ppf(0.9995, graphs, 0.05)


def test_a_stub_shuffle_that_drops_duplicates_calls_too_much_a_finding() -> None:
    """The null that ours is not: payees are dealt anew, and what makes a loop or a second edge is lost."""

    def p(x: Edges, seed: int) -> float:
        random, n = np.random.default_rng(seed), len(x.parties)
        observed, drawn = central(x.matrix), []
        for _ in range(19):
            payee = random.permutation(x.payee)
            _, once = np.unique(x.payer * n + payee, return_index=True)
            keep = once[x.payer[once] != payee[once]]
            W = sparse.csr_array((x.usd[keep], (x.payer[keep], payee[keep])), shape=(n, n))
            drawn.append(float(central(W) * W.sum() / x.usd.sum()))
        return (1 + sum(value >= observed for value in drawn)) / 20

    assert rejections(p, 60, n=10, m=30, kinds=1) >= 12  # 3 would be right


def planted(random: np.random.Generator, heavy: float) -> Edges:
    """Forty parties, eighty edges, and a ring of six of them with heavy dollars."""
    x = random_edges(random, 40, 80, kinds=1)
    W = x.matrix.toarray()
    ring = random.permutation(40)[:6]
    W[ring, np.roll(ring, -1)] = heavy
    return edges([(int(i), int(j), float(W[i, j]), KINDS[0]) for i, j in np.argwhere(W)], 40)


def test_a_planted_ring_of_heavy_deals_is_found() -> None:
    random = np.random.default_rng(5)
    found = 0
    for seed in range(8):
        x = planted(random, heavy=20)
        (result,) = significance(x, classes(x), bff, "a", draws=19, seed=seed, sweeps=5)
        found += result.p <= 0.05
    assert found >= 6


def test_p_is_a_rank_and_the_same_seed_gives_the_same_bytes(eve: Study) -> None:
    found = eve.circularity()
    once, again, other = (found.significance("d", draws=39, seed=seed) for seed in (7, 7, 8))
    assert once == again != other
    assert all(row.p * 40 == pytest.approx(round(row.p * 40)) and 0 < row.p <= 1 for row in once)
    assert found.significance("cd", draws=39)[3:] == once  # a null answers alike alone and beside others


def test_the_chain_has_mixed_where_it_stops(eve: Study) -> None:
    """Twice the sweeps move the index no further than its error."""
    x, kinds = eve.circularity().point.edges, eve.promises.kinds
    for null in "bd":
        (usual,) = significance(x, kinds, bff, null, draws=100)
        (long,) = significance(x, kinds, bff, null, draws=100, sweeps=60, seed=8)
        assert abs(usual.mean - long.mean) < 4 * np.hypot(usual.sd, long.sd) / 100**0.5


def test_nothing_to_swap_is_no_finding() -> None:
    lonely = edges([(0, 1, 1.0, KINDS[0])], 2)
    for null in NULLS:
        (found,) = significance(lonely, classes(lonely), bff, null, draws=9)
        assert (found.p, found.moved) == (1.0, 0.0)
    none = edges([], 0)
    assert significance(none, {}, bff, "d", draws=9)[0].p == 1.0


def test_draws_in_blocks_are_the_same_law(monkeypatch: pytest.MonkeyPatch) -> None:
    x = random_edges(np.random.default_rng(2), 9, 20, kinds=1)
    monkeypatch.setattr(nulls, "_CELLS", 9 * 9 * 7)  # seven draws at a time
    first, *drawn = seen(x, "a", 20)
    assert len(drawn) == 20
    assert all(degrees(W) == degrees(first) for W in drawn)
    assert len({W.tobytes() for W in drawn}) > 15


def test_an_unknown_null_is_refused() -> None:
    x = edges([(0, 1, 1.0, KINDS[0])], 2)
    with pytest.raises(BadInput, match="no null model 'e'; one of a, b, c, d"):
        significance(x, classes(x), lambda W: {}, "e")
    with pytest.raises(BadInput, match="0 draws"):
        significance(x, classes(x), lambda W: {}, "a", draws=0)
