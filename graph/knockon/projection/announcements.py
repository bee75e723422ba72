"""What the market priced in on the day a leg was announced: the other reading of what it can take out again."""

from __future__ import annotations

from collections.abc import Iterable

from knockon.exposures import Span
from knockon.parameters import Parameters
from knockon.projection.amounts import Record, phi
from knockon.projection.notes import Notes
from knockon.projection.purchases import Purchase


def announced_values(rows: Iterable[Record], notes: Notes) -> dict[str, float]:
    """Dollars by leg: share of the day x abnormal return x market value before it (docs/model.md, section 2).

    The abnormal return is the market model's, r - beta r_market; the AI basket of the day is left in, for the
    announcement may itself have moved it. A fall counts as nothing priced in.
    """
    found: dict[str, float] = {}
    for row in rows:
        if not row["return_pct"]:
            continue
        before = row["change"] / (row["return_pct"] / 100)
        abnormal = (row["return_pct"] - row["beta"] * row["market_pct"]) / 100
        usd = max(0.0, row["share"] * abnormal * before)
        found[row["leg"]] = found.get(row["leg"], 0.0) + usd
        notes.assume(f"worth what {row['event']} priced in, USD", row["leg"], round(usd))
    if found:
        notes.assume("other contracts: present value times a multiple drawn from 1 to 8", "every supplier", 1.0)
    return found


def unpriced(
    rows: Iterable[Record], bought: list[Purchase], priced: frozenset[str], parameters: Parameters, notes: Notes
) -> list[Purchase]:
    """Edges for announced legs that have no public amount: their value is known, their dollars are not.

    They carry no demand, for that is measured in dollars of sales.
    """
    there = {edge.id for edge in bought} | set(notes.left_out.get("counted_in_another_leg", ()))
    years = parameters.find("term", "purchase without term").value
    nothing = Span(low=0.0, value=0.0, high=0.0)
    return [
        Purchase(
            id=row["leg"],
            obligor=row["payer"],
            holder=row["payee"],
            lease=row["family"] == "lease",
            usd=nothing,
            years=years,
            wait=0.0,
            phi=phi(row, parameters),
        )
        for row in rows
        if row["leg"] in priced and row["leg"] not in there
    ]
