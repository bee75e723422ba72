"""The measures that authorities and analysts ask for, by name: what each asks, its rows, and how to read it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from knockon.errors import BadInput, UnknownName
from knockon.measures.network import Network
from knockon.study.measures import rows as measure_rows
from knockon.study.measures.asked import side_of, stamp, threshold
from knockon.study.measures.rows import Rows

if TYPE_CHECKING:
    from knockon.study.dated import DatedBook


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One measure; `named` leaves out parties that stand for several."""

    question: str
    reading: str
    columns: Mapping[str, str]  # of the table: name -> unit; JSON and CSV have more
    rows: Callable[[DatedBook, Network, str | None], Rows]
    named: bool = False
    party: str = ""  # how the party that it asks for is called; empty: it asks for none


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The answer of one measure."""

    name: str
    measure: Measure
    study: DatedBook
    network: Network
    party: str | None
    rows: Rows

    def record(self) -> dict[str, Any]:
        """The answer as JSON."""
        how = {"measure": self.name, "party": self.party, "firmness": str(self.network.least)}
        return {
            **stamp(self.study, **how),
            "question": self.measure.question,
            "reading": self.measure.reading,
            "undisclosed_legs": self.undisclosed,
            "rows": self.rows,
        }

    @property
    def undisclosed(self) -> int:
        """Legs at this firmness without a public amount, of the party where there is one."""
        if self.party is None:
            return self.network.undisclosed
        return sum(flow.usd is None for flow in self.network.legs if self.party in (flow.payer, flow.payee))


def measure(
    study: DatedBook, name: str, party: str | None = None, firmness: str = "definitive", side: str = "cloud"
) -> Measured:
    """One of MEASURES, for a party or, where that makes sense, for every one that has an answer.

    Raises UnknownName for a measure, a party, a firmness or a side; BadInput where the measure needs a party.
    """
    if name not in MEASURES:
        raise UnknownName("measure", name, MEASURES, "knockon measure lists them")
    found = MEASURES[name]
    who = study.party(party) if party is not None else None
    if who is not None and not found.party:
        raise BadInput(f"{name} is about the whole book; leave out {who!r}")
    network = study.promises.network(threshold(firmness), side_of(side), found.named)
    return Measured(
        name=name, measure=found, study=study, network=network, party=who, rows=found.rows(study, network, who)
    )


_CONCENTRATION = {
    "party": "",
    "herfindahl": "",
    "counterparties": "",
    "largest": "",
    "largest_share": "fraction",
    "left_usd": "USD",
}

MEASURES: Mapping[str, Measure] = {
    "backlog-share": Measure(
        question="Which customer is how much of a supplier's backlog, in our legs and as published?",
        reading="Ours counts disclosed legs between named parties and what is left of them; a published backlog counts"
        " every contract by accounting rules. The two are not alike and stand beside each other, never in one sum.",
        party="supplier",
        named=True,
        rows=measure_rows.backlog,
        columns={
            "supplier": "",
            "customer": "",
            "left_usd": "USD",
            "share": "fraction",
            "published_usd": "USD",
            "published_share": "fraction",
            "backlog_usd": "USD",
        },
    ),
    "customer-concentration": Measure(
        question="How few customers does a supplier's backlog hang on?",
        reading="Herfindahl index of what is left: 1 is a single customer, 1/n is n alike.",
        party="supplier",
        named=True,
        rows=measure_rows.customer_concentration,
        columns=_CONCENTRATION,
    ),
    "supplier-concentration": Measure(
        question="How few suppliers has a customer promised its purchases to?",
        reading="Herfindahl index of what is left: 1 is a single supplier, 1/n is n alike.",
        party="customer",
        named=True,
        rows=measure_rows.supplier_concentration,
        columns=_CONCENTRATION,
    ),
    "substitutability": Measure(
        question="How much of what a buyer gets from a supplier does it, or anybody, get from others?",
        reading="0: nobody else that we know of sells it; near 1: one among many. It tells what is bought elsewhere,"
        " not what could be: free capacity is in no book.",
        party="buyer",
        named=True,
        rows=measure_rows.substitutes,
        columns={
            "buyer": "",
            "supplier": "",
            "family": "",
            "promised_usd": "USD",
            "elsewhere": "fraction",
            "others": "",
            "market_elsewhere": "fraction",
        },
    ),
    "recycling-ratio": Measure(
        question="How many dollars has a party promised to spend per dollar of equity paid into it?",
        reading="High: the promises rest on money still to be earned, lent or raised. From suppliers: the part of the"
        " equity that came from those it buys from. Shares sold on an exchange are mostly not in the book.",
        party="party",
        rows=measure_rows.recycling,
        columns={
            "party": "",
            "ratio": "",
            "commitments_usd": "USD",
            "equity_usd": "USD",
            "from_suppliers_usd": "USD",
            "undisclosed_legs": "",
        },
    ),
    "promise-to-cash": Measure(
        question="Of the money promised at each firmness, how much has been paid?",
        reading="Equity and credit only; a purchase's performance is published for hardly any. Nothing paid may also"
        " mean that nobody has said so.",
        rows=measure_rows.cash,
        columns={
            "firmness": "",
            "legs": "",
            "undisclosed_legs": "",
            "promised_usd": "USD",
            "paid_usd": "USD",
            "share": "fraction",
        },
    ),
    "off-balance-sheet-share": Measure(
        question="Of all a party owes by contract, how much is no debt on its balance sheet?",
        reading="Purchases and leases ahead and guarantees given, over these and the reported debt. An upper reading:"
        " leases that have begun are on the balance sheet in part.",
        party="party",
        rows=measure_rows.off_balance,
        columns={
            "party": "",
            "share": "fraction",
            "purchases_usd": "USD",
            "leases_usd": "USD",
            "guarantees_usd": "USD",
            "debt_usd": "USD",
            "undisclosed_legs": "",
        },
    ),
    "claims-per-asset": Measure(
        question="Which vehicles are owned, leased, pledged or guaranteed by more than one kind of holder?",
        reading="A vehicle stands for the campus or chip pool it holds. Dollars of different claims are never added.",
        rows=measure_rows.claims,
        columns={"vehicle": "", "claims": "", "claim": "", "usd": "USD", "holders": ""},
    ),
    "loss-bearers": Measure(
        question="If a party fails altogether, which kinds of holder end up with what the others lose?",
        reading="By the engine's central run. Lenders that nobody itemises are not in the network and in no row.",
        party="party",
        rows=measure_rows.bearers,
        columns={"bearer": "", "loss_usd": "USD", "share": "fraction"},
    ),
    "net-by-year": Measure(
        question="What is each party to receive and to pay by year?",
        reading="Straight line over the days each promise has left; the default term where none is known.",
        party="party",
        rows=measure_rows.net,
        columns={"party": "", "year": "", "in_usd": "USD", "out_usd": "USD", "net_usd": "USD"},
    ),
}
"""Also `knockon timeline` (funding gap) and `knockon circularity` (funded by suppliers)."""
