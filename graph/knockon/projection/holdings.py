"""Who holds how much of whom: stakes where one is known, else equity legs over the worth of their round."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from knockon.parameters import Parameters
from knockon.projection.amounts import Record, amount, paid_part, phi
from knockon.projection.notes import Notes

Worth = Mapping[str, tuple[tuple[date, float], ...]]
"""Party -> its known values in order of date."""

_ROUND_DAYS = 200  # a leg belongs to the first valuation that follows it within so many days


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """`holder` has the share `theta` of `issuer`."""

    id: str
    issuer: str
    holder: str
    theta: float


def holdings(
    stakes: Iterable[Record],
    money: Iterable[Record],
    rounds: Iterable[Record],
    worth: Worth,
    parameters: Parameters,
    notes: Notes,
) -> list[Holding]:
    """Every holding on the date (docs/model.md, section 2b); what passes 100% of an issuer is scaled and listed."""
    found = from_stakes(stakes, worth, notes)
    told = {(holding.holder, holding.issuer) for holding in found}
    silent = [row for row in money if row["instrument"] in ("equity_investment", "convertible")]
    later = _dilution(rounds, worth)
    legs: dict[str, Holding] = {}
    for row in silent:
        if (row["payer"], row["payee"]) in told or (row["joint"] and row["own_share"] is None):
            continue
        theta = _of_round(row, worth, later, parameters, notes)
        if theta is not None:
            legs[row["leg"]] = Holding(id=row["leg"], issuer=row["payee"], holder=row["payer"], theta=theta)
    parts = {row["leg"] for row in silent if row["leg"] in legs and row["within"] in legs}
    for part in sorted(parts):
        notes.leave_out("counted_in_another_leg", part)
    found += [holding for leg, holding in legs.items() if leg not in parts]
    return _scaled([holding for holding in found if holding.theta > 0], notes)


def from_stakes(rows: Iterable[Record], worth: Worth, notes: Notes) -> list[Holding]:
    """The newest stake of each pair; a stake of zero ends a holding. Dollars count over the worth of that day."""
    newest: dict[tuple[str, str], tuple[tuple[date, bool, bool], Record]] = {}
    for row in rows:
        if row["pct"] is None and row["usd"] is None:
            continue
        pair = (row["holder"], row["issuer"])
        rank = (row["as_of"], row["pct"] is not None, row["confirmed"])
        if pair not in newest or rank > newest[pair][0]:
            newest[pair] = (rank, row)
    found = []
    for (holder, issuer), (_, row) in newest.items():
        theta = row["pct"] / 100 if row["pct"] is not None else None
        if theta is None:
            value = _on(worth.get(issuer, ()), row["as_of"])
            if value is None:
                notes.leave_out("stakes_without_a_value", f"{holder}/{issuer}")
                theta = 0.0
            else:
                theta = row["usd"] / value
                notes.assume("share held = dollars stated / value on that day", f"{holder}/{issuer}", theta)
        found.append(Holding(id=f"stake:{holder}/{issuer}", issuer=issuer, holder=holder, theta=min(1.0, theta)))
    return found


def _on(values: tuple[tuple[date, float], ...], day: date) -> float | None:
    """The last value on or before `day`, else the first after it."""
    before = [value for on, value in values if on <= day]
    return before[-1] if before else (values[0][1] if values else None)


def _of_round(
    row: Record,
    worth: Worth,
    later: Mapping[str, tuple[tuple[date, float], ...]],
    parameters: Parameters,
    notes: Notes,
) -> float | None:
    """Amount over the post-money of the leg's round, diluted by the rounds after it.

    What is paid counts whole; what is definitive and not yet paid counts as far as it is firm, for a forward
    commitment moves with the price too.
    """
    span = amount(row, parameters, notes)
    if span is None:
        return None
    usd = paid_part(row, span.value)
    if row["firmness"] == "definitive":
        usd += (span.value - usd) * phi(row, parameters).value
    if usd == 0:
        return None
    day, values = row["from"], worth.get(row["payee"], ())
    following = [(on, value) for on, value in values if 0 <= (on - day).days <= _ROUND_DAYS]
    worth_then = following[0][1] if following else _on(values, day)
    if worth_then is None:
        notes.leave_out("equity_without_a_valuation", row["leg"])
        return None
    since = following[0][0] if following else day
    kept = 1.0
    for on, new_share in later.get(row["payee"], ()):
        if on > since:
            kept *= 1 - new_share
    return min(1.0, usd * (row["own_share"] or 1.0) / worth_then) * kept


def _dilution(rounds: Iterable[Record], worth: Worth) -> dict[str, tuple[tuple[date, float], ...]]:
    """Per issuer the rounds after its first: (day, share of the issuer that the new money bought)."""
    money: dict[str, list[tuple[date, float]]] = {}
    for row in rounds:
        money.setdefault(row["issuer"], []).append((row["from"], float(row["usd"])))
    found = {}
    for issuer, values in worth.items():
        steps = []
        for (previous, _), (on, post) in pairwise(values):
            new = sum(usd for day, usd in money.get(issuer, ()) if previous < day <= on)
            steps.append((on, min(1.0, new / post)))
        found[issuer] = tuple(steps)
    return found


def _scaled(found: list[Holding], notes: Notes) -> list[Holding]:
    total: dict[str, float] = {}
    for holding in found:
        total[holding.issuer] = total.get(holding.issuer, 0.0) + holding.theta
    for issuer, share in total.items():
        if share > 1:
            notes.assume("holdings pass 100%; scaled by", issuer, 1 / share)
    return [
        Holding(id=h.id, issuer=h.issuer, holder=h.holder, theta=h.theta / max(1.0, total[h.issuer])) for h in found
    ]
