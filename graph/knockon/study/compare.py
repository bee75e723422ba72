"""Two answers side by side: what a party loses in one, in the other, and the difference."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from knockon import scenarios, study
from knockon.errors import BadInput
from knockon.periods import Period
from knockon.scenarios import Scenario
from knockon.study.shocks.result import ShockResult

TOTALS = ("listed_usd", "private_usd", "first_round_usd", "later_rounds_usd")


@dataclass(frozen=True)
class Comparison:
    """Two results and what each is called."""

    names: tuple[str, str]
    results: tuple[ShockResult, ShockResult]

    def rows(self) -> list[dict[str, Any]]:
        """One record per party that loses anything in either; the largest difference first."""
        one, two = ({row["party"]: row for row in result.rows()} for result in self.results)
        found = []
        for party in {**one, **two}:
            a, b = one.get(party), two.get(party)
            known = a or b
            assert known
            before, after = (row["loss_usd"] if row else 0.0 for row in (a, b))
            found.append(
                {
                    "party": party,
                    "name": known["name"],
                    "listed": (b or known)["listed"],
                    "a_usd": before,
                    "b_usd": after,
                    "difference_usd": after - before,
                    "a_share": a["loss_share"] if a else 0.0,
                    "b_share": b["loss_share"] if b else 0.0,
                }
            )
        return sorted(found, key=lambda row: (-abs(row["difference_usd"]), row["party"]))

    def record(self) -> dict[str, Any]:
        """As JSON: what each side was asked on which book, its totals, and the rows."""
        sides = []
        for name, result in zip(self.names, self.results, strict=True):
            edition = result.study.edition
            sides.append(
                {
                    "name": name,
                    "question": result.question(),
                    "edition": {"data": edition.data, "hash": edition.hash, "code": edition.code},
                    "as_of": result.study.as_of.isoformat(),
                    "basis": result.scenario.basis,
                    "scenario": result.scenario.record(),
                    "totals": {key: result.totals[key] for key in TOTALS},
                }
            )
        return {"a": sides[0], "b": sides[1], "parties": self.rows()}


def compare(
    a: str, b: str, asked: Scenario | None = None, as_of: str | None = None, data: str | None = None
) -> Comparison:
    """The answers to `a` and `b`: scenarios (a name or a file), days, or folders that hold a book.

    Days and books are asked `asked`. A scenario is put to its own day unless `as_of` says otherwise.
    Raises BadInput for a day or a book without a shock, UnknownName for a scenario that is not there.
    """
    return Comparison((a, b), (_answer(a, asked, as_of, data), _answer(b, asked, as_of, data)))


def _answer(name: str, asked: Scenario | None, as_of: str | None, data: str | None) -> ShockResult:
    day = _day(name)
    if day is None and not Path(name).is_dir():
        if asked is not None:
            raise BadInput(f"{name} is no day and no book; give scenarios their hits in the file, or compare two days")
        wanted = scenarios.find(name)
        return study.open(as_of or wanted.as_of, data).run(wanted)
    if asked is None:
        raise BadInput(f"{name} says when, not what; add a shock, for example openai=0.2")
    opened = study.open(day or as_of, data if day else name)
    return opened.run(asked)


def _day(name: str) -> date | None:
    """The last day of a period like 2025-11-05 or 2025-11; None for another word."""
    try:
        return Period.parse(name).last
    except BadInput:
        return None
