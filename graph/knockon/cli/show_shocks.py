"""How answers to shocks look in a terminal: who loses what, by which way, how surely, and by whose fall."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from knockon.cli.show import console, stamped
from knockon.views.wording import money

if TYPE_CHECKING:
    from knockon.study import Study
    from knockon.study.compare import Comparison
    from knockon.study.shocks.mechanism import Comparison as ByAnother
    from knockon.study.shocks.result import ShockResult

WIDE = 118
"""From this many columns on, a table shows every channel in a column of its own."""


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
        screen.print(Padding(Text(sentence), (0, 0, 0, 2)))
    screen.print(
        Padding(Text("Circular does not mean fraudulent. Not advice, not an allegation.", style="dim"), (0, 2))
    )


def _loss_table(result: ShockResult, listed: list[dict[str, Any]], others: list[dict[str, Any]], width: int) -> Table:
    """One row a party, listed ones first; narrow terminals get the channels as words."""
    rows = listed + others
    used = [c for c in (rows[0]["channels"] if rows else ()) if any(row["channels"][c] >= _SHOWN for row in rows)]
    table = Table(box=None, padding=(0, 1), pad_edge=False, header_style="dim")
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
            _bn(row["loss_usd"]),
            _range(row["low_usd"], row["high_usd"]),
            "" if row["loss_share"] is None else _percent(row["loss_share"]),
        ]
        if width >= WIDE:
            cells += [_bn(row["channels"][c]) if row["channels"][c] >= _SHOWN else "" for c in used]
        else:
            cells.append(_through(row["channels"]))
        table.add_row(*cells)
    return table


def _range(low: float | None, high: float | None) -> str:
    """Both ends in billions; empty where no draws were made or the ends agree."""
    if low is None or high is None or _bn(low) == _bn(high):
        return ""
    return f"{_bn(low)} – {_bn(high)}"


_SHOWN = 5e6
"""Dollars below which a channel rounds to nothing in the table."""


def _through(channels: dict[str, float]) -> str:
    """The channels that carry at least a twentieth of the loss, largest first."""
    total = sum(channels.values())
    parts = sorted(((usd, name) for name, usd in channels.items() if usd >= 0.05 * total), reverse=True)
    if len(parts) == 1:
        return parts[0][1]
    return ", ".join(f"{name} {100 * usd / total:.0f}" for usd, name in parts)


def _percent(part: float) -> str:
    """A share with two decimals, so that the column lines up."""
    return f"{100 * part:.2f}%"


def _bn(usd: float) -> str:
    """Billions with two decimals."""
    return f"{usd / 1e9:,.2f}"


def _unsure(result: ShockResult) -> Table:
    """Which datum matters most for what listed parties lose, and how often the order of losers holds."""
    found = result.uncertainty()
    table = Table(box=None, padding=(0, 1), pad_edge=False, header_style="dim")
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
    table = Table(box=None, padding=(0, 1), pad_edge=False, header_style="dim")
    table.add_column("$bn", justify="right", no_wrap=True)
    table.add_column(f"largest paths; these {len(found)} carry {result.covered(most):.0%} of what others lose")
    for path in found:
        names = " → ".join(result.study.short(party) for party in path["parties"])
        way = Text(f"{names}\n") + Text(", ".join(path["legs"]), style="dim")
        table.add_row(_bn(path["usd"]), way)
    return table


def comparison(other: ByAnother, top: int, no_color: bool) -> None:
    """Losses by another mechanism beside the engine's, and what that mechanism cannot see."""
    screen = console(no_color)
    result = other.own
    screen.print(Text(f"{result.question()}: by {other.mechanism.title}, beside knockon's own engine", style="bold"))
    screen.print(stamped(f"as of {result.study.as_of} · {result.scenario.basis} basis · {result.study.edition}"))
    screen.print()
    table = Table(box=None, padding=(0, 1), pad_edge=False, header_style="dim")
    table.add_column("party", no_wrap=True)
    for head in (f"{other.name} $bn", "of value", "knockon $bn"):
        table.add_column(head, justify="right", no_wrap=True)
    rows = other.rows()
    for row in rows[:top]:
        part = "" if row["loss_share"] is None else _percent(row["loss_share"])
        name = Text(result.study.short(row["party"]), style="bold")
        table.add_row(name, _bn(row["loss_usd"]), part, _bn(row["knockon_usd"]))
    screen.print(table)
    if len(rows) > top:
        screen.print(Text(f"and {len(rows) - top} more (--top {len(rows)})", style="dim"))
    screen.print()
    for words in other.mechanism.cannot_see:
        screen.print(Padding(Text(f"It cannot see {words}."), (0, 0, 0, 2)))


