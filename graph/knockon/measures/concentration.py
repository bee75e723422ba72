"""How much hangs on few: shares of a backlog or of a purchase book, their Herfindahl index, and what else is on offer.

Herfindahl: H = sum of squared shares. 1/n with n equal parties, 1 with a single one. Shares are of the dollars still
ahead that are disclosed and whose counterparty is named; a share of what is published can be quite another
(Hirschman 1964; H as used by antitrust authorities, there times 10,000).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from knockon.flows import Flow
from knockon.measures.network import Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Counterparty:
    """One customer of a supplier, or one supplier of a customer."""

    party: str
    promised_usd: float | None  # None, here and below: no leg with it is disclosed
    left_usd: float | None
    share: float | None  # of what is left
    undisclosed: int  # legs without an amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Concentration:
    """The counterparties, largest first; `herfindahl` None where nothing is disclosed."""

    party: str
    left_usd: float
    herfindahl: float | None
    counterparties: tuple[Counterparty, ...]
    undisclosed: int


def customers(network: Network, supplier: str) -> Concentration:
    """Who a supplier's backlog comes from: `backlog_share` is each one's `share`. Cost: one pass."""
    legs = network.once(f for f in network.legs if f.payee == supplier and _bought(f))
    return _concentration(supplier, [(f.payer, f) for f in legs])


def suppliers(network: Network, customer: str) -> Concentration:
    """Whom a customer has promised its purchases. Cost: one pass."""
    legs = network.once(f for f in network.legs if f.payer == customer and _bought(f))
    return _concentration(customer, [(f.payee, f) for f in legs])


def herfindahl(usd: Iterable[float]) -> float | None:
    """Sum of squared shares; None of nothing.

    >>> herfindahl([3, 1]), herfindahl([5]), herfindahl([])
    (0.625, 1.0, None)
    """
    parts = list(usd)
    total = sum(parts)
    return sum((part / total) ** 2 for part in parts) if total > 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Substitute:
    """How replaceable a supplier is to a buyer, in one family of goods."""

    supplier: str
    family: str
    promised_usd: float | None  # None: not disclosed
    elsewhere: float | None  # share of what the buyer buys of the family from others
    others: int  # of its suppliers in the family
    market_elsewhere: float | None  # share of what anybody in the book buys of the family from others
    market_others: int


@dataclass(frozen=True, slots=True)
class Market:
    """What everybody in the book buys of one family of goods."""

    sold: Mapping[str, float]  # dollars promised, by seller
    usd: float  # their sum


def markets(network: Network) -> dict[str, Market]:
    """The market of each family. Cost: one pass."""
    sold = {family: _sold(network.graph(legs)) for family, legs in _families(network.legs).items()}
    return {family: Market(sellers, sum(sellers.values())) for family, sellers in sold.items()}


def substitutability(network: Network, buyer: str, everywhere: Mapping[str, Market] | None = None) -> list[Substitute]:
    """For each supplier and family a buyer buys: how much of it comes from others, here and in the whole book.

    0: nobody else sells it that we know of; near 1: one among many. By dollars promised in all, undisclosed ones not
    among them, and within a family no dollar twice: the chips in a contract for computing are chips all the same. It
    tells what is bought elsewhere, not what could be: free capacity is in no book. Cost: one pass. For many buyers hand
    over the `markets` of the whole book, found once, and of the network the buyer's own legs.
    """
    market = markets(network) if everywhere is None else everywhere
    bought = _families(flow for flow in network.legs if flow.payer == buyer)
    own = {family: _sold(network.once(legs)) for family, legs in bought.items()}
    return [
        Substitute(
            supplier=supplier,
            family=family,
            promised_usd=usd or None,
            elsewhere=1 - usd / sum(sellers.values()) if usd else None,
            others=len(sellers) - 1,
            market_elsewhere=1 - market[family].sold[supplier] / market[family].usd if usd else None,
            market_others=len(market[family].sold) - 1,
        )
        for family, sellers in sorted(own.items())
        for supplier, usd in sorted(sellers.items(), key=lambda item: (-item[1], item[0]))
    ]


def _families(legs: Iterable[Flow]) -> dict[str, list[Flow]]:
    """What is bought, by family."""
    found: dict[str, list[Flow]] = {}
    for flow in filter(_bought, legs):
        found.setdefault(str(flow.family), []).append(flow)
    return found


def _bought(flow: Flow) -> bool:
    return not flow.funding and flow.cash


def _sold(legs: Iterable[Flow]) -> dict[str, float]:
    """Dollars promised to each seller."""
    found: dict[str, float] = {}
    for flow in legs:
        found[flow.payee] = found.get(flow.payee, 0.0) + (flow.usd or 0.0)
    return found


def _concentration(party: str, found: list[tuple[str, Flow]]) -> Concentration:
    by: dict[str, list[Flow]] = {}
    for other, flow in found:
        by.setdefault(other, []).append(flow)
    left = {other: _sum(flow.left for flow in flows) for other, flows in by.items()}
    total = sum(usd or 0.0 for usd in left.values())
    rows = [
        Counterparty(
            party=other,
            promised_usd=_sum(flow.usd for flow in flows),
            left_usd=usd,
            share=usd / total if usd is not None and total > 0 else None,
            undisclosed=sum(flow.usd is None for flow in flows),
        )
        for (other, flows), usd in zip(by.items(), left.values(), strict=True)
    ]
    return Concentration(
        party=party,
        left_usd=total,
        herfindahl=herfindahl(usd for usd in left.values() if usd is not None),
        counterparties=tuple(sorted(rows, key=lambda row: (-(row.left_usd or 0.0), row.party))),
        undisclosed=sum(row.undisclosed for row in rows),
    )


def _sum(usd: Iterable[float | None]) -> float | None:
    known = [value for value in usd if value is not None]
    return sum(known) if known else None
