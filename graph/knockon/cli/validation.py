"""The command `backtest`: the engine held against real days, beside the ladder of plain baselines."""

from __future__ import annotations

from typing import Annotated

import typer

from knockon.cli import AsOf, Data, Format, NoColor, Quiet, app
from knockon.cli.options import EngineName, Scheduler, one_of, running_on, wrote


@app.command(epilog="Example: knockon backtest --permutations 500 --html scoreboard.html")
def backtest(
    context: typer.Context,
    events: Annotated[str | None, typer.Option(metavar="FILE", help="Your own days, as in events.csv.")] = None,
    returns: Annotated[str | None, typer.Option(metavar="FILE", help="Their returns, as in event_returns.csv.")] = None,
    caps: Annotated[
        str | None, typer.Option(metavar="FILE", help="Market values before them, as in prices.csv.")
    ] = None,
    loadings: Annotated[str | None, typer.Option(metavar="FILE", help="Betas and factors, as in loadings.csv.")] = None,
    permutations: Annotated[
        int, typer.Option(help="Permutations of firm labels, and rewired networks, behind the p-values.")
    ] = 2000,
    seed: Annotated[int, typer.Option(help="Seed of the permutations.")] = 7,
    html: Annotated[str | None, typer.Option(metavar="FILE", help="Write the scoreboard page here too.")] = None,
    engine: EngineName = "local",
    scheduler: Scheduler = None,
    format: Format = "table",
    as_of: AsOf = None,
    data: Data = None,
    quiet: Quiet = False,
    no_color: NoColor = False,
) -> None:
    """The scoreboard: does the engine order the losers of real days better than plain baselines? Good news or bad.

    Each day is predicted from the book as known on the day before; --as-of leaves out the days after it. Files of
    your own are described in docs/validation.md.
    """
    from pathlib import Path

    from knockon import tables
    from knockon.cli import show, show_validation
    from knockon.periods import Period
    from knockon.resources import shelf
    from knockon.study.validation import scoreboard
    from knockon.study.validation.backtest import backtest as score
    from knockon.study.validation.days import days
    from knockon.study.writing.files import write

    one_of(format, "table", "json", "csv")
    book = tables.read(Path(data) if data else shelf("data"))
    asked = days(book, events, returns, caps, loadings)
    if as_of:
        asked = asked.until(Period.parse(as_of).last)
    with show.steps("steps", quiet) as tick:
        found = score(book, asked, permutations, seed, tick, engine=running_on(context, engine, scheduler))
    if format == "json":
        show.json(scoreboard.record(found))
    elif format == "csv":
        show.records(scoreboard.rows(found))
    else:
        show_validation.board(scoreboard.record(found), no_color)
    if html:
        from knockon.views.scoreboard import render

        wrote("page", write(Path(html), render(scoreboard.record(found))), format)
