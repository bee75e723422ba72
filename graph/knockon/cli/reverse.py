"""The commands that ask the engine backwards: who hurts most, how small a shock is enough, what a deal is worth."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from knockon.cli import AsOf, Data, Format, NoColor, Quiet, app
from knockon.cli.options import (
    AlsoCut,
    Basis,
    BasisAsked,
    EngineName,
    Kind,
    Scheduler,
    TableOrJson,
    Top,
    one_of,
    opened,
    opened_for,
    running_on,
)
from knockon.errors import UnknownName


@app.command(epilog="Example: knockon rank --as-of 2025-11-05 --top 10")
def rank(
    context: typer.Context,
    size: Annotated[float, typer.Option(help="How hard each party is hit, 0 to 1.")] = 1.0,
    hit: Kind = "both",
    basis: Basis = "pv",
    top: Top = 20,
    engine: EngineName = "local",
    scheduler: Scheduler = None,
    format: Format = "table",
    as_of: AsOf = None,
    data: Data = None,
    quiet: Quiet = False,
    no_color: NoColor = False,
) -> None:
    """Who hurts the others most, and who is hurt most: every party is hit in turn."""
    from knockon.cli import show, show_reverse
    from knockon.study.shocks import reverse

    one_of(format, "table", "json", "csv")
    study = opened(as_of, data, quiet)
    with show.progress("parties", len(study.book.parties), quiet, long=2000) as tick:
        found = reverse.rank(study, hit, size, basis, tick, running_on(context, engine, scheduler))
    if format == "json":
        show.json(found)
    elif format == "csv":
        show.records([{**row, "as_of": found["as_of"], "edition": str(study.edition)} for row in found["parties"]])
    else:
        show_reverse.ranks(study, found, top, no_color)


@app.command(epilog="Example: knockon stress --loss 200e9 --at openai --as-of 2025-11-05")
def stress(
    loss: Annotated[float, typer.Option(help="Dollars that listed parties are to lose, for example 500e9.")],
    at: Annotated[
        str | None, typer.Option(metavar="PARTY", help="Hit this party. [default: whichever is least]")
    ] = None,
    pairs: Annotated[
        bool, typer.Option("--pairs", help="Also look for the cheapest two among the most hurtful.")
    ] = False,
    hit: Kind = "both",
    basis: Basis = "pv",
    format: TableOrJson = "table",
    as_of: AsOf = None,
    data: Data = None,
    quiet: Quiet = False,
    no_color: NoColor = False,
) -> None:
    """The reverse: the smallest shock that makes listed parties lose so much, their direct losses included."""
    from knockon.cli import show, show_reverse
    from knockon.study.shocks import reverse

    one_of(format, "table", "json")
    study = opened(as_of, data, quiet)
    found = reverse.stress(study, loss, at, hit, basis, pairs)
    if format == "json":
        show.json(found)
    else:
        show_reverse.stressed(study, found, no_color)
    if not found["reached"]:
        raise typer.Exit(1)


@app.command(epilog="Example: knockon worth deals --scenario lab-misses-targets --top 10")
def worth(
    context: typer.Context,
    what: Annotated[str, typer.Argument(metavar="deals|guarantees", help="Remove each deal, or add each guarantee.")],
    hits: Annotated[
        list[str] | None,
        typer.Argument(metavar="PARTY=SHARE...", help="The shock, as in `knockon shock`. [default: openai=0.2]"),
    ] = None,
    cut: AlsoCut = None,
    scenario: Annotated[str | None, typer.Option(metavar="NAME|FILE", help="As in `knockon shock`.")] = None,
    basis: BasisAsked = None,
    largest: Annotated[int, typer.Option(help="For guarantees: the largest uncovered promises, so many.")] = 5,
    top: Top = 20,
    engine: EngineName = "local",
    scheduler: Scheduler = None,
    format: Format = "table",
    as_of: AsOf = None,
    data: Data = None,
    quiet: Quiet = False,
    no_color: NoColor = False,
) -> None:
    """What removing each deal would change for listed parties under a shock, or adding each guarantee for all."""
    from knockon import scenarios
    from knockon.cli import show, show_reverse
    from knockon.study.shocks import reverse

    one_of(format, "table", "json", "csv")
    if what not in ("deals", "guarantees"):
        raise UnknownName("worth of", what, ("deals", "guarantees"), "one of deals, guarantees")
    words = hits or ([] if scenario or cut else ["openai=0.2"])
    asked = scenarios.asked(scenario, value=words, performance=cut or [], basis=basis, draws=0)
    study = opened_for(asked, as_of, data, quiet)
    asked = study.resolve(asked)
    with show.steps("edges" if what == "deals" else "guarantees", quiet or not sys.stderr.isatty()) as told:
        chosen = running_on(context, engine, scheduler)
        if what == "deals":
            found, key = reverse.worth_deals(study, asked, told, chosen), "edges"
        else:
            found, key = reverse.worth_guarantees(study, asked, largest, told, chosen), "guarantees"
    if format == "json":
        show.json(found)
    elif format == "csv":
        show.records([{**row, "as_of": found["as_of"], "edition": str(study.edition)} for row in found[key]])
    else:
        show_reverse.worths(study, found, key, top, no_color)
