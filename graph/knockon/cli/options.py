"""What several commands ask alike: options stated once, the study that they open, and where a result goes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from knockon import resources
from knockon.errors import BadInput

if TYPE_CHECKING:
    from knockon.endpoint import Endpoint
    from knockon.engines import Engine
    from knockon.scenarios import Scenario
    from knockon.study import Study

FIRMNESS = "rumoured|reported|letter_of_intent|option|definitive|closed"
BASIS = "pv|announcement"

EngineName = Annotated[
    str, typer.Option("--engine", metavar="local|dask", help="Where the work runs: here, or on a Dask cluster.")
]
Scheduler = Annotated[
    str | None, typer.Option("--scheduler", metavar="ADDRESS", help="Of the Dask cluster, for example tcp://host:8786.")
]
TableOrJson = Annotated[str, typer.Option("--format", metavar="table|json", help="How to print.")]
Out = Annotated[str | None, typer.Option(metavar="FILE|DIR", help="Where to write. [default: knockon-out/]")]
Top = Annotated[int, typer.Option(help="Rows of the table.")]
Retries = Annotated[int, typer.Option(metavar="N", help="Attempts after the first, if it is down or busy.")]
AlsoCut = Annotated[list[str] | None, typer.Option("--cut", metavar="PARTY=SHARE", help="As in `knockon shock`.")]
Kind = Annotated[
    str, typer.Option("--hit", metavar="value|performance|both", help="What is lost: value, performance, or both.")
]
Firm = Annotated[str, typer.Option("--firmness", metavar=FIRMNESS, help="So firm, and firmer.")]
Side = Annotated[
    str,
    typer.Option(
        "--side", metavar="cloud|chips", help="Of one demand seen twice, the computing contract or the chips in it."
    ),
]

_BASIS = typer.Option("--basis", metavar=BASIS, help="What a contract is worth.")
Basis = Annotated[str, _BASIS]
BasisAsked = Annotated[str | None, _BASIS]
"""Where a scenario has a basis already, none is asked for."""


def chart(of: str) -> Any:
    """The option that writes a chart of something."""
    return typer.Option("--picture", metavar="FILE", help=f"Write a chart of {of} too, .svg or .png.")


OUT = Path("knockon-out")
"""Where output files go unless a command is told otherwise."""
MOST_EXPOSURES = 2_000_000_000
"""Bytes of one answer when exposures are asked of an endpoint: enough for a million legs."""


def opened(as_of: str | None, data: str | None, quiet: bool) -> Study:
    """The book on the day asked for; without one, the day used is told."""
    from knockon import study

    found = study.open(as_of, data)
    if as_of is None and not quiet:
        print(f"as of {found.as_of}, the last day the data know", file=sys.stderr)
    return found


def opened_for(asked: Scenario | None, as_of: str | None, data: str | None, quiet: bool) -> Study:
    """The book on the day asked for, else on the scenario's own."""
    return opened(as_of or (str(asked.as_of) if asked and asked.as_of else None), data, quiet)


def endpoint_at(url: str, timeout: float, retries: int, as_of: str | None, data: str | None, **more: int) -> Endpoint:
    """An endpoint to ask. Raises BadInput, also for a day or a book beside it."""
    from knockon.endpoint import Endpoint

    if as_of or data:
        raise BadInput("an endpoint holds what was loaded there; leave out --as-of and --data")
    return Endpoint(url, timeout, retries, **more)


def asked_of(url: str, timeout: float, retries: int, as_of: str | None, data: str | None) -> Study:
    """What an endpoint holds, as a study. Raises BadInput, also for a day or a book beside it."""
    from knockon.study import remote

    return remote.open(endpoint_at(url, timeout, retries, as_of, data, most_bytes=MOST_EXPOSURES))


def running_on(context: typer.Context, name: str, scheduler: str | None) -> Engine:
    """The engine asked for, closed when the command ends. Raises BadInput."""
    from knockon.engines import engine

    return context.with_resource(engine(name, scheduler))


def one_of(name: str, *known: str) -> str:
    """`name` if it is a known format. Raises BadInput."""
    if name not in known:
        raise BadInput(f"no format {name!r}; one of {', '.join(known)}")
    return name


def text_of(place: str) -> str:
    """The text of a file, or of standard input for `-`. Raises BadInput."""
    return resources.text_of(sys.stdin.buffer if place == "-" else Path(place), place)


def wrote(what: str, place: Path, format: str) -> None:
    """Say where a file went: beside the results, and not among them where a machine reads those."""
    print(f"{what}: {place.resolve()}", file=sys.stdout if format == "table" else sys.stderr)
