"""The SPARQL 1.1 protocol: which requests are queries, which formats answer them, what each failure is called."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Coroutine, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, quote

import pyoxigraph as ox
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response

from knockon.errors import BadInput
from knockon.refusal import refuse_service
from knockon.serve.formats import NAMES, ROWS, TRIPLES, preferred
from knockon.serve.pool import Pool, Question, Reply

LONGEST_QUERY = 100_000
"""Characters."""
LARGEST_BODY = 4 * LONGEST_QUERY
"""Bytes; a form writes a character of a query in up to so many."""

_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Content-Type",
    "Access-Control-Max-Age": "86400",
}
_FORM, _QUERY, _UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
_UPDATES = re.compile(r"(INSERT|DELETE|LOAD|CLEAR|CREATE|DROP|COPY|MOVE|ADD|WITH)\b", re.IGNORECASE)
_PROLOGUE = re.compile(r"(?:\s+|#[^\r\n]*|(?:PREFIX\s+[^\s<]*|BASE)\s*<[^>]*>)*", re.IGNORECASE)


class _Refused(Exception):
    def __init__(self, status: int, why: str, **headers: str) -> None:
        super().__init__(why)
        self.status = status
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


class Protocol:
    """Answers requests to one address: a query by its result, a bare GET by what the service is."""

    def __init__(self, pool: Pool, graphs: Mapping[str, int]) -> None:
        self._pool = pool
        self._graphs = graphs  # IRI -> number of triples

    async def answer(self, request: Request) -> Response:
        """One request."""
        try:
            response = await self._respond(request)
        except _Refused as refused:
            response = Response(f"{refused}\n", refused.status, refused.headers, "text/plain")
        response.headers.update({**_CORS, "Vary": "Accept", "Cache-Control": "no-cache"})
        return response

    async def _respond(self, request: Request) -> Response:
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": _CORS["Access-Control-Allow-Methods"]})
        accept = ",".join(request.headers.getlist("accept")) or "*/*"
        if request.method in ("GET", "HEAD") and not request.url.query:
            return self._description(request, accept)
        question = await _question(request, preferred(accept, (*ROWS, *TRIPLES)))
        reply = await _while_connected(request, self._pool.ask(question))
        if reply is None:
            return Response(status_code=499)  # which nobody reads
        return _response(reply)

    def _description(self, request: Request, accept: str) -> Response:
        """The service in the vocabulary of SPARQL 1.1 Service Description; a browser goes to the console."""
        media = preferred(accept, (*TRIPLES, "text/html"))
        if not media:
            raise _Refused(406, f"the description comes as {', '.join(TRIPLES)}")
        if media[0] == "text/html":
            return RedirectResponse("/console", 303)
        graphs = "".join(
            f"sd:namedGraph [ sd:name <{iri}> ; sd:graph [ a sd:Graph ; void:triples {triples} ] ] ;\n"
            for iri, triples in sorted(self._graphs.items())
        )
        text = f"""{"".join(f"@prefix {prefix}: <{iri}> ." for prefix, iri in _VOCABULARIES.items())}
            [] a sd:Service ; sd:endpoint <{quote(str(request.url), safe=":/[]@%")}> ;
               sd:supportedLanguage sd:SPARQL11Query ; sd:resultFormat {", ".join(f"format:{name}" for name in NAMES)} ;
               sd:defaultDataset [ a sd:Dataset ; {graphs} sd:defaultGraph [ a sd:Graph ; void:triples 0 ] ] ."""
        triples = (quad.triple for quad in ox.parse(input=text.encode(), format=ox.RdfFormat.TURTLE))
        body = ox.serialize(triples, format=TRIPLES[media[0]], prefixes=_VOCABULARIES)
        return _response(Reply(200, media[0], body or b""))


_VOCABULARIES = {
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "format": "http://www.w3.org/ns/formats/",
    "void": "http://rdfs.org/ns/void#",
}


async def _question(request: Request, accept: Sequence[str]) -> Question:
    if not accept:
        raise _Refused(406, f"rows come as {', '.join(ROWS)}; triples as {', '.join(TRIPLES)}")
    fields = _fields(request.url.query.encode(), "the query string")
    if request.method == "POST":
        media, _, details = request.headers.get("content-type", "").partition(";")
        media = media.strip().lower()
        charset = re.search(r"charset\s*=\s*\"?([\w-]+)", details, re.IGNORECASE)
        if media == _UPDATE:
            raise _Refused(403, "this endpoint is read-only; updates are refused")
        if media not in (_FORM, _QUERY) or (charset and charset[1].lower() not in ("utf-8", "utf8")):
            raise _Refused(415, f"send {_FORM} or {_QUERY} in UTF-8", Accept_Post=f"{_FORM}, {_QUERY}")
        body = await _body(request)
        if media == _FORM:
            fields = _fields(body, "the form")
        else:
            fields = [*(pair for pair in fields if pair[0] != "query"), ("query", _decoded(body))]
    if any(name == "update" for name, _ in fields):
        raise _Refused(403, "this endpoint is read-only; updates are refused")
    texts = [value for name, value in fields if name == "query"]
    if len(texts) != 1 or not texts[0].strip():
        raise _Refused(400, "give exactly one parameter query, and not an empty one")
    default = [value for name, value in fields if name == "default-graph-uri"]
    named = [value for name, value in fields if name == "named-graph-uri"]
    limited = bool(default or named)
    return Question(
        query=_admitted(texts[0]),
        accept=accept,
        default_graph=default if limited else None,
        named_graphs=named if limited else None,
    )


def _admitted(text: str) -> str:
    """The query, if it is of a length and of a kind to be run at all."""
    if len(text) > LONGEST_QUERY:
        raise _Refused(413, f"the query is longer than {LONGEST_QUERY:,} characters")
    prologue = _PROLOGUE.match(text)
    if update := _UPDATES.match(text, prologue.end() if prologue else 0):
        raise _Refused(403, f"this endpoint is read-only; {update[0].upper()} is refused")
    try:
        refuse_service(text, "query")
    except BadInput as refused:
        raise _Refused(403, str(refused)) from None
    return text


def _fields(form: bytes, place: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(form.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=1000)
    except ValueError:
        raise _Refused(400, f"{place} is not in the form name=value, percent-encoded UTF-8") from None


def _decoded(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise _Refused(400, "the query is not UTF-8") from None


async def _body(request: Request) -> bytes:
    body = bytearray()
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > LARGEST_BODY:
                raise _Refused(413, f"the request is larger than {LARGEST_BODY:,} bytes", Connection="close")
    except ClientDisconnect:
        raise _Refused(499, "gone") from None
    return bytes(body)


async def _while_connected(request: Request, work: Coroutine[Any, Any, Reply]) -> Reply | None:
    """The outcome of `work`, which is cancelled, and with it its query, when the client goes away."""
    running, leaving = asyncio.create_task(work), asyncio.create_task(_left(request))
    try:
        await asyncio.wait({running, leaving}, return_when=asyncio.FIRST_COMPLETED)
        return running.result() if running.done() else None
    finally:
        for task in (running, leaving):
            task.cancel()
        await asyncio.gather(running, leaving, return_exceptions=True)


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _response(reply: Reply) -> Response:
    """The reply of a worker over HTTP; a syntax error names line and column in words."""
    body = reply.body
    headers = {}
    if reply.status != 200:
        text = body.decode(errors="replace")
        if place := re.match(r"error at (\d+):(\d+): (.*)", text):
            text = f"not SPARQL: line {place[1]}, column {place[2]}: {place[3]}"
        body = f"{text}\n".encode()
    if reply.status == 503:
        headers["Retry-After"] = "5"
    kind = f"{reply.media}; charset=utf-8" if reply.media.startswith("text/") else reply.media
    return Response(body, reply.status, {**headers, "Content-Type": kind})
