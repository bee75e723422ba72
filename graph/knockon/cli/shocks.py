"""The commands that put a shock to the engine; what each needs is imported when it runs, so help is quick."""

from __future__ import annotations

from typing import Annotated

import typer

from knockon.cli import AsOf, Data, Format, NoColor, Quiet, app
from knockon.cli.options import (
    BASIS,
    AlsoCut,
    BasisAsked,
    EngineName,
    Retries,
    Scheduler,
    Top,
    asked_of,
    chart,
    one_of,
    opened_for,
    running_on,
    wrote,
)
from knockon.errors import BadInput


@app.command(epilog="Example: knockon shock openai=0.2 --cut openai=0.1 --as-of 2025-11-05 --top 10")
def shock(
    context: typer.Context,
    hits: Annotated[
        list[str] | None,
        typer.Argument(metavar="PARTY=SHARE...", help="Share of its value that a party loses, 0 to 1."),
    ] = None,
    cut: Annotated[
        list[str] | None,
        typer.Option(metavar="PARTY=SHARE", help="Share of all its promises and debts that a party withholds."),
    ] = None,
    void: Annotated[
        list[str] | None,
        typer.Option(metavar="DEAL/LEG=SHARE", help="Share of one leg that is not performed."),
    ] = None,
    scenario: Annotated[
        str | None, typer.Option(metavar="NAME|FILE", help="A scenario that ships, or a TOML file; hits add to it.")
    ] = None,
    basis: Annotated[
        str | None,
        typer.Option(
            metavar=BASIS,
            help="What a contract is worth: its margin's present value, or what its announcement priced in.",
        ),
    ] = None,
    draws: Annotated[int | None, typer.Option(help="Draws behind the ranges, 0 for none. [default: 2000]")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the draws. [default: 7]")] = None,
    information: Annotated[
        bool, typer.Option("--information", help="Bad news about a lab lowers what is expected of its peers.")
    ] = False,
    default: Annotated[
        list[str] | None,
        typer.Option(metavar="PARTY", help="It defaults: loses all, performs nothing; its debts are cleared by rank."),
    ] = None,
    curve: Annotated[
        str | None,
        typer.Option(metavar="exponential|blackcox", help="How debts suffer before a default. [default: exponential]"),
    ] = None,
    common_holders: Annotated[
        bool, typer.Option("--common-holders", help="Holders that keep to a leverage sell when they lose.")
    ] = False,
    rivals: Annotated[bool, typer.Option("--rivals", help="Show what rivals may win, beside the losses.")] = False,
    by: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Another mechanism beside the engine; a wrong name lists them."),
    ] = None,
    paths: Annotated[int, typer.Option(help="The largest paths that the loss took, so many.")] = 0,
    unsure: Annotated[
        bool, typer.Option("--unsure", help="How sure the order of losers is, and which datum matters most.")
    ] = False,
    shapley: Annotated[bool, typer.Option("--shapley", help="Shapley values of the channels (JSON).")] = False,
    top: Top = 20,
    html: Annotated[str | None, typer.Option(metavar="FILE", help="Write the interactive page here too.")] = None,
    picture: Annotated[str | None, chart("the losses")] = None,
    endpoint: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Ask this SPARQL 1.1 endpoint for the exposures, not a book here."),
    ] = None,
    timeout: Annotated[float, typer.Option(metavar="SECONDS", help="How long an answer of it may take.")] = 60.0,
    retries: Retries = 2,
    engine: EngineName = "local",
    scheduler: Scheduler = None,
    format: Format = "table",
    as_of: AsOf = None,
    data: Data = None,
    quiet: Quiet = False,
    no_color: NoColor = False,
) -> None:
    """Who loses how much market value, through which channel, when a party loses value or withholds what it owes."""
    from knockon import scenarios
    from knockon.cli import show, show_shocks
    from knockon.study.shocks.answer import flat

    one_of(format, "table", "json", "csv")
    asked = scenarios.asked(
        scenario,
        value=hits or [],
        performance=cut or [],
        legs=void or [],
        basis=basis,
        draws=draws,
        seed=seed,
        information=information,
        default=default or [],
        curve=curve,
        common_holders=common_holders,
        rivals=rivals,
    )
    if endpoint is not None:
        study = asked_of(endpoint, timeout, retries, as_of, data)
        if asked.as_of not in (None, study.as_of):
            raise BadInput(f"{endpoint} holds the graph of {study.as_of}, the scenario is of {asked.as_of}")
    else:
        study = opened_for(asked, as_of, data, quiet)
    with show.progress("draws", asked.draws, quiet) as tick:
        result = study.run(asked, tick, running_on(context, engine, scheduler))
    if by and by != "knockon":
        from knockon.cli import show_compared
        from knockon.study.shocks.mechanism import compare

        other = compare(result, by)
        if format == "json":
            show.json(other.record())
        elif format == "csv":
            show.records([flat(row, study) for row in other.rows()])
        else:
            show_compared.comparison(other, top, no_color)
        return
    if format == "json":
        show.json(result.record(paths, shapley, unsure))
    elif format == "csv":
        show.records([flat(row, study) for row in result.rows()])
    else:
        show_shocks.losses(result, top, paths, unsure, no_color)
    if html:
        wrote("page", result.html(html), format)
    if picture:
        wrote("picture", result.picture(picture), format)


