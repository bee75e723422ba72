"""A SPARQL 1.1 endpoint elsewhere: how a query is sent, tried again, and its answer checked before it is believed."""

from __future__ import annotations

import base64
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from http.client import HTTPException, HTTPResponse
from time import monotonic, sleep
from typing import IO
from urllib.parse import unquote, urlencode, urlsplit

import pyoxigraph as ox

from knockon.errors import BadInput

MOST_BYTES = 100_000_000
LONGEST_WAIT = 60.0
"""Seconds; a server that asks for a longer pause is not waited for."""

_JSON = "application/sparql-results+json"
_TURTLE = "text/turtle"
_PASSING = (502, 503, 504)


class _Unsettled(Exception):
    """A failure that may pass: what it was, and how long the server asks to wait."""

    def __init__(self, what: str, pause: float | None = None) -> None:
        super().__init__(what)
        self.pause = pause


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where to ask: `timeout` seconds for each attempt as a whole, `retries` after the first if a failure may pass."""

    url: str
    timeout: float = 30.0
    retries: int = 2
    most_bytes: int | None = None  # of one answer; None: MOST_BYTES

    def __post_init__(self) -> None:
        try:
            parts = urlsplit(self.url)
            fine = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0)
        except ValueError:
            fine = False
        if not fine or any(character <= " " for character in self.url):
            raise BadInput(f"not the address of an endpoint: {self.url!r}; write http://HOST:PORT/PATH")
        if not 0 < self.timeout < 1e6:
            raise BadInput(f"--timeout {self.timeout:g}: give seconds above 0")
        if not 0 <= self.retries <= 20:
            raise BadInput(f"--retries {self.retries}: give a number from 0 to 20")

    @property
    def shown(self) -> str:
        """The address without a password."""
        parts = urlsplit(self.url)
        return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()

    def rows(self, text: str) -> ox.QuerySolutions | ox.QueryBoolean:
        """The answer to a SELECT or ASK. Raises BadInput with one line that says what went wrong."""
        kind, body = self._ask(text, _JSON)
        if kind not in (_JSON, "application/json"):
            raise BadInput(self._unexpected(kind, "SPARQL results in JSON"))
        try:
            found = _parsed(body)
            if isinstance(found, ox.QuerySolutions):
                for _ in found:  # a defect far down must not be met half-way through printing
                    pass
            return _parsed(body)
        except (SyntaxError, ValueError) as error:
            raise BadInput(f"{self.shown} sent broken JSON results: {_line(str(error))}") from None

    def turtle(self, text: str) -> str:
        """The answer to a CONSTRUCT or DESCRIBE."""
        kind, body = self._ask(text, _TURTLE)
        if kind not in (_TURTLE, "application/n-triples", "application/x-turtle"):
            raise BadInput(self._unexpected(kind, "Turtle; ttl is for CONSTRUCT"))
        try:
            triples = ox.parse(input=body, format=ox.RdfFormat.TURTLE)
            return (ox.serialize((quad.triple for quad in triples), format=ox.RdfFormat.TURTLE) or b"").decode()
        except (SyntaxError, ValueError) as error:
            raise BadInput(f"{self.shown} sent broken Turtle: {_line(str(error))}") from None

    def _ask(self, text: str, accept: str) -> tuple[str, bytes]:
        """Content type and body, after as many attempts as it takes."""
        for attempt in range(self.retries + 1):
            try:
                return self._attempt(text, accept)
            except _Unsettled as failure:
                pause = 0.5 * 2**attempt if failure.pause is None else failure.pause
                if attempt == self.retries or pause > LONGEST_WAIT:
                    times = f" after {attempt + 1} attempts" if attempt else ""
                    raise BadInput(f"{self.shown}: {failure}{times}") from None
                sleep(pause)
        raise AssertionError

    def _attempt(self, text: str, accept: str) -> tuple[str, bytes]:
        until = monotonic() + self.timeout
        form = urlencode({"query": text})
        try:
            try:
                return self._read(self._request(form.encode(), accept), until)
            except urllib.error.HTTPError as refused:
                with refused:
                    if refused.code != 405:
                        raise self._refusal(refused, until) from None
            return self._read(self._request(None, accept, form), until)  # a server that knows only GET
        except urllib.error.HTTPError as refused:
            with refused:
                raise self._refusal(refused, until) from None
        except urllib.error.URLError as error:
            if isinstance(error.reason, TimeoutError):
                raise self._too_slow() from None
            raise _Unsettled(f"cannot be reached: {_line(str(error.reason))}") from None
        except TimeoutError:
            raise self._too_slow() from None
        except (OSError, HTTPException) as error:
            raise _Unsettled(f"broke off: {_line(str(error)) or type(error).__name__}") from None

    def _request(self, body: bytes | None, accept: str, form: str = "") -> urllib.request.Request:
        parts = urlsplit(self.url)
        address = self.shown.partition("#")[0]
        if form:
            address += ("&" if parts.query else "?") + form
        request = urllib.request.Request(address, data=body, headers={"Accept": accept, "User-Agent": "knockon"})
        if parts.username is not None:
            login = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            request.add_header("Authorization", "Basic " + base64.b64encode(login.encode()).decode())
        return request

    def _read(self, request: urllib.request.Request, until: float) -> tuple[str, bytes]:
        left = max(until - monotonic(), 0.001)
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=left) as response:
            length = response.headers.get("Content-Length", "")
            body = self._bounded(response, until)
            if length.isdecimal() and len(body) < int(length):
                raise _Unsettled(f"broke off after {len(body):,} of {int(length):,} bytes")
            return response.headers.get_content_type(), body

    def _bounded(self, response: HTTPResponse, until: float) -> bytes:
        body, most = bytearray(), self.most_bytes or MOST_BYTES
        while piece := response.read1(1 << 16):
            body += piece
            if len(body) > most:
                raise BadInput(f"{self.shown} sends more than {most / 1e6:,.0f} MB; ask for less, say with LIMIT")
            if monotonic() > until:
                raise self._too_slow()
        return bytes(body)

    def _refusal(self, answer: urllib.error.HTTPError, until: float) -> Exception:
        if answer.code in _PASSING:
            return _Unsettled(f"answered {answer.code} {_line(answer.reason)}".rstrip(), _pause(answer.headers))
        if 300 <= answer.code < 400:
            place = _line(answer.headers.get("Location", ""))
            return BadInput(f"{self.shown} has moved; if you trust it, ask {place or 'its new address'} instead")
        said = ""
        if answer.headers.get_content_type() in ("text/plain", "application/json"):
            said = _line(answer.read(2000).decode(errors="replace"))
        return BadInput(f"{self.shown} answered {answer.code}: {said or _line(answer.reason)}")

    def _unexpected(self, kind: str, wanted: str) -> str:
        remedy = "; is this the address of its query service, not of a page?" if kind == "text/html" else ""
        return f"{self.shown} answered with {_line(kind)}, not {wanted}{remedy}"

    def _too_slow(self) -> BadInput:
        return BadInput(f"{self.shown} did not finish within {self.timeout:g} s; allow more with --timeout")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Nobody but the server named gets the query."""

    def http_error_302(self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message) -> None:
        """A redirect is an error like others; its address, which may be none, is not so much as read."""
        return

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302


def _parsed(body: bytes) -> ox.QuerySolutions | ox.QueryBoolean:
    return ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)


def _pause(headers: Message) -> float | None:
    """Seconds that Retry-After asks for: a number, or a date."""
    text = headers.get("Retry-After", "")
    if text.isdecimal():
        return float(text)
    try:
        return max((parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds(), 0.0)
    except (TypeError, ValueError):
        return None


def _line(text: str) -> str:
    """What a stranger wrote, as one short printable line."""
    return "".join(c for c in " ".join(text.split()) if c.isprintable())[:300]
