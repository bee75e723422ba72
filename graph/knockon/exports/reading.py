"""The way back: tables from an RDF export, every cell as it went in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

import pyoxigraph as ox

from knockon.exports.quads import TYPE
from knockon.periods import Period
from knockon.rows import Row
from knockon.tables.cells import cell
from knockon.tables.columns import Column, schema
from knockon.triples import BASE, K


def tables_from_rdf(data: bytes, format: ox.RdfFormat = ox.RdfFormat.TURTLE) -> dict[str, tuple[Row, ...]]:
    """The tables that a Turtle, N-Quads or JSON-LD export holds; rows in the order of their keys.

    Values are typed as `tables.read` types them. What the program computed and the vocabulary are passed over.
    """
    nodes: dict[Any, dict[str, list[Any]]] = {}
    for quad in ox.parse(data, format=format):
        nodes.setdefault(quad.subject, {}).setdefault(quad.predicate.value, []).append(quad.object)
    tables = {K + columns[0].property: table for table, columns in schema().items()}
    found: dict[str, list[Row]] = {table: [] for table in schema()}
    for node in nodes.values():
        for kind in node.get(TYPE.value, ()):
            table = tables.get(getattr(kind, "value", ""))
            if table:
                found[table].append({c.name: _value(c, node) for c in schema()[table][1:]})
    return {table: tuple(sorted(rows, key=_order(table))) for table, rows in found.items()}


def _value(column: Column, node: Mapping[str, list[Any]]) -> Any:
    """What the triples of one row say in one column."""
    property = K + column.property
    terms = [term.value for term in node.get(property, ())]
    if not terms:
        return None
    kind, _, target = column.datatype.partition(":")
    if kind in ("ref", "refs"):
        terms = [unquote(term.removeprefix(f"{BASE}id/{target}/")) for term in terms]
    if kind == "enum":
        terms = [term.rpartition("/")[2] for term in terms]
    if kind == "list":
        terms = [node[property + "Order"][0].value] if property + "Order" in node else [";".join(sorted(terms))]
    if kind == "refs":
        terms = [";".join(sorted(terms))]
    if kind == "flag":
        terms = ["yes" if terms[0] == "true" else "no"]
    value = cell(column, terms[0])
    if kind == "date" and property + "Earliest" in node:
        return Period(Period.parse(node[property + "Earliest"][0].value).first, value.last)
    return value


def _order(table: str) -> Callable[[Row], list[tuple[bool, Any]]]:
    keys = [column.name for column in schema()[table][1:] if column.key]
    return lambda row: [(row[key] is not None, row[key] if row[key] is not None else 0) for key in keys]