@app.command("scenarios", epilog="Example: knockon scenarios; then knockon shock --scenario lab-misses-targets")
def list_scenarios(
    format: Format = "table",
    as_of: Annotated[str | None, typer.Option("--as-of", help="Only those whose day had come.")] = None,
    no_color: NoColor = False,
) -> None:
    """The what-ifs that ship, a line each; `knockon shock --scenario NAME` runs one."""
    from knockon import scenarios
    from knockon.cli import show
    from knockon.periods import Period

    one_of(format, "table", "json", "csv")
    last = Period.parse(as_of).last if as_of else None
    known = {
        name: found
        for name, found in scenarios.library().items()
        if last is None or found.as_of is None or found.as_of <= last
    }
    rows = [[name, str(found.as_of or ""), found.title, found.question] for name, found in known.items()]
    if format == "json":
        show.json([found.record() for found in known.values()])
    elif format == "csv":
        show.csv(["name", "as_of", "title", "question"], rows)
    else:
        show.lines(["name", "as of", "question"], [[row[0], row[1], row[3]] for row in rows], no_color)


@app.command(
    epilog="Example: knockon compare lab-misses-targets lab-fails; knockon compare 2025-11-05 2026-07-01 openai=0.2"
)
def compare(
    a: Annotated[str, typer.Argument(metavar="A", help="A scenario (name or file), a day, or a folder with a book.")],
    b: Annotated[str, typer.Argument(metavar="B", help="Another.")],
    hits: Annotated[
        list[str] | None,
        typer.Argument(metavar="PARTY=SHARE...", help="What days and books are asked, as in `knockon shock`."),
    ] = None,
    cut: AlsoCut = None,
    basis: BasisAsked = None,
    top: Top = 20,
    format: Format = "table",
    as_of: AsOf = None,
    data: Data = None,
    no_color: NoColor = False,
) -> None:
    """Two scenarios, days, or books side by side: who loses what in each."""
    from knockon import scenarios
    from knockon.cli import show, show_compared
    from knockon.study.compare import compare as side_by_side

    one_of(format, "table", "json", "csv")
    words = {"value": hits or [], "performance": cut or []}
    asked = scenarios.asked(None, **words, basis=basis, draws=0) if hits or cut else None
    found = side_by_side(a, b, asked, as_of, data)
    if format == "json":
        show.json(found.record())
    elif format == "csv":
        show.records([{**row, "a": a, "b": b, "edition": str(found.results[1].study.edition)} for row in found.rows()])
    else:
        show_compared.side_by_side(found, top, no_color)
