"""How measures look in a terminal: circles as sentences, curves and years as tables with bars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from knockon.cli.show import WIDE, console, stamped
from knockon.study.measures.asked import NEUTRAL
from knockon.views.promises import and_up, does, left_out
from knockon.views.wording import amount, money, share

if TYPE_CHECKING:
    from knockon.flows import Flow
    from knockon.measures.loops import Loop
    from knockon.measures.nulls import Significance
    from knockon.study.dated import DatedBook
    from knockon.study.measures.circularity import CircularityResult
    from knockon.study.measures.loops import Loops
    from knockon.study.measures.named import Measured
    from knockon.study.measures.timeline import TimelineResult


def _plain(word: str) -> str:
    return word.replace("_", " ")


def _note(screen: Console, text: str) -> None:
    if text:
        screen.print(Padding(Text(text), (0, 0, 0, 2)))


def _hop(study: DatedBook, flow: Flow) -> Text:
    known = study.resolved[flow.leg]
    words = Text(f"{study.short(flow.payer)} {does(flow)} {study.short(flow.payee)}: ")
    words.append(amount(known.usd_low, known.usd, known.usd_high, known.leg.amount_basis), style="bold")
    words.append(f", {_plain(flow.firmness)}, known {flow.known_from}  ")
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
        _note(screen, f"Cut at {len(found):,}, the first by name: ask for shorter ones, one party, or firmer legs.")
    counts = [f"{_plain(f)} {'many' if count is None else count}" for f, count in found.by_firmness.items()]
    _note(screen, f"By least firmness: {', '.join(counts)}.")
    legs = found.network
    _note(
        screen, f"{legs.undisclosed} of {len(legs.flows)} legs have no public amount: they count as links, not as zero."
    )
    _note(screen, left_out(legs.left_out))
    _note(screen, NEUTRAL)


def bar(part: float, whole: float, width: int) -> str:
    """A bar of `width` cells for the whole, in eighths of a cell.

    >>> bar(1, 2, 4), bar(0, 2, 4), bar(0.01, 2, 4)
    ('██', '', '▏')
    """
    eighths = max(1, round(8 * width * part / whole)) if part > 0 and whole > 0 else 0
    return "█" * (eighths // 8) + ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")[eighths % 8]


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
    _note(
        screen,
        "Straight back: between two. Central: every circle in proportion (BFF). At most: all that could be netted.",
    )
    screen.print()
    screen.print(Text(f"At {and_up(found.least)}", style="bold"))
    for party, part in list(found.point.round_trips.items())[:5]:
        _note(screen, f"Of a dollar that leaves {study.short(party)}, {100 * part:.1f} cents come back to it.")
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
            _note(screen, f"{words}: {names}.{unknown}")
    changes = [change for change in found.missing() if abs(change.change) >= 5e-4][:3]
    for change in changes:
        how = f"With {change.what} at {money(change.usd)}" if change.added else f"Without {change.what}"
        _note(screen, f"{how}, the central index would be {share(change.index)}.")
    if tests:
        screen.print()
        screen.print(_tests(tests))
        for null in dict.fromkeys(test.null for test in tests):
            _note(screen, f"{null}: {_NULLS[null]}.")
        _note(screen, "p: how often chance gives as much or more. With so few firms a real excess is easily missed.")
    screen.print()
    network, edges = found.point.network, found.point.edges
    _note(screen, f"{network.undisclosed} of {len(network.flows)} legs have no public amount and are in no index.")
    _note(screen, left_out(edges.left_out, skip=("undisclosed",)))
    _note(screen, NEUTRAL)


def _curve(found: CircularityResult, unit: str, width: int) -> Table:
    rows = found.rows()
    wide = width >= WIDE
    most = max((row["bff"] or 0.0 for row in rows), default=0.0)
    table = Table(box=None, padding=(0, 1), pad_edge=False, header_style="dim")
    table.add_column("least firmness", no_wrap=True)
    heads = ("parties", "legs") if wide else ("legs",)
    for head in (*heads, unit, "circles", "straight back"):
        table.add_column(head, justify="right")
    table.add_column("central", justify="right")
    table.add_column("", no_wrap=True, min_width=20 if wide else 8)
    for head in ("at most", *(("cycling (Finn)", "net excess") if wide else ())):
        table.add_column(head, justify="right")
    for row in rows:
        cells = [_plain(row["firmness"])]
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
    table = Table(box=None, padding=(0, 1), pad_edge=False, header_style="dim")
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


def timeline(found: TimelineResult, no_color: bool) -> None:
    """A row a year: what is due, what covers it, and a bar whose hatched part is the gap."""
    screen, study = console(no_color), found.study
    name = study.short(found.found.party)
    screen.print(Text(f"What {name} has promised to pay, by year", style="bold"))
    screen.print(stamped(f"as of {study.as_of} · {and_up(found.network.least)} · {study.edition}"))
    screen.print()
    if found.found.years:
        screen.print(_years(found, screen.width))
        screen.print()
        total = sum(year.due_usd for year in found.found.years)
        _note(screen, f"Due in all {money(total)}; not covered {money(found.found.gap_usd)} (░).")
    for line in found.sentences():
        _note(screen, line)


def _years(found: TimelineResult, width: int) -> Table:
    rows = found.rows()
    cells = max(8, min(40, width - 66))
    most = max(row["due_usd"] for row in rows)
    table = Table(box=None, padding=(0, 1), pad_edge=False, header_style="dim")
    table.add_column("year", no_wrap=True)
    for head in ("due $bn", "assumed term", "funding", "revenue", "from cash", "gap $bn"):
        table.add_column(head, justify="right")
    table.add_column("", no_wrap=True, min_width=cells)
    for row in rows:
        covered = bar(row["due_usd"] - row["gap_usd"], most, cells)
        gap = "░" * (round(cells * row["due_usd"] / most) - len(covered))
        table.add_row(
            str(row["year"]),
            *(
                _bn(row[key])
                for key in (
                    "due_usd",
                    "over_default_term_usd",
                    "committed_funding_usd",
                    "revenue_usd",
                    "from_cash_usd",
                )
            ),
            Text(_bn(row["gap_usd"]), style="bold"),
            covered + gap,
        )
    return table


def _bn(usd: float | None) -> str:
    return "" if usd is None else f"{usd / 1e9:,.1f}"


def measured(found: Measured, no_color: bool) -> None:
    """Question, rows, reading."""
    screen, study = console(no_color), found.study
    screen.print(Text(found.measure.question, style="bold"))
    screen.print(stamped(f"as of {study.as_of} · {and_up(found.network.least)} · {study.edition}"))
    screen.print()
    screen.print(_rows(found))
    screen.print()
    _note(screen, found.measure.reading)
    _note(screen, f"{found.undisclosed} of the legs behind it have no public amount; they are in no sum.")


def _rows(found: Measured) -> Table:
    """The rows, parties by the names people use, numbers aligned; the column that asks for the party is left out."""
    names = found.study.book.parties
    units = found.measure.columns
    columns = [c for c in units if not (found.party and all(row[c] == found.party for row in found.rows))]
    table = Table(box=None, padding=(0, 1), pad_edge=False, header_style="dim")
    for column in columns:
        number = any(isinstance(row[column], int | float) for row in found.rows) and column != "year"
        word = "no amount" if column == "undisclosed_legs" else _plain(column.removesuffix("_usd"))
        head = f"{word} {_UNITS[units[column]]}".strip()
        longest = max(len(_cell(row[column], units[column])) for row in found.rows)
        narrowest = max(*map(len, head.split()), longest if number else min(longest, 9))
        table.add_column(head, justify="right" if number else "left", min_width=narrowest)
    for row in found.rows:
        cells = [row[column] for column in columns]
        table.add_row(
            *(
                found.study.short(value) if isinstance(value, str) and value in names else _cell(value, units[column])
                for value, column in zip(cells, columns, strict=True)
            )
        )
    return table


_UNITS = {"USD": "$bn", "fraction": "%", "": ""}


def _cell(value: Any, unit: str) -> str:
    if value is None:
        return ""
    if unit == "USD":
        return f"{value / 1e9:,.2f}"
    if unit == "fraction":
        return f"{100 * value:.1f}"
    return f"{value:,.2f}" if isinstance(value, float) else str(value)
