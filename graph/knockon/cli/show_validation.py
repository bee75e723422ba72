"""How a scoreboard looks in a terminal: the verdict first, then the ladder, then the days."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.table import Table
from rich.text import Text

from knockon.cli.show import WIDE, console, stamped
from knockon.study.validation.verdicts import RUNGS


def board(found: dict[str, Any], no_color: bool) -> None:
    """The whole scoreboard."""
    screen = console(no_color)
    edition = found["edition"]
    for i, line in enumerate(found["verdict"]):
        screen.print(Text(line, style="bold" if i == 0 else ""))
    screen.print(
        stamped(
            f"as of {found['as_of']} · edition {edition['data']}, hash {edition['hash']}, code {edition['code']} ·"
            f" {found['permutations']:,} permutations, seed {found['seed']}"
        )
    )
    wide = screen.width >= WIDE
    screen.print()
    screen.print(_ladder(found, wide))
    if not found["pooled"]["engine"]["p_placebo"]:
        have, need = found["placebo_days"]["ordinary_days"], found["placebo_days"]["needed"]
        screen.print(Text(f"No matched placebo days: {have} ordinary days with closes, {need} needed.", style="dim"))
    screen.print()
    screen.print(_days("Days with news", found["events"], wide))
    if found["controls"]["days"]:
        screen.print()
        screen.print(_days("Control days, where nothing should be found", found["controls"]["days"], wide))
    screen.print()
    for line in _footnotes(found):
        screen.print(Text(line, style="dim"))


def _ladder(found: dict[str, Any], wide: bool) -> Table:
    table = _table("Mean Spearman over the days: predicted loss share with abnormal return in the news' direction")
    table.add_column("rung")
    heads = ["all", "p labels", "p rewired", "reached", "after AI"]
    heads += ["Kendall", "days > 0", "without a day", "without a firm"] if wide else ["days > 0"]
    for head in heads:
        table.add_column(head, justify="right", no_wrap=True)
    for rung, score in found["pooled"].items():
        cells = [score["mean_spearman"], score["p_labels"], score["p_rewired"], score["mean_spearman_reached"]]
        cells.append(score["mean_spearman_after_ai"])
        more = [f"{score['days_positive']}/{score['days']}"]
        if wide:
            spans = (score["without_a_day"], score["without_a_firm"])
            more = [_figure(score["mean_kendall"]), *more, *(f"{low:.2f} to {high:.2f}" for low, high in spans)]
        style = "bold" if rung == "engine" else ""
        figures = [_p(value) if k in (1, 2) else _figure(value) for k, value in enumerate(cells)]
        table.add_row(RUNGS[rung], *figures, *more, style=style)
    return table


def _days(title: str, events: list[dict[str, Any]], wide: bool) -> Table:
    table = _table(title)
    table.add_column("day" if not wide else "event", no_wrap=True)
    table.add_column("news")
    for head in ("firms", "reached", "ties", "engine", "direct", "AI basket", "size"):
        table.add_column(head, justify="right", no_wrap=True)
    for event in events:
        rungs = event["rungs"]
        scores = [rungs[name]["spearman"] if name in rungs else None for name in ("engine", "direct", "ai_basket")]
        news = {1: "good", -1: "bad", 0: "none"}[event["sign"]]
        table.add_row(
            event["event"] if wide else event["date"],
            news,
            str(event["firms"]),
            str(event["reached"]),
            f"{rungs['engine']['ties']:.0%}",
            *map(_figure, scores),
            f"{event['fitted_size']:.2f}",
        )
    return table


def _footnotes(found: dict[str, Any]) -> Iterator[str]:
    yield (
        f"Rank statistics take every shock at {found['size']:.0%}, so nothing is fitted; the engine at other sizes: "
        + ", ".join(f"{mean:.2f} at {_size(size)}" for size, mean in found["sizes"].items())
        + " size. The column size is the one that fits the day best."
    )
    slope = found["regression"]["engine"]
    if slope:
        yield (
            f"Regression beside beta, AI basket, size, sector and day effects: slope {slope['value']:.3f}, error"
            f" {slope['error']:.3f} clustered by day and firm, p = {_p(slope['p'])}, {slope['rows']} firm-days."
        )
    yield f"{found['edges_moved']:.0%} of edges have another obligor in a rewired network."
    parties = sorted({p for e in found["events"] for p in e["left_out"].get("no_loadings", ())})
    if parties:
        yield f"Left out on some day for want of loadings: {', '.join(parties)}."
    caps = sorted({p for e in found["events"] for p in e["left_out"].get("no_cap", ())})
    if caps:
        yield f"Left out on some day for want of a market value: {', '.join(caps)}."
    for reason in dict.fromkeys(row["reason"] for row in found["not_scored"]):
        names = [row["event"] for row in found["not_scored"] if row["reason"] == reason]
        yield f"Not scored, {reason}: {', '.join(names)}."


def _size(size: str) -> str:
    return "each day's own" if size == "fitted" else f"{float(size):.0%}"


def _table(title: str) -> Table:
    return Table(title=title, title_justify="left", title_style="bold", box=None, padding=(0, 1), pad_edge=False)


def _figure(value: float | None, places: int = 2) -> str:
    return "–" if value is None else f"{round(value, places) + 0.0:.{places}f}"


def _p(value: float | None) -> str:
    return "–" if value is None else "<0.001" if value < 0.001 else f"{value:.3f}"
