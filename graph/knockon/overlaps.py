"""Which amounts stand in another leg already, so that no sum takes a dollar twice."""

from __future__ import annotations

from collections.abc import Mapping

from knockon.flows import FUNDING
from knockon.resolution import Resolved
from knockon.vocab import Instrument

CLOUD = frozenset({Instrument.COMPUTE_PURCHASE, Instrument.CAPACITY_RESERVATION})
"""The side of a demand for computing that goes before the chips and buildings bought for it."""


def contained(leg: Resolved, resolved: Mapping[str, Resolved]) -> bool:
    """Whether the leg's amount already stands in another leg that is known, live and disclosed on the date."""
    outer = resolved.get(leg.leg.within or "")
    return outer is not None and outer.live and outer.disclosed


def yields_to(leg: Resolved, resolved: Mapping[str, Resolved]) -> tuple[str, ...]:
    """The legs that show the same demand or money and go before this one: a sum that takes one of them skips it.

    An amount goes before a bound, then the cloud side, the firmer, the larger. Only a live and disclosed leg goes
    before another, and only one of the same kind: money given, or things bought.
    """
    funds = leg.leg.instrument.family in FUNDING
    others = (resolved[name] for name in leg.leg.overlaps if name in resolved)
    return tuple(
        other.leg.id
        for other in others
        if other.live
        and other.disclosed
        and (other.leg.instrument.family in FUNDING) is funds
        and _precedence(other) < _precedence(leg)
    )


def _precedence(leg: Resolved) -> tuple[bool, bool, int, int, str]:
    return (leg.usd is None, leg.leg.instrument not in CLOUD, -leg.firmness.rung, -(leg.usd or 0), leg.leg.id)
