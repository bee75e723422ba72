"""The command `new`: rows for a deal, from a conversation or a file of answers, printed or written."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from knockon.cli import Data, app
from knockon.cli.options import text_of
from knockon.errors import BadInput

if TYPE_CHECKING:
    from knockon.study.writing.adding import Draft


class _Terminal:
    """Questions on stderr, answers from stdin, so that stdout holds nothing but rows."""

    def ask(self, prompt: str) -> str:
        print(prompt, end="", file=sys.stderr, flush=True)
        line = sys.stdin.readline()
        if not line:
            raise EOFError
        return line

    def say(self, text: str) -> None:
        print(text, file=sys.stderr)


@app.command(epilog="Example: knockon new deal --data my-book/ --write")
def new(
    what: Annotated[str, typer.Argument(metavar="deal", help="What to add.")],
    answers: Annotated[
        str | None, typer.Option(metavar="FILE.toml|-", help="Take the answers from a file instead of asking.")
    ] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Write the rows into the book instead of printing them.")
    ] = False,
    data: Data = None,
) -> None:
    """Add a deal: asks for its legs, claims and sources, checks, prints the rows or writes them."""
    from knockon.errors import UnknownName
    from knockon.resources import shelf
    from knockon.study.writing import ledger

    if what != "deal":
        raise UnknownName("thing to add", what, ["deal"], "there is deal")
    folder = Path(data) if data else Path(str(shelf("data")))
    given = None if answers is None else text_of(answers)
    if write:
        with ledger.writing(folder) as add:  # from before the book is read until the rows are in it
            draft = _draft(folder, given)
            add(draft.rows)
        for table, rows in draft.rows.items():
            if rows:
                print(f"{folder / table}.csv: {len(rows)} row{'s' * (len(rows) > 1)} added", file=sys.stderr)
        print(draft.rows["deals"][0]["id"])
        return
    draft = _draft(folder, given)
    for problem in draft.problems():
        raise BadInput(problem)
    for table, rows in draft.rows.items():
        if rows:
            print(f"# {table}.csv")
            print("".join(ledger.line(table, row) for row in rows), end="")
    print("add --write to write these rows", file=sys.stderr)


def _draft(folder: Path, given: str | None) -> Draft:
    """The deal that the given answers tell, or else a conversation."""
    from knockon.study.writing import adding, talk

    if given is not None:
        return adding.from_answers(folder, given)
    try:
        return talk.converse(folder, _Terminal())
    except EOFError:
        raise BadInput("the answers ended before the deal was whole; nothing was written") from None
