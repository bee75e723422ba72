"""What a sound book is: tables by `columns.csv`, tidy rows, then the SHACL shapes of the ontology.

A finding names file, row and column of the CSV it comes from, never a node of the graph.
"""

from __future__ import annotations

from datetime import date
from importlib.resources.abc import Traversable

from knockon.book import Book
from knockon.hygiene import untidy
from knockon.model import Edition, Finding
from knockon.resolution import resolve, values
from knockon.resources import shelf
from knockon.shacl import Told, violations
from knockon.store import Dataset, build
from knockon.tables import Parsed, parse
from knockon.tables.columns import row_id, schema
from knockon.triples import row_iri

_UNSTAMPED = Edition(data="", hash="", code="")


def findings(folder: Traversable, as_of: date = date.max, tick: Told | None = None) -> list[Finding]:
    """Every defect of the book in `folder`; tidiness and shapes are asked only of tables that can be read.

    Shapes are asked of what was known on `as_of`, by default of every fact whenever it became known; `tick` is told
    how many have been, of how many.
    """
    parsed = parse(folder)
    if parsed.findings:
        return list(parsed.findings)
    found = [*untidy(parsed), *_shape_findings(parsed, as_of, tick)]
    return sorted(found, key=lambda f: (f.file, f.row or 0, f.column or "", f.what))


def checked(parsed: Parsed, as_of: date = date.max) -> Dataset:
    """The graph that the shapes are asked of: every fact of the book that was known on the day."""
    book = Book(tables=parsed.tables, edition=_UNSTAMPED)
    return build(book, resolve(book, as_of), values(book, as_of), as_of, ontology=False)


def _shape_findings(parsed: Parsed, as_of: date, tick: Told | None) -> list[Finding]:
    shapes = (shelf("ontology") / "shapes.ttl").read_text(encoding="utf-8")
    data = checked(parsed, as_of)
    broken = list(violations(data.store, shapes, tick))
    if not broken:
        return []
    places = {
        row_iri(table, row_id(table, row)): (table, line)
        for table, rows in parsed.tables.items()
        for row, line in zip(rows, parsed.lines[table], strict=True)
    }
    columns = {(table, c.property): c.name for table, cs in schema().items() for c in cs[1:]}
    found = []
    for fault in broken:
        table, line = places.get(fault.focus, (fault.focus, None))
        column = columns.get((table, fault.path.rpartition("/")[2])) if fault.path else None
        found.append(Finding(file=f"{table}.csv" if line else table, row=line, column=column, what=fault.message))
    return found
