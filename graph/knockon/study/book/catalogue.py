"""The question library as others read it: SHACL executables in Turtle, and a cookbook in Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from knockon.errors import BadInput
from knockon.queries import EDGES, Answer, Query, ask
from knockon.resources import shelf
from knockon.views.wording import cell, head

if TYPE_CHECKING:
    from knockon.study.dated import DatedBook

ROWS = 5
"""How many rows of an answer the cookbook shows."""
_FORM = re.compile(r"^\s*(SELECT|CONSTRUCT|ASK)\b", re.MULTILINE | re.IGNORECASE)


def turtle(queries: Iterable[Query]) -> str:
    """A catalogue that any SHACL or SPARQL tool can run: one `sh:SPARQLExecutable` per query.

    The pattern is that of https://github.com/sib-swiss/sparql-examples: the query in `sh:select`, `sh:construct`
    or `sh:ask`, its question in `rdfs:comment`, its topic in `schema:keywords`; and, in `dcterms:subject`, the
    competency questions of the ontology that it answers.
    """
    text = (shelf("ontology") / "prefixes.ttl").read_text(encoding="utf-8")
    prefixes = dict(re.findall(r"@prefix\s+(\w+):\s+<([^>]+)>", text))
    used = ("dcterms", "k", "owl", "rdfs", "schema", "sh", "xsd")
    declared = " ,\n".join(
        f'        [ sh:prefix "{prefix}" ; sh:namespace "{iri}"^^xsd:anyURI ]' for prefix, iri in prefixes.items()
    )
    head = "".join(f"@prefix {prefix}: <{prefixes[prefix]}> .\n" for prefix in used)
    return (
        "# The questions of queries/ as SHACL executables. Made by `knockon queries --format ttl`; a test compares.\n\n"
        f"@base <https://knockon.example/queries/> .\n{head}\n"
        f"<> a owl:Ontology ;\n    sh:declare\n{declared} .\n" + "".join(map(_executable, queries))
    )


def _executable(query: Query) -> str:
    form = _form(query)
    subjects = f"    dcterms:subject {', '.join(f'k:{name}' for name in query.answers)} ;\n" if query.answers else ""
    return (
        f"\n<{query.name}> a sh:SPARQLExecutable, sh:SPARQL{form.title()}Executable ;\n"
        f"    rdfs:label {_quoted(query.title)}@en ;\n"
        f"    rdfs:comment {_quoted(query.question)}@en ;\n"
        f"    schema:keywords {_quoted(query.topic)} ;\n{subjects}"
        f"    sh:prefixes <> ;\n"
        f'    sh:{form} """{_escaped(query.text)}""" .\n'
    )


def _form(query: Query) -> str:
    match = _FORM.search(query.text)
    if not match:
        raise BadInput(f"{query.name}: neither SELECT, CONSTRUCT nor ASK; the catalogue has no word for it")
    return match[1].lower()


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _quoted(text: str) -> str:
    return f'"{_escaped(text)}"'


def cookbook(study: DatedBook, queries: Iterable[Query]) -> str:
    """Each question with the first rows of its answer on the study's date, columns, parameters and the query.

    Those that say what counts as an edge are left out: the program asks them, not a reader.
    """
    shown = [query for query in queries if query.topic != EDGES]
    topics = list(dict.fromkeys(query.topic for query in shown))
    contents = " · ".join(f"[{topic}](#{topic})" for topic in topics)
    day = study.as_of.isoformat()
    parts = [
        f"# Cookbook: {len(shown)} questions and their answers\n\n"
        f"{contents}\n\n"
        f"Answers are those of edition {study.edition.data} as known at the end of {day}, the first {ROWS} rows;\n"
        "amounts in USD are shown in billions. A blank is unknown and never zero. `--param NAME=VALUE` sets a\n"
        "parameter; without `--as-of` the last day of the data answers. Every query is a file in `queries/` and runs\n"
        "as it is in any SPARQL 1.1 tool; `queries/catalogue.ttl` holds them all as SHACL executables.\n\n"
        f"Made by `knockon queries --format md --as-of {day}`; a test compares.\n"
    ]
    for topic in topics:
        parts.append(f"\n## {topic}\n")
        parts += [_recipe(query, ask(study.full, query), day) for query in shown if query.topic == topic]
    return "".join(parts)


def _recipe(query: Query, answer: Answer, day: str) -> str:
    words = query.name.rpartition("/")[2]
    columns = ", ".join(f"`{column}`" + (f" ({unit})" if unit else "") for column, unit in query.columns.items())
    params = ", ".join(f"`{name}={value}`" for name, value in query.params.items())
    return (
        f"\n### {query.title}\n\n{query.question}\n\n"
        f"```sh\nknockon ask {words} --as-of {day}\n```\n\n"
        f"{_table(answer)}\n"
        f"Columns: {columns}.{f' Parameters: {params}.' if params else ''}\n\n"
        f"<details><summary>SPARQL</summary>\n\n```sparql\n{query.text.strip()}\n```\n\n</details>\n"
    )


def _table(answer: Answer) -> str:
    if not answer.rows:
        return "No rows on that day.\n"
    units = [answer.units.get(column, "") for column in answer.columns]
    right = [any(isinstance(row[i], int | float) for row in answer.rows) for i in range(len(units))]
    lines = [list(map(head, answer.columns, units)), ["---:" if number else "---" for number in right]]
    lines += [list(map(cell, row, units)) for row in answer.rows[:ROWS]]
    text = "".join(f"| {' | '.join(field.replace('|', '/') for field in line)} |\n" for line in lines)
    more = len(answer.rows) - ROWS
    return text + (f"\nand {more} more.\n" if more > 0 else "")
