"""`knockon ask --endpoint`: the same answers from real servers, and one plain line when a server misbehaves."""

from __future__ import annotations

import http.server
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pyoxigraph as ox
import pytest

import servers
from knockon import queries
from knockon.cli import run
from knockon.endpoint import Endpoint
from knockon.errors import BadInput
from knockon.queries import Query, library, parse
from knockon.study import Study

Serve = Callable[[Path, ox.Store], AbstractContextManager[str]]


@pytest.fixture(scope="session", params=[servers.oxigraph, servers.virtuoso], ids=["oxigraph", "virtuoso"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, eve: Study) -> Iterator[Endpoint]:
    """A real server with the book of the eve in it."""
    serve: Serve = request.param
    with serve(tmp_path_factory.mktemp("server"), eve.full.store) as url:
        yield Endpoint(url)


@pytest.mark.parametrize("query", library().values(), ids=lambda q: q.name)
def test_another_server_gives_the_same_answer(server: Endpoint, eve: Study, query: Query) -> None:
    here, there = queries.ask(eve.full, query), queries.ask(server, query)
    assert there == here
    assert [list(map(kind, row)) for row in there.rows] == [list(map(kind, row)) for row in here.rows]
    dollars = [i for i, column in enumerate(there.columns) if query.columns.get(column) == "USD"]
    assert all(isinstance(row[i], int | None) for row in there.rows for i in dollars)


def kind(value: queries.Value) -> str:
    """A number is a number: a whole quotient is a decimal here and an integer on Virtuoso."""
    return "number" if type(value) in (int, float) else type(value).__name__


def test_answers_are_really_compared(eve: Study) -> None:
    empty = [query.name for query in library().values() if not queries.ask(eve.full, query).rows]
    # known only at the end of the day itself; an owner of both labs and a promise in doubt came later
    day = [name for name in empty if name.startswith("article/")]
    assert len(day) == 6 and set(empty) - set(day) == {"ownership/in-both", "timeline/in-doubt"}


def test_the_page_fills_the_servers_as_the_tests_do() -> None:
    page = (Path(__file__).parents[1] / "docs" / "endpoint.md").read_text("utf-8")
    assert f"oxigraph {servers.FILL}\n" in page and servers.LOAD in page


def test_a_parameter_reaches_the_server(server: Endpoint, eve: Study) -> None:
    query, params = queries.find("largest"), {"least_usd": "250000000000"}
    assert queries.ask(server, query, params) == queries.ask(eve.full, query, params)


def test_a_command_prints_the_same_from_a_server(
    server: Endpoint, eve: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (
        ["straight-back", "--format", "csv"],
        ["compute-contracts", "--format", "csv", "--param", "buyer=meta"],
    ):
        assert run(["ask", *words, "--as-of", str(eve.as_of)]) == 0
        here = capsys.readouterr().out
        assert run(["ask", *words, "--endpoint", server.url]) == 0
        assert capsys.readouterr().out == here


def test_triples_come_as_turtle(server: Endpoint, eve: Study) -> None:
    query = parse(
        "CONSTRUCT { ?a <https://knockon.example/ontology/fundsDirectly> ?b } WHERE "
        "{ GRAPH <https://knockon.example/graph/known> { ?a <https://knockon.example/ontology/fundsDirectly> ?b } }",
        "own",
    )
    here, there = (set(ox.parse(queries.construct(s, query), format=ox.RdfFormat.TURTLE)) for s in (eve.full, server))
    assert here == there and len(here) > 20


def test_a_servers_complaint_is_passed_on(server: Endpoint) -> None:
    with pytest.raises(BadInput, match=r"/(query|sparql) answered 400: \S"):
        queries.ask(server, parse("SELECT ?x WHERE { ?x }", "own"))


GOOD = {"head": {"vars": ["n"]}, "results": {"bindings": []}}
JSON = {"Content-Type": "application/sparql-results+json"}
Play = Callable[[http.server.BaseHTTPRequestHandler, int], None]


@contextmanager
def played(play: Play) -> Iterator[tuple[str, list[str]]]:
    """A server that does what `play` says at its n-th request; its address and the methods it saw."""
    seen: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            seen.append(self.command)
            try:
                play(self, len(seen))
            except OSError:  # the client had enough
                self.close_connection = True

        do_GET = do_POST

        def log_message(self, *_: object) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/sparql", seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def reply(
    handler: http.server.BaseHTTPRequestHandler, code: int, head: dict[str, str] | None = None, body: bytes = b""
) -> None:
    handler.send_response(code)
    for name, value in (head or {}).items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def good(handler: http.server.BaseHTTPRequestHandler) -> None:
    reply(handler, 200, JSON, json.dumps(GOOD).encode())


def endless(handler: http.server.BaseHTTPRequestHandler) -> None:
    reply(handler, 200, JSON, b'{"head":{"vars":[]},"results":{"bindings":[')
    while True:
        handler.wfile.write(b"{},")
        time.sleep(0.05)


def flood(handler: http.server.BaseHTTPRequestHandler) -> None:
    reply(handler, 200, JSON)
    while True:
        handler.wfile.write(b" " * (1 << 20))


@pytest.mark.parametrize(
    ("play", "says"),
    [
        (lambda h, _: reply(h, 200, {"Content-Type": "text/html"}, b"<html>"), "text/html, not SPARQL results.*a page"),
        (lambda h, _: reply(h, 200, JSON, json.dumps(GOOD).encode()[:-9]), "broken JSON results"),
        (lambda h, _: reply(h, 200, JSON | {"Content-Length": "999"}, b"{"), "broke off.* 3 attempts"),
        (lambda h, _: reply(h, 200, JSON, b""), "broken JSON results"),
        (lambda h, _: reply(h, 301, {"Location": "file:///etc/hosts"}), "has moved; if you trust it, ask file:///"),
        (lambda h, _: reply(h, 307, {"Location": "http://127.0.0.1:1/"}), "has moved"),
        (lambda h, _: reply(h, 401), "answered 401: Unauthorized"),
        (
            lambda h, _: reply(h, 500, {"Content-Type": "text/plain"}, b"out of\n\x1b[31mmemory"),
            "answered 500: out of ",
        ),
        (lambda h, _: reply(h, 503, {"Retry-After": "0"}), "answered 503 Service Unavailable after 3 attempts"),
        (lambda h, _: reply(h, 503, {"Retry-After": "9999"}), "answered 503 Service Unavailable$"),
        (lambda h, _: time.sleep(1.5), "did not finish within 1 s"),
        (lambda h, _: endless(h), "did not finish within 1 s"),
        (lambda h, _: flood(h), "sends more than 1 MB"),
        (lambda h, _: h.wfile.write(b"SSH-2.0-nothing\r\n"), "broke off"),
    ],
)
def test_a_server_that_misbehaves_gets_one_plain_line(
    play: Play, says: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("knockon.endpoint.sleep", lambda seconds: None)
    monkeypatch.setattr("knockon.endpoint.MOST_BYTES", 1_000_000)
    with played(play) as (url, _):
        assert run(["ask", "largest", "--endpoint", url, "--timeout", "1"]) == 2
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1 and "Traceback" not in said and "\x1b" not in said
    with pytest.raises(BadInput, match=says):
        raise BadInput(said.strip())


def test_a_server_that_is_busy_once_is_asked_again() -> None:
    with played(lambda h, n: good(h) if n == 3 else reply(h, 503, {"Retry-After": "0"})) as (url, seen):
        assert queries.ask(Endpoint(url), parse("SELECT ?n {}", "own")).columns == ("n",)
    assert seen == ["POST"] * 3


def test_a_mistake_is_not_repeated() -> None:
    with played(lambda h, n: reply(h, 400)) as (url, seen), pytest.raises(BadInput, match="400: Bad Request"):
        queries.ask(Endpoint(url), parse("SELECT ?n {}", "own"))
    assert seen == ["POST"]


def test_a_server_that_knows_only_get_is_asked_so() -> None:
    with played(lambda h, n: good(h) if h.command == "GET" and "query=SELECT" in h.path else reply(h, 405)) as (
        url,
        seen,
    ):
        assert queries.ask(Endpoint(url + "?infer=false"), parse("SELECT ?n {}", "own")).columns == ("n",)
    assert seen == ["POST", "GET"]


def test_nobody_there_is_said_after_the_attempts(capsys: pytest.CaptureFixture[str]) -> None:
    url = f"http://127.0.0.1:{servers.free_port()}/sparql"
    assert run(["ask", "largest", "--endpoint", url, "--retries", "1"]) == 2
    assert "cannot be reached" in (said := capsys.readouterr().err) and "after 2 attempts" in said


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "localhost:8731", "http://", "ftp://x/", "http://a b/", "http://x:y/"]
)
def test_an_address_that_is_none_is_refused(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ask", "largest", "--endpoint", url]) == 2
    assert "not the address of an endpoint" in capsys.readouterr().err


def test_a_password_goes_to_the_server_and_into_no_message() -> None:
    logins: list[str] = []

    def play(handler: http.server.BaseHTTPRequestHandler, _: int) -> None:
        logins.append(handler.headers["Authorization"])
        reply(handler, 403)

    with played(play) as (url, _), pytest.raises(BadInput) as caught:
        queries.ask(Endpoint(url.replace("//", "//me:s%40cret@")), parse("SELECT ?n {}", "own"))
    assert logins == ["Basic bWU6c0BjcmV0"] and "cret" not in str(caught.value)


def test_a_day_and_an_endpoint_do_not_go_together(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ask", "largest", "--endpoint", "http://127.0.0.1:1/", "--as-of", "2025-11-05"]) == 2
    assert "leave out --as-of" in capsys.readouterr().err
