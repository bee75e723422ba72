from __future__ import annotations

from datetime import date, timedelta

from knockon.resolution import Resolved, resolve_leg
from knockon.study import Study
from knockon.study.network.history import history


def test_the_history_of_a_leg_says_what_the_rule_says_on_every_day(eve: Study) -> None:
    book, changed = eve.book, 0
    days = [date(2025, 1, 1) + timedelta(days=step) for step in range(0, 600, 7)]
    for leg in book.legs.values():
        told = history(leg, book, days[-1])
        changed += len(told) > 1
        for day in days:
            then = [now for on, now in told if on <= day]
            if day < leg.known_from.last:
                assert then == []
            else:
                assert _told(then[-1]) == _told(resolve_leg(leg, book, day))
    assert changed > 50


def _told(leg: Resolved) -> tuple[object, ...]:
    return leg.usd_low, leg.usd, leg.usd_high, leg.firmness, leg.status, leg.winner


def test_a_history_ends_with_the_day_and_repeats_nothing(eve: Study) -> None:
    for name, leg in eve.resolved.items():
        told = history(eve.book.legs[name], eve.book, eve.as_of)
        assert told[-1][1].firmness == leg.firmness and told[-1][1].usd == leg.usd
        assert [on for on, _ in told] == sorted({on for on, _ in told})
