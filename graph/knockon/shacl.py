"""How SHACL shapes become SPARQL, so that one question finds all the rows that violate a constraint.

Every constraint turns into the graph pattern that holds where it is violated (W3C, Shapes Constraint Language,
2017, sections 4 and 5), asked once of all target nodes instead of once a node. The constraints that are known
are those that our shapes use; another one is an error, never a silent pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations, count

import pyoxigraph as ox

from knockon.errors import KnockonError

_SH = "http://www.w3.org/ns/shacl#"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_SUBCLASS = "<http://www.w3.org/2000/01/rdf-schema#subClassOf>"

_Node = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


@dataclass(frozen=True, slots=True)
class Violation:
    """A node that a shape finds fault with; `path` is None where no single property is at fault."""

    focus: str
    path: str | None
    message: str


Told = Callable[[int, int], None]
"""Told how many constraints have been asked, and how many there are."""


def violations(data: ox.Store, shapes: str, tick: Told | None = None) -> Iterator[Violation]:
    """What the Turtle text `shapes` finds in the union of all graphs of `data`, each once.

    Raises KnockonError for a constraint that is not known here.
    """
    seen = set()
    parsed = _Shapes(shapes)
    rules = list(parsed.rules())
    for done, fault in enumerate(rules, 1):
        query = f"{parsed.prefixes}SELECT DISTINCT {fault.focus} WHERE {{ {fault.pattern} }}"
        answer = data.query(query, use_default_graph_as_union=True)
        assert isinstance(answer, ox.QuerySolutions)
        for (focus,) in answer:
            assert isinstance(focus, ox.NamedNode | ox.BlankNode | ox.Literal)
            found = Violation(focus.value, fault.path, fault.message)
            if found not in seen:
                seen.add(found)
                yield found
        if tick:
            tick(done, len(rules))


@dataclass(frozen=True, slots=True)
class _Fault:
    """A graph pattern that holds where a constraint is violated by the value of the variable `focus`."""

    pattern: str
    focus: str
    path: str | None
    message: str


class _Shapes:
    """A shapes graph: subject -> predicate -> objects."""

    def __init__(self, text: str) -> None:
        self.nodes: dict[_Node, dict[str, list[_Node]]] = {}
        for quad in ox.parse(text, format=ox.RdfFormat.TURTLE):
            self.nodes.setdefault(quad.subject, {}).setdefault(quad.predicate.value, []).append(quad.object)
        self.numbers = count()
        self.prefixes = "".join(
            f"PREFIX {_text(node[_SH + 'prefix'][0])}: <{_text(node[_SH + 'namespace'][0])}> "
            for node in self.nodes.values()
            if _SH + "prefix" in node
        )

    def rules(self) -> Iterator[_Fault]:
        """Every violation of every shape that has targets, as a whole query's pattern."""
        for shape, node in self.nodes.items():
            for kind, pattern in _TARGETS.items():
                for target in node.get(_SH + kind, ()):
                    focus = self.fresh()
                    for fault in self.faults(shape, focus):
                        yield replace(fault, pattern=pattern.format(focus, target) + fault.pattern)

    def faults(self, shape: _Node, focus: str) -> Iterator[_Fault]:
        """What is wrong with `focus` where it violates `shape`, one pattern a constraint."""
        node = self.nodes[shape]
        at = _At(self, focus, self.path(node[_SH + "path"][0]) if _SH + "path" in node else None)
        column = next((p.value for p in node.get(_SH + "path", ()) if isinstance(p, ox.NamedNode)), None)
        said = _text(node[_SH + "message"][0]) if _SH + "message" in node else ""
        for predicate, values in node.items():
            name = predicate.removeprefix(_SH)
            if predicate == _RDF + "type" or name in _TARGETS or name in ("path", "message"):
                continue
            for value in values:
                if name == "property":
                    each, reached = at.value()
                    for fault in self.faults(value, each):
                        yield replace(fault, pattern=reached + fault.pattern)
                elif name == "sparql":
                    own = self.nodes[value].get(_SH + "message")
                    yield _Fault(self.select(value, at), focus, column, _text(own[0]) if own else said)
                elif name in _CONSTRAINTS:
                    yield _Fault(_CONSTRAINTS[name](at, value), focus, column, said)
                else:
                    raise KnockonError(f"shapes.ttl: no translation of {predicate}; add it to knockon/shacl.py")

    def conforms(self, shape: _Node, focus: str) -> str:
        """An expression that is true where `focus` has none of the faults of `shape`."""
        return "(" + " && ".join(f"NOT EXISTS {{ {fault.pattern} }}" for fault in self.faults(shape, focus)) + ")"

    def select(self, constraint: _Node, at: _At) -> str:
        """A SPARQL constraint's query, asked of all nodes at once, as a part of a pattern."""
        text = _text(self.nodes[constraint][_SH + "select"][0])
        return f"{{ {text.replace('$this', at.focus).replace('$PATH', at.path or '')} }}"

    def path(self, node: _Node) -> str:
        """A property path in SPARQL."""
        if isinstance(node, ox.NamedNode):
            return str(node)
        steps = self.nodes[node]
        if _SH + "inversePath" in steps:
            return f"^{self.path(steps[_SH + 'inversePath'][0])}"
        if _SH + "alternativePath" in steps:
            return "(" + "|".join(map(self.path, self.items(steps[_SH + "alternativePath"][0]))) + ")"
        return "(" + "/".join(map(self.path, self.items(node))) + ")"

    def items(self, node: _Node) -> Iterator[_Node]:
        """The members of an RDF list."""
        while node in self.nodes:
            yield self.nodes[node][_RDF + "first"][0]
            node = self.nodes[node][_RDF + "rest"][0]

    def fresh(self) -> str:
        """A variable that stands nowhere else."""
        return f"?n{next(self.numbers)}"


