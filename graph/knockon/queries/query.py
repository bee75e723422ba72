"""A question and its SPARQL: what the `#+` header of a query file says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from knockon.errors import BadInput

VALUES = re.compile(r"VALUES\s+\?(\w+)\s*\{([^}]*)\}")
"""Where a query states a parameter and its default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A question and the SPARQL that answers it."""

    name: str  # topic/words
    title: str
    question: str
    columns: Mapping[str, str]  # column -> unit in words, often empty
    params: Mapping[str, str]  # name -> default, as a user would type it
    answers: tuple[str, ...]  # competency questions of the ontology, as q-who-says
    text: str

    @property
    def topic(self) -> str:
        """The folder it lies in."""
        return self.name.partition("/")[0]


def parse(text: str, name: str) -> Query:
    """Read the `#+` header of a query; a file without one is a query too."""
    head: dict[str, list[str]] = {}
    for match in re.finditer(r"^#\+ *(\w+): *(.*)$", text, re.MULTILINE):
        head.setdefault(match[1], []).append(match[2].strip())
    columns = {}
    for part in (part.strip() for part in ",".join(head.get("columns", [])).split(",")):
        if part:
            column, _, unit = part.partition(" (")
            columns[column] = unit.removesuffix(")")
    params = {}
    for line in head.get("param", []):
        param, equals, default = (part.strip() for part in line.partition("="))
        if not equals or param not in {name for name, _ in VALUES.findall(text)}:
            raise BadInput(f"{name}: parameter {param!r} needs a default and a line VALUES ?{param} {{ … }}")
        params[param] = default
    return Query(
        name=name,
        title=" ".join(head.get("title", [name])),
        question=" ".join(head.get("question", [])),
        columns=columns,
        params=params,
        answers=tuple(re.findall(r"[\w-]+", " ".join(head.get("answers", [])))),
        text=text,
    )
