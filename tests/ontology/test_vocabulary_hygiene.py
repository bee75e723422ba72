"""Hygiene of the vocabulary: a row back is an error, and each rule has an offence that it finds."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from vocabulary import HYGIENE, LIST, ONTOLOGY


def union(*more: str) -> ox.Store:
    store = ox.Store()
    for text in (*(ONTOLOGY[name] for name in ("knockon", "lists", "alignments", "shapes")), *more):
        store.load(text.encode(), format=ox.RdfFormat.TURTLE)
    return store


CLEAN = union()


OFFENCES = {
    "concept-incomplete": "<LIST/grade/hunch> a skos:Concept ; skos:inScheme <LIST/grade/> .",
    "concept-label-shared": "<LIST/grade/hunch> skos:inScheme <LIST/grade/> ; skos:prefLabel 'press'@en .",
    "concept-misnamed": "<LIST/grade/press> skos:inScheme <LIST/status/> .",
    "concept-undefined": "k:x rdfs:seeAlso <LIST/grade/hunch> .",
    "definition-missing": "k:x a owl:Class .",
    "definition-not-a-phrase": "k:x skos:definition 'The opposite of y.'@en .",
    "definition-uses-its-word": "k:x rdfs:label 'loop'@en ; skos:definition 'set of loops, closed'@en .",
    "domain-twice": "k:payer schema:domainIncludes k:Deal .",
    "earliest-alone": "k:xEarliest a owl:DatatypeProperty ; rdfs:seeAlso k:date ; rdfs:range xsd:date .",
    "home-missing": "k:x a owl:DatatypeProperty .",
    "label-missing": "k:x a k:Question ; rdfs:isDefinedBy k: .",
    "label-shared": "k:x rdfs:label 'Payer'@en ; rdfs:isDefinedBy k: .",
    "label-twice": "k:payer rdfs:label 'sender'@en .",
    "ladder-with-a-gap": "<LIST/grade/hunch> k:rung 7 ; skos:inScheme <LIST/grade/> .",
    "ladder-with-a-stray": "<LIST/grade/hunch> skos:inScheme <LIST/grade/> .",
    "list-incomplete": "<LIST/moods/> a skos:ConceptScheme ; skos:notation 'moods' .",
    "question-missing": "k:x a owl:ObjectProperty .",
    "question-unanswered": "k:q-why a k:Question .",
    "question-unknown": "k:payer k:answers k:q-why .",
    "remedy-missing": "k:x sh:targetClass k:Leg ; sh:property [ sh:path k:units ; sh:minCount 1 ] .",
    "term-undefined": "k:x rdfs:seeAlso k:y .",
}


def test_every_hygiene_rule_has_an_offence_that_shows_it_bites() -> None:
    assert len(HYGIENE) == 21
    assert set(OFFENCES) == set(HYGIENE)


@pytest.mark.parametrize("rule", HYGIENE)
def test_the_vocabulary_is_clean(rule: str) -> None:
    assert rows(CLEAN, rule) == []


@pytest.mark.parametrize("rule", OFFENCES)
def test_an_offence_is_found(rule: str) -> None:
    offence = OFFENCES[rule].replace("LIST/", str(LIST))
    assert rows(union(ONTOLOGY["prefixes"] + offence), rule)


def rows(store: ox.Store, rule: str) -> list[str]:
    answer = store.query(HYGIENE[rule])
    assert isinstance(answer, ox.QuerySolutions)
    return [" ".join(str(term) for term in row) for row in answer]
