"""What follows from the ontology: sound facts are consistent, impossible ones are not."""

from __future__ import annotations

import owlrl
from rdflib import PROV, RDF, Graph, Namespace, URIRef

from vocabulary import ONTOLOGY, K

PARTY = Namespace("https://knockon.example/id/parties/")
LEG = Namespace("https://knockon.example/id/legs/")


def closure(facts: str, *files: str) -> Graph:
    graph = Graph()
    for text in (*(ONTOLOGY[name] for name in files), ONTOLOGY["prefixes"] + facts):
        graph.parse(data=text)
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    return graph


def errors(graph: Graph) -> list[str]:
    return sorted(str(o) for o in graph.objects(None, owlrl.Namespaces.ERRNS.error))


def test_sound_facts_are_consistent_and_what_follows_from_them_follows() -> None:
    graph = closure(
        """
        leg:d\\/1 k:payer party:a ; k:payee party:b ; k:instrument instrument:backstop .
        leg:d\\/1 k:overlaps leg:d\\/2 .
        leg:d\\/3 k:covers leg:d\\/1 .
        party:pool k:grouped true .
        party:b k:grouped false .
        <c> a k:Claim ; k:leg leg:d\\/1 ; k:source source:s .
        <p> a k:Price ; k:party party:a .
        """,
        *("knockon", "lists", "alignments"),
    )
    assert errors(graph) == []
    for follows in (
        (LEG["d/1"], RDF.type, K.Guarantee),
        (LEG["d/1"], RDF.type, K.Leg),
        (LEG["d/3"], RDF.type, K.Guarantee),
        (LEG["d/2"], K.overlaps, LEG["d/1"]),
        (PARTY.a, RDF.type, K.Party),
        (PARTY.pool, RDF.type, K.Group),
        (PARTY.pool, RDF.type, K.Party),
    ):
        assert follows in graph, follows
    assert (PARTY.b, RDF.type, K.Group) not in graph
    assert len(set(graph.subjects(RDF.type, K.MarketObservation))) == 1
    assert [c for c in graph.subjects(RDF.type, K.Claim) if (c, RDF.type, PROV.Entity) in graph]
    assert list(graph.objects(None, PROV.wasDerivedFrom)) == [URIRef("https://knockon.example/id/sources/s")]


def test_impossible_facts_are_inconsistent() -> None:
    impossible = """
        leg:d\\/1 k:payer party:a ; k:payee party:a .
        leg:d\\/2 k:within leg:d\\/2 .
        leg:d\\/3 k:within leg:d\\/4 ; k:overlaps leg:d\\/4 .
        party:x a k:Deal ; k:parent party:y .
        party:y k:grouped true .
    """
    found = errors(closure(impossible, "knockon"))
    for party in ("parties/a", "legs/d/2", "legs/d/3", "parties/x"):
        assert [message for message in found if party in message], (party, found)
