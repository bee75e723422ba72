"""How far one deal moves the circularity: each left out in turn, and each undisclosed one priced like its kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from statistics import median

from knockon.arrays import Matrix
from knockon.measures.network import GRAPHS, Network, edges


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What an index would be without a deal, or with an undisclosed leg at the median of its family."""

    what: str  # a deal, or DEAL/LEG
    added: bool
    usd: float  # taken out or put in
    index: float
    change: float


def missing_deal(network: Network, graph: str, index: Callable[[Matrix], float]) -> list[Change]:
    """Every single change, the largest first. All near 0: no one deal makes the finding.

    Cost: one index for each deal with dollars and each undisclosed leg.
    """
    weigh = GRAPHS[graph]
    base = index(edges(network, graph).matrix)
    counted = [flow for flow in network.flows if flow.cash and (weigh(flow) or 0) > 0]
    found = []
    for deal in sorted({flow.deal for flow in counted}):
        without = [flow for flow in network.flows if flow.deal != deal]
        usd = sum(weigh(flow) or 0.0 for flow in counted if flow.deal == deal)
        found.append((deal, False, usd, without))
    for flow in network.flows:
        like = [weigh(other) or 0.0 for other in counted if other.family is flow.family]
        if flow.cash and flow.usd is None and like:
            usd = median(like)
            priced = replace(flow, usd=usd, left=usd, yearly=usd)
            found.append((flow.leg, True, usd, [priced if other is flow else other for other in network.flows]))
    changes = []
    for what, added, usd, flows in found:
        value = index(edges(replace(network, flows=tuple(flows)), graph).matrix)
        changes.append(Change(what=what, added=added, usd=usd, index=value, change=value - base))
    return sorted(changes, key=lambda change: (-abs(change.change), change.what))
