"""Shapes: each constraint is broken once, on a row of its own."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

import networkx as nx
import pyoxigraph as ox
import pyshacl
import pytest
from rdflib import RDF, SH, Graph, URIRef

from knockon.errors import KnockonError
from knockon.shacl import violations
from knockon.tables.columns import schema
from vocabulary import LIST, ONTOLOGY, PROPERTIES, SHAPES, local

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


def row(name: str, of: str, /, **changes: str | None) -> str:
    """A sound row of a class, with some columns changed or (None) left empty."""
    columns: Columns = SOUND[of] | changes
    cells = "".join(f" ; k:{column} {value}" for column, value in columns.items() if value)
    return f"<https://knockon.example/id/{name}> a k:{of}{cells} .\n"


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


@cache
def judged(facts: str) -> Graph:
    """The report of pyshacl, which takes its time."""
    data = Graph().parse(data=ONTOLOGY["prefixes"] + facts, publicID=str(LIST["seniority/"]))
    _, graph, _ = pyshacl.validate(data, shacl_graph=SHAPES, inference="none")
    assert isinstance(graph, Graph)
    return graph


def report(facts: str) -> tuple[dict[str, set[str | None]], set[str]]:
    """Rows at fault with their columns, and the remedies told."""
    graph = judged(facts)
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


def test_no_shape_looks_beyond_the_rows_that_hang_together_and_what_they_name() -> None:
    """So a large book may be checked in parts: parties and sources, but for issuers, bind nothing."""
    facts = Graph().parse(data=ONTOLOGY["prefixes"] + GOOD + BESIDE_FAULTS + PLANTED, publicID=str(LIST["seniority/"]))
    hubs = {
        column.property
        for columns in schema().values()
        for column in columns[1:]
        if column.datatype.endswith((":parties", ":sources"))
    }
    named, bound = nx.DiGraph(), nx.Graph()
    for subject, predicate, other in facts:
        named.add_node(subject)
        bound.add_node(subject)
        if "/id/" in other and isinstance(other, URIRef):
            named.add_edge(subject, other)
            if local(predicate) not in hubs - {"issuer"}:
                bound.add_edge(subject, other)
    units = list(nx.connected_components(bound))
    found = set()
    for unit in units:
        part, store = Graph(), ox.Store()
        for row_of in unit.union(*(nx.descendants(named, subject) for subject in unit)):
            part += facts.triples((row_of, None, None))
        store.load(part.serialize(format="nt").encode(), format=ox.RdfFormat.N_TRIPLES)
        found |= {(v.focus, v.path, v.message) for v in violations(store, ONTOLOGY["shapes"])}
    assert len(units) > 40
    assert found == slow(GOOD + BESIDE_FAULTS + PLANTED)


def slow(facts: str) -> set[tuple[str, str | None, str]]:
    """Focus, path and message of each result of pyshacl."""
    graph = judged(facts)
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
