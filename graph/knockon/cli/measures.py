"""The commands that measure the graph without shocking it; imports wait until a command runs, so help is quick."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Protocol

import typer

from knockon.cli import AsOf, Data, Format, NoColor, Quiet, app
from knockon.cli.options import FIRMNESS, EngineName, Firm, Scheduler, Side, chart, one_of, opened, running_on, wrote
from knockon.errors import BadInput


class Drawable(Protocol):
    """An answer that has a picture."""

    def picture(self, path: str) -> Path:
        """Write it to a file."""


def _picture(found: Drawable, file: str | None, format: str) -> None:
    """Write the chart that was asked for, and say where, beside the results and not among them."""
    if file:
        wrote("picture", found.picture(file), format)


@app.command(epilog="Example: knockon loops --longest 4 --through openai --firmness definitive --as-of 2025-11-05")
def loops(
    longest: Annotated[int, typer.Option(help="Parties in the longest circle.")] = 5,
    through: Annotated[str | None, typer.Option(metavar="PARTY", help="Only circles that pass this party.")] = None,
    firmness: Firm = "reported",
    side: Side = "cloud",
    top: Annotated[int, typer.Option(help="Circles shown in the table.")] = 10,
    picture: Annotated[str | None, chart("the widest circles")] = None,
    format: Format = "table",
    as_of: AsOf = None,
    data: Data = None,
    quiet: Quiet = False,
    no_color: NoColor = False,
) -> None:
    """Circles of deals in which somebody funds and somebody buys: who, how, how much, since when."""
    from knockon.cli import show, show_circles

    one_of(format, "table", "json", "csv")
    found = opened(as_of, data, quiet).loops(longest, through, firmness, side)
    if format == "json":
        show.json(found.record())
    elif format == "csv":
        show.records(found.rows())
    else:
        show_circles.loops(found, top, no_color)
    _picture(found, picture, format)
    if not found:
        raise typer.Exit(1)


@app.command(epilog="Example: knockon circularity --null d --draws 999 --as-of 2025-11-05")
def circularity(
    context: typer.Context,
    firmness: Annotated[
        str, typer.Option(metavar=FIRMNESS, help="Where on the curve to say who, how sure, and by which deal.")
    ] = "reported",
    graph: Annotated[
        str, typer.Option(metavar="cash|commitments", help="Dollars a year, or dollars still ahead.")
    ] = "cash",
    null: Annotated[
        str, typer.Option(metavar="abcd", help="Null models to compare with, a letter each; see docs/measures.md.")
    ] = "",
    draws: Annotated[int, typer.Option(help="Draws of each null model.")] = 999,
    seed: Annotated[int, typer.Option(help="Seed of the draws.")] = 7,
    longest: Annotated[int, typer.Option(help="Parties in the longest circle counted.")] = 5,
    side: Side = "cloud",
    picture: Annotated[str | None, chart("the curve")] = None,
    engine: EngineName = "local",
    scheduler: Scheduler = None,
    format: Format = "table",
    as_of: AsOf = None,
    data: Data = None,
    quiet: Quiet = False,
    no_color: NoColor = False,
) -> None:
    """How much of what is paid can come back: the curve by firmness, who gets it, and whether chance would give it."""
    from knockon.cli import show, show_circles

    one_of(format, "table", "json", "csv")
    letters = "".join(dict.fromkeys(null.replace(",", "")))
    if set(letters) - set("abcd"):
        raise BadInput(f"no null model {null!r}; one or more of a, b, c, d, for example --null ad")
    found = opened(as_of, data, quiet).circularity(firmness, graph, side, longest)
    if format == "csv":
        if letters:
            raise BadInput("the CSV is the curve; ask for --format json to get the null models")
        show.records([{**row, **found.where} for row in found.rows()])
        _picture(found, picture, format)
        return
    with show.progress("null draws", draws * len(letters), quiet, long=200) as tick:
        tests = found.significance(letters, draws, seed, tick, running_on(context, engine, scheduler))
    if format == "json":
        show.json(found.record(tests, found.missing()))
    else:
        show_circles.circularity(found, tests, no_color)
    _picture(found, picture, format)


@app.command(epilog="Example: knockon timeline openai --firmness letter_of_intent --as-of 2025-11-05")
def timeline(
    party: Annotated[str, typer.Argument(metavar="PARTY", help="Whose commitments.")],
    firmness: Firm = "definitive",
    side: Side = "cloud",
    picture: Annotated[str | None, chart("the years")] = None,
    format: Format = "table",
    as_of: AsOf = None,
    data: Data = None,
    quiet: Quiet = False,
    no_color: NoColor = False,
) -> None:
    """Commitments due by year against cash, revenue and committed funding."""
    from knockon.cli import show, show_measures

    one_of(format, "table", "json", "csv")
    found = opened(as_of, data, quiet).timeline(party, firmness, side)
    if format == "json":
        show.json(found.record())
    elif format == "csv":
        show.records([{**row, "edition": str(found.study.edition)} for row in found.rows()])
    else:
        show_measures.timeline(found, no_color)
    _picture(found, picture, format)
    if not found.found.years:
        raise typer.Exit(1)


@app.command(epilog="Example: knockon measure backlog-share oracle --as-of 2025-11-05")
def measure(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="Which measure. [default: list them]")] = None,
    party: Annotated[str | None, typer.Argument(metavar="PARTY", help="For whom. [default: everybody]")] = None,
    firmness: Firm = "definitive",
    side: Side = "cloud",
    format: Format = "table",
    as_of: AsOf = None,
    data: Data = None,
    quiet: Quiet = False,
    no_color: NoColor = False,
) -> None:
    """What authorities and analysts ask for: backlog shares, concentration, recycling, claims on one asset."""
    from knockon.cli import show, show_measures
    from knockon.study.measures.named import MEASURES

    one_of(format, "table", "json", "csv")
    if name is None:
        rows = [[each, found.party, found.question] for each, found in MEASURES.items()]
        if format == "json":
            show.json([dict(zip(("name", "party", "question"), row, strict=True)) for row in rows])
        elif format == "csv":
            show.csv(["name", "party", "question"], rows)
        else:
            show.lines(["name", "of a", "question"], rows, no_color)
        return
    found = opened(as_of, data, quiet).measure(name, party, firmness, side)
    if format == "json":
        show.json(found.record())
    elif format == "csv":
        where = {"firmness": firmness, "as_of": found.study.as_of.isoformat(), "edition": str(found.study.edition)}
        show.records([{**row, **where} for row in found.rows])
    else:
        show_measures.measured(found, no_color)
    if not found.rows:
        raise typer.Exit(1)
