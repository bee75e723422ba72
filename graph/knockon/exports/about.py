"""What every export says of itself: which edition, as known on which day, under which terms, how to cite it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from knockon.exports import Snapshot
from knockon.model import Edition
from knockon.resources import shelf

TITLE = "knockon: relationships in the financing of AI"
CC_BY = "https://creativecommons.org/licenses/by/4.0/"
MIT = "https://opensource.org/license/mit"


@dataclass(frozen=True, slots=True)
class About:
    """The edition and the day of an export; `ours` unless the tables are somebody's own."""

    edition: Edition
    as_of: date
    ours: bool

    @property
    def description(self) -> str:
        """What a reader must know before adding anything up."""
        return (
            f"As known at the end of {self.as_of}; what became known later is left out. Amounts are whole US dollars. "
            "An empty amount is undisclosed, never zero. Legs that stand within others, or overlap, must not be added "
            "to them. Circular does not mean fraudulent."
        )

    @property
    def licence(self) -> str:
        """The terms in words."""
        if not self.ours:
            return "Tables: the terms of their author. Vocabulary: CC BY 4.0. Code: MIT."
        return (
            "Tables and vocabulary: CC BY 4.0. Not part of that grant: prices, event_returns and loadings, which are "
            "market quotes and figures computed from them; name their source when you use them. Code: MIT."
        )

    @property
    def citation(self) -> str:
        """How to cite it."""
        return f"knockon, edition {self.edition.data} ({self.edition.hash}), as known on {self.as_of}"

    def record(self) -> dict[str, str]:
        """Name -> text, for formats that hold plain pairs."""
        return {
            "title": TITLE,
            "as_of": self.as_of.isoformat(),
            "edition": self.edition.data,
            "hash": self.edition.hash,
            "code": f"knockon {self.edition.code}",
            "description": self.description,
            "licence": self.licence,
            "cite": self.citation,
        }


def about(snapshot: Snapshot) -> About:
    """What an export of the snapshot says of itself."""
    stamp = (shelf("data") / "EDITION").read_text(encoding="utf-8").strip()
    return About(snapshot.edition, snapshot.as_of, ours=snapshot.edition.data == stamp)
