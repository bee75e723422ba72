"""What stops when one firm stops: the economic systemic risk index of a supply network.

    down  hd_i = min(psi_i, min_k (1 - sum_(j in k) sigma_j W_ji / W_ki (1 - hd_j)),
                     1 - sum_j sigma_j W_ji / W_.i (1 - hd_j))       k essential, j non-essential suppliers
    up    hu_i = min(psi_i, sum_l W_il hu_l / W_i.)
    sigma_j = min(1, s_j / sum_(l in sector of j) s_l hd_l)          how hard j is to replace in its sector
    esri_f = sum_i s_i (1 - min(hd_i, hu_i)) / sum_i s_i             for psi_f = 0 and psi = 1 elsewhere

W (firms, firms) yearly sales of supplier to customer; s = W 1 sales; W_ki purchases of i from sector k;
W_.i all purchases of i. Production is generalised Leontief: an essential input has no substitute, a
non-essential one counts for its share of purchases. Diem, Borsos, Reisch, Kertesz, Thurner 2022 (methods,
doi:10.1038/s41598-022-11522-z). Left out: inventories, prices, time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from knockon.arrays import Index, Matrix, Vector, vector
from knockon.errors import BadInput, NotConverged

_ROUNDS = 100_000
_AT_ONCE = 256  # scenarios held in memory together


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """The index of every firm, in the order in which the links name them."""

    names: tuple[str, ...]
    esri: Vector  # share of all sales lost if that firm stops, 0 to 1


def supply(
    supplier: Sequence[str],
    customer: Sequence[str],
    supplier_sector: Sequence[object],
    customer_sector: Sequence[object],
    weight: object,
    kind: Sequence[int],
    *,
    stop: float = 1e-13,
) -> Supply:
    """The share of all sales that is lost when a firm stops, for every firm.

    One entry per link: two names, their sectors, sales >= 0, and kind: 0 the supplier's failure does not
    pass down, 1 non-essential, 2 essential. A firm has one sector. `stop` is the step at which the
    iteration ends. Raises `BadInput`; `NotConverged` with the production levels after 100,000 rounds.
    Cost: products with W for all firms at once, in blocks of 256.

    >>> supply(["a", "b"], ["b", "c"], [1, 2], [2, 3], [1, 3], [2, 2]).esri    # without a nobody sells
    array([1., 1., 1.])
    """
    links = len(supplier)
    if not links:
        raise BadInput("no links; a supply network needs at least one")
    columns = {"customer": customer, "supplier_sector": supplier_sector, "customer_sector": customer_sector}
    for name, column in {**columns, "kind": kind}.items():
        if len(column) != links:
            raise BadInput(f"{name} has {len(column)} entries; {links} expected, one per link")
    sales = vector("weight", weight, links)
    firm: dict[str, int] = {}
    sector_of: dict[str, object] = {}
    for k, (s, c) in enumerate(zip(supplier, customer, strict=True)):
        if s == c:
            raise BadInput(f"link {k}: {s!r} supplies itself; leave it out")
        if kind[k] not in (0, 1, 2):
            raise BadInput(f"link {k}: kind is {kind[k]!r}; 0 no effect, 1 non-essential, 2 essential")
        for party, sector in ((s, supplier_sector[k]), (c, customer_sector[k])):
            firm.setdefault(party, len(firm))
            if sector_of.setdefault(party, sector) != sector:
                known = sector_of[party]
                raise BadInput(f"link {k}: {party!r} is in sector {sector!r}, but was in {known!r} before")
    n = len(firm)
    sectors = {sector: q for q, sector in enumerate(dict.fromkeys(sector_of.values()))}
    sector = np.array([sectors[sector_of[party]] for party in firm])
    i, j = np.array([firm[c] for c in customer]), np.array([firm[s] for s in supplier])
    network = _Network(tuple(firm), i, j, sales, np.asarray(kind), sector)
    index = [network.lost(np.arange(at, min(at + _AT_ONCE, n)), stop) for at in range(0, n, _AT_ONCE)]
    return Supply(names=tuple(firm), esri=np.concatenate(index))


class _Network:
    """The links as sparse matrices; customers are rows, suppliers columns, except in `up`."""

    def __init__(self, names: tuple[str, ...], i: Index, j: Index, w: Vector, kind: Index, sector: Index) -> None:
        self.names, n = names, len(names)
        self.sold = _by(j, w, n)
        bought = _by(i, w, n)
        if not self.sold.any():
            raise BadInput("weight is 0 everywhere; some sale must be worth something")
        self.member: Matrix = sparse.csr_array((np.ones(n), (sector, np.arange(n))))
        self.sector = sector
        self.up: Matrix = sparse.csr_array((_ratio(w, self.sold[j]), (j, i)), shape=(n, n))
        self.sells = (self.sold > 0)[:, None]
        soft, hard = kind == 1, kind == 2
        self.soft: Matrix = sparse.csr_array((_ratio(w, bought[i])[soft], (i[soft], j[soft])), shape=(n, n))
        # one row per pair of customer and essential sector, ordered by customer
        pair, row = np.unique(i[hard] * (sector.max() + 1) + sector[j[hard]], return_inverse=True)
        inputs = _by(row, w[hard], len(pair))
        part = _ratio(w[hard], inputs[row])
        self.hard: Matrix = sparse.csr_array((part, (row, j[hard])), shape=(len(pair), n))
        self.needs, self.first = np.unique(pair // (sector.max() + 1), return_index=True)

    def lost(self, failing: Index, stop: float) -> Vector:
        """Share of all sales lost, for each of the firms in `failing` on its own."""
        psi = np.ones((len(self.sold), len(failing)))
        psi[failing, np.arange(len(failing))] = 0.0
        down, up = psi * 0 + 1.0, psi * 0 + 1.0
        moving = np.arange(len(failing))
        for _ in range(_ROUNDS):
            hd, hu, cap = down[:, moving], up[:, moving], psi[:, moving]
            new_down, new_up = np.minimum(cap, self._down(hd)), np.minimum(cap, self._up(hu))
            step = np.maximum(np.abs(new_down - hd).max(axis=0), np.abs(new_up - hu).max(axis=0))
            down[:, moving], up[:, moving] = new_down, new_up
            moving = moving[step > stop]
            if not len(moving):
                return np.asarray(self.sold @ (1 - np.minimum(down, up)) / self.sold.sum())
        slow = ", ".join(self.names[failing[k]] for k in moving)
        message = f"without {slow}, one at a time, production still moves after {_ROUNDS} rounds"
        raise NotConverged(message, np.minimum(down, up))

    def _down(self, hd: Vector) -> Vector:
        sold = self.sold[:, None]
        alive = np.asarray(self.member @ (sold * hd))[self.sector]
        sigma = np.minimum(1.0, np.divide(sold, alive, out=np.ones_like(alive), where=alive > 0))
        gone = np.where(self.sells, sigma, 0.0) * (1 - hd)
        left: Vector = 1 - self.soft @ gone
        if len(self.needs):
            worst = np.maximum.reduceat(self.hard @ gone, self.first, axis=0)
            left[self.needs] = np.minimum(left[self.needs], 1 - worst)
        return left

    def _up(self, hu: Vector) -> Vector:
        return np.where(self.sells, np.asarray(self.up @ hu), 1.0)


def _by(group: Index, w: Vector, groups: int) -> Vector:
    return np.bincount(group, w, groups).astype(np.float64)


def _ratio(w: Vector, total: Vector) -> Vector:
    return np.divide(w, total, out=np.zeros_like(w), where=total > 0)