def side_by_side(found: Comparison, top: int, no_color: bool) -> None:
    """What each side was asked, then who loses what in each, the largest difference first."""
    screen = console(no_color)
    for letter, name, result in zip("AB", found.names, found.results, strict=True):
        screen.print(Text(f"{letter}: {name}. {result.headline()}", style="bold"))
        screen.print(stamped(f"as of {result.study.as_of} · {result.scenario.basis} basis · {result.study.edition}"))
    screen.print()
    study = found.results[1].study
    table = Table(box=None, padding=(0, 1), pad_edge=False, header_style="dim")
    table.add_column("party", no_wrap=True, overflow="ellipsis", max_width=24)
    for head in ("A $bn", "B $bn", "B - A $bn", "A of value", "B of value"):
        table.add_column(head, justify="right", no_wrap=True)
    rows = found.rows()
    for row in rows[:top]:
        parts = ["" if part is None else _percent(part) for part in (row["a_share"], row["b_share"])]
        usd = (_bn(row["a_usd"]), _bn(row["b_usd"]), f"{row['difference_usd'] / 1e9:+,.2f}")
        table.add_row(Text(study.short(row["party"]), style="bold"), *usd, *parts)
    table.add_row()
    for key, words in (("listed_usd", "listed parties"), ("later_rounds_usd", "later rounds")):
        one, two = (result.totals[key] for result in found.results)
        table.add_row(Text(words, style="dim"), _bn(one), _bn(two), f"{(two - one) / 1e9:+,.2f}", "", "")
    screen.print(table)
    if len(rows) > top:
        screen.print(Text(f"and {len(rows) - top} more (--top {len(rows)})", style="dim"))


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
    table = Table(box=None, padding=(0, 1), pad_edge=False, header_style="dim")
    table.add_column("party that falls", no_wrap=True)
    for head in ("listed others $bn", "all others $bn", "suffers by others $bn"):
        table.add_column(head, justify="right")
    for row in found["parties"][:top]:
        table.add_row(
            Text(study.short(row["party"]), style="bold"),
            _bn(row["listed_others_usd"]),
            _bn(row["others_usd"]),
            _bn(row["suffers_usd"]),
        )
    screen.print(table)
    screen.print()
    worst = sorted(found["parties"], key=lambda row: (-(row["suffers_share"] or 0), row["party"]))[:3]
    names = ", ".join(f"{study.short(row['party'])} ({_percent(row['suffers_share'] or 0)})" for row in worst)
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
    table = Table(box=None, padding=(0, 1), pad_edge=False, header_style="dim")
    if key == "edges":
        table.add_column("less without it $bn", justify="right")
        table.add_column("kind", no_wrap=True)
        table.add_column("deal", overflow="fold")
        for row in found[key][:top]:
            ends = f"{study.short(row['obligor'])} → {study.short(row['holder'])}"
            table.add_row(_bn(row["usd"]), row["kind"], Text(f"{ends}\n") + Text(row["leg"], style="dim"))
    else:
        for head in ("net $bn", "called $bn", "guarantor bears $bn"):
            table.add_column(head, justify="right")
        table.add_column("guarantor of", overflow="fold")
        for row in found[key][:top]:
            ends = f"{study.short(row['guarantor'])} for {study.short(row['protects'])}"
            cells = (_bn(row["net_usd"]), _bn(row["called_usd"]), _bn(row["cost_usd"]))
            table.add_row(*cells, Text(f"{ends}\n") + Text(row["leg"], style="dim"))
    screen.print(table)
    if key == "guarantees":
        words = "A guarantee mostly moves a loss to the guarantor; net is what stops later rounds."
        screen.print(Padding(Text(words), (1, 2, 0, 2)))


def _totals(result: ShockResult) -> Table:
    totals = result.totals
    table = Table(box=None, show_header=False, padding=(0, 1), pad_edge=False)
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
        table.add_row(Text(_bn(usd), style="bold"), words)
    return table
