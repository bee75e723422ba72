"""Bad news about one party lowers what is expected of its peers: belief, not contract, and so shown apart.

A lab's hit s makes each peer j perform less on its purchases, z_e = rho_j max(u_s, w_s) for every contract e of j, set
once before the fixed point (King and Wadhwani 1990; Acharya and Yorulmazer 2008; docs/model.md, section 9).
Debts are not touched. What it adds is the loss with it less the loss without it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from knockon.contagion.engine import Shock
from knockon.exposures import Exposures, Flags, Vector


def told(x: Exposures, shock: Shock, rho: Vector, sources: Flags) -> Shock:
    """The shock with the contracts of the peers cut; rho (n,) how far a party is a peer, sources (n,) who is news."""
    news = np.where(sources, np.maximum(shock.u, shock.w), 0.0)
    n = len(news)
    others = np.where(np.eye(n, dtype=bool), 0.0, news[None, :]).max(axis=1)  # nobody is its own peer
    cut = (rho * others)[x.contracts.obligor]
    return replace(shock, z=shock.z + cut * (1 - shock.z))
