"""The command that serves pages and SPARQL until it is told to stop."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from knockon.cli import AsOf, Data, Quiet, app
from knockon.cli.options import opened
from knockon.errors import BadInput


@app.command(epilog="Example: knockon serve --port 8731")
def serve(
    port: Annotated[int, typer.Option(metavar="N", help="Where to listen; 0 takes any that is free.")] = 8731,
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="Who may ask: by default only this machine.")] = (
        "127.0.0.1"
    ),
    timeout: Annotated[float, typer.Option(metavar="SECONDS", help="How long one query may take.")] = 10.0,
    workers: Annotated[
        int | None, typer.Option(metavar="N", help="Queries at once. [default: one per processor]")
    ] = None,
    as_of: AsOf = None,
    data: Data = None,
    quiet: Quiet = False,
) -> None:
    """Serve the explorer and a read-only SPARQL endpoint at /sparql, until interrupted."""
    from dataclasses import replace

    from knockon.serve import app as server
    from knockon.serve.pool import Limits

    if not 0 < timeout < 1e6:
        raise BadInput(f"--timeout {timeout:g}: give seconds above 0")
    if workers is not None and not 1 <= workers <= 256:
        raise BadInput(f"--workers {workers}: give a number from 1 to 256")
    if not server.loopback(host) and not quiet:
        warning = f"listening on {host}: whoever reaches this machine can read the whole book; there is no password"
        print(warning, file=sys.stderr)
    limits = Limits(seconds=timeout)
    limits = limits if workers is None else replace(limits, workers=workers)
    server.serve(opened(as_of, data, quiet), host, port, limits, lambda line: print(line, flush=True))
