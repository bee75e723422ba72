"""GraphML and GEXF: networkx reads the same parties, legs and dollars back, and nothing where nothing is known."""

from __future__ import annotations

import io
from datetime import date
from typing import Any
from xml.etree import ElementTree as ET

import networkx as nx
import pytest

from knockon import exports
from knockon.study import Study

TAG = "{http://gexf.net/1.3}"


def read(study: Study, name: str) -> nx.MultiDiGraph[str]:
    content = exports.in_memory(name, study)
    assert isinstance(content, bytes)
    if name == "gexf":
        return nx.read_gexf(io.BytesIO(content), version="1.3")
    return nx.read_graphml(io.BytesIO(content), force_multigraph=True)


def edges(graph: nx.MultiDiGraph[str]) -> dict[str, tuple[str, str, dict[str, Any]]]:
    return {key: (payer, payee, dict(values)) for payer, payee, key, values in graph.edges(keys=True, data=True)}


@pytest.mark.parametrize("name", ["graphml", "gexf"])
def test_networkx_reads_the_same_network_back(eve: Study, name: str) -> None:
    ours, theirs = eve.graph(), read(eve, name)
    assert set(theirs.nodes) == set(ours.nodes)
    for party, values in ours.nodes(data=True):
        known = {key: value for key, value in values.items() if value is not None}
        assert {key: theirs.nodes[party][key] for key in known} == known
        assert ("value_usd" in theirs.nodes[party]) == (values["value_usd"] is not None)
    mine, other = edges(ours), edges(theirs)
    assert mine.keys() == other.keys() and len(mine) == ours.number_of_edges()
    for leg, (payer, payee, values) in mine.items():
        assert other[leg][:2] == (payer, payee)
        for key in ("instrument", "family", "firmness", "grade", "deal", "contained", "usd", "usd_low", "usd_high"):
            assert other[leg][2].get(key) == values[key], (leg, key)
    pairs = [end[:2] for end in mine.values()]
    assert len(pairs) - len(set(pairs)) > 20  # parallel legs, none lost


@pytest.mark.parametrize("name", ["graphml", "gexf"])
def test_an_undisclosed_amount_is_no_attribute_and_never_zero(tiny: Study, name: str) -> None:
    found = edges(read(tiny, name))
    assert set(found) == {
        *("chips-funds-lab/1", "cloud-buys-chips/1", "cloud-buys-chips/2"),
        *("lab-rents-cloud/1", "lab-rents-cloud/2", "lab-rents-cloud/3"),
    }  # the crowd is a group that nobody itemises
    assert not {"usd", "usd_low", "usd_high"} & found["lab-rents-cloud/3"][2].keys()
    assert sum(values.get("usd", 0) for *_, values in found.values()) == 93 * 10**9  # 10 + 20 + 8 + 50 + 5
    rent = found["lab-rents-cloud/1"][2]
    assert (rent["usd_low"], rent["usd"], rent["usd_high"]) == (50 * 10**9, 50 * 10**9, 60 * 10**9)


def test_graphml_counts_what_it_leaves_out(tiny: Study) -> None:
    head = read(tiny, "graphml").graph
    assert (head["edges_without_amount"], head["legs_of_groups_left_out"]) == (1, 1)
    assert (head["as_of"], head["hash"]) == ("2025-04-30", tiny.edition.hash)


# The timeline


def test_an_edge_starts_when_it_was_known_and_ends_with_its_performance(eve: Study) -> None:
    found, ended = edges(read(eve, "gexf")), 0
    for leg, (_, _, values) in found.items():
        known, end = eve.book.legs[leg].known_from.last, eve.book.legs[leg].end
        assert values["start"] == known.isoformat() and known <= eve.as_of
        if end is not None and end.last >= known:
            ended += 1
            assert values["end"] == end.last.isoformat()
        else:
            assert "end" not in values
        assert values.get("performance_end") == (str(end) if end else None)
    assert ended > 10


def test_gexf_is_well_formed_by_its_own_rules(eve: Study) -> None:
    content = exports.in_memory("gexf", eve)
    assert isinstance(content, bytes)
    root = ET.fromstring(content)
    assert (root.tag, root.get("version")) == (TAG + "gexf", "1.3")
    assert [child.tag for child in root] == [TAG + "meta", TAG + "graph"]
    assert "lastmodifieddate" not in root[0].attrib  # no clock
    graph = root[1]
    assert dict(graph.attrib) == {
        "defaultedgetype": "directed",
        "mode": "dynamic",
        "timeformat": "date",
        "timerepresentation": "interval",
    }
    parses = {"string": str, "boolean": {"true": True, "false": False}.__getitem__, "long": int}
    nodes = {node.get("id") for node in graph.iter(TAG + "node")}
    for kind, count in (("node", len(nodes)), ("edge", eve.graph().number_of_edges())):
        (declared,) = (part for part in graph.findall(TAG + "attributes") if part.get("class") == kind)
        types = {part.get("id"): part.get("type", "") for part in declared}
        assert len({part.get("title") for part in declared}) == len(types)
        elements = list(graph.iter(TAG + kind))
        assert len({element.get("id") for element in elements}) == len(elements) == count
        for element in elements:
            given = [part.get("for") for part in element.iter(TAG + "attvalue")]
            assert len(given) == len(set(given))
            for part in element.iter(TAG + "attvalue"):
                parses[types[part.get("for")]](part.get("value", ""))
            if kind == "edge":
                assert {element.get("source"), element.get("target")} <= nodes and element.get("kind")
                days = [date.fromisoformat(element.get(key, "")) for key in ("start", "end") if element.get(key)]
                assert days == sorted(days)
