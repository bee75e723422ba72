"""The rows of each measure: what `knockon.measures` computes, beside what the book has published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from knockon.errors import BadInput
from knockon.measures.bearers import Loss, loss_bearer_trace
from knockon.measures.claims import claims_per_asset
from knockon.measures.concentration import Concentration, customers, markets, substitutability, suppliers
from knockon.measures.maturity import net_by_year
from knockon.measures.network import Network, by_party
from knockon.measures.promises import off_balance_sheet_share, promise_to_cash, recycling_ratio
from knockon.periods import fiscal_period
from knockon.resolution import known_from
from knockon.rows import Row
from knockon.scenarios import Scenario

if TYPE_CHECKING:
    from knockon.study.dated import DatedBook

Rows = list[dict[str, Any]]


def _payers(network: Network, party: str | None) -> list[str]:
    return [party] if party else sorted({f.payer for f in network.legs if not f.funding and f.cash})


def _payees(network: Network, party: str | None) -> list[str]:
    return [party] if party else sorted({f.payee for f in network.legs if not f.funding and f.cash})


def backlog(study: DatedBook, network: Network, party: str | None) -> Rows:
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


def _published(study: DatedBook) -> dict[tuple[str, str], Row]:
    """The newest published share of a supplier's backlog, by (supplier, customer)."""
    book, found = study.book, {}
    rows = [row for row in book.tables["dependences"] if "backlog" in row["scope"]]
    for row in sorted(rows, key=lambda row: (_end(study, row), row["id"])):
        if known_from(book, "dependences", row) <= study.as_of:
            found[row["supplier"], row["customer"]] = row
    return found


def _end(study: DatedBook, row: Row) -> Any:
    return fiscal_period(row["period"], study.book.parties[row["supplier"]].fiscal_year_end_month).last


def customer_concentration(study: DatedBook, network: Network, party: str | None) -> Rows:
    """Of each supplier, how few customers its backlog hangs on."""
    own = by_party(network)
    return _concentrated([customers(own.get(name, network), name) for name in _payees(network, party)])


def supplier_concentration(study: DatedBook, network: Network, party: str | None) -> Rows:
    """Of each customer, how few suppliers it has promised its purchases to."""
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


def recycling(study: DatedBook, network: Network, party: str | None) -> Rows:
    """Commitments per dollar of equity paid in, the most committed first."""
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


def cash(study: DatedBook, network: Network, party: str | None) -> Rows:
    """Money promised and paid, a row a firmness."""
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


def off_balance(study: DatedBook, network: Network, party: str | None) -> Rows:
    """What is owed by contract beside the debt on the balance sheet."""
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


def claims(study: DatedBook, network: Network, party: str | None) -> Rows:
    """Vehicles with claims of more than one kind, a row a claim."""
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


def bearers(study: DatedBook, network: Network, party: str | None) -> Rows:
    """What kinds of holder lose if the party fails, by the engine's central run. Raises BadInput without a party."""
    from knockon.study.shocks.run import run

    if party is None:
        raise BadInput("loss-bearers needs the party that fails, for example openai")
    spread = run(study, Scenario(value={party: 1.0}, performance={party: 1.0}, draws=0))
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


def substitutes(study: DatedBook, network: Network, party: str | None) -> Rows:
    """Of each buyer's suppliers, how much is bought elsewhere."""
    own, everywhere = by_party(network), markets(network)
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
        for s in substitutability(own.get(buyer, network), buyer, everywhere)
    ]


def net(study: DatedBook, network: Network, party: str | None) -> Rows:
    """Dollars in and out by party and year."""
    return [
        {"party": n.party, "year": n.year, "in_usd": n.in_usd, "out_usd": n.out_usd, "net_usd": n.net_usd}
        for n in net_by_year(network, study.as_of)
        if party in (None, n.party)
    ]
