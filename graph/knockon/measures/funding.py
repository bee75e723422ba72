"""How much of what a party buys is paid for by its own suppliers, and in which deals.

    share_b = sum_j min(F_jb, P_bj) / sum_j P_bj

F_jb dollars that supplier j puts into buyer b (equity, credit), P_bj dollars that b has promised j for what it
buys. 0: no supplier funds it; 1: every purchase is matched by the seller's own money. Additive over suppliers. Money
is fungible: the share says what is matched, not which dollar went where. Cost: one pass.
"""

from __future__ import annotations

from dataclasses import dataclass

from knockon.flows import Flow
from knockon.measures.network import Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplier:
    """One supplier that also funds the buyer, with the legs of both."""

    supplier: str
    funding_usd: float
    purchases_usd: float
    matched_usd: float
    legs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FundedBySuppliers:
    """The share, and the suppliers that make it up, largest first."""

    buyer: str
    purchases_usd: float
    matched_usd: float
    suppliers: tuple[Supplier, ...]
    undisclosed: tuple[str, ...]  # the buyer's purchases, and its suppliers' money, without an amount

    @property
    def share(self) -> float | None:
        """None where nothing is bought, or nothing is known of the dollars."""
        return self.matched_usd / self.purchases_usd if self.purchases_usd else None


def funded_by_suppliers(network: Network, buyer: str) -> FundedBySuppliers:
    """The share of what `buyer` has promised for purchases, by the dollars promised in all."""
    bought = network.once(f for f in network.legs if f.payer == buyer and not f.funding and f.cash)
    sellers = {flow.payee for flow in bought}
    inflows = network.once(f for f in network.legs if f.payee == buyer and f.funding and f.cash)
    money = [flow for flow in inflows if flow.payer in sellers]
    found = []
    for seller in sorted(sellers):
        inflow = [flow for flow in money if flow.payer == seller]
        outflow = [flow for flow in bought if flow.payee == seller]
        there, back = _sum(inflow), _sum(outflow)
        if inflow:
            legs = tuple(flow.leg for flow in (*inflow, *outflow))
            found.append(
                Supplier(
                    supplier=seller,
                    funding_usd=there,
                    purchases_usd=back,
                    matched_usd=min(there, back),
                    legs=legs,
                )
            )
    return FundedBySuppliers(
        buyer=buyer,
        purchases_usd=_sum(bought),
        matched_usd=sum(s.matched_usd for s in found),
        suppliers=tuple(sorted(found, key=lambda s: (-s.matched_usd, s.supplier))),
        undisclosed=tuple(flow.leg for flow in (*bought, *money) if flow.usd is None),
    )


def _sum(flows: list[Flow]) -> float:
    return sum(flow.usd for flow in flows if flow.usd is not None)
