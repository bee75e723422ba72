"""What a sound book looks like: tables by `columns.csv`, then the SHACL shapes of the ontology.

A finding names file, row and column of the CSV it comes from, never a node of the graph.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Any

from knockon.model import Book, Edition, Finding
from knockon.resolution import resolve, values
from knockon.resources import shelf
from knockon.store import MARKET_TABLES, build, row_iri
from knockon.tables import Parsed, parse, row_id, schema

if TYPE_CHECKING:
    import rdflib

_UNSTAMPED = Edition(data="", hash="", code="")


def findings(folder: Traversable) -> list[Finding]:
    """Every defect of the book in `folder`; shapes are asked only of tables that can be read."""
    parsed = parse(folder)
    if parsed.findings:
        return list(parsed.findings)
    return sorted(_shape_findings(parsed), key=lambda f: (f.file, f.row or 0, f.column or "", f.what))


def _shape_findings(parsed: Parsed) -> list[Finding]:
    import pyshacl
    import rdflib
    from rdflib.namespace import SH

    book = Book(tables=parsed.tables, edition=_UNSTAMPED)
    ever = date.max
    dataset = build(book, resolve(book, ever), values(book, ever), ever, market=False, ontology=False)
    graph = _graph()
    for quad in dataset.rdflib().quads():
        graph.add(quad[:3])
    shapes = rdflib.Graph().parse(data=(shelf("ontology") / "shapes.ttl").read_text(encoding="utf-8"))
    _, report, _ = pyshacl.validate(graph, shacl_graph=shapes, inference="none", advanced=True, inplace=True)
    places = _places(parsed)
    columns = {(table, c.property): c.name for table, cs in schema().items() for c in cs[1:]}
    found = []
    for result in report.objects(None, SH.result):
        focus, path = str(report.value(result, SH.focusNode)), report.value(result, SH.resultPath)
        table, line = places.get(focus, (focus, None))
        column = columns.get((table, str(path).rpartition("/")[2])) if path is not None else None
        what = str(report.value(result, SH.resultMessage))
        found.append(Finding(file=f"{table}.csv" if line else table, row=line, column=column, what=what))
    return list(dict.fromkeys(found))


def _graph() -> rdflib.Graph:
    """A graph that parses each query once: SHACL asks the same few of hundreds of rows."""
    import rdflib
    from rdflib.plugins.sparql import prepareQuery

    prepare = lru_cache(maxsize=None)(prepareQuery)

    class Graph(rdflib.Graph):
        def query(self, query_object: Any, *args: Any, **options: Any) -> Any:
            if isinstance(query_object, str):
                query_object = prepare(query_object)
            return super().query(query_object, *args, **options)

    return Graph()


def _places(parsed: Parsed) -> dict[str, tuple[str, int]]:
    """IRI of a row -> its table and line."""
    return {
        row_iri(table, row_id(table, row)): (table, line)
        for table, rows in parsed.tables.items()
        if table not in MARKET_TABLES
        for row, line in zip(rows, parsed.lines[table], strict=True)
    }
