"""Frictionless data package: a folder of CSV tables and datapackage.json; for frictionless, R, Open Refine, Excel.

The description is generated from `columns.csv`: types, units, closed lists, bounds, keys and foreign keys.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from knockon.exports import Snapshot, Writer
from knockon.exports.about import CC_BY, TITLE, about
from knockon.exports.csvs import CsvFile, folder
from knockon.exports.tabular import target
from knockon.tables.checks import BOUNDED
from knockon.tables.columns import Column
from knockon.triples import MARKET_TABLES
from knockon.vocab import LISTS

suffix = ""

_TYPES = {
    "usd": "integer",
    "signed_usd": "integer",
    "integer": "integer",
    "number": "number",
    "flag": "boolean",
    "day": "date",
}
_PARTIAL_DATE = r"\d{4}(-\d{2}(-\d{2})?)?"


def render(snapshot: Snapshot) -> dict[str, Writer]:
    """File name -> what writes it."""
    return folder(snapshot, "datapackage.json", partial(_described, snapshot))


def _described(snapshot: Snapshot, files: Sequence[CsvFile]) -> dict[str, Any]:
    words = about(snapshot)
    return {
        "profile": "tabular-data-package",
        "name": "knockon",
        "id": snapshot.edition.hash,
        "version": snapshot.edition.data,
        "title": TITLE,
        "description": f"{words.description} {words.licence}",
        **({"licenses": [{"name": "CC-BY-4.0", "path": CC_BY}]} if words.ours else {}),
        "citation": words.citation,
        "asOf": snapshot.as_of.isoformat(),
        "code": f"knockon {snapshot.edition.code}",
        "resources": [_resource(file) for file in files],
    }


def _resource(file: CsvFile) -> dict[str, Any]:
    table, (size, digest) = file.table, file.sum
    quotes = "; market quotes, not under CC BY: name their source" if table.name in MARKET_TABLES else ""
    schema: dict[str, Any] = {"fields": [_field(column) for column in table.columns], "missingValues": [""]}
    if all(column.required for column in table.columns if column.key):
        schema["primaryKey"] = list(table.key)
    pointers = [column for column in table.columns if column.datatype.startswith("ref:")]
    if pointers:
        schema["foreignKeys"] = [
            {
                "fields": column.name,
                "reference": {"resource": "" if target(column) == table.name else target(column), "fields": "id"},
            }
            for column in pointers
        ]
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "path": file.name,
        "description": f"{table.meaning}{quotes}",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": size,
        "hash": f"sha256:{digest}",
        "schema": schema,
    }


def _field(column: Column) -> dict[str, Any]:
    kind, _, name = column.datatype.partition(":")
    bounds = {(t, c): (low, high) for t, c, low, high in BOUNDED}.get((column.table, column.name))
    limits: dict[str, Any] = {"required": True} if column.required else {}
    if kind == "enum":
        limits["enum"] = list(LISTS[name])
    if kind == "date":
        limits["pattern"] = _PARTIAL_DATE
    if kind == "usd":
        limits["minimum"] = 0
    if bounds:
        limits["minimum"], limits["maximum"] = bounds
    field: dict[str, Any] = {"name": column.name, "type": _TYPES.get(kind, "string")}
    if kind == "flag":
        field |= {"trueValues": ["yes"], "falseValues": ["no"]}
    if kind == "url":
        field["format"] = "uri"
    many = "; several are separated by ;" if kind in ("list", "refs") and "separated" not in column.meaning else ""
    field["description"] = f"{column.meaning}{many}"
    if column.unit:
        field["unit"] = column.unit
    return field | ({"constraints": limits} if limits else {})
