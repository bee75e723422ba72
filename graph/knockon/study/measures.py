"""The measures that authorities and analysts ask for, by name: what each asks, its rows, and how to read it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from knockon.errors import BadInput, UnknownName
from knockon.measures.bearers import Loss, loss_bearer_trace
from knockon.measures.claims import claims_per_asset
from knockon.measures.concentration import Concentration, customers, substitutability, suppliers
from knockon.measures.maturity import net_by_year
from knockon.measures.network import Network, by_party
from knockon.measures.promises import off_balance_sheet_share, promise_to_cash, recycling_ratio
from knockon.model import Row, fiscal_period
from knockon.resolution import known_from
from knockon.study.flows import side_of, stamp, threshold

if TYPE_CHECKING:
    from knockon.study import Study

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One measure; `named` leaves out parties that stand for several."""

    question: str
    reading: str
    columns: Mapping[str, str]  # of the table: name -> unit; JSON and CSV have more
    rows: Callable[[Study, Network, str | None], Rows]
    named: bool = False
    party: str = ""  # how the party that it asks for is called; empty: it asks for none


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The answer of one measure."""

    name: str
    measure: Measure
    study: Study
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
    study: Study, name: str, party: str | None = None, firmness: str = "definitive", side: str = "cloud"
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


def _payers(network: Network, party: str | None) -> list[str]:
    return [party] if party else sorted({f.payer for f in network.legs if not f.funding and f.cash})


def _payees(network: Network, party: str | None) -> list[str]:
    return [party] if party else sorted({f.payee for f in network.legs if not f.funding and f.cash})


def _backlog(study: Study, network: Network, party: str | None) -> Rows:
    """Ours beside what is published; pairs that only one of the two knows are rows too.

    Without a party: of suppliers of whose backlog anything is published.
    """
    said = {key: row for key, row in _published(study).items() if party in (None, key[0])}
    own = by_party(network)
    ours = {supplier: customers(own.get(supplier, network), supplier) for supplier in _payees(network, party)}
    pairs = {(supplier, c.party): c for supplier, found in ours.items() for c in found.counterparties}
    if party is None:
        told = {s for s, _ in said} | {s for s in ours if study.promises.balance(s, "rpo_backlog")}
        pairs = {pair: c for pair, c in pairs.items() if pair[0] in told}
    rows = []
    for supplier, customer in sorted(pairs.keys() | said.keys()):
        counterparty, row = pairs.get((supplier, customer)), said.get((supplier, customer))
        total = study.promises.balance(supplier, "rpo_backlog")
        rows.append(
            {
                "supplier": supplier,
                "customer": customer,
                "left_usd": counterparty.left_usd if counterparty else None,
                "share": counterparty.share if counterparty else None,
                "promised_usd": counterparty.promised_usd if counterparty else None,
                "published_share": row["share_pct"] / 100 if row and row["share_pct"] is not None else None,
                "published_usd": row["usd"] if row else None,
                "published_for": row["period"] if row else None,
                "backlog_usd": total.usd if total else None,
                "backlog_on": total.period if total else None,
            }
        )
    return sorted(rows, key=lambda row: (row["supplier"], -(row["left_usd"] or 0.0), row["customer"]))


def _published(study: Study) -> dict[tuple[str, str], Row]:
    """The newest published share of a supplier's backlog, by (supplier, customer)."""
    book, found = study.book, {}
    rows = [row for row in book.tables["dependences"] if "backlog" in row["scope"]]
    for row in sorted(rows, key=lambda row: (_end(study, row), row["id"])):
        if known_from(book, "dependences", row) <= study.as_of:
            found[row["supplier"], row["customer"]] = row
    return found


def _end(study: Study, row: Row) -> Any:
    return fiscal_period(row["period"], study.book.parties[row["supplier"]].fiscal_year_end_month).last


def _customers(study: Study, network: Network, party: str | None) -> Rows:
    own = by_party(network)
    return _concentrated([customers(own.get(name, network), name) for name in _payees(network, party)])


def _suppliers(study: Study, network: Network, party: str | None) -> Rows:
    own = by_party(network)
    return _concentrated([suppliers(own.get(name, network), name) for name in _payers(network, party)])


def _concentrated(found: list[Concentration]) -> Rows:
    return [
        {
            "party": c.party,
            "herfindahl": c.herfindahl,
            "counterparties": len(c.counterparties),
            "largest": c.counterparties[0].party,
            "largest_share": c.counterparties[0].share,
            "left_usd": c.left_usd,
            "promised_usd": sum(other.promised_usd or 0.0 for other in c.counterparties),
            "undisclosed_legs": c.undisclosed,
        }
        for c in sorted(found, key=lambda c: (-c.left_usd, c.party))
        if c.herfindahl is not None
    ]


def _recycling(study: Study, network: Network, party: str | None) -> Rows:
    own = by_party(network)
    found = [recycling_ratio(own.get(name, network), name) for name in _payers(network, party)]
    return [
        {
            "party": r.party,
            "ratio": r.ratio,
            "commitments_usd": r.commitments_usd,
            "equity_usd": r.equity_usd,
            "from_suppliers_usd": r.suppliers_usd,
            "undisclosed_legs": r.undisclosed,
        }
        for r in sorted(found, key=lambda r: (-r.commitments_usd, r.party))
        if r.ratio is not None and (party or r.commitments_usd > 0)
    ]


