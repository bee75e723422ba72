"""How the answer to a shock looks in a terminal: who loses what, by which way, and how surely."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from knockon.cli.cells import billions, percent
from knockon.cli.show import WIDE, console, grid, note, stamped
from knockon.views.wording import money

if TYPE_CHECKING:
    from knockon.study.shocks.result import ShockResult


def losses(result: ShockResult, top: int, paths: int, unsure: bool, no_color: bool) -> None:
    """The table of who loses what, then the sums and sentences."""
    screen = console(no_color)
    rows = result.rows()
    if result.scenario.question:
        screen.print(Text(result.scenario.question, style="italic"))
    screen.print(Text(result.headline(), style="bold"))
    screen.print(stamped(f"as of {result.study.as_of} · {result.scenario.basis} basis · {result.study.edition}"))
    screen.print()
    listed = [row for row in rows if row["listed"] and row["value_usd"] is not None]
    others = [row for row in rows if row not in listed]
    screen.print(_loss_table(result, listed[:top], others[: max(3, top // 3)], screen.width))
    hidden = listed[top:] + others[max(3, top // 3) :]
    if hidden:
        rest = money(sum(row["loss_usd"] for row in hidden))
        screen.print(Text(f"and {len(hidden)} more, {rest} together (--top {len(listed)})", style="dim"))
    screen.print()
    screen.print(_totals(result))
    screen.print()
    if paths:
        screen.print(_paths(result, paths))
        screen.print()
    if unsure and result.spread.count:
        screen.print(_unsure(result))
        screen.print()
    if result.scenario.reading:
        screen.print(Padding(Text(f"How to read it: {result.scenario.reading}"), (0, 0, 1, 2)))
    for sentence in result.sentences():
        note(screen, sentence)
    screen.print(
        Padding(Text("Circular does not mean fraudulent. Not advice, not an allegation.", style="dim"), (0, 2))
    )


def _loss_table(result: ShockResult, listed: list[dict[str, Any]], others: list[dict[str, Any]], width: int) -> Table:
    """One row a party, listed ones first; narrow terminals get the channels as words."""
    rows = listed + others
    used = [c for c in (rows[0]["channels"] if rows else ()) if any(row["channels"][c] >= _SHOWN for row in rows)]
    table = grid()
    table.add_column(
        "listed party", no_wrap=True, overflow="ellipsis", min_width=18, max_width=18 if width < WIDE else 30
    )
    for head, least in (("loses $bn", 9), ("5% to 95%", 15), ("of value", 8)):
        table.add_column(head, justify="right", no_wrap=True, min_width=least)
    if width >= WIDE:
        for channel in used:
            table.add_column(channel, justify="right", no_wrap=True)
    else:
        table.add_column("through, %", no_wrap=True, overflow="ellipsis", min_width=20)
    for row in rows:
        if others and row is others[0]:
            table.add_row()
            table.add_row(Text("private, unvalued", style="dim"))
        cells: list[Any] = [
            Text(result.study.short(row["party"]), style="bold"),
            billions(row["loss_usd"]),
            _range(row["low_usd"], row["high_usd"]),
            "" if row["loss_share"] is None else percent(row["loss_share"]),
        ]
        if width >= WIDE:
            cells += [billions(row["channels"][c]) if row["channels"][c] >= _SHOWN else "" for c in used]
        else:
            cells.append(_through(row["channels"]))
        table.add_row(*cells)
    return table


def _range(low: float | None, high: float | None) -> str:
    """Both ends in billions; empty where no draws were made or the ends agree."""
    if low is None or high is None or billions(low) == billions(high):
        return ""
    return f"{billions(low)} – {billions(high)}"


_SHOWN = 5e6
"""Dollars below which a channel rounds to nothing in the table."""


def _through(channels: dict[str, float]) -> str:
    """The channels that carry at least a twentieth of the loss, largest first."""
    total = sum(channels.values())
    parts = sorted(((usd, name) for name, usd in channels.items() if usd >= 0.05 * total), reverse=True)
    if len(parts) == 1:
        return parts[0][1]
    return ", ".join(f"{name} {100 * usd / total:.0f}" for usd, name in parts)


def _unsure(result: ShockResult) -> Table:
    """Which datum matters most for what listed parties lose, and how often the order of losers holds."""
    found = result.uncertainty()
    table = grid()
    table.add_column("explains", justify="right", no_wrap=True)
    table.add_column("of the spread of what listed parties lose (rank correlation, squared)")
    for datum in found["data"]:
        if datum["share"] > 2 * found["noise"]:
            table.add_row(f"{datum['share']:.0%}", Text(f"{datum['parameter']} of ") + Text(datum["key"], style="dim"))
    for pair in found["loses_more"]:
        if 0.01 < pair["probability"] < 0.99:
            who, whom = result.study.short(pair["party"]), result.study.short(pair["than"])
            table.add_row(f"{pair['probability']:.0%}", f"of draws: {who} loses more than {whom}")
    return table


def _paths(result: ShockResult, most: int) -> Table:
    """One row a path: dollars, the parties it passes, the legs between them."""
    found = result.paths(most)
    table = grid()
    table.add_column("$bn", justify="right", no_wrap=True)
    table.add_column(f"largest paths; these {len(found)} carry {result.covered(most):.0%} of what others lose")
    for path in found:
        names = " → ".join(result.study.short(party) for party in path["parties"])
        way = Text(f"{names}\n") + Text(", ".join(path["legs"]), style="dim")
        table.add_row(billions(path["usd"]), way)
    return table


def _totals(result: ShockResult) -> Table:
    totals = result.totals
    table = grid(show_header=False)
    table.add_column(justify="right", no_wrap=True)
    table.add_column()
    low, high = result.spread.listed_range
    for usd, words in (
        (totals["listed_usd"], "lost by listed parties" + (f" ({_range(low, high)})" if low != high else "")),
        (totals["net_of_holdings_usd"], "of it net of what listed parties hold in one another"),
        (totals["private_usd"], "lost by private parties, the direct hits among them"),
        (totals["without_value_usd"], "reaches parties whose value is not known"),
        (totals["first_round_usd"], "first round: what the hit parties do to their direct counterparties"),
        (totals["later_rounds_usd"], "later rounds: what those do to others, and back"),
    ):
        table.add_row(Text(billions(usd), style="bold"), words)
    return table
