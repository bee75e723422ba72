"""The bridge: what is known on a date becomes typed exposures (docs/model.md, section 2b).

What counts is selected by the queries in `queries/exposures/` (`ingredients` asks them of a graph, `columns` reads the
same rows from tables); how much it counts for is decided here, with
`data/parameters.csv`. The result lists every default that stood in for a fact and everything left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from knockon.exposures import Exposures
from knockon.model import Party
from knockon.parameters import Parameters
from knockon.projection.amounts import Record
from knockon.projection.announcements import announced_values, unpriced
from knockon.projection.assembly import assemble
from knockon.projection.balance import annual_figures, funding_dependence, worth_by_party
from knockon.projection.credit import covers, debts, fundings
from knockon.projection.holdings import holdings
from knockon.projection.ingredients import Ingredients
from knockon.projection.notes import Notes
from knockon.projection.purchases import commerce, legs


def project(
    ingredients: Ingredients,
    as_of: date,
    parties: Mapping[str, Party],
    parameters: Parameters,
    basis: str = "pv",
    no_backstop: frozenset[str] = frozenset(),
) -> Exposures:
    """Exposures on the day of the ingredients; the legs `no_backstop` raise nobody's redeployment.

    On the `pv` basis a contract is worth the present value of its margin and the capital sunk for it. On the
    `announcement` basis the legs that an event day announced are worth what that day's abnormal return put
    into their holder's price, and every other contract the pv basis times a sampled multiple;
    that basis needs the market tables among the ingredients.
    """
    notes = Notes()
    rows = {**ingredients}
    for name in ("money", "guarantees"):
        rows[name] = _once(rows[name], notes)
    revenue = annual_figures(rows["figures"], "revenue", parties, notes)
    capex = annual_figures(rows["figures"], "capex", parties, Notes())
    worth = worth_by_party(rows["parties"], rows["valuations"])
    announced = legs(rows["contracts"], _grouped(rows["overlaps"], "leg", "other"), as_of, parameters, notes)
    everyday = commerce(
        rows["dependences"],
        rows["purchases"],
        {group: tuple(sorted(names)) for group, names in _grouped(rows["members"], "group", "member").items()},
        revenue,
        capex,
        announced,
        frozenset((row["payee"], row["payer"]) for row in rows["contracts"]),
        parties,
        as_of,
        parameters,
        notes,
    )
    held = holdings(rows["stakes"], rows["money"], rows["rounds"], worth, parameters, notes)
    stakes = frozenset((h.holder, h.issuer) for h in held)
    lent = debts(rows["money"], stakes, as_of, parameters, notes)
    backed = [row for row in rows["guarantees"] if row["leg"] not in no_backstop]
    guarantees, bought = covers(backed, [*announced, *everyday], lent, parameters, notes)
    money = fundings(rows["money"], frozenset(edge.obligor for edge in bought), parameters, notes)
    priced = announced_values(rows["announcements"], notes) if basis == "announcement" else {}
    bought += unpriced(rows["contracts"], bought, frozenset(priced), parameters, notes)
    value = {row["party"]: float(row["usd"]) for row in rows["parties"] if row["usd"] is not None}
    needs = funding_dependence(rows["figures"], value, parties, parameters, notes)
    return assemble(
        rows["parties"], revenue, needs, bought, held, lent, money, guarantees, priced, parameters, notes, as_of
    )


def _once(rows: Iterable[Record], notes: Notes) -> list[Record]:
    """The rows but for those that say again what another row between the same two says."""
    found = []
    for row in rows:
        if row["twin"]:
            notes.leave_out("counted_in_another_leg", row["leg"])
        else:
            found.append(row)
    return found


def _grouped(rows: Iterable[Record], key: str, value: str) -> dict[str, frozenset[str]]:
    groups: dict[str, set[str]] = {}
    for row in rows:
        groups.setdefault(row[key], set()).add(row[value])
    return {name: frozenset(members) for name, members in groups.items()}