def _cash(study: Study, network: Network, party: str | None) -> Rows:
    return [
        {
            "firmness": str(p.firmness),
            "legs": p.legs,
            "undisclosed_legs": p.undisclosed,
            "promised_usd": p.promised_usd,
            "paid_usd": p.paid_usd,
            "share": p.share,
        }
        for p in promise_to_cash(network)
    ]


def _off_balance(study: Study, network: Network, party: str | None) -> Rows:
    rows, own = [], by_party(network)
    for name in [party] if party else sorted({flow.payer for flow in network.legs}):
        debt = study.promises.balance(name, "total_debt")
        found = off_balance_sheet_share(own.get(name, network), name, debt.usd if debt else None)
        if found.share is not None and (party or found.off_usd > 0):
            rows.append(
                {
                    "party": name,
                    "share": found.share,
                    "purchases_usd": found.purchases_usd,
                    "leases_usd": found.leases_usd,
                    "guarantees_usd": found.guarantees_usd,
                    "debt_usd": found.debt_usd,
                    "debt_on": debt.period if debt else None,
                    "undisclosed_legs": found.undisclosed,
                }
            )
    return sorted(rows, key=lambda row: (-row["share"], row["party"]))


def _claims(study: Study, network: Network, party: str | None) -> Rows:
    vehicles = [p.id for p in study.book.parties.values() if p.kind in ("spv", "joint_venture")]
    return [
        {
            "vehicle": asset.vehicle,
            "claims": len(asset.claims),
            "claim": claim.kind,
            "usd": claim.usd,
            "holders": ", ".join(claim.holders),
            "legs": " ".join(claim.legs),
        }
        for asset in claims_per_asset(network, vehicles)
        for claim in asset.claims
    ]


def _bearers(study: Study, network: Network, party: str | None) -> Rows:
    if party is None:
        raise BadInput("loss-bearers needs the party that fails, for example openai")
    spread = study.shock(value={party: 1.0}, performance={party: 1.0}, draws=0)
    losses = [
        Loss(
            party=row["party"],
            kind=study.promises.kinds[row["party"]],
            listed=row["listed"],
            valued=row["value_usd"] is not None,
            usd=row["loss_usd"],
            credit_usd=row["channels"]["credit"],
        )
        for row in spread.rows()
        if row["party"] != party
    ]
    found = loss_bearer_trace(losses)
    total = sum(found.values())
    return [
        {"bearer": bearer, "loss_usd": usd, "share": usd / total if total else None} for bearer, usd in found.items()
    ]


def _substitutes(study: Study, network: Network, party: str | None) -> Rows:
    return [
        {
            "buyer": buyer,
            "supplier": s.supplier,
            "family": s.family,
            "promised_usd": s.promised_usd,
            "elsewhere": s.elsewhere,
            "others": s.others,
            "market_elsewhere": s.market_elsewhere,
            "market_others": s.market_others,
        }
        for buyer in _payers(network, party)
        for s in substitutability(network, buyer)
    ]


def _net(study: Study, network: Network, party: str | None) -> Rows:
    return [
        {"party": n.party, "year": n.year, "in_usd": n.in_usd, "out_usd": n.out_usd, "net_usd": n.net_usd}
        for n in net_by_year(network, study.as_of)
        if party in (None, n.party)
    ]


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
        rows=_backlog,
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
        rows=_customers,
        columns=_CONCENTRATION,
    ),
    "supplier-concentration": Measure(
        question="How few suppliers has a customer promised its purchases to?",
        reading="Herfindahl index of what is left: 1 is a single supplier, 1/n is n alike.",
        party="customer",
        named=True,
        rows=_suppliers,
        columns=_CONCENTRATION,
    ),
    "substitutability": Measure(
        question="How much of what a buyer gets from a supplier does it, or anybody, get from others?",
        reading="0: nobody else that we know of sells it; near 1: one among many. It tells what is bought elsewhere,"
        " not what could be: free capacity is in no book.",
        party="buyer",
        named=True,
        rows=_substitutes,
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
        rows=_recycling,
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
        rows=_cash,
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
        rows=_off_balance,
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
        rows=_claims,
        columns={"vehicle": "", "claims": "", "claim": "", "usd": "USD", "holders": ""},
    ),
    "loss-bearers": Measure(
        question="If a party fails altogether, which kinds of holder end up with what the others lose?",
        reading="By the engine's central run. Lenders that nobody itemises are not in the network and in no row.",
        party="party",
        rows=_bearers,
        columns={"bearer": "", "loss_usd": "USD", "share": "fraction"},
    ),
    "net-by-year": Measure(
        question="What is each party to receive and to pay by year?",
        reading="Straight line over the days each promise has left; the default term where none is known.",
        party="party",
        rows=_net,
        columns={"party": "", "year": "", "in_usd": "USD", "out_usd": "USD", "net_usd": "USD"},
    ),
}
"""Also `knockon timeline` (funding gap) and `knockon circularity` (funded by suppliers)."""
