"""What the page of loops shows: the curve, the circles in words, and a lab's stated sum as known then and now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knockon.flows import Flow
from knockon.measures.loops import Loop
from knockon.study.measures.asked import NEUTRAL
from knockon.study.measures.circularity import CircularityResult
from knockon.study.measures.loops import Loops as Found
from knockon.study.measures.stated import then_and_now
from knockon.views.loops import Circle, LegLine, Loops, Step
from knockon.views.promises import and_up, does, left_out
from knockon.views.rings import Hop
from knockon.views.wording import amount, money, word

if TYPE_CHECKING:
    from knockon.study.dated import DatedBook

DRAWN = 100
"""Circles that a page draws; a book of thousands would make a page that nobody can open."""


def scene(study: DatedBook) -> Loops:
    """The page at the firmness and length that `knockon loops` takes by itself."""
    return drawn(study.loops())


def drawn(found: Found) -> Loops:
    """Circles as a page or a picture shows them."""
    study = found.study
    left = left_out(found.network.left_out)
    return Loops(
        steps=steps(study.circularity()),
        circles=tuple(_circle(study, loop) for loop in found.found[:DRAWN]),
        more=max(0, len(found) - DRAWN),
        firmness=and_up(found.network.least),
        neutral=NEUTRAL,
        apart=tuple(then_and_now(study)),
        left_out=(left,) if left else (),
        edition=str(study.edition),
        as_of=study.as_of.isoformat(),
    )


def steps(found: CircularityResult) -> tuple[Step, ...]:
    """The curve by firmness."""
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
        for row in found.rows()
    )


def _circle(study: DatedBook, loop: Loop) -> Circle:
    if loop.bottleneck is None:
        narrow = "no amount disclosed"
    else:
        narrow = f"{money(loop.bottleneck)} at the narrowest{' that is disclosed' if loop.undisclosed else ''}"
    return Circle(
        names=tuple(study.short(party) for party in loop.parties),
        hops=tuple(
            Hop(kind=_kind(hop), amount=amount(None, usd, None), disclosed=usd is not None)
            for hop, usd in zip(loop.hops, loop.usd, strict=True)
        ),
        legs=tuple(tuple(_leg(study, flow) for flow in hop) for hop in loop.hops),
        bottleneck=loop.bottleneck,
        narrow=narrow,
        since=loop.since.isoformat(),
    )


def _kind(hop: tuple[Flow, ...]) -> str:
    kinds = {"funds" if flow.funding else "buys" for flow in hop}
    return kinds.pop() if len(kinds) == 1 else "both"


def _leg(study: DatedBook, flow: Flow) -> LegLine:
    known = study.resolved[flow.leg]
    return LegLine(
        words=f"{study.short(flow.payer)} {does(flow)} {study.short(flow.payee)}",
        amount=amount(known.usd_low, known.usd, known.usd_high, known.leg.amount_basis),
        firmness=word({}, flow.firmness),
        known=flow.known_from.isoformat(),
        leg=flow.leg,
    )
