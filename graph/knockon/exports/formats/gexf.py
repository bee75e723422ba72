"""GEXF with a timeline: parties and one edge per leg, from the day it was known; for Gephi.

An edge starts on the day its leg became public and ends with its performance, where that is later. Edges
between the same two parties differ in `kind`, their instrument. An undisclosed amount is no value, never 0, so
edges carry no weight: choose `usd` for it where every edge that you keep has one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from xml.etree import ElementTree as ET

from knockon.exports import Snapshot
from knockon.exports.about import TITLE, about
from knockon.exports.network import network
from knockon.periods import Period

suffix = ".gexf"

NAMESPACE = "http://gexf.net/1.3"
_TITLES = {"start": "performance_start", "end": "performance_end"}
"""Attributes whose own names GEXF has for the timeline."""


def render(snapshot: Snapshot) -> bytes:
    """GEXF 1.3, dynamic, with intervals of days."""
    graph = network(snapshot)
    root = ET.Element("gexf", xmlns=NAMESPACE, version="1.3")
    meta = ET.SubElement(root, "meta")
    ET.SubElement(meta, "creator").text = f"knockon {snapshot.edition.code}"
    ET.SubElement(meta, "keywords").text = TITLE
    ET.SubElement(meta, "description").text = _words(snapshot, graph.graph)
    shape = {"defaultedgetype": "directed", "mode": "dynamic", "timeformat": "date", "timerepresentation": "interval"}
    body = ET.SubElement(root, "graph", shape)
    ids = _attributes(body, "node", [values for _, values in graph.nodes(data=True)])
    own = _attributes(body, "edge", [values for *_, values in graph.edges(data=True)])
    nodes, edges = ET.SubElement(body, "nodes"), ET.SubElement(body, "edges")
    for party, values in graph.nodes(data=True):
        _values(ET.SubElement(nodes, "node", id=party, label=values["label"]), ids, values)
    for payer, payee, leg, values in graph.edges(keys=True, data=True):
        ends = {"id": leg, "source": payer, "target": payee, "kind": values["instrument"], "label": values["deal"]}
        _values(ET.SubElement(edges, "edge", {**ends, **_interval(values)}), own, values)
    ET.indent(root)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode").encode() + b"\n"


def _words(snapshot: Snapshot, head: Mapping[str, Any]) -> str:
    words = about(snapshot)
    return (
        f"{words.citation}. {words.description} {words.licence} {head['edges_without_amount']} edges have no amount; "
        f"{head['legs_of_groups_left_out']} legs of groups that no source itemises are left out."
    )


def _interval(values: Mapping[str, Any]) -> dict[str, str]:
    """Public from, and to the end of performance; what was over before it was known has no end here."""
    known = Period.parse(values["known_from"]).last
    end = Period.parse(values["end"]).last if "end" in values else None
    return {"start": known.isoformat(), **({"end": end.isoformat()} if end and end >= known else {})}


def _attributes(body: ET.Element, name: str, rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Declare what nodes or edges have; attribute -> its id."""
    types = {key: _type(value) for values in rows for key, value in values.items() if key != "label"}
    declared = ET.SubElement(body, "attributes", {"class": name})
    for i, key in enumerate(sorted(types)):
        ET.SubElement(declared, "attribute", id=str(i), title=_TITLES.get(key, key), type=types[key])
    return {key: str(i) for i, key in enumerate(sorted(types))}


def _type(value: object) -> str:
    return "boolean" if isinstance(value, bool) else "long" if isinstance(value, int) else "string"


def _values(element: ET.Element, ids: Mapping[str, str], values: Mapping[str, Any]) -> None:
    held = ET.SubElement(element, "attvalues")
    for key in sorted(values.keys() & ids.keys()):
        value = values[key]
        text = str(value).lower() if isinstance(value, bool) else str(value)
        ET.SubElement(held, "attvalue", {"for": ids[key], "value": text})
