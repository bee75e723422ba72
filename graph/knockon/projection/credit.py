"""Debts, money promised but not drawn, and guarantees: who is owed, who still has to pay, who stands behind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from knockon.exposures import Span
from knockon.parameters import Parameters
from knockon.projection.amounts import Record, amount, paid_part, phi, remaining
from knockon.projection.notes import Notes
from knockon.projection.purchases import Purchase


@dataclass(frozen=True, slots=True, kw_only=True)
class Debt:
    """`holder` lent to `obligor`."""

    id: str
    obligor: str
    holder: str
    usd: float
    lgd: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Funding:
    """`investor` has promised `payee` money that is not drawn; firmness is in `usd`."""

    id: str
    investor: str
    payee: str
    usd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """`guarantor` stands behind the edge `covers`, up to `cap` dollars of nominal promise."""

    id: str
    guarantor: str
    covers: str
    share: float
    cap: float


def debts(
    rows: Iterable[Record],
    held: frozenset[tuple[str, str]],
    as_of: date,
    parameters: Parameters,
    notes: Notes,
) -> list[Debt]:
    """Drawn loans and bonds; a convertible whose holder's stake is known is in the stake already.

    A joint facility stands for a group: only a stated own share is the lead's.
    """
    found = []
    candidates = {row["leg"]: row for row in rows if row["instrument"] in ("loan", "bond", "convertible")}
    drawn = {name for name, row in candidates.items() if row["firmness"] == "closed" or row["paid"]}
    for row in candidates.values():
        if row["leg"] not in drawn or (row["payer"], row["payee"]) in held:
            continue
        if row["within"] in drawn:
            notes.leave_out("counted_in_another_leg", row["leg"])
            continue
        if row["joint"] and row["own_share"] is None:
            notes.leave_out("joint_facilities", row["leg"])
            continue
        left = remaining(_open_ended(row, as_of), as_of, parameters, notes)
        if left is None:
            continue
        if row["seniority"]:
            lgd = parameters.find("lgd", f"seniority:{row['seniority']}").span
        else:
            lgd = parameters.find("lgd", "unknown seniority").span
            notes.assume("seniority unknown; loss given default", row["leg"], lgd.value)
        usd = paid_part(row, left.usd.value) * (row["own_share"] or 1.0)
        found.append(Debt(id=row["leg"], obligor=row["payee"], holder=row["payer"], usd=usd, lgd=lgd))
    return found


def _open_ended(row: Record, as_of: date) -> Record:
    """A loan without dates is owed in full: only its amount is asked of `remaining`, so any term will do."""
    dated = row["end"] or (row["start"] and row["years"])
    return row if dated else {**row, "start": None, "years": 1.0}


def fundings(rows: Iterable[Record], needy: frozenset[str], parameters: Parameters, notes: Notes) -> list[Funding]:
    """Promised, not yet paid: equity and credit below `closed`; into parties that owe nothing they are idle."""
    found = []
    for row in rows:
        if row["firmness"] == "closed" or row["within"] is not None:
            continue
        if row["payee"] not in needy:
            notes.leave_out("funding_of_parties_without_obligations", row["leg"])
            continue
        if row["joint"] and row["own_share"] is None:
            notes.leave_out("joint_facilities", row["leg"])
            continue
        span = amount(row, parameters, notes)
        if span is not None:
            undrawn = span.value - paid_part(row, span.value)
            usd = undrawn * phi(row, parameters).value * (row["own_share"] or 1.0)
            found.append(Funding(id=row["leg"], investor=row["payer"], payee=row["payee"], usd=usd))
    return found


def covers(
    rows: Iterable[Record], purchases: list[Purchase], lent: list[Debt], parameters: Parameters, notes: Notes
) -> tuple[list[Cover], list[Purchase]]:
    """Guarantees of an edge, and the purchases with redeployment raised where somebody must buy what is unsold.

    A backstop that covers no promise of a third party to the beneficiary is a put on unsold capacity: it is
    not a guarantee of a lease but a second buyer (docs/model.md, section 2b).
    """
    edges: list[Purchase | Debt] = [*purchases, *lent]
    obligors = {edge.id: edge.obligor for edge in edges}
    owed_to = {edge.id: edge.holder for edge in edges}
    found: list[Cover] = []
    puts: dict[str, list[Record]] = {}
    for row in rows:
        target = row["covers"]
        third = target in obligors and obligors[target] != row["guarantor"]
        if third and owed_to[target] == row["beneficiary"]:
            share = row["cover"] if row["cover"] is not None else 1.0
            if row["cover"] is None:
                notes.assume("share covered", row["leg"], share)
            cap = row["usd"] if row["usd"] is not None else row["high"]
            if cap is None:
                notes.assume("no cap is known; the guarantee is taken as unlimited", row["leg"], "unlimited")
            firm = phi(row, parameters).value
            notes.assume("a guarantee covers as far as it is firm", row["leg"], firm)
            limit = float("inf") if cap is None else float(cap)
            cover = Cover(id=row["leg"], guarantor=row["guarantor"], covers=target, share=share * firm, cap=limit)
            found.append(cover)
        elif row["instrument"] == "backstop" and not third and row["usd"] is not None:
            puts.setdefault(row["beneficiary"], []).append(row)
        else:
            notes.leave_out("guarantees_of_no_edge", row["leg"])
    return _at_most_whole(found), _with_puts(purchases, puts, parameters, notes)


def _at_most_whole(found: list[Cover]) -> list[Cover]:
    total: dict[str, float] = {}
    for cover in found:
        total[cover.covers] = total.get(cover.covers, 0.0) + cover.share
    return [
        Cover(
            id=c.id,
            guarantor=c.guarantor,
            covers=c.covers,
            share=c.share / max(1.0, total[c.covers]),
            cap=c.cap,
        )
        for c in found
    ]


def _with_puts(
    purchases: list[Purchase], puts: dict[str, list[Record]], parameters: Parameters, notes: Notes
) -> list[Purchase]:
    """The share of the seller's promised sales that a backstopper would buy, added to what can be sold anew."""
    sales: dict[str, list[Purchase]] = {}
    for edge in purchases:
        if edge.holder in puts:
            sales.setdefault(edge.holder, []).append(edge)
    raised = []
    for edge in purchases:
        resold = edge.resold
        for row in puts.get(edge.holder, ()):
            if edge.obligor == row["guarantor"]:
                continue
            behind = sum(e.usd.value for e in sales[edge.holder] if e.obligor != row["guarantor"])
            share = min(1.0, phi(row, parameters).value * row["usd"] / behind)
            resold = 1 - (1 - resold) * (1 - share)
            notes.assume("a backstop of unsold capacity raises redeployment by the share", row["leg"], share)
        raised.append(edge.with_resold(resold))
    return raised
