"""FollowTheMoney: parties, holdings, debts, contracts and looser ties as entities; for Aleph, OpenAleph, ftm.

A party is a Company, a government a PublicBody, a group that nobody itemises a LegalEntity. Stakes are Ownership.
A definitive or closed loan or bond is a Debt, such a purchase or lease a Contract whose ContractAward carries the
amount. FollowTheMoney has no word for a promise: what is less firm, a guarantee or an investment is an
UnknownLink with the instrument as its role and the firmness as its status. Its amount, for which an UnknownLink
has no place, stands in its description. Cancelled legs are left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from knockon.exports import Snapshot, Writer
from knockon.exports.about import TITLE, about
from knockon.exports.tabular import cell
from knockon.known import known_rows
from knockon.overlaps import contained
from knockon.resolution import Resolved
from knockon.rows import Row
from knockon.tables.columns import row_id
from knockon.vocab import Family, Firmness

suffix = ".ftm.json"

_SCHEMES = {"CIK": "cikCode", "LEI": "leiCode", "ISIN": "isinCode", "Wikidata": "wikidataId"}
_PURCHASES = frozenset({Family.COMPUTE, Family.GOODS, Family.LEASE, Family.POWER})


def render(snapshot: Snapshot) -> Writer:
    """One entity a line, sorted by id; the entity `about` holds edition, day and terms."""
    return lambda out: out.writelines(_lines(snapshot))


def _lines(snapshot: Snapshot) -> Iterator[bytes]:
    rows = known_rows(snapshot.book, snapshot.resolved, snapshot.as_of)
    entities = [
        _entity("about", "Note", name=TITLE, description=_words(snapshot)),
        *_parties(rows),
        *(_stake(snapshot, row) for row in rows["stakes"]),
        *(entity for leg in snapshot.resolved.values() if leg.live for entity in _leg(snapshot, leg)),
    ]
    for entity in sorted(entities, key=lambda entity: entity["id"]):
        yield f"{json.dumps(entity, ensure_ascii=False)}\n".encode()


def _words(snapshot: Snapshot) -> str:
    words = about(snapshot)
    return f"{words.citation}; knockon {snapshot.edition.code}. {words.description} {words.licence}"


def _entity(id: str, schema: str, **properties: Any) -> dict[str, Any]:
    """Properties are lists of text; what is not known is left out."""
    held = {
        name: [cell(part) for part in (value if isinstance(value, (list, tuple)) else [value])]
        for name, value in properties.items()
        if value not in (None, "", (), [])
    }
    return {"id": id, "schema": schema, "properties": held}


def _id(table: str, name: str) -> str:
    """FollowTheMoney takes letters, digits, points and hyphens."""
    return f"{table}.{name.replace('/', '.').replace('_', '-')}"


def _parties(rows: Mapping[str, Sequence[Row]]) -> Iterator[dict[str, Any]]:
    numbers: dict[str, dict[str, str]] = {}
    for row in rows["identifiers"]:
        if row["scheme"] in _SCHEMES:
            numbers.setdefault(row["party"], {})[_SCHEMES[row["scheme"]]] = row["value"]
    for row in rows["parties"]:
        if row["kind"] == "index":
            continue
        company = {"ticker": row["ticker"], **numbers.get(row["id"], {})}
        yield _entity(
            _id("parties", row["id"]),
            _schema(row),
            name=row["name"],
            alias=row["aliases"],
            country=(row["country"] or "").lower(),
            sector=row["kind"].replace("_", " "),
            parent=row["parent"] and _id("parties", row["parent"]),
            notes=row["note"],
            **(company if _schema(row) == "Company" else {}),
        )


def _schema(row: Row) -> str:
    return "LegalEntity" if row["grouped"] else "PublicBody" if row["kind"] == "government" else "Company"


def _stake(snapshot: Snapshot, row: Row) -> dict[str, Any]:
    source = snapshot.book.sources[row["source"]]
    return _entity(
        _id("stakes", row_id("stakes", row)),
        "Ownership",
        owner=_id("parties", row["holder"]),
        asset=_id("parties", row["issuer"]),
        percentage=row["pct"],
        sharesValue=row["value_usd"],
        sharesCurrency="USD" if row["value_usd"] is not None else None,
        date=row["as_of"],
        summary=row["basis"],
        sourceUrl=source.url,
        publisher=source.publisher,
    )


def _leg(snapshot: Snapshot, leg: Resolved) -> Iterator[dict[str, Any]]:
    name, family = _id("legs", leg.leg.id), leg.leg.instrument.family
    payer, payee = _id("parties", leg.leg.payer), _id("parties", leg.leg.payee)
    pages = [snapshot.book.sources[claim.source] for claim in leg.claims]
    shared = {
        "recordId": leg.leg.id,
        "startDate": leg.leg.start,
        "endDate": leg.leg.end,
        "date": leg.leg.known_from,
        "summary": leg.leg.summary,
        "description": _amounts(snapshot, leg),
        "sourceUrl": list(dict.fromkeys(page.url for page in pages if page.url)),
        "publisher": list(dict.fromkeys(page.publisher for page in pages)),
    }
    money = {"amount": leg.usd, "amountUsd": leg.usd, "currency": "USD" if leg.usd is not None else None}
    kind, firmness = leg.leg.instrument.replace("_", " "), leg.firmness.replace("_", " ")
    if leg.firmness.rung < Firmness.DEFINITIVE.rung or family not in {Family.CREDIT, *_PURCHASES}:
        yield _entity(name, "UnknownLink", subject=payer, object=payee, role=kind, status=firmness, **shared)
    elif family is Family.CREDIT:
        yield _entity(name, "Debt", debtor=payee, creditor=payer, **money, **shared)
    else:
        title = snapshot.book.deals[leg.leg.deal].title
        yield _entity(name, "Contract", title=title, name=title, authority=payer, type=kind, status=firmness)
        award = {"contract": name, "supplier": payee, "role": kind, "status": firmness}
        yield _entity(f"{name}.award", "ContractAward", **award, **money, **shared)


def _amounts(snapshot: Snapshot, leg: Resolved) -> str:
    """What the entity's own properties have no place for."""
    basis = leg.leg.amount_basis.replace("_", " ")
    words = [f"Amount: {leg.usd} US dollars ({basis})." if leg.usd is not None else "Amount: no single figure."]
    if leg.disclosed and (leg.usd_low, leg.usd_high) != (leg.usd, leg.usd):
        words.append(f"Sources say {leg.usd_low or '?'} to {leg.usd_high or '?'}.")
    if not leg.disclosed:
        words = ["Amount: undisclosed, which is not zero."]
    if contained(leg, snapshot.resolved):
        words.append(f"Stands within {leg.leg.within}: do not add the two.")
    if leg.leg.overlaps:
        words.append(f"Overlaps {', '.join(name for name in leg.leg.overlaps if name in snapshot.resolved)}.")
    return " ".join(words)
