"""What we hold on a party: what it is and is worth, its legs and its holdings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knockon.identifiers import identifiers
from knockon.resolution import known_from
from knockon.study.explaining.explanation import Explanation, Section
from knockon.study.explaining.tables import by_size
from knockon.views.wording import money

if TYPE_CHECKING:
    from knockon.study.dated import DatedBook


def party(study: DatedBook, name: str) -> Explanation:
    """The party as known on the study's date."""
    told = study.book.parties[name]
    value = study.values.get(name)
    pays = [leg for leg in study.resolved.values() if leg.leg.payer == name]
    gets = [leg for leg in study.resolved.values() if leg.leg.payee == name]
    worth = f"{money(value.usd)} on {value.on} ({value.basis})" if value else "not known on this date"
    silent = sum(not leg.disclosed for leg in (*pays, *gets))
    numbers = identifiers(study.book, name)
    facts = (
        ("kind", told.kind.replace("_", " ") + (", listed" if told.listed_on(study.as_of) else "")),
        ("value", worth),
        ("known as", ", ".join((name, *told.aliases))),
        ("numbers", "; ".join(f"{scheme} {told.replace('_', ' ')}" for scheme, told in numbers.items())),
        (
            "legs",
            f"pays or promises in {len(pays)}, receives in {len(gets)}; {silent} without a public amount",
        ),
        ("mind", "legs overlap and contain one another: this list is not a sum"),
    )
    stakes = [
        row
        for row in study.book.tables["stakes"]
        if name in (row["holder"], row["issuer"]) and known_from(study.book, "stakes", row) <= study.as_of
    ]
    return Explanation(
        heading=f"{told.name} ({name})",
        facts=facts,
        sections=(
            by_size("pays or promises", pays, ("payee",)),
            by_size("receives", gets, ("payer",)),
            Section(
                title="holdings",
                columns=("holder", "of", "share", "dollars", "as of", "basis"),
                rows=tuple(
                    (
                        row["holder"],
                        row["issuer"],
                        "" if row["pct"] is None else f"{row['pct']:g}%",
                        "" if row["value_usd"] is None else money(row["value_usd"]),
                        str(row["as_of"]),
                        row["basis"] or "",
                    )
                    for row in stakes
                ),
            ),
        ),
        record={
            "party": name,
            "name": told.name,
            "kind": told.kind,
            "identifiers": numbers,
            "value_usd": value.usd if value else None,
            "pays": [leg.leg.id for leg in pays],
            "receives": [leg.leg.id for leg in gets],
        },
    )
