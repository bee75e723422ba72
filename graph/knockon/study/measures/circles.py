"""What the page of loops shows: the curve, the circles in words, and a lab's stated sum as known then and now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from knockon.flows import Flow
from knockon.measures.loops import Loop
from knockon.measures.network import Network
from knockon.study.measures.asked import NEUTRAL
from knockon.study.measures.circularity import circularity
from knockon.study.measures.stated import then_and_now
from knockon.views.loops import Circle, LegLine, Loops
from knockon.views.promises import and_up, does, left_out
from knockon.views.rings import Hop
from knockon.views.wording import amount, money, word

if TYPE_CHECKING:
    from knockon.study.dated import DatedBook

DRAWN = 100
"""Circles that a page draws; a book of thousands would make a page that nobody can open."""


def drawn(study: DatedBook, network: Network, found: Sequence[Loop]) -> Loops:
    """Loops of a network as a page or a picture shows them, under the curve at its usual settings."""
    left = left_out(network.left_out)
    return Loops(
        steps=circularity(study).steps(),
        circles=tuple(_circle(study, loop) for loop in found[:DRAWN]),
        more=max(0, len(found) - DRAWN),
        firmness=and_up(network.least),
        neutral=NEUTRAL,
        apart=tuple(then_and_now(study)),
        left_out=(left,) if left else (),
        edition=str(study.edition),
        as_of=study.as_of.isoformat(),
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
