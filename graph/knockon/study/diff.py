"""What became known, changed, or was cancelled between two dates: the same book, read on both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from knockon.resolution import Resolved
from knockon.views.wording import amount

if TYPE_CHECKING:
    from knockon.study import Study

KINDS = ("became known", "cancelled", "revived", "firmer", "less firm", "amount changed")
"""What can have happened to a leg, in the order it is told; one leg has one entry, the first that holds."""


def diff(before: Study, after: Study) -> list[dict[str, Any]]:
    """One record a leg that differs: what happened, both states, and the last event in between, largest first."""
    found = []
    for name, now in after.resolved.items():
        then = before.resolved.get(name)
        kind = _kind(then, now)
        if kind is None:
            continue
        event = now.status if now.status and now.status.date.last > before.as_of else None
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
                "told": f"{event.date}: {event.status.replace('_', ' ')}. {event.note}" if event else "",
                "before": _words(then) if then else "",
                "after": _words(now),
            }
        )
    return sorted(found, key=lambda r: (KINDS.index(r["kind"]), -max(r["usd"] or 0, r["usd_before"] or 0), r["leg"]))


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
