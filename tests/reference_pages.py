"""The reference pages, made from the program's own words, so that none can say something else than it does.

python tests/reference_pages.py        writes docs/reference/ and the fixed words of docs/glossary.md anew
"""

from __future__ import annotations

import csv
import inspect
import re
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from itertools import groupby
from pathlib import Path
from types import FunctionType
from typing import Any

import typer

import knockon
from knockon import cli, errors, solve
from knockon.contagion.mechanisms import find, names
from knockon.exports import reading
from knockon.queries import Answer
from knockon.scenarios import Scenario
from knockon.study import Study
from knockon.study.book.ontology import scene
from knockon.study.explaining.explanation import Explanation
from knockon.study.measures.circularity import CircularityResult
from knockon.study.measures.loops import Loops
from knockon.study.measures.named import Measured
from knockon.study.measures.timeline import TimelineResult
from knockon.study.shocks.result import ShockResult

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
MARK = "<!-- below: made by `make reference` from the ontology and the code -->\n"
PYTHON: dict[str, tuple[Any, ...]] = {
    "Open a book": (knockon.open, Study),
    "What comes back": (ShockResult, Explanation, Loops, CircularityResult, TimelineResult, Measured, Answer),
    "What is asked": (Scenario,),
    "Models on your own network": (solve.solve,),
    "Read an RDF export back": (reading.tables_from_rdf,),
    "Errors": (errors.KnockonError, errors.BadInput, errors.UnknownName, errors.NotConverged),
}


def commands() -> str:
    """The help of every command, as `--help` prints it."""
    group: Any = typer.main.get_command(cli.whole())
    parts = [_page("Commands", "What `knockon COMMAND --help` prints."), _help("knockon", group)]
    return "".join([*parts, *(_help(f"knockon {name}", command) for name, command in sorted(group.commands.items()))])


def _help(path: str, command: Any) -> str:
    shown = command.get_help(typer.Context(command, info_name=path, terminal_width=80, max_content_width=80))
    return f"\n## {path}\n\n```text\n{shown.rstrip()}\n```\n"


def python() -> str:
    """Every public call with its docstring; examples are left to the pages and to the modules."""
    text = _page(
        "Python", "`import knockon`; the rest is imported from where its name says. Dollars are whole US dollars."
    )
    for title, things in PYTHON.items():
        text += f"\n## {title}\n" + "".join(line for thing in things for line in _thing(thing))
    return text


def _thing(thing: Any) -> Iterator[str]:
    home = _home(thing)
    if isinstance(thing, FunctionType):
        yield f"\n### {home}.{thing.__name__}{_signature(thing)}\n\n{_doc(thing)}\n"
        return
    yield f"\n### {home}.{thing.__name__}\n\n{_doc(thing)}\n"
    if thing is Scenario:
        kept = (f"`{field.name}: {field.type}`" for field in fields(Scenario))
        yield f"\nHolds {', '.join(kept)}; [what each means](../../queries/scenarios/README.md#keys).\n"
    homes = [home for home in reversed(thing.__mro__) if home.__module__.startswith("knockon")]
    told = {name: member for home in homes for name, member in vars(home).items() if name[0] != "_"}
    members = [line for name, member in told.items() for line in _member(name, member)]
    yield "\n" * bool(members) + "".join(members)


def _home(thing: Any) -> str:
    """Where a user imports it from: the package that offers it, if one does, else its module."""
    if thing in (knockon.open, Study):
        return "knockon"
    above: str = thing.__module__.rpartition(".")[0]
    offered = getattr(sys.modules[above], "__all__", ()) if above else ()
    return above if thing.__name__ in offered else thing.__module__


def _member(name: str, member: Any) -> Iterator[str]:
    called: Callable[..., Any] | None = member if isinstance(member, FunctionType) else None
    if called or isinstance(member, property) or hasattr(member, "attrname"):
        words = f"`{name}{_signature(called)}`" if called else f"`{name}`"
        yield f"- {words}: {' '.join(_doc(member).split())}\n"


def _signature(called: Callable[..., Any]) -> str:
    """As it is written, without `self`."""
    found = inspect.signature(called)
    kept = [param for param in found.parameters.values() if param.name != "self"]
    return re.sub(r"(: |-> )'([^']*)'", r"\1\2", str(found.replace(parameters=kept)))


def _doc(thing: Any) -> str:
    lines = (inspect.getdoc(thing) or "").splitlines()
    return "\n".join(lines[: next((i for i, line in enumerate(lines) if line.startswith(">>>")), None)]).strip()


def parameters() -> str:
    """The table of parameters, by symbol."""
    with (ROOT / "data" / "parameters.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    told = (
        "Every number of the model that is no fact of the book: `data/parameters.csv`, with its range and its ground."
    )
    text = _page("Parameters", f"{told} [One loss by hand](../worked-example.md) shows them at work.")
    heads = ("applies to", "value", "low", "high", "unit", "drawn from", "ground", "note")
    columns = ("applies_to", "value", "low", "high", "unit", "distribution", "ground", "note")
    for symbol, found in groupby(rows, key=lambda row: row["parameter"]):
        text += f"\n## {symbol}\n\n{_table(heads, ([row[column] for column in columns] for row in found))}"
    return text


def words(study: Study) -> str:
    """The fixed words of the tables, of the results and of the options, with their definitions."""
    text = ""
    for each in scene(study).lists:
        rows = ([_code(code.name), code.label, code.definition] for code in each.codes)
        text += f"\n### {each.term.label}\n\n{each.term.definition}\n\n{_table(('code', 'label', 'meaning'), rows)}"
    mechanisms = ([f"`{name}`", find(name).title, "; ".join(find(name).cannot_see)] for name in names())
    return f"{text}\n### mechanism\n\nmodel of the literature that `--by` puts the same shock to\n\n" + _table(
        ("code", "label", "what it cannot see"), mechanisms
    )


def _code(name: str) -> str:
    return f"`{name.rpartition('/')[2]}`"


def _page(title: str, told: str) -> str:
    return f"<!-- made by `make reference`; not to be edited -->\n\n# {title}\n\n{told}\n"


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [tuple(heads)]
    lines += [("---",) * len(lines[0]), *(tuple(cell.replace("|", "/") for cell in row) for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def pages() -> dict[Path, str]:
    """Every generated page, by its place."""
    glossary = DOCS / "glossary.md"
    written = glossary.read_text(encoding="utf-8").partition(MARK)[0]
    return {
        DOCS / "reference" / "commands.md": commands(),
        DOCS / "reference" / "python.md": python(),
        DOCS / "reference" / "parameters.md": parameters(),
        glossary: written + MARK + words(knockon.open()),
    }


if __name__ == "__main__":
    shutil.rmtree(DOCS / "reference", ignore_errors=True)
    for path, content in pages().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, encoding="utf-8", newline="\n")
