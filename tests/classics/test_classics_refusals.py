"""What the literature's models refuse, in one line that says where."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy import sparse

from drawn import close
from knockon.arrays import matrix
from knockon.contagion.classics.clearing import cascade, clearing
from knockon.contagion.classics.crossholdings import crossholdings
from knockon.contagion.classics.debtrank import debtrank
from knockon.contagion.classics.seniority import seniority
from knockon.contagion.classics.supply import supply
from knockon.contagion.classics.valuation import valuation
from knockon.errors import BadInput
from knockon.measures.circularity import circularity
from knockon.measures.cycles import cycles
from knockon.validation.eventstudy import eventstudy

NONE, SQUARE, ONE = [0.0, 0.0], [[0.0, 1.0], [1.0, 0.0]], [1.0, 1.0]
REFUSED: list[tuple[Callable[[], object], str]] = [
    (lambda: clearing([[0, 1], [-4, 0]], ONE, NONE), r"L\[1, 0\] is negative: -4"),
    (lambda: clearing([[0, np.nan], [0, 0]], ONE, NONE), r"L\[0, 1\] is nan"),
    (lambda: clearing(sparse.csr_array([[0, np.inf], [0, 0]]), ONE, NONE), r"L\[0, 1\] is inf"),
    (lambda: clearing([[0, 1], [1, 2]], ONE, NONE), r"L\[1, 1\] is not zero: 2"),
    (lambda: clearing([[0, 1, 1], [1, 0, 1]], ONE, NONE), "L is 2 by 3; 2 by 2 expected"),
    (lambda: clearing([[0, 1], [1]], ONE, NONE), "L is not made of numbers"),
    (lambda: clearing([["0", "1"], ["1", "0"]], ONE, NONE), "L is not made of numbers"),
    (lambda: clearing([[0, 1j], [1, 0]], ONE, NONE), "L is not made of numbers"),
    (lambda: clearing([1, 2], ONE, NONE), "L has 1 dimensions"),
    (lambda: clearing(np.zeros((0, 0)), [], []), "L is empty"),
    (lambda: clearing(SQUARE, [1, -1], NONE), r"ea\[1\] is negative: -1.*seniority"),
    (lambda: clearing(SQUARE, [[1, 1], [1, -1]], NONE), r"ea\[1, 1\] is negative"),
    (lambda: clearing(SQUARE, [1, 1, 1], NONE), "ea has 3 entries; 2 expected"),
    (lambda: clearing(SQUARE, ONE, [NONE, NONE]), "el has 2 dimensions"),
    (lambda: clearing(SQUARE, ONE, [0, None]), r"el\[1\] is nan"),
    (lambda: clearing(SQUARE, ONE, NONE, alpha=1.1), "alpha is 1.1; it is one number from 0 to 1"),
    (lambda: clearing(SQUARE, ONE, NONE, beta=float("nan")), "beta is nan"),
    (lambda: cascade(SQUARE, ONE, NONE, recovery=-0.1), "recovery is -0.1"),
    (lambda: debtrank(SQUARE, [1, 0], ONE, NONE), r"buffer\[1\] is 0; it must be greater than 0"),
    (lambda: debtrank(SQUARE, ONE, NONE, NONE), "weights are all 0"),
    (lambda: debtrank(SQUARE, ONE, ONE, [[0, 0], [0, -1]]), r"shocks\[1, 1\] is negative"),
    (lambda: debtrank(SQUARE, ONE, ONE, [[0, 0, 0]]), "shocks has 3 entries; 2 expected"),
    (lambda: debtrank(SQUARE, ONE, ONE, NONE, rule="cubic"), "no rule 'cubic'; one of linear"),
    (lambda: valuation(SQUARE, ONE, ONE, ONE, [0, 2], NONE), r"recovery\[1\] is above 1"),
    (lambda: valuation(SQUARE, ONE, ONE, ONE, ONE, [0, 2], rule="merton"), r"equity_delta\[1\] is negative"),
    (lambda: valuation(SQUARE, ONE, ONE, ONE, ONE, NONE, rule="x"), "no rule 'x'"),
    (lambda: seniority(ONE, [], SQUARE), "Theta: parties 0, 1 belong wholly to each other"),
    (lambda: seniority(ONE, [], np.zeros((2, 2))), "Ls is a list of matrices"),
    (lambda: seniority(ONE, [SQUARE, [[0, -1], [0, 0]]], np.zeros((2, 2))), r"Ls\[1\]\[0, 1\] is negative"),
    (lambda: seniority(ONE, [SQUARE], [[0, 1.5], [0, 0]]), "Theta: the shares of party 0 sum to 1.5"),
    (lambda: crossholdings(SQUARE, np.eye(2), ONE, ONE, ONE), "C: parties 0, 1 belong wholly"),
    (lambda: crossholdings(np.zeros((2, 2)), np.eye(3), ONE, ONE, ONE), "D has 3 rows; 2 expected"),
    (lambda: supply([], [], [], [], [], []), "no links"),
    (lambda: supply(["a"], ["a"], [1], [1], [1], [2]), "link 0: 'a' supplies itself"),
    (lambda: supply(["a"], ["b"], [1], [1], [1], [3]), "link 0: kind is 3"),
    (lambda: supply(["a"], ["b"], [1], [1], [0], [2]), "weight is 0 everywhere"),
    (lambda: supply(["a"], ["b", "c"], [1], [1], [1], [2]), "customer has 2 entries; 1 expected"),
    (lambda: supply(["a", "a"], ["b", "c"], [1, 2], [1, 1], [1, 1], [2, 2]), "link 1: 'a' is in sector 2"),
    (lambda: circularity([[0, 1], [1, 5]]), r"W\[1, 1\] is not zero"),
    (lambda: cycles(SQUARE, longest=1), "longest is 1"),
    (lambda: cycles(SQUARE, names=["a", "a"]), "names: 2 different ones"),
    (lambda: eventstudy(np.ones((9, 1)), range(9), 6, 7), "R has 1 firm"),
    (lambda: eventstudy(np.ones((9, 2)), np.ones(9), 6, 7), "Rm does not move"),
    (lambda: eventstudy(np.ones((9, 2)), range(9), 6, 7), r"R\[:, 0\] leaves no residual"),
    (lambda: eventstudy(np.ones((9, 2)), range(9), 6, 9), "5 <= L1 <= event_row < days"),
    (lambda: eventstudy(np.ones((9, 2)), range(9), 6, 5), "5 <= L1 <= event_row < days"),
]


def test_the_refusals_are_counted() -> None:
    assert len(REFUSED) == 46


@pytest.mark.parametrize(("call", "says"), REFUSED, ids=[says for _, says in REFUSED])
def test_bad_input_is_refused_in_one_line_that_says_where(call: Callable[[], object], says: str) -> None:
    with pytest.raises(BadInput, match=says) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_the_door_leaves_what_it_is_given_alone() -> None:
    given_ = sparse.coo_array(([1.0, 2.0, 0.0], ([0, 0, 1], [1, 1, 0])), shape=(2, 2))
    inside = matrix("L", given_)
    assert (inside.nnz, inside.toarray().tolist()) == (1, [[0, 3], [0, 0]])
    assert given_.nnz == 3
    twice = sparse.csr_array((np.array([3.0, -1.0]), np.array([1, 1]), np.array([0, 2, 2])), shape=(2, 2))
    assert matrix("L", twice).toarray().tolist() == [[0, 2], [0, 0]]
    assert twice.nnz == 2


def test_whoever_owes_nothing_may_still_be_worth_less_than_nothing() -> None:
    found = seniority([-2.0, 1.0], [np.zeros((2, 2))], [[0, 0.5], [0, 0]])
    close(found.equity_signed, [-2, 1])