@dataclass(frozen=True, slots=True)
class _At:
    """Where a constraint looks: from `focus` along `path`, or at `focus` itself."""

    shapes: _Shapes
    focus: str
    path: str | None

    def value(self) -> tuple[str, str]:
        """A variable for a value node and the pattern that reaches it."""
        if self.path is None:
            return self.focus, ""
        each = self.shapes.fresh()
        return each, f"{self.focus} {self.path} {each} . "

    def failing(self, condition: Callable[[str], str]) -> str:
        """Some value for which `condition` is not true; what cannot be compared is not true."""
        each, reached = self.value()
        return f"{reached}FILTER( ! COALESCE( {condition(each)}, false ) )"

    def several(self, number: int) -> str:
        """At least so many values."""
        each, reached = zip(*(self.value() for _ in range(number)), strict=True)
        return "".join(reached) + "".join(f"FILTER( ! sameTerm( {a}, {b} ) ) " for a, b in combinations(each, 2))

    def beside(self, other: _Node, condition: str) -> str:
        """Some value and some value of the property `other` of the same node, of which `condition` holds."""
        (each, reached), rival = self.value(), self.shapes.fresh()
        return f"{reached}{self.focus} {other} {rival} . FILTER( {condition.format(each, rival)} )"


_TARGETS: Mapping[str, str] = {
    "targetClass": "{0} a/" + _SUBCLASS + "* {1} . ",
    "targetSubjectsOf": "{0} {1} [] . ",
    "targetObjectsOf": "[] {1} {0} . ",
    "targetNode": "VALUES {0} {{ {1} }} ",
}


def _conforming(at: _At, shapes: _Node, each: str) -> list[str]:
    return [at.shapes.conforms(shape, each) for shape in at.shapes.items(shapes)]


_CONSTRAINTS: Mapping[str, Callable[[_At, _Node], str]] = {
    "minCount": lambda at, n: f"FILTER NOT EXISTS {{ {at.several(_number(n))} }}",
    "maxCount": lambda at, n: at.several(_number(n) + 1),
    "hasValue": lambda at, value: f"FILTER NOT EXISTS {{ {at.focus} {at.path} {value} }}",
    "in": lambda at, values: at.failing(
        lambda each: " || ".join(f"sameTerm( {each}, {value} )" for value in at.shapes.items(values))
    ),
    "minInclusive": lambda at, least: at.failing(lambda each: f"{each} >= {least}"),
    "minExclusive": lambda at, least: at.failing(lambda each: f"{each} > {least}"),
    "maxInclusive": lambda at, most: at.failing(lambda each: f"{each} <= {most}"),
    "lessThanOrEquals": lambda at, other: at.beside(other, "! COALESCE( {0} <= {1}, false )"),
    "disjoint": lambda at, other: at.beside(other, "sameTerm( {0}, {1} )"),
    "not": lambda at, shape: at.failing(lambda each: f"! {at.shapes.conforms(shape, each)}"),
    "or": lambda at, shapes: at.failing(lambda each: " || ".join(_conforming(at, shapes, each))),
    "xone": lambda at, shapes: at.failing(
        lambda each: " + ".join(f"IF( {yes}, 1, 0 )" for yes in _conforming(at, shapes, each)) + " = 1"
    ),
}


def _text(node: _Node) -> str:
    assert isinstance(node, ox.Literal)
    return node.value


def _number(node: _Node) -> int:
    return int(_text(node))
