"""Everything we hold on a name: a party, a deal, a leg or an event."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knockon.errors import UnknownName
from knockon.study.explaining.deals import deal
from knockon.study.explaining.dossier import dossier
from knockon.study.explaining.explanation import Explanation
from knockon.study.explaining.legs import leg
from knockon.study.explaining.parties import party

if TYPE_CHECKING:
    from knockon.study.dated import DatedBook


def explain(study: DatedBook, name: str) -> Explanation:
    """Everything known on the study's date about `name`.

    Raises UnknownName with the nearest names of parties, deals, legs and events.
    """
    book = study.book
    events = {row["id"] for row in book.tables["events"]}
    if name in events:
        return dossier(study, name)
    if name in book.legs:
        return leg(study, name)
    if name in book.deals:
        return deal(study, name)
    try:
        return party(study, study.party(name))
    except UnknownName:
        remedy = "parties.csv, deals.csv, legs.csv and events.csv of the book list them"
        known = [*book.parties, *book.deals, *book.legs, *events]
        raise UnknownName("party, deal, leg or event", name, known, remedy) from None
