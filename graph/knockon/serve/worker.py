"""One process with its own copy of the store: reads a query from standard input, writes its answer, and again.

An Oxigraph query cannot be interrupted inside its process; the process can be killed. What it may use is fixed
once the store is loaded: so much memory, and no further file or socket.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import struct
import sys
import threading
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any

import pyoxigraph as ox

from knockon.serve.formats import ROWS, TRIPLES

if TYPE_CHECKING:
    from typing_extensions import Buffer

MEMORY = 2 << 30
"""Bytes of data a worker may hold, store included; more ends it."""

_HEAD = struct.Struct("!I")


def framed(head: dict[str, Any], body: bytes = b"") -> bytes:
    """A message: the length of its head, the head as JSON, then as many bytes as the head's `length` says."""
    text = json.dumps(head | {"length": len(body)}).encode()
    return _HEAD.pack(len(text)) + text + body


def main(dump: str) -> None:
    """Load the dump, say so, answer until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which then ends us
    store = ox.Store()
    store.bulk_load(path=dump, format=ox.RdfFormat.N_QUADS)
    _confine()
    asked: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, asked), daemon=True).start()
    out = sys.stdout.buffer
    out.write(framed({"status": 200}))
    out.flush()
    while True:
        out.write(_answer(store, asked.get()))
        out.flush()


def _listen(source: IO[bytes], asked: queue.SimpleQueue[dict[str, Any]]) -> None:
    """Hand on what is asked; when the server is gone, so are we, even in the midst of a query."""
    while len(head := source.read(_HEAD.size)) == _HEAD.size:
        asked.put(json.loads(source.read(_HEAD.unpack(head)[0])))
    os._exit(0)


def _confine() -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _answer(store: ox.Store, asked: dict[str, Any]) -> bytes:
    """The answer to one query, in the first format asked for that fits its kind."""
    try:
        default, named = (_graphs(asked[name]) for name in ("default_graph", "named_graphs"))
    except ValueError as error:
        return _refusal(400, f"not the IRI of a graph: {error}")
    try:
        result = store.query(asked["query"], default_graph=default, named_graphs=named)
        rows = not isinstance(result, ox.QueryTriples)
        formats: dict[str, Any] = ROWS if rows else TRIPLES
        media = next((wanted for wanted in asked["accept"] if wanted in formats), None)
        if media is None:
            return _refusal(406, f"this query gives {'rows' if rows else 'triples'}: {', '.join(formats)}")
        body = _Bounded(asked["most"])
        result.serialize(body, format=formats[media])
    except SyntaxError as error:
        return _refusal(400, str(error))
    except _TooMuch:
        return _refusal(422, f"the answer is larger than {asked['most']:,} bytes; ask for less, say with LIMIT")
    except (RuntimeError, ValueError, OSError) as error:
        return _refusal(400, str(error))
    return framed({"status": 200, "media": media}, body.getvalue())


def _graphs(iris: list[str] | None) -> Any:
    return None if iris is None else [ox.NamedNode(iri) for iri in iris]


def _refusal(status: int, why: str) -> bytes:
    return framed({"status": status, "media": "text/plain"}, " ".join(why.split()).encode())


class _TooMuch(Exception):
    pass


class _Bounded(BytesIO):
    """A file that takes so many bytes and no more."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def write(self, data: Buffer, /) -> int:
        if self.tell() + memoryview(data).nbytes > self._most:
            raise _TooMuch
        return super().write(data)


if __name__ == "__main__":
    main(sys.argv[1])
