"""Croissant metadata: a folder of CSV tables and croissant.json; for Hugging Face, Kaggle, TensorFlow, mlcroissant.

Where a column points at another table, its description says so. Croissant's own `references` is left out: its
reader, mlcroissant 1.1, joins by it while reading and then loses rows of the table pointed at. Foreign keys stand
in the data package.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from knockon.errors import BadInput
from knockon.exports import Snapshot, Writer
from knockon.exports.about import CC_BY, TITLE, about
from knockon.exports.csvs import CsvFile, folder
from knockon.exports.tabular import Table, target
from knockon.periods import Period
from knockon.tables.columns import Column
from knockon.triples import BASE

suffix = ""

_WORDS = (
    "citeAs column equivalentProperty extract field fileObject fileProperty fileSet format includes isLiveDataset "
    "jsonPath key md5 parentField path recordSet references regex repeated replace samplingRate separator source "
    "subField transform"
)
_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    **{word: f"cr:{word}" for word in _WORDS.split()},
}
"""The context that Croissant 1.0 asks every file to hold, whether it uses all its words or not."""
_TYPES = {"usd": "sc:Integer", "signed_usd": "sc:Integer", "integer": "sc:Integer", "number": "sc:Float"}
"""Days stay text beside the partial dates, and flags the words yes and no, as the tables have them."""


def render(snapshot: Snapshot) -> dict[str, Writer]:
    """File name -> what writes it."""
    return folder(snapshot, "croissant.json", partial(_described, snapshot))


def _described(snapshot: Snapshot, files: Sequence[CsvFile]) -> dict[str, Any]:
    words = about(snapshot)
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": "knockon",
        "alternateName": TITLE,
        "description": f"{words.description} {words.licence}",
        **({"license": CC_BY} if words.ours else {}),
        "url": BASE,
        "identifier": str(snapshot.edition),
        "temporalCoverage": f"../{snapshot.as_of}",
        "citeAs": words.citation,
        **_published(snapshot),
        "distribution": [_file(file) for file in files],
        "recordSet": [_records(file.table) for file in files],
    }


def _published(snapshot: Snapshot) -> dict[str, str]:
    """The edition's day, where it is called by one; Croissant wants three numbers with points for a version."""
    try:
        day = Period.parse(snapshot.edition.data).last
    except BadInput:
        return {}
    return {"version": f"{day.year}.{day.month}.{day.day}", "datePublished": day.isoformat()}


def _file(file: CsvFile) -> dict[str, Any]:
    size, digest = file.sum
    return {
        "@type": "cr:FileObject",
        "@id": file.name,
        "name": file.name,
        "contentUrl": file.name,
        "contentSize": f"{size} B",
        "encodingFormat": "text/csv",
        "sha256": digest,
    }


def _records(table: Table) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": table.name,
        "description": table.meaning,
        "key": [{"@id": f"{table.name}/{name}"} for name in table.key],
        "field": [_field(table, column) for column in table.columns],
    }


def _field(table: Table, column: Column) -> dict[str, Any]:
    kind = column.datatype.partition(":")[0]
    pointed = f"; a row of {target(column)}" if target(column) else ""
    return {
        "@type": "cr:Field",
        "@id": f"{table.name}/{column.name}",
        "name": column.name,
        "description": f"{column.meaning}{pointed}{f' ({column.unit})' if column.unit else ''}",
        "dataType": _TYPES.get(kind, "sc:Text"),
        "source": {"fileObject": {"@id": f"{table.name}.csv"}, "extract": {"column": column.name}},
    }
