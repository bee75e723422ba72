"""Cross-holdings alone: a share in a firm falls with the firm, in proportion (Elliott, Golub and Jackson 2014).

Own assets are what makes values come out as they are today; no failure costs, for no threshold is known.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from knockon.contagion.engine import Shock
from knockon.contagion.mechanisms.gross import hit, known
from knockon.exposures import Exposures, Vector

title = "cross-holdings"
cannot_see = (
    "contracts, debts, guarantees and demand: only shares pass a loss on",
    "costs of failure, which are where this model's cascades come from: no threshold is known for these firms",
)


def losses(x: Exposures, shock: Shock) -> Vector:
    """Dollars lost by each party, (n,): (I - C)^-1 times the direct losses (their eq. 3); n = number of parties."""
    held = x.holdings
    n = len(x.balance.parties)
    C = sparse.csr_array((held.theta * held.lam, (held.holder, held.obligor)), shape=(n, n)).toarray()
    lost = np.linalg.solve(np.eye(n) - C, hit(shock, "crossholdings") * known(x))
    return np.asarray(np.minimum(known(x), lost))
