"""One vocabulary in tables, code and Turtle."""

from __future__ import annotations

import re
from collections import defaultdict

import pyoxigraph as ox
from rdflib import OWL, RDF, RDFS, SH, SKOS, XSD, Graph, Literal, URIRef
from rdflib.compare import isomorphic

from knockon import vocab
from knockon.resources import shelf, walk
from knockon.tables.columns import schema
from vocabulary import HYGIENE, KNOCKON, LIST, ONTOLOGY, PROPERTIES, SHAPES, K, local, words

QUERIES = {name: file.read_text("utf-8") for name, file in walk(shelf("queries"), ".rq")}
DOMAIN_INCLUDES = URIRef("https://schema.org/domainIncludes")


# Words that no table has. Computed for a date (graph known): property -> class, datatype as in columns.csv.
COMPUTED = {
    "usdLow": ("Leg", "usd"),
    "usd": ("Leg", "usd"),
    "usdHigh": ("Leg", "usd"),
    "firmness": ("Leg", "enum:firmness"),
    "grade": ("Leg", "enum:grade"),
    "live": ("Leg", "flag"),
    "disclosed": ("Leg", "flag"),
    "contained": ("Leg", "flag"),
    "yieldsTo": ("Leg", "ref:legs"),
    "resolvedBy": ("Leg", "ref:claims"),
    "latestStatus": ("Leg", "ref:status"),
    "valueUsd": ("Party", "usd"),
    "valueOn": ("Party", "day"),
    "valueBasis": ("Party", "enum:value_basis"),
    "listedNow": ("Party", "flag"),
    "fundsDirectly": ("Party", "ref:parties"),
    "buysFrom": ("Party", "ref:parties"),
}


OF_AN_AMOUNT_DUE = {
    "leg": ("Due", "ref:legs"),
    "year": ("Due", "integer"),
    "usd": ("Due", "usd"),
}
INFERRED_CLASSES = {"Guarantee", "Group", "MarketObservation"}
OF_THE_VOCABULARY = {"Question", "answers", "rung"}
LISTS = {**vocab.LISTS, "value_basis": ("market", "private")}


LADDERS: dict[str, type[vocab.Firmness] | type[vocab.Grade]] = {
    "firmness": vocab.Firmness,
    "grade": vocab.Grade,
}


RANGES = {
    "usd": XSD.integer,
    "signed_usd": XSD.integer,
    "integer": XSD.integer,
    "number": XSD.decimal,
    "date": XSD.date,
    "day": XSD.date,
    "flag": XSD.boolean,
    "url": XSD.anyURI,
    "id": XSD.string,
    "text": XSD.string,
    "list": XSD.string,
    "period": XSD.string,
}


LISTS_GRAPH = Graph().parse(data=ONTOLOGY["lists"])


def uses() -> dict[str, set[tuple[str, str]]]:
    """Property -> the (class, datatype) pairs under which tables and computation use it."""
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for columns in schema().values():
        for column in columns[1:]:
            found[column.property].add((columns[0].property, column.datatype))
            if column.datatype == "date":
                found[f"{column.property}Earliest"].add((columns[0].property, "date"))
            if column.datatype == "list":
                found[f"{column.property}Order"].add((columns[0].property, "text"))
    for name, use in (*COMPUTED.items(), *OF_AN_AMOUNT_DUE.items()):
        found[name].add(use)
    return found


def range_of(datatype: str) -> URIRef:
    kind, _, target = datatype.partition(":")
    if kind in ("ref", "refs"):
        return K[schema()[target][0].property]
    return SKOS.Concept if kind == "enum" else RANGES[kind]


def test_classes_are_those_of_the_tables_and_a_few_by_name() -> None:
    tables = {columns[0].property for columns in schema().values()}
    assert len(tables) == 22
    assert words(OWL.Class) == tables | INFERRED_CLASSES | {"Question", "Due"}
    assert len(words(OWL.Class)) <= 45


def test_properties_are_those_of_the_columns_and_the_computed_ones() -> None:
    assert set(uses()) == PROPERTIES - OF_THE_VOCABULARY


def test_every_property_says_which_classes_have_it() -> None:
    above = {local(s): local(o) for s, o in KNOCKON.subject_objects(RDFS.subClassOf)}
    for name, use in uses().items():
        stated = {*KNOCKON.objects(K[name], RDFS.domain), *KNOCKON.objects(K[name], DOMAIN_INCLUDES)}
        reached = {above[local(c)] if local(c) in INFERRED_CLASSES else local(c) for c in stated}
        assert reached == {owner for owner, _ in use}, name


