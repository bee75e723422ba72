"""The command `solve`: the literature's models on a network of one's own; JSON in, JSON out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from knockon.cli import app
from knockon.cli.options import text_of
from knockon.errors import BadInput

MODELS = "clearing, cascade, debtrank, valuation, seniority, crossholdings, supply, circularity, eventstudy, contagion"
RULES = "linear, threshold, single-hit; or eisenberg_noe, linear_dr, blackcox, merton, furfine_merton"


@app.command(epilog="Example: knockon solve clearing network.json --alpha 0.9 --beta 0.9")
def solve(
    model: Annotated[str, typer.Argument(metavar="MODEL", help=f"One of {MODELS}.")],
    source: Annotated[
        str | None, typer.Argument(metavar="INPUT.json|-", help="The model's input keys, in a file or on stdin.")
    ] = None,
    alpha: Annotated[
        float | None, typer.Option(help="clearing: share of outside assets that survives default.")
    ] = None,
    beta: Annotated[float | None, typer.Option(help="clearing: share of inside assets that survives default.")] = None,
    least: Annotated[
        bool, typer.Option("--least", help="clearing: the least payments instead of the greatest.")
    ] = False,
    recovery: Annotated[float | None, typer.Option(help="cascade: share of its debts that a defaulter pays.")] = None,
    rule: Annotated[str | None, typer.Option(help=f"debtrank, valuation: {RULES}.")] = None,
    longest: Annotated[int | None, typer.Option(help="circularity: parties in the longest cycle counted.")] = None,
    greatest: Annotated[bool, typer.Option("--greatest", help="contagion: the greatest fixed point.")] = False,
    edges: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Edges as CSV or Parquet instead of a matrix.")
    ] = None,
    nodes: Annotated[Path | None, typer.Option(metavar="FILE", help="Parties and their numbers, likewise.")] = None,
) -> None:
    """The literature's models on your own network: clearing, DebtRank, valuation and others; prints JSON."""
    from knockon import solve as models
    from knockon.solve import reading, writing

    models.model(model)
    document: Any = {}
    if source is not None:
        document = reading.parse(text_of(source), source)
    elif edges is None and nodes is None:
        raise BadInput(f"{model} needs input: a JSON file, - for standard input, or --edges FILE and --nodes FILE")
    if edges is not None or nodes is not None:
        from knockon.solve.edges import merged

        document = merged(model, document, edges, nodes)
    options = {"alpha": alpha, "beta": beta, "recovery": recovery, "rule": rule, "longest": longest}
    given = {name: value for name, value in options.items() if value is not None}
    given |= {name: True for name, flag in (("least", least), ("greatest", greatest)) if flag}
    print(writing.text(models.solve(model, document, **given)))
