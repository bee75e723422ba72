"""The console page: an editor for SPARQL with the shipped questions beside it; its script asks /sparql."""

from __future__ import annotations

import re

from knockon import queries
from knockon.resources import shelf
from knockon.serve.record import WAYS
from knockon.study import Study
from knockon.triples import BASE
from knockon.views.document import document, template

_EDGES = "exposures/"  # what counts as an edge: asked by the program, not by a reader


def render(study: Study) -> str:
    """The page; queries run on the day the server was started for."""
    prefixes = (shelf("ontology") / "prefixes.ttl").read_text(encoding="utf-8")
    questions = [
        {
            "name": query.name,
            "title": query.title,
            "question": query.question,
            "columns": dict(query.columns),
            "text": query.text,
        }
        for query in queries.library().values()
        if not query.name.startswith(_EDGES)
    ]
    return document(
        title="Ask the graph",
        subtitle="SPARQL on the facts as known on the day above. Pick a question, change it, run it.",
        edition=str(study.edition),
        as_of=str(study.as_of),
        body=WAYS.format(day=study.as_of) + template("console.html"),
        data={
            "base": BASE,
            "asOf": str(study.as_of),
            "prefixes": dict(re.findall(r"@prefix\s+(\w+):\s+<([^>]+)>", prefixes)),
            "questions": questions,
        },
        styles=("explorer.css",),
        scripts=("table.js", "answers.js", "console.js"),
        skip=("query", "Skip to the editor"),
        served=True,
    )
