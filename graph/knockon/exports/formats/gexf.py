"""GEXF with a timeline: parties and one edge per leg, from the day it was known; for Gephi.

An edge starts on the day its leg became public and ends with its performance, where that is later. Edges
between the same two parties differ in `kind`, their instrument. An undisclosed amount is no value, never 0, so
edges carry no weight: choose `usd` for it where every edge that you keep has one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from xml.etree import ElementTree as ET

from knockon.exports import Snapshot, Writer
from knockon.exports.about import TITLE, about
from knockon.exports.network import Network
from knockon.periods import Period

suffix = ".gexf"

NAMESPACE = "http://gexf.net/1.3"
_TITLES = {"start": "performance_start", "end": "performance_end"}
"""Attributes whose own names GEXF has for the timeline."""


def render(snapshot: Snapshot) -> Writer:
    """GEXF 1.3, dynamic, with intervals of days."""
    return lambda out: out.writelines(piece.encode() for piece in _pieces(snapshot))


def _pieces(snapshot: Snapshot) -> Iterator[str]:
    """The text of the file, a party or an edge at a time."""
    network = Network(snapshot)
    root = ET.Element("gexf", xmlns=NAMESPACE, version="1.3")
    meta = ET.SubElement(root, "meta")
    ET.SubElement(meta, "creator").text = f"knockon {snapshot.edition.code}"
    ET.SubElement(meta, "keywords").text = TITLE
    ET.SubElement(meta, "description").text = _words(snapshot, network.head())
    shape = {"defaultedgetype": "directed", "mode": "dynamic", "timeformat": "date", "timerepresentation": "interval"}
    body = ET.SubElement(root, "graph", shape)
    ids = _attributes(body, "node", (values for _, values in network.nodes()))
    own = _attributes(body, "edge", (values for *_, values in network.edges()))
    ET.SubElement(body, "nodes")
    ET.indent(root)
    before, after = ET.tostring(root, encoding="unicode").split("<nodes />")
    yield f'<?xml version="1.0" encoding="utf-8"?>\n{before}<nodes>'
    for party, values in network.nodes():
        yield _element("node", {"id": party, "label": values["label"]}, ids, values)
    yield "\n    </nodes>\n    <edges>"
    for payer, payee, leg, values in network.edges():
        ends = {"id": leg, "source": payer, "target": payee, "kind": values["instrument"], "label": values["deal"]}
        yield _element("edge", {**ends, **_interval(values)}, own, values)
    yield f"\n    </edges>{after}\n"


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


def _element(name: str, own: dict[str, str], ids: Mapping[str, str], values: Mapping[str, Any]) -> str:
    """A node or an edge, three steps in."""
    element = ET.Element(name, own)
    held = ET.SubElement(element, "attvalues")
    for key in sorted(values.keys() & ids.keys()):
        value = values[key]
        text = str(value).lower() if isinstance(value, bool) else str(value)
        ET.SubElement(held, "attvalue", {"for": ids[key], "value": text})
    ET.indent(element, level=3)
    return f"\n{6 * ' '}{ET.tostring(element, encoding='unicode')}"
