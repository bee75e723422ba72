"""The vocabulary as its reference page tells it, read from the Turtle files and the columns that use each word."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

import pyoxigraph as ox

from knockon import queries
from knockon.resources import shelf
from knockon.tables.columns import schema
from knockon.triples import BASE, K
from knockon.views.ontology import CodeList, Link, Reference, Term
from knockon.vocab import LISTS

if TYPE_CHECKING:
    from knockon.study.dated import DatedBook

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_OWL = "http://www.w3.org/2002/07/owl#"
_SKOS = "http://www.w3.org/2004/02/skos/core#"
_DCTERMS = "http://purl.org/dc/terms/"
_LIST = BASE + "list/"
_INCLUDES = "https://schema.org/domainIncludes"


def scene(_: DatedBook) -> Reference:
    """What the reference page shows: the shipped vocabulary, whatever the book."""
    return _Reading().reference()


class _Reading:
    """The triples of the three files of words: subject -> predicate -> objects, in the order of the files."""

    def __init__(self) -> None:
        self.facts: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        self.ties: list[tuple[str, str, str]] = []
        prefixes = (shelf("ontology") / "prefixes.ttl").read_text(encoding="utf-8")
        self.prefixes = tuple(re.findall(r"@prefix\s+(\w+):\s+<([^>]+)>", prefixes))
        for name in ("knockon", "lists", "alignments"):
            text = (shelf("ontology") / f"{name}.ttl").read_text(encoding="utf-8")
            for quad in ox.parse(text, format=ox.RdfFormat.TURTLE):
                if isinstance(quad.subject, ox.NamedNode) and not isinstance(quad.object, ox.BlankNode | ox.Triple):
                    subject, predicate, value = quad.subject.value, quad.predicate.value, quad.object.value
                    if name == "alignments" and self.local(subject) != subject:
                        self.ties.append((subject, predicate, value))
                    else:
                        self.facts[subject][predicate].append(value)

    def reference(self) -> Reference:
        head = self.facts[K]
        return Reference(
            title=head[_DCTERMS + "title"][0],
            description=" ".join(head[_DCTERMS + "description"][0].split()),
            version=head[_OWL + "versionInfo"][0],
            version_iri=head[_OWL + "versionIRI"][0],
            licence=head[_DCTERMS + "license"][0],
            questions=tuple(self.question(iri) for iri in self.of_type(K + "Question")),
            classes=tuple(self.word(iri) for iri in self.by_name(_OWL + "Class")),
            properties=tuple(
                self.word(iri)
                for iri in self.by_name(
                    *(_OWL + kind for kind in ("ObjectProperty", "DatatypeProperty", "AnnotationProperty")),
                    _RDF + "Property",
                )
            ),
            lists=tuple(self.code_list(name) for name in self.lists()),
            alignments=tuple((self.link(s), self.short(p), self.link(o)) for s, p, o in self.ties),
            prefixes=self.prefixes,
        )

    def of_type(self, *kinds: str) -> list[str]:
        return [iri for iri, facts in self.facts.items() if set(facts[_RDF + "type"]) & set(kinds)]

    def by_name(self, *kinds: str) -> list[str]:
        return sorted(self.of_type(*kinds), key=lambda iri: self.local(iri).casefold())

    def lists(self) -> list[str]:
        named = [iri.removeprefix(_LIST).rstrip("/") for iri in self.of_type(_SKOS + "ConceptScheme")]
        order = list(LISTS)
        return sorted(named, key=lambda name: order.index(name) if name in order else len(order))

    def word(self, iri: str) -> Term:
        """A class or a property."""
        facts = self.facts[iri]
        told: list[tuple[str, list[Link]]] = [
            (words, [self.link(value) for predicate in predicates for value in facts[predicate]])
            for words, predicates in (
                ("a kind of", (_RDFS + "subClassOf", _RDFS + "subPropertyOf")),
                ("of", (_RDFS + "domain", _INCLUDES)),
                ("holds", (_RDFS + "range",)),
                ("see", (_RDFS + "seeAlso",)),
                ("never with", (_OWL + "propertyDisjointWith", _OWL + "disjointWith")),
                ("inverse of", (_OWL + "inverseOf",)),
            )
        ]
        told.append(("has", [self.link(other) for other in self.by_use(iri)]))
        told.append(("column", [Link(name) for name in self.columns(iri)]))
        told.append(("answers", [self.link(value) for value in facts[K + "answers"]]))
        return self.term(iri, told)

    def by_use(self, iri: str) -> list[str]:
        """Properties that a class has."""
        users = [s for s, facts in self.facts.items() if iri in facts[_RDFS + "domain"] + facts[_INCLUDES]]
        return sorted(users, key=lambda user: self.local(user).casefold())

    def columns(self, iri: str) -> list[str]:
        """Where a table holds the word."""
        name = self.local(iri)
        return [
            f"{table}.{column.name}" if column.name else f"{table}.csv"
            for table, columns in schema().items()
            for column in columns
            if column.property == name
        ]

    def question(self, iri: str) -> Term:
        name = self.local(iri)
        found = [query for query in queries.library().values() if name in query.answers]
        words = [self.link(other) for other, facts in self.facts.items() if iri in facts[K + "answers"]]
        asked = [Link(f"knockon ask {query.name}") for query in found]
        return self.term(iri, [("ask", asked), ("words", words)])

    def code_list(self, name: str) -> CodeList:
        iri = f"{_LIST}{name}/"
        codes = [self.term(f"{iri}{code}", []) for code in LISTS.get(name, ())] or [
            self.term(other, []) for other, facts in self.facts.items() if iri in facts[_SKOS + "inScheme"]
        ]
        return CodeList(term=self.term(iri, []), codes=tuple(codes))

    def term(self, iri: str, told: list[tuple[str, list[Link]]]) -> Term:
        facts = self.facts[iri]
        label = (facts[_RDFS + "label"] or facts[_SKOS + "prefLabel"] or [""])[0]
        return Term(
            name=self.local(iri),
            iri=iri,
            label=label,
            definition=(facts[_SKOS + "definition"] or [""])[0],
            facts=tuple((words, tuple(links)) for words, links in told if links),
        )

    def local(self, iri: str) -> str:
        """The name below one of our namespaces, which is the anchor; another's address as it is."""
        return iri.removeprefix(K) if iri.startswith(K) else iri.removeprefix(_LIST)

    def short(self, iri: str) -> str:
        """An address with its prefix, where it has one."""
        for prefix, space in sorted(self.prefixes, key=lambda pair: -len(pair[1])):
            if iri.startswith(space):
                return f"{prefix}:{iri.removeprefix(space)}"
        return iri

    def link(self, iri: str) -> Link:
        local = self.local(iri)
        return Link(local, f"#{local}") if local != iri else Link(self.short(iri), iri)
