"""`knockon serve`: the SPARQL 1.1 protocol, what it refuses, and that no query outlives its time or its asker."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest

from conftest import TINY
from knockon.cli import run
from knockon.queries import ask, find, sparql_json
from knockon.serve import formats
from knockon.serve.formats import TRIPLES, preferred
from knockon.serve.sparql import LARGEST_BODY, LONGEST_QUERY
from knockon.study import Study
from servers import wait_for
from serving import Server, gone, serving

processes = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")

ROWS = list(formats.ROWS)
ONE = "SELECT ?n { VALUES ?n { 1 } }"
THING = "CONSTRUCT { <urn:a> <urn:b> 1 } WHERE {}"
ENDLESS = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?a ?b ?c } GRAPH ?h { ?d ?e ?f } GRAPH ?i { ?x ?y ?z } }"
HUGE = "SELECT * { GRAPH ?g { ?a ?b ?c } GRAPH ?h { ?d ?e ?f } }"
FORM = "application/x-www-form-urlencoded"
LAB = "https://knockon.example/id/parties/lab"
K = "https://knockon.example/graph/"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """The tiny book; queries get three seconds."""
    with serving("--data", str(TINY), "--as-of", "2025-04-30", "--timeout", "3", "--workers", "2") as started:
        yield started


def numbers(body: bytes) -> list[str]:
    return [row["n"]["value"] for row in json.loads(body)["results"]["bindings"]]


@pytest.mark.parametrize("accept", ROWS)
def test_rows_come_in_the_format_asked_for(server: Server, accept: str) -> None:
    got = server.query(ONE, accept)
    assert (got.status, got.media) == (200, accept)
    form = ox.QueryResultsFormat.from_media_type(accept)
    assert form
    if accept == "text/csv":  # which is for people and not read back
        assert got.text == "n\r\n1\r\n" and "charset=utf-8" in got.headers["content-type"]
        return
    rows = ox.parse_query_results(got.body, format=form)
    assert isinstance(rows, ox.QuerySolutions) and [row["n"].value for row in rows] == ["1"]


@pytest.mark.parametrize("accept", TRIPLES)
def test_triples_come_in_the_format_asked_for(server: Server, accept: str) -> None:
    got = server.query(THING, accept)
    assert (got.status, got.media) == (200, accept)
    form = ox.RdfFormat.from_media_type(accept)
    assert form and [quad.subject.value for quad in ox.parse(input=got.body, format=form)] == ["urn:a"]


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("*/*", ROWS[0]),
        ("application/*", ROWS[0]),
        ("text/*", "text/csv"),
        ("application/json", ROWS[0]),
        ("text/csv;q=0.2, application/sparql-results+xml;q=0.7", ROWS[1]),
        ("application/sparql-results+json;q=0, */*;q=0.1", ROWS[1]),
        ("TEXT/TAB-SEPARATED-VALUES; charset=utf-8", ROWS[3]),
        ("text/turtle, text/csv;q=0.1", "text/csv"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", ROWS[1]),
    ],
)
def test_the_format_is_the_best_that_the_client_takes(server: Server, accept: str, media: str) -> None:
    got = server.query(ONE, accept)
    assert (got.status, got.media) == (200, media)


@pytest.mark.parametrize(("text", "accept"), [(ONE, "image/png"), (ONE, "text/turtle"), (THING, "text/csv")])
def test_a_format_nobody_has_is_406_and_names_those_there_are(server: Server, text: str, accept: str) -> None:
    got = server.query(text, accept)
    assert got.status == 406 and ("text/turtle" in got.text or "text/csv" in got.text)


def test_a_more_exact_range_wins_over_a_wider_one() -> None:
    assert preferred("text/*;q=1, text/csv;q=0.1, application/*;q=0.5", ROWS) == [ROWS[3], ROWS[0], ROWS[1], ROWS[2]]
    assert preferred("", ROWS) == [] and preferred("text/csv;q=0", ROWS) == []
    assert preferred("text/csv;q=nonsense", ROWS) == ["text/csv"]


def test_a_query_may_come_in_three_ways(server: Server) -> None:
    ways = (
        server.query(ONE),
        server.post(urlencode({"query": ONE})),
        server.post(ONE, "application/sparql-query; charset=UTF-8"),
    )
    assert [(got.status, numbers(got.body)) for got in ways] == [(200, ["1"])] * 3


def test_ask_and_head_and_options(server: Server) -> None:
    assert json.loads(server.query("ASK {}").body) == {"head": {}, "boolean": True}
    head = server.ask("/sparql?" + urlencode({"query": ONE}), "HEAD")
    assert (head.status, head.body, head.media) == (200, b"", ROWS[0])
    options = server.ask("/sparql", "OPTIONS", headers={"Origin": "https://x.example"})
    assert options.status == 204 and "POST" in options.headers["access-control-allow-methods"]
    assert server.ask("/sparql", "DELETE").status == 405


def test_describe_gives_triples(server: Server) -> None:
    got = server.query(f"DESCRIBE <{LAB}> FROM <{K}book>", "application/n-triples")
    assert got.status == 200 and b"<https://knockon.example/ontology/Party>" in got.body


@pytest.mark.parametrize("name", ["straight-back", "loops-of-three", "largest", "claims-that-differ"])
def test_an_answer_is_that_of_the_library(server: Server, tiny: Study, name: str) -> None:
    query = find(name)
    assert json.loads(server.query(query.text).body) == json.loads(sparql_json(tiny.full, query))


def test_the_graphs_of_the_request_take_the_place_of_those_in_the_query(server: Server) -> None:
    default = "SELECT (COUNT(*) AS ?n) FROM <urn:none> { ?s ?p ?o }"
    named = "SELECT (COUNT(DISTINCT ?g) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
    assert numbers(server.query(default).body) == ["0"]
    assert int(numbers(server.query(default, default_graph_uri=K + "book").body)[0]) > 100
    assert numbers(server.query(named, named_graph_uri=K + "book").body) == ["1"]
    assert numbers(server.query(named, default_graph_uri=K + "book").body) == ["0"]
    assert numbers(server.query(default, default_graph_uri="file:///etc/passwd").body) == ["0"]
    at = "/sparql?" + urlencode({"default-graph-uri": K + "book"})
    assert numbers(server.post(default, "application/sparql-query", at).body) != ["0"]
    assert server.query(ONE, default_graph_uri="no iri").status == 400


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/sparql?" + urlencode([("query", ONE), ("query", ONE)]), 400),
        ("/sparql?default-graph-uri=urn:x", 400),
        ("/sparql?query=", 400),
        ("/sparql?query=%ff", 400),
        ("/sparql?update=" + "DROP%20ALL", 403),
        ("/elsewhere", 404),
    ],
)
def test_a_malformed_request_is_refused(server: Server, path: str, status: int) -> None:
    assert server.ask(path).status == status


@pytest.mark.parametrize(
    ("media", "body", "status"),
    [
        (FORM, "", 400),
        (FORM, urlencode([("query", ONE), ("query", ONE)]), 400),
        (FORM, b"query=\xff", 400),
        (FORM, urlencode({"update": "DROP ALL"}), 403),
        ("application/sparql-query", b"\xff", 400),
        ("application/sparql-query; charset=latin-1", ONE, 415),
        ("application/sparql-update", "DROP ALL", 403),
        ("application/json", "{}", 415),
        ("application/sparql-query", "#" * (LONGEST_QUERY + 1), 413),
        (FORM, b"query=" + b"x" * LARGEST_BODY, 413),
    ],
)
def test_a_malformed_post_is_refused(server: Server, media: str, body: str | bytes, status: int) -> None:
    assert server.post(body, media).status == status


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { <urn:a> <urn:b> 1 }",
        "# a note\nPREFIX ex: <urn:x> \n delete where { ?s ?p ?o }",
        "LOAD <file:///etc/passwd>",
        "CLEAR ALL",
        "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
        r"SELECT * { \u0053ERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
    ],
)
def test_writing_and_reaching_out_are_refused(server: Server, text: str) -> None:
    got = server.query(text)
    assert got.status == 403 and "refused" in got.text


def test_a_syntax_error_is_400_with_its_place(server: Server) -> None:
    got = server.query("SELECT ?x\nWHERE { ?x }")
    assert got.status == 400 and got.text.startswith("not SPARQL: line 2, column ") and got.media == "text/plain"


def test_a_bare_get_describes_the_service(server: Server) -> None:
    got = server.ask("/sparql", headers={"Accept": "text/turtle"})
    assert (got.status, got.media) == (200, "text/turtle")
    store = ox.Store()
    store.load(input=got.body, format=ox.RdfFormat.TURTLE)
    rows = store.query(
        "PREFIX sd: <http://www.w3.org/ns/sparql-service-description#> PREFIX void: <http://rdfs.org/ns/void#> "
        "SELECT ?name ?n { ?service a sd:Service ; sd:endpoint ?e ; sd:supportedLanguage sd:SPARQL11Query ;"
        " sd:defaultDataset/sd:namedGraph [ sd:name ?name ; sd:graph/void:triples ?n ] }"
    )
    assert isinstance(rows, ox.QuerySolutions)
    assert {row["name"].value for row in rows} == {K + name for name in ("book", "known", "market", "ontology")}
    browser = server.ask("/sparql", headers={"Accept": "text/html,*/*;q=0.8"})
    assert (browser.status, browser.headers["location"]) == (303, "/console")


def test_every_answer_may_be_read_by_any_page_and_loads_nothing(server: Server) -> None:
    for got in (server.query(ONE), server.query("nonsense"), server.query(ONE, "image/png"), server.ask("/sparql")):
        assert got.headers["access-control-allow-origin"] == "*"
        assert got.headers["x-content-type-options"] == "nosniff"
        assert got.headers["referrer-policy"] == "no-referrer"
        assert got.headers["content-security-policy"].startswith("default-src 'none'")


@pytest.mark.parametrize(("host", "status"), [("evil.example", 421), ("localhost:1", 200), ("[::1]:80", 200)])
def test_only_names_of_this_machine_are_answered(server: Server, host: str, status: int) -> None:
    assert server.ask("/console", headers={"Host": host}).status == status


def test_too_large_an_answer_is_an_error_that_says_what_to_do(server: Server) -> None:
    got = server.query(HUGE)
    assert got.status == 422 and "LIMIT" in got.text


def test_too_deep_a_query_costs_a_worker_and_nothing_else(server: Server) -> None:
    got = server.post(urlencode({"query": "ASK " + "{" * 40_000}))
    assert got.status == 422 and numbers(server.query(ONE).body) == ["1"]


@processes
def test_too_long_a_query_is_killed_and_nobody_waits_for_its_successor(server: Server) -> None:
    before = server.workers()
    began = time.monotonic()
    with ThreadPoolExecutor(2) as threads:
        slow = threads.submit(server.query, ENDLESS)
        time.sleep(0.5)
        assert numbers(server.query(ONE).body) == ["1"]
        assert time.monotonic() - began < 2.5, "a second query waited for the first"
        got = slow.result()
    assert got.status == 422 and "3 s" in got.text
    wait_for(lambda: len(server.workers()) == len(before) and server.workers() != before, 20)
    assert len(before & server.workers()) == len(before) - 1


@processes
def test_a_client_that_goes_away_ends_its_query(server: Server) -> None:
    before = server.workers()
    connection = server.connect()
    connection.request("GET", "/sparql?" + urlencode({"query": ENDLESS}))
    time.sleep(0.5)
    began = time.monotonic()
    connection.close()
    wait_for(lambda: not before <= server.workers(), 2)
    assert time.monotonic() - began < 2, "the query ended by its time limit instead"
    wait_for(lambda: len(server.workers()) == len(before), 20)


@processes
def test_workers_killed_from_outside_are_replaced_and_no_query_hears_of_it(server: Server) -> None:
    killed = server.workers()
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    gone(killed)
    time.sleep(0.2)
    assert [numbers(server.query(ONE).body) for _ in range(4)] == [["1"]] * 4


def test_fifty_clients_at_once_each_get_their_own_answer(server: Server) -> None:
    def client(number: int) -> list[str]:
        return [numbers(server.query(f"SELECT ?n {{ VALUES ?n {{ {number} }} }}").body)[0] for _ in range(4)]

    with ThreadPoolExecutor(50) as threads:
        assert list(threads.map(client, range(50))) == [[str(number)] * 4 for number in range(50)]


def test_a_crowd_is_told_to_come_back(server: Server) -> None:
    pipes = [server.connect() for _ in range(230)]
    try:
        for pipe in pipes:
            pipe.request("GET", "/sparql?" + urlencode({"query": ENDLESS}))
        assert _first(pipes) == (503, "5")
    finally:
        for pipe in pipes:
            pipe.close()
    wait_for(lambda: server.query(ONE).status == 200, 20)


def _first(pipes: list[http.client.HTTPConnection]) -> tuple[int, str | None]:
    """Status and Retry-After of the last one in the queue, which is answered first."""
    response = pipes[-1].getresponse()
    return response.status, response.headers["Retry-After"]


@processes
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["term", "int"])
def test_a_signal_ends_server_and_workers_with_a_query_running(number: int) -> None:
    with serving("--data", str(TINY), "--as-of", "2025-04-30", "--workers", "1") as started:
        workers = started.workers()
        assert len(workers) == 2
        connection = started.connect()
        connection.request("GET", "/sparql?" + urlencode({"query": ENDLESS}))
        time.sleep(0.5)
        code, said = started.stop(number)
        connection.close()
        assert (code, said) == (0, "")
        gone(workers)


@processes
def test_workers_end_with_a_server_that_was_killed() -> None:
    with serving("--data", str(TINY), "--as-of", "2025-04-30", "--workers", "1") as started:
        workers = started.workers()
        connection = started.connect()
        connection.request("GET", "/sparql?" + urlencode({"query": ENDLESS}))
        time.sleep(0.3)
        started.stop(signal.SIGKILL)
        connection.close()
        gone(workers)


def test_a_busy_port_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert run(["serve", "--port", str(port), "--quiet"]) == 2
    said = capsys.readouterr().err
    assert f"port {port}: Address already in use; choose another with --port" in said and said.count("\n") == 1


@pytest.mark.parametrize("words", [["--port", "70000"], ["--host", "no.such.host.invalid"], ["--timeout", "0"]])
def test_a_place_or_a_time_that_is_none_is_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["serve", "--quiet", *words]) == 2
    assert capsys.readouterr().err.startswith("knockon: ")


def test_ask_and_serve_speak_with_each_other(server: Server, tiny: Study, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ask", "straight-back", "--endpoint", f"{server.base}/sparql", "--format", "csv"]) == 0
    assert capsys.readouterr().out == "funder,buyer,usd_there,usd_back\nchips,cloud,5000000000,20000000000\n"
    assert ask(tiny.full, find("straight-back")).rows[0][2] == 5_000_000_000
