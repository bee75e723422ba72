"""How circles look in a terminal: each as sentences, and the curve of what can come back as a table with bars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from knockon.cli.cells import bar
from knockon.cli.show import WIDE, console, grid, note, stamped
from knockon.study.measures.asked import NEUTRAL
from knockon.views.promises import and_up, does, left_out
from knockon.views.wording import amount, money, share, word

if TYPE_CHECKING:
    from knockon.flows import Flow
    from knockon.measures.loops import Loop
    from knockon.measures.nulls import Significance
    from knockon.study.dated import DatedBook
    from knockon.study.measures.circularity import CircularityResult
    from knockon.study.measures.loops import Loops


def _hop(study: DatedBook, flow: Flow) -> Text:
    known = study.resolved[flow.leg]
    words = Text(f"{study.short(flow.payer)} {does(flow)} {study.short(flow.payee)}: ")
    words.append(amount(known.usd_low, known.usd, known.usd_high, known.leg.amount_basis), style="bold")
    words.append(f", {word({}, flow.firmness)}, known {flow.known_from}  ")
    return words + Text(flow.leg, style="dim")


def _loop(screen: Console, study: DatedBook, number: int, loop: Loop) -> None:
    names = " → ".join(study.short(party) for party in (*loop.parties, loop.parties[0]))
    if loop.bottleneck is None:
        narrow = "no amount disclosed"
    else:
        narrow = f"{money(loop.bottleneck)} at the narrowest{' that is disclosed' if loop.undisclosed else ''}"
    screen.print(Text(f"{number:>2}. ") + Text(names, style="bold"))
    screen.print(Padding(Text(f"{narrow}, whole since {loop.since}"), (0, 0, 0, 4)))
    for hop in loop.hops:
        for flow in hop:
            screen.print(Padding(_hop(study, flow), (0, 0, 0, 6)))
    screen.print()


def loops(found: Loops, top: int, no_color: bool) -> None:
    """Each circle with a line a leg, then how the count hangs on the threshold."""
    screen, study = console(no_color), found.study
    through = f" through {study.short(found.through)}" if found.through else ""
    least = found.network.least
    screen.print(Text(f"Circles of deals of up to {found.longest} parties{through}: {len(found)}", style="bold"))
    screen.print(stamped(f"as of {study.as_of} · {and_up(least)} · {study.edition}"))
    screen.print()
    for number, loop in enumerate(found.found[:top], 1):
        _loop(screen, study, number, loop)
    if len(found) > top:
        screen.print(
            Text(f"and {len(found) - top} more, narrower or not disclosed throughout (--top {len(found)})", style="dim")
        )
    if found.cut:
        note(screen, f"Cut at {len(found):,}, the first by name: ask for shorter ones, one party, or firmer legs.")
    counts = [f"{word({}, f)} {'many' if count is None else count}" for f, count in found.by_firmness.items()]
    note(screen, f"By least firmness: {', '.join(counts)}.")
    legs = found.network
    note(
        screen, f"{legs.undisclosed} of {len(legs.flows)} legs have no public amount: they count as links, not as zero."
    )
    note(screen, left_out(legs.left_out))
    note(screen, NEUTRAL)


def _share(part: float | None) -> str:
    return "" if part is None else share(part) if part else "0%"


def circularity(found: CircularityResult, tests: Sequence[Significance], no_color: bool) -> None:
    """The curve with a bar, then who gets money back, who funds his buyers, chance, and the deals that matter."""
    screen, study = console(no_color), found.study
    unit = "$bn a year" if found.graph == "cash" else "$bn ahead"
    screen.print(Text("How much of what is paid can come back to who paid it?", style="bold"))
    screen.print(stamped(f"as of {study.as_of} · {found.graph} graph · {study.edition}"))
    screen.print()
    screen.print(_curve(found, unit, screen.width))
    screen.print()
    note(
        screen,
        "Straight back: between two. Central: every circle in proportion (BFF). At most: all that could be netted.",
    )
    screen.print()
    screen.print(Text(f"At {and_up(found.least)}", style="bold"))
    for party, part in list(found.point.round_trips.items())[:5]:
        note(screen, f"Of a dollar that leaves {study.short(party)}, {100 * part:.1f} cents come back to it.")
    for funded in found.funded[:3]:
        if funded.share:
            names = ", ".join(
                f"{study.short(s.supplier)} {money(s.matched_usd)} ({', '.join(s.legs)})"
                for s in funded.suppliers
                if s.matched_usd
            )
            words = (
                f"Its own suppliers match {share(funded.share)} of what {study.short(funded.buyer)} has promised to buy"
            )
            unknown = f" {len(funded.undisclosed)} of its legs have no amount." if funded.undisclosed else ""
            note(screen, f"{words}: {names}.{unknown}")
    changes = [change for change in found.missing() if abs(change.change) >= 5e-4][:3]
    for change in changes:
        how = f"With {change.what} at {money(change.usd)}" if change.added else f"Without {change.what}"
        note(screen, f"{how}, the central index would be {share(change.index)}.")
    if tests:
        screen.print()
        screen.print(_tests(tests))
        for null in dict.fromkeys(test.null for test in tests):
            note(screen, f"{null}: {_NULLS[null]}.")
        note(screen, "p: how often chance gives as much or more. With so few firms a real excess is easily missed.")
    screen.print()
    network, edges = found.point.network, found.point.edges
    note(screen, f"{network.undisclosed} of {len(network.flows)} legs have no public amount and are in no index.")
    note(screen, left_out(edges.left_out, skip=("undisclosed",)))
    note(screen, NEUTRAL)


def _curve(found: CircularityResult, unit: str, width: int) -> Table:
    rows = found.rows()
    wide = width >= WIDE
    most = max((row["bff"] or 0.0 for row in rows), default=0.0)
    table = grid()
    table.add_column("least firmness", no_wrap=True)
    heads = ("parties", "legs") if wide else ("legs",)
    for head in (*heads, unit, "circles", "straight back"):
        table.add_column(head, justify="right")
    table.add_column("central", justify="right")
    table.add_column("", no_wrap=True, min_width=20 if wide else 8)
    for head in ("at most", *(("cycling (Finn)", "net excess") if wide else ())):
        table.add_column(head, justify="right")
    for row in rows:
        cells = [word({}, row["firmness"])]
        cells += [str(row["parties"])] if wide else []
        cells += [
            str(row["legs"]),
            f"{row['total_usd'] / 1e9:,.0f}",
            "many" if row["loops"] is None else str(row["loops"]),
        ]
        cells += [_share(row["bilateral"]), _share(row["bff"]), bar(row["bff"] or 0.0, most, 20 if wide else 8)]
        cells += [_share(row["max_circulation"])]
        cells += [_share(row["finn"]), _share(row["excess"])] if wide else []
        table.add_row(*cells, style="bold" if row["firmness"] == found.least else "")
    return table


_NULLS = {
    "a": "payees are swapped at random",
    "b": "payees are swapped, mutual pairs stay mutual",
    "c": "the dollars are dealt anew within each kind of deal",
    "d": "payees are swapped within a kind of deal and a line of business",
}
_INDICES = {"bilateral": "straight back", "bff": "central", "max_circulation": "at most"}


def _tests(tests: Sequence[Significance]) -> Table:
    table = grid()
    table.add_column("null", no_wrap=True)
    table.add_column("index", no_wrap=True)
    for head in ("here", "by chance", "5% to 95%", "p"):
        table.add_column(head, justify="right", no_wrap=True)
    for test in tests:
        name = test.null if test.statistic == "bilateral" else ""
        spread = f"{share(test.low)} – {share(test.high)}"
        cells = (_INDICES[test.statistic], share(test.observed), share(test.mean), spread, f"{test.p:.3f}")
        table.add_row(name, *cells)
    return table
