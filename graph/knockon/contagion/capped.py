r"""The fixed point that several classics share: pay in full, or pass on what came in.

    y_i = cap_i                            where q_i + (M y)_i >= cap_i
    y_i = alpha q_i + beta (M y)_i         elsewhere

q (n,) or (n, B) what comes from outside, M (n, n) what comes from each other, both >= 0; cap (n,) >= 0.
Clearing has cap = debts, M = relative liabilities transposed; linear DebtRank has cap = 1, M = exposures
over buffers, where to be capped is to be bust. The map is monotone, so its solutions have a greatest and
a least (Tarski); both are found in finitely many rounds by solving for those who are short (the
fictitious default sequence of Eisenberg and Noe 2001, section 3; with costs of default Rogers and Veraart
2013, section 3). Each solve goes to rounding, so that nothing hangs on a tolerance of iteration.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import bicgstab, splu

from knockon.arrays import Flags, Index, Matrix, Vector, row_sums, scaled
from knockon.errors import BadInput, NotConverged

TIE = 1e-12  # relative: a debtor short of his cap by no more than rounding has reached it
_SMALL = 300  # below, a dense solve is faster than anything sparse
_CACHED = 2**15  # numbers in a block of scenarios: what a core keeps at hand
_ROUNDS = 60  # of accelerated iteration; what has not settled by then is solved exactly
_STILL = 1e-14  # relative: a last step so small is rounding, as a direct solve leaves it


def greatest(
    cap: Vector, q: Vector, M: Matrix, alpha: float = 1.0, beta: float = 1.0, able: Flags | None = None
) -> Vector:
    """The greatest solution, (n, B) for q (n, B): nobody is short until somebody must be.

    `able` (n, B) marks who has his cap; the others' is 0. Cost: at most n rounds, each a few products with
    M for all scenarios of a block at once; a linear system per scenario only where iteration does not settle.
    Raises `NotConverged` if a system cannot be solved.
    """
    n, wide = q.shape
    each = np.divide(1.0, cap, out=np.zeros_like(cap), where=cap > 0)
    G = scaled(M, rows=each, columns=cap)  # in shares of the cap a small party is as exact as a large one
    full = np.broadcast_to((cap > 0)[:, None], q.shape) if able is None else able & (cap > 0)[:, None]
    y = np.empty(q.shape)
    step = max(16, _CACHED // n)
    for at in range(0, wide, step):
        block = slice(at, at + step)
        y[:, block] = _block(G, q[:, block] * each[:, None], full[:, block].astype(np.float64), alpha, beta)
    y *= cap[:, None]
    return y


def least(cap: Vector, q: Vector, M: Matrix, alpha: float = 1.0, beta: float = 1.0) -> Vector:
    """The least solution, (n, B) for q (n, B): nobody is rescued by money that was only promised.

    From below: whoever is full given the others' least payments is full in every solution. Between two
    such findings y = min(cap, alpha q + beta M y), whose solution is unique among those whom any outside
    money reaches and 0 for the rest. Cost: at most n times that of `greatest`, mostly once.
    """
    limit = np.broadcast_to(cap[:, None], q.shape)
    full = np.zeros(q.shape, dtype=bool)
    flow = beta * M
    flow.eliminate_zeros()  # beta = 0: nothing is passed on, so nobody is reached
    while True:
        inflow = np.where(full, limit, alpha * q)
        y = greatest(cap, inflow, flow, able=reached(flow, inflow > 0))
        now = q + M @ y >= limit * (1 - TIE)
        if not (now & ~full & (y < limit * (1 - TIE))).any():
            return y
        full |= now


def _block(G: Matrix, q: Vector, top: Vector, alpha: float, beta: float) -> Vector:
    """`greatest` for a few scenarios, all in shares of the caps; top (n, B) is 1, or 0 without a cap."""
    found = np.empty(q.shape)
    open_ = np.arange(q.shape[1])
    y, edge = top, top * (1 - TIE)
    short = np.zeros(q.shape, dtype=np.bool_)
    loose = np.zeros(q.shape[1], dtype=np.bool_)  # scenarios whose payments are not solved for yet
    while True:
        passed = G @ y
        came = passed + q
        now = came < edge
        now |= short
        fresh = (now != short).any(axis=0)
        if fresh.any():  # a plain step stays above the solution and finds the next in a chain cheaply
            short, loose = now, loose | fresh
            y = np.where(short, came if alpha == beta == 1 else beta * passed + alpha * q, top)
            continue
        if not loose.all():
            found[:, open_[~loose]] = y[:, ~loose]
            if not loose.any():
                return found
            open_ = open_[loose]
            q, top, edge, y = (part[:, loose] for part in (q, top, edge, y))
            short = short[:, loose]
        y = _settled(G, y, short, np.where(short, alpha * q, top), beta)
        loose = np.zeros(len(open_), dtype=np.bool_)


def _settled(G: Matrix, y: Vector, short: Flags, fixed: Vector, beta: float) -> Vector:
    """y = fixed + beta G y among the short, and fixed elsewhere; from a guess.

    Plain steps, and after every fourth a leap along the direction that decays slowest (Lyusternik): what is
    left of a random network decays by its second eigenvalue. Who does not settle is solved for exactly.
    """
    passing = short * beta

    def step(y: Vector) -> Vector:
        y = G @ y
        y *= passing
        y += fixed
        return y

    for _ in range(_ROUNDS // 4):
        one = step(step(y))
        two = step(one)
        y = step(two)
        last = y - two
        size = np.maximum(last.max(axis=0), -last.min(axis=0))
        if (size <= _STILL).all():
            return np.clip(y, 0.0, 1.0)
        two -= one
        norm = np.einsum("ij,ij->j", two, two)
        rate = np.divide(np.einsum("ij,ij->j", two, last), norm, out=np.zeros_like(norm), where=norm > 0)
        last *= np.clip(rate, 0.0, 0.99) / (1 - np.clip(rate, 0.0, 0.99))
        y += last
    y = step(y)
    for flags, at in _alike(short, np.flatnonzero(size > _STILL)):
        rest = G[flags][:, ~flags] @ fixed[np.ix_(~flags, at)]
        y[np.ix_(flags, at)] = leontief(beta * G[flags][:, flags], fixed[np.ix_(flags, at)] + beta * rest)
    return np.clip(y, 0.0, 1.0)


def reached(M: Matrix, start: Flags) -> Flags:
    """Who gets something, directly or through others, from `start`: row i gets from the columns of M."""
    links = sparse.csr_array((np.ones(M.nnz), M.indices, M.indptr), shape=M.shape)
    found = start
    while True:
        more = found | (links @ found.astype(np.float64) > 0)
        if (more == found).all():
            return found
        found = more


def owned_whole(name: str, shares: Matrix) -> None:
    """Refuse shares (row i: who owns i) that pass 1, or that never leave a circle of owners.

    In such a circle equity equals itself plus something, and has no value.
    """
    total = row_sums(shares)
    if (total > 1 + TIE).any():
        i = int(np.argmax(total > 1 + TIE))
        raise BadInput(f"{name}: the shares of party {i} sum to {total[i]:g}; at most 1 can be held")
    apart = ~reached(shares, (total < 1 - TIE)[:, None])[:, 0]
    if apart.any():
        circle = ", ".join(map(str, np.flatnonzero(apart)))
        raise BadInput(f"{name}: parties {circle} belong wholly to each other; some outsider must own a part")


def leontief(G: Matrix, b: Vector) -> Vector:
    """x of (I - G) x = b, b (m,) or (m, B): dense if small, else iterative and checked, else factorised.

    Raises `NotConverged` with b as its partial result if I - G is singular.
    """
    m = G.shape[0]
    try:
        if m <= _SMALL:
            return np.asarray(np.linalg.solve(np.eye(m) - G.toarray(), b))
        K = (sparse.eye_array(m, format="csr") - G).tocsr()
        columns = b.reshape(m, -1)
        x: Vector = np.column_stack([bicgstab(K, c, rtol=1e-14, atol=0.0, maxiter=500)[0] for c in columns.T])
        if not (np.abs(K @ x - columns).max() <= 1e-13 * np.abs(x).max()):
            x = splu(K.tocsc()).solve(columns)
    except (np.linalg.LinAlgError, RuntimeError):
        raise NotConverged("I - G is singular: money goes round without end and none comes out", b) from None
    return x.reshape(b.shape)


def _alike(flags: Flags, columns: Index) -> list[tuple[Flags, Index]]:
    """The given columns of `flags`, those with the same pattern together: one system serves them all."""
    groups: dict[bytes, list[int]] = {}
    for k in columns:
        groups.setdefault(flags[:, k].tobytes(), []).append(int(k))
    return [(flags[:, at[0]], np.array(at)) for at in groups.values()]
