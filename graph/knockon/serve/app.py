"""The server: which address leads where, who may ask, how it starts, and how it ends without leaving a process."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import os
import signal
import socket
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pyoxigraph as ox
import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from knockon.errors import BadInput, KnockonError
from knockon.serve.pages import Pages
from knockon.serve.patience import Patient
from knockon.serve.pool import Limits, Pool
from knockon.serve.sparql import Protocol
from knockon.study import Study

_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_CALLERS = 400
"""Connections at once; more hear 503 and a system's usual 1,024 open files are never used up."""
_GRACE = 2
"""Seconds for answers under way to reach their clients when the server is told to stop."""


def application(study: Study, pool: Pool, guarded: bool, started: Callable[[], None]) -> Starlette:
    """The routes; `guarded` admits only requests to this machine by name, `started` is called when all is ready."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        try:
            await pool.start()
            started()
            yield
        finally:
            await pool.close()

    store = study.full.store
    graphs = {
        graph.value: sum(1 for _ in store.quads_for_pattern(None, None, None, graph))
        for graph in store.named_graphs()
        if isinstance(graph, ox.NamedNode)
    }
    sparql = Route("/sparql", Protocol(pool, graphs).answer, methods=["GET", "POST", "OPTIONS"])
    app = Starlette(routes=[sparql, *Pages(study).routes()], lifespan=lifespan)
    app.add_middleware(_Guard, guarded=guarded)
    return app


class _Guard:
    """Headers that every answer carries; and, on loopback, no answer to a page that rebound its name to us."""

    def __init__(self, app: ASGIApp, guarded: bool) -> None:
        self._app = app
        self._guarded = guarded

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "no-referrer"
            await send(message)

        app = self._app
        hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
        if self._guarded and (len(hosts) != 1 or _host(hosts[0]) not in _LOCAL):
            app = PlainTextResponse("this server answers only to localhost and 127.0.0.1\n", 421)
        await app(scope, receive, guarded_send)


def _host(header: str) -> str:
    """The name in a Host header, without the port.

    >>> _host("localhost:8731"), _host("[::1]:8731"), _host("127.0.0.1")
    ('localhost', '::1', '127.0.0.1')
    """
    if header.startswith("["):
        return header[1:].partition("]")[0]
    return header.partition(":")[0].lower()


def serve(study: Study, host: str, port: int, limits: Limits, say: Callable[[str], None]) -> None:
    """Serve until told to stop; `say` gets the addresses, line by line, when they answer.

    Raises BadInput for a place that cannot be listened at.
    """
    with _listening(host, port) as listener, tempfile.TemporaryDirectory(prefix="knockon-") as folder:
        name = f"[{host}]" if ":" in host else host
        base = f"http://{name}:{listener.getsockname()[1]}"
        dump = Path(folder) / "book.nq"
        study.full.store.dump(str(dump), format=ox.RdfFormat.N_QUADS)
        pool = Pool(dump, limits)

        def started() -> None:
            say(f"{base}/  pages, as of {study.as_of}")
            say(f"{base}/sparql  SPARQL 1.1, read-only")

        config = uvicorn.Config(
            application(study, pool, loopback(host), started),
            http=Patient,
            limit_concurrency=_CALLERS,
            ws="none",
            lifespan="on",
            log_level="error",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_GRACE,
        )
        logging.getLogger("uvicorn.error").addFilter(_ours)
        server = _Server(config, pool)
        asyncio.run(server.serve(sockets=[listener]))
        if not server.started:
            raise KnockonError("the server did not start; is there memory left for its workers?")


def _ours(record: logging.LogRecord) -> bool:
    """Whether a failure is ours to report: not when a stranger breaks the protocol half-way, nor at the end."""
    kind = type(record.exc_info[1]).__name__ if record.exc_info else ""
    return kind not in ("LocalProtocolError", "CancelledError")


class _Server(uvicorn.Server):
    """On a signal first ends the queries, whose clients hear of it, and then by itself, with exit code 0."""

    def __init__(self, config: uvicorn.Config, pool: Pool) -> None:
        super().__init__(config)
        self._pool = pool

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._pool.close()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _listening(host: str, port: int) -> socket.socket:
    if not 0 <= port <= 65535:
        raise BadInput(f"--port {port}: give 0 to 65535; 0 takes any that is free")
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=1024)
    except (socket.gaierror, UnicodeError):
        raise BadInput(f"--host {host!r}: no such address") from None
    except OSError as error:
        why = os.strerror(error.errno or 0)
        raise BadInput(f"cannot listen at {host} port {port}: {why}; choose another with --port") from None


def loopback(host: str) -> bool:
    """Whether only this machine reaches the address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
