"""The command `export`: the book as known on a day, in the formats of other tools."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
import typer.core

from knockon.cli import AsOf, Data, Quiet, app
from knockon.cli.options import OUT, Out, opened


class _Listing(typer.core.TyperCommand):
    """A command whose help ends with the formats found."""

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        from knockon import exports

        with formatter.section("Formats"):
            formatter.write_dl(list(exports.described().items()))
        super().format_epilog(ctx, formatter)


@app.command(cls=_Listing, epilog="Example: knockon export gexf --as-of 2025-11-05 --out network.gexf")
def export(
    format: Annotated[str, typer.Argument(metavar="FORMAT", help="One of those below.")],
    out: Out = None,
    as_of: AsOf = None,
    data: Data = None,
    quiet: Quiet = False,
) -> None:
    """Write the book in a format that other tools open; prints where."""
    from knockon.cli import show
    from knockon.study.book.export import named

    study = opened(as_of, data, quiet)
    with show.patience(f"writing {format}; a large book takes minutes", quiet):
        path = study.export(format, Path(out) if out else OUT / named(study, format))
    print(path.resolve())
    if not quiet:
        print(f"as of {study.as_of} · {study.edition}", file=sys.stderr)
