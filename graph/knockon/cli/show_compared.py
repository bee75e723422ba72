"""How two answers look side by side in a terminal: by two mechanisms, or to two shocks, days or books."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from knockon.cli.cells import billions, percent
from knockon.cli.show import console, grid, note, stamped

if TYPE_CHECKING:
    from knockon.study.compare import Comparison
    from knockon.study.shocks.mechanism import Comparison as ByAnother


def comparison(other: ByAnother, top: int, no_color: bool) -> None:
    """Losses by another mechanism beside the engine's, and what that mechanism cannot see."""
    screen = console(no_color)
    result = other.own
    screen.print(Text(f"{result.question()}: by {other.mechanism.title}, beside knockon's own engine", style="bold"))
    screen.print(stamped(f"as of {result.study.as_of} · {result.scenario.basis} basis · {result.study.edition}"))
    screen.print()
    table = grid()
    table.add_column("party", no_wrap=True)
    for head in (f"{other.name} $bn", "of value", "knockon $bn"):
        table.add_column(head, justify="right", no_wrap=True)
    rows = other.rows()
    for row in rows[:top]:
        part = "" if row["loss_share"] is None else percent(row["loss_share"])
        name = Text(result.study.short(row["party"]), style="bold")
        table.add_row(name, billions(row["loss_usd"]), part, billions(row["knockon_usd"]))
    screen.print(table)
    if len(rows) > top:
        screen.print(Text(f"and {len(rows) - top} more (--top {len(rows)})", style="dim"))
    screen.print()
    for words in other.mechanism.cannot_see:
        note(screen, f"It cannot see {words}.")


def side_by_side(found: Comparison, top: int, no_color: bool) -> None:
    """What each side was asked, then who loses what in each, the largest difference first."""
    screen = console(no_color)
    for letter, name, result in zip("AB", found.names, found.results, strict=True):
        screen.print(Text(f"{letter}: {name}. {result.headline()}", style="bold"))
        screen.print(stamped(f"as of {result.study.as_of} · {result.scenario.basis} basis · {result.study.edition}"))
    screen.print()
    study = found.results[1].study
    table = grid()
    table.add_column("party", no_wrap=True, overflow="ellipsis", max_width=24)
    for head in ("A $bn", "B $bn", "B - A $bn", "A of value", "B of value"):
        table.add_column(head, justify="right", no_wrap=True)
    rows = found.rows()
    for row in rows[:top]:
        parts = ["" if part is None else percent(part) for part in (row["a_share"], row["b_share"])]
        usd = (billions(row["a_usd"]), billions(row["b_usd"]), f"{row['difference_usd'] / 1e9:+,.2f}")
        table.add_row(Text(study.short(row["party"]), style="bold"), *usd, *parts)
    table.add_row()
    for key, words in (("listed_usd", "listed parties"), ("later_rounds_usd", "later rounds")):
        one, two = (result.totals[key] for result in found.results)
        table.add_row(Text(words, style="dim"), billions(one), billions(two), f"{(two - one) / 1e9:+,.2f}", "", "")
    screen.print(table)
    if len(rows) > top:
        screen.print(Text(f"and {len(rows) - top} more (--top {len(rows)})", style="dim"))
