"""What several commands ask alike: the study that the global options open, and a format that is known."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from knockon import resources
from knockon.errors import BadInput

if TYPE_CHECKING:
    from knockon.engines import Engine
    from knockon.study import Study

EngineName = Annotated[
    str, typer.Option("--engine", metavar="local|dask", help="Where the work runs: here, or on a Dask cluster.")
]
Scheduler = Annotated[
    str | None, typer.Option("--scheduler", metavar="ADDRESS", help="Of the Dask cluster, for example tcp://host:8786.")
]

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


def asked_of(url: str, timeout: float, retries: int, as_of: str | None, data: str | None) -> Study:
    """What an endpoint holds, as a study. Raises BadInput, also for a day or a book beside it."""
    from knockon.endpoint import Endpoint
    from knockon.study import remote

    if as_of or data:
        raise BadInput("an endpoint holds what was loaded there; leave out --as-of and --data")
    return remote.open(Endpoint(url, timeout, retries, most_bytes=MOST_EXPOSURES))


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