def test_every_property_points_at_what_its_columns_hold() -> None:
    for name, use in uses().items():
        expected = {range_of(datatype) for _, datatype in use}
        stated = set(KNOCKON.objects(K[name], RDFS.range))
        if name == "group":
            assert expected == {K.Party} and stated == {K.Group}
        else:
            assert stated == (expected if len(expected) == 1 else set()), name
        pointing = {datatype.partition(":")[0] in ("ref", "refs", "enum") for _, datatype in use}
        kind = OWL.ObjectProperty if all(pointing) else RDF.Property if any(pointing) else OWL.DatatypeProperty
        assert (K[name], RDF.type, kind) in KNOCKON, name


def test_only_units_are_now_a_code_and_now_a_word() -> None:
    assert words(RDF.Property) == {"unit"}


def test_a_property_of_codes_points_at_its_lists() -> None:
    for name, use in uses().items():
        lists = {LIST[f"{d.removeprefix('enum:')}/"] for _, d in use if d.startswith("enum:")}
        pointed = {o for o in KNOCKON.objects(K[name], RDFS.seeAlso) if str(o).startswith(str(LIST))}
        assert pointed == lists, name


def test_the_lists_are_the_lists_of_the_code() -> None:
    stated: dict[str, set[str]] = defaultdict(set)
    for concept in LISTS_GRAPH.subjects(RDF.type, SKOS.Concept):
        name, _, code = str(concept).removeprefix(str(LIST)).partition("/")
        stated[name].add(code)
    assert stated == {name: set(codes) for name, codes in LISTS.items()}
    schemes = {str(s) for s in LISTS_GRAPH.subjects(RDF.type, SKOS.ConceptScheme)}
    assert schemes == {str(LIST[f"{name}/"]) for name in LISTS}


def test_ladders_stand_as_in_the_code() -> None:
    rungs = {str(s): o.toPython() for s, o in LISTS_GRAPH.subject_objects(K.rung) if isinstance(o, Literal)}
    assert rungs == {str(LIST[f"{name}/{c}"]): c.rung for name, ladder in LADDERS.items() for c in ladder}


def test_instruments_belong_to_the_families_of_the_code() -> None:
    broader = {(str(s), str(o)) for s, o in LISTS_GRAPH.subject_objects(SKOS.broader)}
    assert broader == {(str(LIST[f"instrument/{i}"]), str(LIST[f"family/{i.family}"])) for i in vocab.Instrument}


def declared(text: str) -> dict[str, str]:
    pattern = r"^(?:@prefix|PREFIX)\s+(\w+):\s+<([^>]*)>"
    return dict(re.findall(pattern, text, re.MULTILINE))


def test_prefixes_are_written_once_and_hold_for_every_file() -> None:
    known = declared(ONTOLOGY["prefixes"])
    assert len(known) == ONTOLOGY["prefixes"].count("@prefix") == 24
    assert len(Graph().parse(data=ONTOLOGY["prefixes"])) == 0
    for name, text in [*ONTOLOGY.items(), *HYGIENE.items(), *QUERIES.items()]:
        mine = declared(text)
        assert mine and mine.items() <= known.items(), name
        body = re.sub(r"^(@prefix|PREFIX).*$", "", text, flags=re.MULTILINE)
        unused = {prefix for prefix in mine if not re.search(rf"(?<!\w){prefix}:", body)}
        assert name == "prefixes" or not unused, (name, unused)
    for node in SHAPES.objects(None, SH.declare):
        assert known[str(SHAPES.value(node, SH.prefix))] == str(SHAPES.value(node, SH.namespace))


def test_every_file_has_the_same_dated_version_and_imports_nothing() -> None:
    versions = set()
    for name, text in ONTOLOGY.items():
        if name != "prefixes":
            graph = Graph().parse(data=text)
            (header,) = graph.subjects(RDF.type, OWL.Ontology)
            (version,) = graph.objects(header, OWL.versionIRI)
            assert str(version).startswith(str(header)), name
            assert not list(graph.objects(header, OWL.imports)), name
            versions.add(str(version).removeprefix(str(header)).strip("/"))
    assert versions == {str(KNOCKON.value(K[""], OWL.versionInfo))}
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", versions.pop())


def test_rdflib_and_oxigraph_read_the_same_vocabulary() -> None:
    store = ox.Store()
    store.load(ONTOLOGY["knockon"].encode(), format=ox.RdfFormat.TURTLE)
    dumped = store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph())
    assert dumped is not None
    assert isomorphic(Graph().parse(data=dumped, format="nt"), KNOCKON)
