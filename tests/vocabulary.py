"""The shipped vocabulary as a graph, and how its tests name words."""

from __future__ import annotations

from pathlib import Path

from rdflib import OWL, RDF, Graph, Namespace, URIRef

from knockon.resources import shelf, walk

HERE = Path(__file__).parent
ONTOLOGY = {name.removesuffix(".ttl"): file.read_text("utf-8") for name, file in walk(shelf("ontology"), ".ttl")}
HYGIENE = {path.stem: path.read_text("utf-8") for path in sorted((HERE / "hygiene").glob("*.rq"))}
K = Namespace("https://knockon.example/ontology/")
LIST = Namespace("https://knockon.example/list/")
KNOCKON = Graph().parse(data=ONTOLOGY["knockon"])
SHAPES = Graph().parse(data=ONTOLOGY["shapes"])


def local(term: object) -> str:
    return str(term).removeprefix(str(K))


def words(*types: URIRef) -> set[str]:
    """Local names of what knockon.ttl defines, of the given types."""
    return {local(s) for t in types for s in KNOCKON.subjects(RDF.type, t) if str(s).startswith(str(K))}


PROPERTIES = words(OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, RDF.Property)
