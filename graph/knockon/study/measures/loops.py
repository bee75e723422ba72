"""What `knockon loops` answers: circles of deals at a firmness, and how many there are at each other one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knockon.flows import LADDER
from knockon.measures.loops import Loop, loops
from knockon.measures.network import Network
from knockon.study.measures.asked import NEUTRAL, left_out, leg_record, side_of, stamp, threshold
from knockon.study.writing.files import kind, write
from knockon.vocab import Firmness

if TYPE_CHECKING:
    import pandas

    from knockon.study.dated import DatedBook
    from knockon.views.loops import Loops as LoopsPage


@dataclass(frozen=True, kw_only=True)
class Loops(Sequence[Loop]):
    """The loops of a study: those disclosed throughout before the others, the widest bottleneck first."""

    study: DatedBook
    network: Network
    found: tuple[Loop, ...]
    cut: bool  # there are more: these are the first by name
    longest: int
    through: str | None
    side: str

    def __len__(self) -> int:
        return len(self.found)

    def __getitem__(self, at: Any) -> Any:
        return self.found[at]

    @cached_property
    def by_firmness(self) -> dict[Firmness, int | None]:
        """How many loops there are at each threshold; None where the list is cut."""
        counts: dict[Firmness, int | None] = {}
        for least in LADDER:
            network = self.study.promises.network(least, self.side)
            several, cut = loops(network, self.longest, self.through)
            counts[least] = None if cut else len(several)
        return counts

    @property
    def table(self) -> pandas.DataFrame:
        """A row a loop, as in the CSV."""
        import pandas as pd

        return pd.DataFrame(self.rows())

    def rows(self) -> list[dict[str, Any]]:
        """A flat record a loop."""
        return [
            {
                "parties": " > ".join((*loop.parties, loop.parties[0])),
                "length": len(loop.parties),
                "bottleneck_usd": loop.bottleneck,
                "undisclosed_hops": loop.undisclosed,
                "kinds": " ".join(loop.kinds),
                "since": loop.since.isoformat(),
                "legs": " ".join(flow.leg for hop in loop.hops for flow in hop),
                "firmness": str(self.network.least),
                "as_of": self.study.as_of.isoformat(),
                "edition": str(self.study.edition),
            }
            for loop in self
        ]

    def drawn(self) -> LoopsPage:
        """The loops as a page or a picture shows them."""
        from knockon.study.measures.circles import drawn

        return drawn(self.study, self.network, self.found)

    def picture(self, path: str | Path) -> Path:
        """Write the widest circles as a chart; the file's suffix, .svg or .png, says what kind. Needs matplotlib."""
        from knockon.views import charts

        return write(Path(path), charts.loops(self.drawn(), kind(path)))

    def record(self) -> dict[str, Any]:
        """The answer as JSON."""
        how = {"firmness": str(self.network.least), "side": self.side, "longest": self.longest, "through": self.through}
        return {
            **stamp(self.study, **how),
            "note": NEUTRAL,
            "count": len(self),
            "cut": self.cut,
            "by_firmness": {str(least): count for least, count in self.by_firmness.items()},
            "loops": [_record(loop) for loop in self],
            "undisclosed_legs": self.network.undisclosed,
            "left_out": left_out(self.network.left_out),
        }


def find(
    study: DatedBook, longest: int = 5, through: str | None = None, firmness: str = "reported", side: str = "cloud"
) -> Loops:
    """The loops of 2 to `longest` parties at `firmness` and up, through one party if asked.

    Raises UnknownName for a party, a firmness or a side, BadInput for a length below 2.
    """
    party = study.party(through) if through is not None else None
    network = study.promises.network(threshold(firmness), side_of(side))
    found, cut = loops(network, longest, party)
    widest = sorted(found, key=_widest)
    return Loops(study=study, network=network, found=tuple(widest), cut=cut, longest=longest, through=party, side=side)


def scene(study: DatedBook) -> LoopsPage:
    """What the loops page shows, at the firmness that `knockon loops` takes by itself."""
    return find(study).drawn()


def _widest(loop: Loop) -> tuple[bool, float, int, tuple[str, ...]]:
    return (loop.undisclosed > 0, -(loop.bottleneck or 0.0), len(loop.parties), loop.parties)


def _record(loop: Loop) -> dict[str, Any]:
    ends = zip(loop.parties, (*loop.parties[1:], loop.parties[0]), loop.hops, loop.usd, strict=True)
    return {
        "parties": list(loop.parties),
        "bottleneck_usd": loop.bottleneck,
        "undisclosed_hops": loop.undisclosed,
        "kinds": list(loop.kinds),
        "since": loop.since.isoformat(),
        "hops": [
            {"payer": payer, "payee": payee, "usd": usd, "legs": [leg_record(flow) for flow in hop]}
            for payer, payee, hop, usd in ends
        ],
    }
