"""How questions asked backwards look in a terminal: whose fall hurts most, the smallest shock, a deal's worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.padding import Padding
from rich.text import Text

from knockon.cli.cells import billions, percent
from knockon.cli.show import console, grid, stamped
from knockon.views.wording import money

if TYPE_CHECKING:
    from knockon.study import Study


def _day(study: Study, found: dict[str, Any]) -> Text:
    return stamped(f"as of {study.as_of} · {found['basis']} basis · {study.edition}")


def ranks(study: Study, found: dict[str, Any], top: int, no_color: bool) -> None:
    """Who hurts the others most beside who is hurt most."""
    screen = console(no_color)
    what = {"value": "loses its value", "performance": "performs nothing", "both": "fails altogether"}[found["hit"]]
    size = "" if found["size"] == 1 else f" by {found['size']:.0%}"
    screen.print(Text(f"If one party {what}{size}, what do the others lose?", style="bold"))
    screen.print(_day(study, found))
    screen.print()
    table = grid()
    table.add_column("party that falls", no_wrap=True)
    for head in ("listed others $bn", "all others $bn", "suffers by others $bn"):
        table.add_column(head, justify="right")
    for row in found["parties"][:top]:
        table.add_row(
            Text(study.short(row["party"]), style="bold"),
            billions(row["listed_others_usd"]),
            billions(row["others_usd"]),
            billions(row["suffers_usd"]),
        )
    screen.print(table)
    screen.print()
    worst = sorted(found["parties"], key=lambda row: (-(row["suffers_share"] or 0), row["party"]))[:3]
    names = ", ".join(f"{study.short(row['party'])} ({percent(row['suffers_share'] or 0)})" for row in worst)
    screen.print(Padding(Text(f"Most exposed, in the mean share of value lost over all falls: {names}."), (0, 2)))


def stressed(study: Study, found: dict[str, Any], no_color: bool) -> None:
    """The smallest shock in one sentence, with its certificate."""
    screen = console(no_color)
    sizes = " and ".join(f"{study.short(party)} by {size:.2%}" for party, size in found["sizes"].items())
    if found["reached"]:
        head = f"Listed parties lose {money(found['target_usd'])} if one hits {sizes}."
    else:
        head = f"Not reachable: hitting {sizes} costs listed parties {money(found['loss_usd'])} at most."
    screen.print(Text(head, style="bold"))
    screen.print(_day(study, found))
    screen.print()
    words = [f"Kind of answer: {found['kind']}. Loss there: {money(found['loss_usd'])}."]
    if found["reached"] and (found["below_usd"] or 0) < found["target_usd"]:
        words.append("A slightly smaller one does not reach it.")
    words.append("What the hit parties lose themselves is in it, where they are listed.")
    screen.print(Padding(Text(" ".join(words)), (0, 2)))


def worths(study: Study, found: dict[str, Any], key: str, top: int, no_color: bool) -> None:
    """What each deal adds to the loss, or each guarantee takes from it."""
    screen = console(no_color)
    who = "listed parties" if key == "edges" else "all parties"
    screen.print(Text(f"Of {money(found['total_usd'])} that {who} lose, what would change?", style="bold"))
    screen.print(_day(study, found))
    screen.print()
    table = grid()
    if key == "edges":
        table.add_column("less without it $bn", justify="right")
        table.add_column("kind", no_wrap=True)
        table.add_column("deal", overflow="fold")
        for row in found[key][:top]:
            ends = f"{study.short(row['obligor'])} → {study.short(row['holder'])}"
            table.add_row(billions(row["usd"]), row["kind"], Text(f"{ends}\n") + Text(row["leg"], style="dim"))
    else:
        for head in ("net $bn", "called $bn", "guarantor bears $bn"):
            table.add_column(head, justify="right")
        table.add_column("guarantor of", overflow="fold")
        for row in found[key][:top]:
            ends = f"{study.short(row['guarantor'])} for {study.short(row['protects'])}"
            cells = (billions(row["net_usd"]), billions(row["called_usd"]), billions(row["cost_usd"]))
            table.add_row(*cells, Text(f"{ends}\n") + Text(row["leg"], style="dim"))
    screen.print(table)
    if key == "guarantees":
        words = "A guarantee mostly moves a loss to the guarantor; net is what stops later rounds."
        screen.print(Padding(Text(words), (1, 2, 0, 2)))
