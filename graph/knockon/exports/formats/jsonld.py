"""JSON-LD with its context inside, one node a line, graphs kept; for web tools, jq, and any RDF tool."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from itertools import groupby
from typing import IO, Any

import pyoxigraph as ox

from knockon.exports import Snapshot, Writer
from knockon.exports.quads import TYPE, XSD, prefixes, quads
from knockon.triples import BASE, K

suffix = ".jsonld"

_STRING = XSD + "string"
_NATIVE: dict[str, Callable[[str], object]] = {XSD + "integer": int, XSD + "boolean": "true".__eq__}
_MIXED = "mixed"


def render(snapshot: Snapshot) -> Writer:
    """A context, then each graph's nodes; a property whose values are all of one type is plain."""
    return lambda out: _write(quads(snapshot), out)


def _write(found: list[ox.Quad], out: IO[bytes]) -> None:
    kinds: dict[ox.NamedNode, str] = {}
    for quad in found:
        kind = _kind(quad.object)
        kinds[quad.predicate] = kind if kinds.get(quad.predicate, kind) == kind else _MIXED
    context = {
        "@base": BASE,
        "@vocab": K,
        **{prefix: name for prefix, name in sorted(prefixes().items()) if not name.startswith(BASE)},
        **{
            _name(predicate): {"@id": predicate.value, "@type": kind}
            for predicate, kind in sorted(kinds.items(), key=lambda item: item[0].value)
            if predicate != TYPE and kind not in (_MIXED, _STRING, *_NATIVE)
        },
    }
    head = json.dumps(context, ensure_ascii=False, indent=1)
    graphs = []
    for graph, inside in groupby(found, key=lambda quad: quad.graph_name):
        nodes = [_node(list(about), kinds) for _, about in groupby(inside, key=lambda quad: quad.subject)]
        lines = ",\n".join(json.dumps(node, ensure_ascii=False, separators=(",", ":")) for node in nodes)
        graphs.append(f'{{"@id":{json.dumps(_iri(graph))},"@graph":[\n{lines}\n]}}')
    out.write(f'{{"@context":{head},\n"@graph":[\n{",".join(graphs)}\n]}}\n'.encode())


def _node(about: list[ox.Quad], kinds: Mapping[ox.NamedNode, str]) -> dict[str, Any]:
    node: dict[str, Any] = {"@id": _iri(about[0].subject)}
    for predicate, same in groupby(about, key=lambda quad: quad.predicate):
        values = [_name(quad.object) if predicate == TYPE else _value(quad.object, kinds[predicate]) for quad in same]
        node["@type" if predicate == TYPE else _name(predicate)] = values if len(values) > 1 else values[0]
    return node


def _kind(term: Any) -> str:
    if not isinstance(term, ox.Literal):
        return "@id"
    return _MIXED if term.language else term.datatype.value


def _value(term: Any, kind: str) -> Any:
    if kind != _MIXED:
        return _iri(term) if kind == "@id" else _NATIVE.get(kind, str)(term.value)
    if not isinstance(term, ox.Literal):
        return {"@id": _iri(term)}
    if term.language:
        return {"@value": term.value, "@language": term.language}
    text = term.datatype.value == _STRING
    return term.value if text else {"@value": term.value, "@type": term.datatype.value}


def _iri(term: Any) -> str:
    """A name relative to the base where it lies below it; blank nodes keep theirs."""
    return str(term) if isinstance(term, ox.BlankNode) else str(term.value.removeprefix(BASE))


def _name(term: Any) -> str:
    """A property or class: bare if ours, else with its prefix."""
    if term.value.startswith(K):
        return str(term.value.removeprefix(K))
    for prefix, namespace in prefixes().items():
        if not namespace.startswith(BASE) and term.value.startswith(namespace):
            return f"{prefix}:{term.value.removeprefix(namespace)}"
    return str(term.value)
