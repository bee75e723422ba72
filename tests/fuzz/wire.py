"""The doors behind a socket: what a foreign endpoint answers to us, and what a stranger sends to our server."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from fuzz import judge
from fuzz.reader import TINY, Reader
from knockon.endpoint import Endpoint
from serving import quiet, serving

_ROWS = b'{"head":{"vars":["n","x"]},"results":{"bindings":[{"n":{"type":"literal","value":"a"},\n'
_ROWS += b'"x":{"type":"uri","value":"http://a.example/b"}},{"n":{"type":"literal","value":"7",\n'
_ROWS += b'"datatype":"http://www.w3.org/2001/XMLSchema#integer"}}]}}\n'
_TURTLE = b'@prefix k: <http://a.example/> .\nk:a k:b "text"@en, 7 ;\n  k:c [ k:d k:e ] .\n'


def _answer(media: bytes, body: bytes, more: bytes = b"") -> bytes:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: " + media + b"\r\n" + more
    return head + b"Content-Length: " + str(len(body)).encode() + b"\r\nConnection: close\r\n\r\n" + body


ANSWERS = (
    _answer(b"application/sparql-results+json", _ROWS),
    _answer(b"application/sparql-results+json", b'{"head":{},"boolean":true}'),
    _answer(b"text/turtle", _TURTLE),
    b"HTTP/1.1 200 OK\r\nContent-Type: text/turtle\r\nTransfer-Encoding: chunked\r\n\r\n"
    + b"%x\r\n%s\r\n0\r\n\r\n" % (len(_TURTLE), _TURTLE),
    b"HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nContent-Length: 4\r\n\r\nbusy",
    b"HTTP/1.1 400 Bad\r\nContent-Type: text/plain\r\nContent-Length: 9\r\n\r\nno\x1b[31m go",
    b"HTTP/1.1 301 Moved\r\nLocation: http://other.example/\r\nContent-Length: 0\r\n\r\n",
)


class _Stub:
    """Says to whoever connects what it was told to, whatever is asked."""

    def __init__(self) -> None:
        self.says = b""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/sparql"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            client, _ = self._listener.accept()
            with client:
                try:
                    client.settimeout(5)
                    asked = client.recv(1 << 16)
                    while b"query=" not in asked:  # a form may come after its head
                        asked += client.recv(1 << 16) or b"query="
                    client.sendall(self.says)
                except OSError:
                    pass


@lru_cache(maxsize=1)
def _stub() -> _Stub:
    return _Stub()


def _endpoint(text: bytes, _: Path) -> str | None:
    stub = _stub()
    stub.says = text
    there = Endpoint(stub.url, timeout=3, retries=0)
    ask = there.turtle if b"turtle" in text else there.rows
    return judge.call(lambda: ask("SELECT * { ?s ?p ?o }"))


_QUERY = b"query=SELECT+*+%7B+?s+?p+?o+%7D+LIMIT+3"
_HOST = b"Host: 127.0.0.1\r\n"
_REQUESTS = (
    *(
        b"GET %s HTTP/1.1\r\n%sAccept: */*\r\nConnection: close\r\n\r\n" % (path, _HOST)
        for path in (
            *(b"/", b"/console", b"/network?as_of=2025-03-01", b"/what-if", b"/party/lab?as_of=2025-04"),
            *(b"/deal/lab-rents-cloud", b"/sparql", b"/sparql?" + _QUERY, b"/nothing"),
            b"/sparql?default-graph-uri=http://a.example/&" + _QUERY,
            b"/what-if.json?value=lab%3D0.2&draws=0&glut=2&market=-0.01&as_of=2025-04-30",
            b"/what-if.csv?cut=cloud%3D0.5&void=lab-rents-cloud/1%3D1&draws=0&least=definitive",
            b"/what-if.toml?default=chips&draws=0&curve=exponential",
        )
    ),
    b"POST /sparql HTTP/1.1\r\n%sContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s"
    % (_HOST, len(_QUERY), _QUERY),
    b"POST /sparql HTTP/1.1\r\n%sContent-Type: application/sparql-query; charset=utf-8\r\n"
    b"Content-Length: 24\r\nAccept: text/csv;q=0.5, */*;q=0.1\r\n\r\nASK { GRAPH ?g {?s ?p 1}}" % _HOST,
    b"POST /sparql HTTP/1.1\r\n%sContent-Type: application/sparql-query\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"7\r\nASK { }\r\n0\r\n\r\n" % _HOST,
    b"HEAD /sparql HTTP/1.0\r\n%s\r\n" % _HOST,
    b"OPTIONS /sparql HTTP/1.1\r\n%sOrigin: http://a.example\r\nConnection: close\r\n\r\n" % _HOST,
)
_STATUS = re.compile(rb"HTTP/1\.[01] ([0-9]{3}) ")
_KNOWN = {200, 204, 303, 307, 308, 400, 403, 404, 405, 406, 413, 414, 415, 421, 422, 431, 503}
_place: list[tuple[str, int]] = []


@contextmanager
def server() -> Iterator[None]:
    """Our server, for the reader `http`; at the end it must have complained of nothing."""
    with serving("--data", str(TINY), "--as-of", "2025-04-30", "--workers", "2", "--timeout", "2") as started:
        parts = urlsplit(started.base)
        _place[:] = [(str(parts.hostname), int(parts.port or 0))]
        yield
        assert started.process.poll() is None, "the server is gone"
        code, said = started.stop()
        assert code == 0 and quiet(said), (code, said)


def _http(text: bytes, _: Path) -> str | None:
    with socket.create_connection(_place[0], timeout=20) as client:
        try:
            client.sendall(text)
            client.shutdown(socket.SHUT_WR)
            got = b""
            while piece := client.recv(1 << 16):
                got += piece
        except TimeoutError:
            return "no answer within 20 s"
        except OSError:  # it hung up on us, which it may
            return None
    if got and not (found := _STATUS.match(got)):
        return f"not HTTP: {got[:200]!r}"
    if got and int(found[1]) not in _KNOWN:
        return f"answered {got[:300]!r}"
    if b"Traceback" in got:
        return f"shows its inside: {got[:2000]!r}"
    return None


READERS: Mapping[str, Reader] = {
    "endpoint": Reader(ANSWERS, _endpoint, 6),
    "http": Reader(_REQUESTS, _http, 5),
}
