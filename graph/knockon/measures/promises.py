"""What promises are worth in cash: how much was paid, how much was promised on it, how much no balance sheet shows.

`Network`s here keep the parties that stand for several: the money of a round is money, whoever it came from.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from knockon.flows import Flow
from knockon.measures.network import Network
from knockon.vocab import Family, Firmness


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseToCash:
    """Money promised at one firmness, and how much of it was paid."""

    firmness: Firmness
    legs: int
    undisclosed: int
    promised_usd: float
    paid_usd: float

    @property
    def share(self) -> float | None:
        """0: words; 1: all of it was paid. None where no amount is known."""
        return self.paid_usd / self.promised_usd if self.promised_usd else None


def promise_to_cash(network: Network) -> list[PromiseToCash]:
    """Equity and credit by firmness, lowest first: dollars promised, and paid where an event or a closing says so.

    Purchases are left out: what was performed of them is published for hardly any.
    """
    by: dict[Firmness, list[Flow]] = {}
    for flow in network.graph(f for f in network.legs if f.funding and f.cash):
        by.setdefault(flow.firmness, []).append(flow)
    return [
        PromiseToCash(
            firmness=firmness,
            legs=len(by[firmness]),
            undisclosed=sum(flow.usd is None for flow in by[firmness]),
            promised_usd=_sum(flow.usd for flow in by[firmness]),
            paid_usd=_sum(flow.paid for flow in by[firmness]),
        )
        for firmness in sorted(by, key=lambda firmness: firmness.rung)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recycling:
    """What a party has promised to spend beside the equity that was paid into it."""

    party: str
    commitments_usd: float
    equity_usd: float
    suppliers_usd: float  # of the equity, from those it buys from
    undisclosed: int

    @property
    def ratio(self) -> float | None:
        """Dollars promised per dollar of equity paid in; None without any."""
        return self.commitments_usd / self.equity_usd if self.equity_usd else None


def recycling_ratio(network: Network, party: str) -> Recycling:
    """Purchases still ahead per dollar of equity actually funded by others. 0: nothing promised; no upper end.

    High means that the promises rest on money still to be earned, lent or raised.
    """
    bought = network.once(f for f in network.legs if f.payer == party and not f.funding and f.cash)
    equity = network.once(f for f in network.legs if f.payee == party and f.family is Family.EQUITY and f.cash)
    sellers = {flow.payee for flow in bought}
    return Recycling(
        party=party,
        commitments_usd=_sum(flow.left for flow in bought),
        equity_usd=_sum(flow.paid for flow in equity),
        suppliers_usd=_sum(flow.paid for flow in equity if flow.payer in sellers),
        undisclosed=sum(flow.usd is None for flow in (*bought, *equity)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OffBalance:
    """What a party owes by contract beside the debt it reports."""

    party: str
    purchases_usd: float
    leases_usd: float
    guarantees_usd: float
    debt_usd: float | None
    undisclosed: int

    @property
    def off_usd(self) -> float:
        """Promises that are no debt on the balance sheet."""
        return self.purchases_usd + self.leases_usd + self.guarantees_usd

    @property
    def share(self) -> float | None:
        """0: all it owes is debt; 1: nothing is. None where the debt is not known."""
        if self.debt_usd is None or not self.off_usd + self.debt_usd:
            return None
        return self.off_usd / (self.off_usd + self.debt_usd)


def off_balance_sheet_share(network: Network, party: str, debt: float | None) -> OffBalance:
    """Purchases and leases ahead, and guarantees given, over these and the reported `debt` (dollars, None unknown).

    A lease that has begun is on the balance sheet in part: the share is an upper reading.
    """
    own = network.once(flow for flow in network.legs if flow.payer == party)
    guarantees = [flow for flow in own if flow.family is Family.GUARANTEE]
    leases = [flow for flow in own if flow.family is Family.LEASE]
    bought = [flow for flow in own if not flow.funding and flow.cash and flow.family is not Family.LEASE]
    return OffBalance(
        party=party,
        purchases_usd=_sum(flow.left for flow in bought),
        leases_usd=_sum(flow.left for flow in leases),
        guarantees_usd=_sum(flow.usd for flow in guarantees),
        debt_usd=debt,
        undisclosed=sum(flow.usd is None for flow in (*bought, *leases, *guarantees)),
    )


def _sum(usd: Iterable[float | None]) -> float:
    return sum(value for value in usd if value is not None)
