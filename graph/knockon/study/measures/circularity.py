"""What `knockon circularity` answers: the curve by firmness, and at one threshold who, how sure, and by which deal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knockon.engines import LOCAL, Engine, Tick
from knockon.measures.circularity import central, readings
from knockon.measures.curve import Point, curve
from knockon.measures.funding import FundedBySuppliers, funded_by_suppliers
from knockon.measures.network import by_party
from knockon.measures.nulls import Significance, significance
from knockon.measures.sensitivity import Change, missing_deal
from knockon.study.measures.asked import NEUTRAL, graph_of, left_out, side_of, stamp, threshold
from knockon.study.writing.files import kind, write
from knockon.vocab import Firmness

if TYPE_CHECKING:
    import pandas

    from knockon.study.dated import DatedBook
    from knockon.views.loops import Step


@dataclass(frozen=True, kw_only=True)
class CircularityResult:
    """The curve, and the rest at `least`; what is costly is computed when asked for."""

    study: DatedBook
    points: tuple[Point, ...]
    least: Firmness
    graph: str
    side: str
    longest: int

    @property
    def point(self) -> Point:
        """The point of the curve at `least`."""
        return next(point for point in self.points if point.least is self.least)

    @property
    def curve(self) -> pandas.DataFrame:
        """A row a threshold."""
        import pandas as pd

        return pd.DataFrame(self.rows())

    def rows(self) -> list[dict[str, Any]]:
        """A flat record a threshold; indices None where there are no dollars."""
        return [_row(point) for point in self.points]

    def steps(self) -> tuple[Step, ...]:
        """The curve as a page or a picture shows it."""
        from knockon.views.loops import Step
        from knockon.views.promises import and_up

        return tuple(
            Step(
                firmness=and_up(row["firmness"]),
                legs=row["legs"],
                usd=row["total_usd"],
                loops=row["loops"],
                back=row["bilateral"],
                central=row["bff"],
                most=row["max_circulation"],
            )
            for row in self.rows()
        )

    @property
    def where(self) -> dict[str, Any]:
        """Which graph, on which day, of which edition: for a flat row."""
        study = self.study
        return {"graph": self.graph, "side": self.side, "as_of": study.as_of.isoformat(), "edition": str(study.edition)}

    @cached_property
    def funded(self) -> list[FundedBySuppliers]:
        """Buyers that their suppliers fund, by the dollars matched."""
        buyers = sorted({flow.payer for flow in self.point.network.legs if not flow.funding})
        own = by_party(self.point.network)
        shares = [funded_by_suppliers(own[buyer], buyer) for buyer in buyers]
        return sorted((f for f in shares if f.suppliers), key=lambda f: (-f.matched_usd, f.buyer))

    def missing(self) -> list[Change]:
        """What the central index would be without each deal, or with each undisclosed leg priced like its kind."""
        return missing_deal(self.point.network, self.graph, central)

    def significance(
        self,
        nulls: Sequence[str] = ("a", "b", "c", "d"),
        draws: int = 999,
        seed: int = 7,
        progress: Tick | None = None,
        engine: Engine = LOCAL,
    ) -> list[Significance]:
        """The three readings beside what chance gives under each null model. Raises BadInput for an unknown one."""
        found = []
        for k, null in enumerate(nulls):
            tick = (lambda done, k=k: progress(k * draws + done)) if progress else None
            found += significance(
                self.point.edges, self.study.promises.kinds, readings, null, draws, seed, progress=tick, engine=engine
            )
        return found

    def picture(self, path: str | Path) -> Path:
        """Write the curve as a chart; the file's suffix, .svg or .png, says what kind. Needs matplotlib."""
        from knockon.views import charts

        return write(
            Path(path),
            charts.curve(self.steps(), self.graph, str(self.study.edition), self.study.as_of.isoformat(), kind(path)),
        )

    def record(self, tests: Sequence[Significance] = (), changes: Sequence[Change] = ()) -> dict[str, Any]:
        """The answer as JSON, with what was tested."""
        how = {"graph": self.graph, "side": self.side, "firmness": str(self.least), "longest": self.longest}
        return {
            **stamp(self.study, **how),
            "note": NEUTRAL,
            "curve": [{**row, "loops_by_length": p.loops} for row, p in zip(self.rows(), self.points, strict=True)],
            "round_trip": self.point.round_trips,
            "funded_by_suppliers": [{**asdict(funded), "share": funded.share} for funded in self.funded],
            "significance": [asdict(test) for test in tests],
            "missing_deal": [asdict(change) for change in changes],
            "undisclosed_legs": self.point.network.undisclosed,
            "left_out": left_out(self.point.edges.left_out),
            "assumed": self.study.promises.assumed(self.point.network.flows),
        }


def circularity(
    study: DatedBook, firmness: str = "reported", graph: str = "cash", side: str = "cloud", longest: int = 5
) -> CircularityResult:
    """The curve of a graph, cash or commitments. Raises UnknownName, and BadInput for a length below 2."""
    least = threshold(firmness)
    promises = study.promises
    points = curve(promises.all, graph_of(graph), promises.grouped, side_of(side), longest)
    return CircularityResult(study=study, points=tuple(points), least=least, graph=graph, side=side, longest=longest)


def _row(point: Point) -> dict[str, Any]:
    found = point.indices
    return {
        "firmness": str(point.least),
        "parties": len(point.edges.parties),
        "legs": len(point.network.flows),
        "undisclosed_legs": point.network.undisclosed,
        "total_usd": found.total if found else 0.0,
        "loops": None if point.loops is None else sum(point.loops.values()),
        "bilateral": found.reciprocity if found else None,
        "bff": found.bff_circulation_index if found else None,
        "max_circulation": found.max_circulation_index if found else None,
        "finn": found.finn_cycling_index if found else None,
        "finn_closed": found.finn_closed if found else None,
        "excess": found.excess_ratio if found else None,
        "net_minimum_usd": found.net_minimum if found else None,
    }
