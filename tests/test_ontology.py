"""The vocabulary: clean, one with tables and code, consistent under reasoning, with shapes that bite."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import owlrl
import pyoxigraph as ox
import pyshacl
import pytest
from rdflib import OWL, PROV, RDF, RDFS, SH, SKOS, XSD, Graph, Literal, Namespace, URIRef
from rdflib.compare import isomorphic

from knockon import vocab
from knockon.errors import KnockonError
from knockon.resources import shelf, walk
from knockon.shacl import violations
from knockon.tables import schema

HERE = Path(__file__).parent
ONTOLOGY = {name.removesuffix(".ttl"): file.read_text("utf-8") for name, file in walk(shelf("ontology"), ".ttl")}
HYGIENE = {path.stem: path.read_text("utf-8") for path in sorted((HERE / "hygiene").glob("*.rq"))}
QUERIES = {name: file.read_text("utf-8") for name, file in walk(shelf("queries"), ".rq")}

K = Namespace("https://knockon.example/ontology/")
LIST = Namespace("https://knockon.example/list/")
PARTY = Namespace("https://knockon.example/id/parties/")
LEG = Namespace("https://knockon.example/id/legs/")
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

KNOCKON = Graph().parse(data=ONTOLOGY["knockon"])
LISTS_GRAPH = Graph().parse(data=ONTOLOGY["lists"])
SHAPES = Graph().parse(data=ONTOLOGY["shapes"])


def local(term: object) -> str:
    return str(term).removeprefix(str(K))


def words(*types: URIRef) -> set[str]:
    """Local names of what knockon.ttl defines, of the given types."""
    return {local(s) for t in types for s in KNOCKON.subjects(RDF.type, t) if str(s).startswith(str(K))}


PROPERTIES = words(OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, RDF.Property)


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
    for name, use in COMPUTED.items():
        found[name].add(use)
    return found


def range_of(datatype: str) -> URIRef:
    kind, _, target = datatype.partition(":")
    if kind in ("ref", "refs"):
        return K[schema()[target][0].property]
    return SKOS.Concept if kind == "enum" else RANGES[kind]


# Hygiene: a row back is an error


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


# One vocabulary in tables, code and Turtle


def test_classes_are_those_of_the_tables_and_a_few_by_name() -> None:
    tables = {columns[0].property for columns in schema().values()}
    assert len(tables) == 22
    assert words(OWL.Class) == tables | INFERRED_CLASSES | {"Question"}
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


# Files


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


# Reasoning


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


# Shapes: each constraint is broken once, on a row of its own

Columns = dict[str, str | None]
SOUND: dict[str, Columns] = {
    "Party": {"name": "'A'", "kind": "kind:bank"},
    "Leg": {
        "deal": "deal:d",
        "payer": "party:a",
        "payee": "party:b",
        "instrument": "instrument:loan",
        "amountBasis": "basis:contract_total",
        "knownFrom": "'2025-01-01'^^xsd:date",
    },
    "Claim": {
        "leg": r"leg:d\/1",
        "source": "source:s",
        "usd": "5",
        "statedFirmness": "firmness:definitive",
        "statedOn": "'2025-01-01'^^xsd:date",
    },
    "StatusEvent": {
        "deal": "deal:d",
        "date": "'2025-02-01'^^xsd:date",
        "status": "status:signed",
        "source": "source:s",
    },
    "Membership": {"group": "party:pool", "member": "party:a"},
    "Stake": {"holder": "party:a", "issuer": "party:b", "pct": "5.0"},
    "Position": {"holder": "party:a", "issuer": "party:b"},
    "Dependence": {"supplier": "party:a", "customer": "party:b", "sharePct": "5.0"},
    "Purchase": {"supplier": "party:a", "customer": "party:b"},
    "Price": {"party": "party:a", "marketValueUsd": "5", "close": "0.5"},
    "Event": {"sign": "-1"},
    "Loading": {"windowStart": "'2025-01-01'^^xsd:date", "windowEnd": "'2025-01-01'^^xsd:date"},
    "Announcement": {"share": "1.0"},
    "Parameter": {"value": "0.5", "low": "0.5", "high": "1.0", "ground": "'judgement'"},
}
KNOWN: Columns = {
    "live": "true",
    "firmness": "firmness:definitive",
    "grade": "grade:press",
    "contained": "false",
    "disclosed": "true",
    "usdLow": "4",
    "usd": "5",
    "usdHigh": "6",
}
ENDED = KNOWN | {"live": "false", "firmness": "firmness:cancelled"}
GUARANTEE: Columns = {"instrument": "instrument:guarantee", "covers": r"leg:d\/1", "cover": "0.5"}


def row(name: str, of: str, /, **changes: str | None) -> str:
    """A sound row of a class, with some columns changed or (None) left empty."""
    columns: Columns = SOUND[of] | changes
    cells = "".join(f" ; k:{column} {value}" for column, value in columns.items() if value)
    return f"<https://knockon.example/id/{name}> a k:{of}{cells} .\n"


def leg(name: str, /, **changes: str | None) -> str:
    return row(f"legs/{name}", "Leg", **changes)


def event(name: str, /, **changes: str | None) -> str:
    return row(f"status/{name}", "StatusEvent", **changes)


NEW_YEAR, MARCH, MAY = "'2025-01-01'^^xsd:date", "'2025-03-01'^^xsd:date", "'2025-05-31'^^xsd:date"
GOOD = "".join(
    [
        *(row(f"good/{of}", of) for of in SOUND if of not in ("Leg", "Party")),
        *(row(f"parties/{name}", "Party") for name in ("a", "b")),
        row("parties/c", "Party", parent="party:a", listed="true", listedFrom=MAY),
        row("parties/pool", "Party", grouped="true"),
        leg("d/1", **KNOWN, start=MARCH, end=MAY, termYears="1", termYearsHigh="2", overlaps=r"leg:d\/2"),
        leg("d/2", **ENDED, overlaps=r"leg:d\/1"),
        leg("d/3", **GUARANTEE),
        leg("d/4", **KNOWN, within=r"leg:d\/1", joint="true", ownShare="0.25", seniority="<secured>"),
        leg("d/6", **ENDED, within=r"leg:d\/1", announced="'2025-01-31'^^xsd:date", announcedEarliest=NEW_YEAR),
        leg("d/5", amountBasis="basis:undisclosed", covers=r"leg:unknown\/1", instrument="instrument:backstop"),
        row("good/early", "Claim", publicFrom="'2024-12-31'^^xsd:date"),
        row("good/only-public", "Claim", statedOn=None, publicFrom=MAY),
        row("good/no-amount", "Claim", leg=r"leg:d\/5", usd=None),
        row("good/retold", "Claim", source="source:dated"),
        f"source:dated k:published {NEW_YEAR} .\n",
        event("paid", leg=r"leg:d\/1", paidUsd="6"),
        *(
            row(f"good/held-by-{n}", "Stake", issuer="party:c", holder=f"party:{n}", asOf=MARCH, pct="50.0")
            for n in "ab"
        ),
        row("good/held-by-b-again", "Stake", issuer="party:c", holder="party:b", asOf=MARCH, pct="60.0", knownFrom=MAY),
        row("good/priced", "Price", party="party:c", date=MAY),
        # ended, then paid: on another leg, after a claim revived it, or within the month it ended
        *(leg(f"e/{n}", deal="deal:e") for n in "123"),
        *(event(f"e-{n}-end", deal="deal:e", leg=rf"leg:e\/{n}", date=MARCH, status="status:lapsed") for n in "13"),
        leg("f/1", deal="deal:f"),
        event("f-end", deal="deal:f", date=MARCH, status="status:cancelled"),
        event("e-2-paid", deal="deal:e", leg=r"leg:e\/2", date=MAY, status="status:partly_paid"),
        row("good/revival", "Claim", leg=r"leg:e\/3", statedOn="'2025-04-01'^^xsd:date"),
        event("e-3-paid", deal="deal:e", leg=r"leg:e\/3", date=MAY, status="status:completed"),
        event(
            "e-1-paid",
            deal="deal:e",
            leg=r"leg:e\/1",
            date=MAY,
            dateEarliest=MARCH,
            status="status:completed",
        ),
    ]
)
FAULTS: dict[str, tuple[str | None, str, Columns]] = {
    # name: (column at fault, class, what is changed)
    "no-deal": ("deal", "Leg", {"deal": None}),
    "two-payers": ("payer", "Leg", {"payer": "party:a, party:c"}),
    "no-payee": ("payee", "Leg", {"payee": None}),
    "two-instruments": ("instrument", "Leg", {"instrument": "instrument:loan, instrument:bond"}),
    "no-amount-basis": ("amountBasis", "Leg", {"amountBasis": None}),
    "never-known": ("knownFrom", "Leg", {"knownFrom": None}),
    "pays-itself": ("payee", "Leg", {"payee": "party:a"}),
    "ends-first": ("start", "Leg", {"start": MAY, "end": MARCH}),
    "term-upside-down": ("termYears", "Leg", {"termYears": "5", "termYearsHigh": "3"}),
    "known-before-announced": ("knownFrom", "Leg", {"announced": MAY, "announcedEarliest": MARCH}),
    "known-before-its-deal": ("knownFrom", "Leg", {"deal": "deal:late"}),
    "parts-above-whole": ("usd", "Leg", KNOWN),
    "within-two": ("within", "Leg", {"within": r"leg:d\/1, leg:d\/2"}),
    "within-itself": ("within", "Leg", {"within": "<https://knockon.example/id/faults/within-itself>"}),
    "part-above-whole": ("within", "Leg", KNOWN | {"within": r"leg:w\/1", "usd": "6"}),
    "overlap-of-one": ("overlaps", "Leg", {"overlaps": r"leg:d\/1"}),
    "own-share-of-nothing": ("joint", "Leg", {"ownShare": "0.5"}),
    "own-share-too-big": ("ownShare", "Leg", {"joint": "true", "ownShare": "25.0"}),
    "undisclosed-with-claim": ("amountBasis", "Leg", {"amountBasis": "basis:undisclosed"}),
    "senior-lease": ("instrument", "Leg", {"instrument": "instrument:lease", "seniority": "<senior>"}),
    "covering-loan": ("instrument", "Leg", {"covers": r"leg:d\/1"}),
    "cover-of-nothing": ("covers", "Leg", GUARANTEE | {"covers": None}),
    "guarantee-of-guarantee": ("covers", "Leg", GUARANTEE | {"covers": r"leg:d\/3"}),
    "cover-too-big": ("cover", "Leg", GUARANTEE | {"cover": "50.0"}),
    "low-above-usd": ("usdLow", "Claim", {"usdLow": "6"}),
    "low-above-high": ("usdLow", "Claim", {"usdLow": "6", "usd": None, "usdHigh": "5"}),
    "usd-above-high": ("usd", "Claim", {"usdHigh": "4"}),
    "zero": ("usd", "Claim", {"usd": "0"}),
    "claims-nothing": ("leg", "Claim", {"leg": None}),
    "unsourced": ("source", "Claim", {"source": None}),
    "no-firmness-stated": ("statedFirmness", "Claim", {"statedFirmness": None}),
    "public-late": ("publicFrom", "Claim", {"publicFrom": MAY}),
    "undated": (None, "Claim", {"statedOn": None}),
    "page-too-old": ("source", "Claim", {"source": "source:old"}),
    "page-too-old-for-event": ("source", "StatusEvent", {"source": "source:old"}),
    "paid-too-much": ("paidUsd", "StatusEvent", {"leg": r"leg:d\/1", "paidUsd": "7"}),
    "event-of-no-deal": ("deal", "StatusEvent", {"deal": None}),
    "event-at-no-time": ("date", "StatusEvent", {"date": None}),
    "nothing-happened": ("status", "StatusEvent", {"status": None}),
    "event-unsourced": ("source", "StatusEvent", {"source": None}),
    "event-of-other-deal": ("leg", "StatusEvent", {"leg": r"leg:e\/1"}),
    "paid-after-its-end": (
        "status",
        "StatusEvent",
        {"deal": "deal:e", "leg": r"leg:e\/1", "date": MAY, "status": "status:partly_paid"},
    ),
    "completed-after-deal-ended": (
        "status",
        "StatusEvent",
        {"deal": "deal:f", "leg": r"leg:f\/1", "date": MAY, "status": "status:completed"},
    ),
    "known-without-firmness": ("firmness", "Leg", KNOWN | {"firmness": None}),
    "known-without-grade": ("grade", "Leg", KNOWN | {"grade": None}),
    "known-without-contained": ("contained", "Leg", KNOWN | {"contained": None}),
    "alive-and-cancelled": (None, "Leg", KNOWN | {"firmness": "firmness:cancelled"}),
    "disclosed-without-figure": (None, "Leg", KNOWN | {"usdLow": None, "usd": None, "usdHigh": None}),
    "nameless": ("name", "Party", {"name": None}),
    "two-kinds": ("kind", "Party", {"kind": "kind:bank, kind:power"}),
    "two-parents": ("parent", "Party", {"parent": "party:a, party:b"}),
    "own-parent": ("parent", "Party", {"parent": "<https://knockon.example/id/faults/own-parent>"}),
    "listed-never": ("listed", "Party", {"listedFrom": MAY}),
    "member-of-nothing": ("group", "Membership", {"group": None}),
    "group-of-one": ("grouped", "Party", {"grouped": "false"}),
    "own-member": ("member", "Membership", {"member": "party:pool"}),
    "held-by-nobody": ("holder", "Position", {"holder": None}),
    "holds-itself": ("issuer", "Stake", {"issuer": "party:a"}),
    "holds-too-much": ("pct", "Stake", {"pct": "120.0"}),
    "known-before-held": ("knownFrom", "Stake", {"asOf": MAY, "knownFrom": MARCH}),
    "held-by-two": ("pct", "Stake", {"issuer": "party:c", "asOf": MAY, "pct": "60.0"}),
    "held-by-another": ("pct", "Stake", {"holder": "party:b", "issuer": "party:c", "asOf": MAY, "pct": "50.0"}),
    "no-supplier": ("supplier", "Purchase", {"supplier": None}),
    "buys-from-itself": ("customer", "Purchase", {"customer": "party:a"}),
    "share-too-big": ("sharePct", "Dependence", {"sharePct": "120.0"}),
    "share-below-low": ("sharePctLow", "Dependence", {"sharePctLow": "6.0"}),
    "share-above-high": ("sharePct", "Dependence", {"sharePctHigh": "4.0"}),
    "price-of-nobody": ("party", "Price", {"party": None}),
    "worth-nothing": ("marketValueUsd", "Price", {"marketValueUsd": "0"}),
    "costs-nothing": ("close", "Price", {"close": "0.0"}),
    "priced-before-listing": ("date", "Price", {"party": "party:c", "date": MARCH}),
    "window-upside-down": ("windowStart", "Loading", {"windowStart": MAY}),
    "sign-of-two": ("sign", "Event", {"sign": "2"}),
    "share-in-per-cent": ("share", "Announcement", {"share": "25.0"}),
    "value-above-range": ("value", "Parameter", {"value": "2.0"}),
    "value-below-range": ("low", "Parameter", {"low": "0.75"}),
    "groundless": ("ground", "Parameter", {"ground": None}),
}

BESIDE_FAULTS = "".join(  # sound rows that the faulty ones fall out with
    [
        row("beside/claim", "Claim", leg="<https://knockon.example/id/faults/undisclosed-with-claim>"),
        row("beside/member", "Membership", group="<https://knockon.example/id/faults/group-of-one>"),
        leg("w/1", **KNOWN),
        f"deal:late k:announced {MAY} .\n",
        "source:old k:published '2024-12-31'^^xsd:date .\n",
        *(
            leg(
                f"beside/{n}",
                **KNOWN | {"usdLow": "3", "usd": "3"},
                within="<https://knockon.example/id/faults/parts-above-whole>",
            )
            for n in "ab"
        ),
    ]
)


PLANTED = "".join(row(f"faults/{name}", of, **changes) for name, (_, of, changes) in FAULTS.items())


def report(facts: str) -> tuple[dict[str, set[str | None]], set[str]]:
    """Rows at fault with their columns, and the remedies told."""
    data = Graph().parse(data=ONTOLOGY["prefixes"] + facts, publicID=str(LIST["seniority/"]))
    _, graph, _ = pyshacl.validate(data, shacl_graph=SHAPES, inference="none")
    assert isinstance(graph, Graph)
    found: dict[str, set[str | None]] = defaultdict(set)
    told = set()
    for result in graph.objects(None, SH.result):
        path = graph.value(result, SH.resultPath)
        name = str(graph.value(result, SH.focusNode)).removeprefix("https://knockon.example/id/")
        found[name].add(None if path is None else local(path))
        told |= {str(message) for message in graph.objects(result, SH.resultMessage)}
    return found, told


def test_a_sound_book_passes_every_shape() -> None:
    assert report(GOOD) == ({}, set())


def test_each_fault_is_found_at_its_column_and_each_remedy_told() -> None:
    found, told = report(GOOD + BESIDE_FAULTS + PLANTED)
    assert found == {f"faults/{name}": {column} for name, (column, _, _) in FAULTS.items()}
    assert told == {str(message) for message in SHAPES.objects(None, SH.message)}


@pytest.mark.parametrize("facts", [GOOD, GOOD + BESIDE_FAULTS + PLANTED], ids=["sound", "planted"])
def test_one_question_for_all_rows_finds_what_pyshacl_finds(facts: str) -> None:
    store = ox.Store()
    text = (ONTOLOGY["prefixes"] + facts).encode()
    store.load(text, format=ox.RdfFormat.TURTLE, base_iri=str(LIST["seniority/"]))
    quick = {(v.focus, v.path, v.message) for v in violations(store, ONTOLOGY["shapes"])}
    assert quick == slow(facts)
    assert len(quick) == (len(FAULTS) if facts != GOOD else 0)


def slow(facts: str) -> set[tuple[str, str | None, str]]:
    """Focus, path and message of each result of pyshacl."""
    data = Graph().parse(data=ONTOLOGY["prefixes"] + facts, publicID=str(LIST["seniority/"]))
    _, graph, _ = pyshacl.validate(data, shacl_graph=SHAPES, inference="none")
    assert isinstance(graph, Graph)
    found = set()
    for result in graph.objects(None, SH.result):
        path = graph.value(result, SH.resultPath)
        focus, message = graph.value(result, SH.focusNode), graph.value(result, SH.resultMessage)
        found.add((str(focus), str(path) if isinstance(path, URIRef) else None, str(message)))
    return found


def test_a_constraint_that_has_no_translation_is_an_error_not_a_pass() -> None:
    shape = "<x> a sh:NodeShape ; sh:targetClass k:Leg ; sh:property [ sh:path k:units ; sh:pattern 'a' ] ."
    with pytest.raises(KnockonError, match=r"no translation of http://www.w3.org/ns/shacl#pattern"):
        list(
            violations(
                ox.Store(), ONTOLOGY["prefixes"].replace("@prefix", "@base <https://x.example/> .\n@prefix", 1) + shape
            )
        )


def test_shapes_point_at_columns_only() -> None:
    for path in SHAPES.objects(None, SH.path):
        if isinstance(path, URIRef):
            assert local(path) in PROPERTIES, path
    assert len(set(SHAPES.subjects(RDF.type, SH.NodeShape))) == 34
