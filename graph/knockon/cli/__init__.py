"""The command line: each command parses, calls the study, prints; results to stdout, talk to stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from copy import copy
from functools import cache
from importlib import import_module
from inspect import getdoc
from typing import Annotated, Any, cast

import typer

from knockon.errors import KnockonError, one_line
from knockon.version import VERSION


def _hoisted(args: list[str]) -> list[str]:
    """Global options given before the command, moved behind it; those that it has no use for are left out.

    >>> _hoisted(["--as-of", "2025-11-05", "shock", "openai=0.2"])
    ['shock', '--as-of', '2025-11-05', 'openai=0.2']
    >>> _hoisted(["scenarios", "--quiet"])
    ['scenarios']
    """
    early: list[str] = []
    rest = list(args)
    while rest and rest[0].partition("=")[0] in _GLOBAL:
        early.append(rest.pop(0))
        if _GLOBAL.get(early[-1]) and rest:
            early.append(rest.pop(0))
    words = [*rest[:1], *early, *rest[1:]]
    asked = any(word.partition("=")[0] in _GLOBAL for word in words[1:])
    taken = _taken(words[0]) if asked else None
    return words if taken is None else list(_useful(words, taken))


def _useful(words: list[str], taken: set[str]) -> Iterator[str]:
    """The words without the global options, and their values, that are not taken."""
    left = iter(words)
    for word in left:
        if word == "--":
            yield from (word, *left)
        elif word.partition("=")[0] not in _GLOBAL.keys() - taken:
            yield word
        elif _GLOBAL.get(word):
            next(left, None)


def _taken(command: str) -> set[str] | None:
    """The options of a command: a global one that it has no use for, such as colours for `new`, changes nothing."""
    found = _built(command)
    inner = found.commands.get(command) if isinstance(found, typer.core.TyperGroup) else None
    return {word for param in inner.params for word in param.opts} if inner else None


@cache
def _built(word: str) -> Any:
    """The command `word` as click has it, or the names and first lines of all; made once.

    To build the options of all commands costs more than the work of most of them.
    """
    commands = [_named(info) for info in whole().registered_commands]
    found = copy(app)
    found.registered_commands = [info for info in commands if info.name == word] or [_listed(info) for info in commands]
    return typer.main.get_command(found)


def _named(info: typer.models.CommandInfo) -> typer.models.CommandInfo:
    """The command with its name written out."""
    assert info.callback
    named = copy(info)
    named.name = info.name or typer.main.get_command_name(info.callback.__name__)
    return named


def whole() -> typer.Typer:
    """The command line with all its commands, in one order whoever imported their modules first."""
    for name in MODULES:
        import_module(f"knockon.cli.{name}")
    app.registered_commands.sort(key=_place)
    return app


def _place(info: typer.models.CommandInfo) -> int:
    """Where the module of a command stands."""
    return MODULES.index(str(getattr(info.callback, "__module__", "")).rpartition(".")[2])


def _listed(info: typer.models.CommandInfo) -> typer.models.CommandInfo:
    """What a list of commands says of the command: its name and what it does."""
    listed = copy(info)
    listed.help = info.help or getdoc(info.callback)
    listed.callback = _nothing
    return listed


def _nothing() -> None:
    """In the place of a command that is only listed."""


_GLOBAL = {"--as-of": True, "--data": True, "--quiet": False, "--no-color": False}

MODULES = ("commands", "export", "measures", "new", "serve", "shocks", "reverse", "solve", "validation")
"""The modules that hold the commands: importing one registers its commands."""

INTERRUPTED = 130
"""Exit code after Ctrl-C: 128 and the number of the signal."""

_Misread = cast(type[Exception], typer.BadParameter.__mro__[2])
"""What typer raises for words that it cannot read: the ClickException of whichever click it holds."""

app = typer.Typer(
    name="knockon",
    rich_markup_mode=None,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    epilog="Example: knockon shock openai=0.2 --as-of 2025-11-05",
)

AsOf = Annotated[str | None, typer.Option("--as-of", help="As known at the end of this day. [default: last day known]")]
Data = Annotated[str | None, typer.Option("--data", metavar="DIR", help="Another book than the one that ships.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No talk on stderr.")]
NoColor = Annotated[bool, typer.Option("--no-color", help="No colours.")]
Format = Annotated[str, typer.Option("--format", metavar="table|json|csv", help="How to print the result.")]


def _version(wanted: bool) -> None:
    if wanted:
        print(f"knockon {VERSION}")
        raise typer.Exit


@app.callback()
def knockon(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """What happens to the others if one of them falls? AI financing as a knowledge graph, with sources and dates.

    Circular does not mean fraudulent. Not advice, not an allegation.
    """


def run(argv: list[str]) -> int:
    """Run one command; 0 fine, 1 findings or no answer, 2 cannot go on."""
    try:
        args = _hoisted(argv)
        word = next((arg for arg in args if arg != "--"), "")
        code = _built(word)(args, prog_name="knockon", standalone_mode=False)
        sys.stdout.flush()
    except SystemExit as stop:  # how typer ends where the reader of its output has gone
        return stop.code if isinstance(stop.code, int) else 0
    except KnockonError as error:
        return _refused(str(error))
    except _Misread as error:
        return _misread(error)
    except MemoryError:
        return _refused("not enough memory for this; ask for less at once")
    except KeyboardInterrupt:
        code = INTERRUPTED
    except BrokenPipeError:  # the reader, say head, has seen enough
        _silence()
        return 0
    except OSError as error:
        _silence()
        place = error.filename or "the result"
        return _refused(f"cannot read or write {place}: {error.strerror}; make room, or choose another place")
    if code == INTERRUPTED:
        print("knockon: interrupted", file=sys.stderr)
    return code if isinstance(code, int) else 0


def _refused(why: str) -> int:
    print(f"knockon: {one_line(why)}", file=sys.stderr)
    return 2


def _misread(error: Any) -> int:
    """Words that are no command, or options that it does not have; without any words, the help."""
    command = error.ctx.command_path if getattr(error, "ctx", None) else "knockon"
    if not (told := error.format_message()) or "\n" in told:
        error.show()
        return 2
    return _refused(f"{told.rstrip('.')}; see: {command} --help")


def _silence() -> None:
    """Nothing further is written to a standard output that takes no more, not even at the end of the program."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
