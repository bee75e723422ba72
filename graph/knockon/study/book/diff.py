"""What became known, changed, or was cancelled between two dates: the same book, read on both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from knockon.resolution import Resolved
from knockon.views.wording import amount

if TYPE_CHECKING:
    from knockon.study.dated import DatedBook

KINDS = ("cancelled", "less firm", "firmer", "revived", "amount changed", "became known")
"""What can have happened to a leg, in the order it is told: what was promised before, then what is new."""


def diff(before: DatedBook, after: DatedBook) -> list[dict[str, Any]]:
    """One record a leg that differs: what happened, both states, every event in between, and what took its place.

    Largest first within a kind. A cancelled leg is replaced by a new one that overlaps it between the same two.
    """
    found = []
    for name, now in after.resolved.items():
        then = before.resolved.get(name)
        kind = _kind(then, now)
        if kind is None:
            continue
        found.append(
            {
                "kind": kind,
                "leg": name,
                "payer": now.leg.payer,
                "payee": now.leg.payee,
                "instrument": str(now.leg.instrument),
                "usd_before": then.usd if then else None,
                "usd": now.usd,
                "firmness_before": str(then.firmness) if then else None,
                "firmness": str(now.firmness),
                "told": "\n".join(_history(before, after, now)),
                "before": _words(then) if then else "",
                "after": _words(now),
                "replaced_by": " ".join(_replacements(before, after, now)),
            }
        )
    return sorted(found, key=lambda r: (KINDS.index(r["kind"]), -max(r["usd"] or 0, r["usd_before"] or 0), r["leg"]))


def _history(before: DatedBook, after: DatedBook, leg: Resolved) -> list[str]:
    """What happened to the leg or its whole deal after one day and up to the other."""
    return [
        f"{event.date}: {event.status.replace('_', ' ')}. {event.note}"
        for event in after.book.status.get(leg.leg.deal, ())
        if event.leg in (None, leg.leg.id) and before.as_of < event.date.last <= after.as_of
    ]


def _replacements(before: DatedBook, after: DatedBook, leg: Resolved) -> list[str]:
    """New legs that stand where this one stood: overlapping it, between the same two parties."""
    others = (
        after.resolved[name] for name in leg.leg.overlaps if name in after.resolved and name not in before.resolved
    )
    ends = (leg.leg.payer, leg.leg.payee)
    return [o.leg.id for o in others if not leg.live and o.live and (o.leg.payer, o.leg.payee) == ends]


def _kind(then: Resolved | None, now: Resolved) -> str | None:
    if then is None:
        return "became known" if now.live else None
    if then.live != now.live:
        return "revived" if now.live else "cancelled"
    if not now.live:
        return None
    if then.firmness is not now.firmness:
        return "firmer" if now.firmness.rung > then.firmness.rung else "less firm"
    return None if then.usd == now.usd and then.disclosed == now.disclosed else "amount changed"


def _words(leg: Resolved) -> str:
    words = amount(leg.usd_low, leg.usd, leg.usd_high, leg.leg.amount_basis)
    return f"{words}, {str(leg.firmness).replace('_', ' ')}"
