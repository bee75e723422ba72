"""What a sound book is: tables by `columns.csv`, tidy rows, then the SHACL shapes of the ontology.

A finding names file, row and column of the CSV it comes from, never a node of the graph.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from importlib.resources.abc import Traversable

from knockon.book import Book
from knockon.hygiene import untidy
from knockon.known import known_rows
from knockon.model import Edition, Finding
from knockon.parts import Parts
from knockon.resolution import resolve, values
from knockon.resources import shelf
from knockon.rows import Rows
from knockon.shacl import Told, Violation, violations
from knockon.store import Dataset, laid
from knockon.tables import Parsed, parse
from knockon.tables.columns import row_id, schema
from knockon.triples import row_iri, triples_of

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


def graphs(parsed: Parsed, as_of: date = date.max) -> tuple[int, Iterator[Dataset]]:
    """The graphs that the shapes are asked of, and how many there are: together every fact known on the day.

    A large book has several, for no shape looks beyond a row, what hangs together with it and what these name.
    """
    book = Book(tables=parsed.tables, edition=_UNSTAMPED)
    resolved, worth = resolve(book, as_of), values(book, as_of)
    parts = Parts(known_rows(book, resolved, as_of), AT_ONCE)

    def graph(rows: Mapping[str, Rows]) -> Dataset:
        return laid(triples_of(rows, book, resolved, worth, as_of), len(rows["legs"]), as_of, ontology=False)

    return len(parts), map(graph, parts)


AT_ONCE = 50_000
"""Rows of a book that are checked together, beside what they name: some 10,000 legs."""


def _shape_findings(parsed: Parsed, as_of: date, tick: Told | None) -> list[Finding]:
    shapes = (shelf("ontology") / "shapes.ttl").read_text(encoding="utf-8")
    count, found_in = graphs(parsed, as_of)
    broken: dict[Violation, None] = {}  # each once, though what many name is in many graphs
    for n, data in enumerate(found_in):
        told = partial(_told, tick, n, count) if tick else None
        broken.update(dict.fromkeys(violations(data.store, shapes, told)))
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


def _told(tick: Told, part: int, parts: int, done: int, constraints: int) -> None:
    tick(part * constraints + done, parts * constraints)
