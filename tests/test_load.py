"""The server under load, in short: `make load` does the same for minutes and prints figures."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

from fuzz import load
from fuzz.reader import TINY
from knockon.serve import patience
from knockon.serve.app import loopback
from serving import Server, serving


def test_askers_readers_dawdlers_and_a_flood_are_survived_and_the_end_is_clean() -> None:
    words = ["--data", str(TINY), "--as-of", "2025-04-30", "--timeout", "1", "--workers", "2"]
    seen, _ = load.loaded(words, "lab", seconds=4, clients=len(load.PATHS), dawdlers=5, flood=12)
    assert seen.status[200] > 0
    assert set(seen.seconds) == set(load.PATHS), "each sort of page and query was answered"


def test_growth_is_told_from_warming_up() -> None:
    assert load.growth([10, 50, 80, 80, 80, 80, 80, 80]) == 0
    assert load.growth([10, 20, 30, 40, 50, 60, 70, 80]) == 40


@pytest.fixture(scope="module")
def served() -> Iterator[Server]:
    with serving("--data", str(TINY), "--as-of", "2025-04-30", "--workers", "1") as started:
        yield started


UNFINISHED = (
    b"",
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n",
    b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\nContent-Length: 9\r\n\r\nq",
)


def test_who_does_not_finish_asking_is_hung_up_on(served: Server) -> None:
    parts = urlsplit(served.base)
    with ExitStack() as open_now:
        clients = []
        for text in UNFINISHED:
            client = open_now.enter_context(socket.create_connection((str(parts.hostname), int(parts.port or 0))))
            client.settimeout(3 * patience.ASKING)
            client.sendall(text)
            clients.append(client)
        began = time.monotonic()
        for client, text in zip(clients, UNFINISHED, strict=True):
            try:
                got = client.recv(1000)
            except ConnectionResetError:
                got = b""
            assert got == b"" and time.monotonic() - began > patience.ASKING / 2, text


def test_more_callers_than_there_is_room_for_are_told_so_and_the_rest_is_served(served: Server) -> None:
    parts = urlsplit(served.base)
    callers = []
    try:
        for _ in range(420):
            callers.append(socket.create_connection((str(parts.hostname), int(parts.port or 0)), timeout=10))
        got = served.ask("/")
        assert got.status == 503
    finally:
        for caller in callers:
            caller.close()
    until = time.monotonic() + 30
    while served.ask("/").status != 200:
        assert time.monotonic() < until
        time.sleep(0.1)


@pytest.mark.parametrize(
    "path",
    ["/", "/console", "/network", "/what-if", "/party/lab", "/nothing", "/what-if.json?x=1", "/sparql", "/sparql?x"],
)
def test_every_answer_carries_the_headers(served: Server, path: str) -> None:
    headers = served.ask(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'") and "http" not in policy and "frame-ancestors 'none'" in policy


def test_who_opens_the_door_is_told_what_that_means() -> None:
    command = [sys.executable, "-m", "knockon", "serve", "--host", "0.0.0.0", "--port", "0", "--data", str(TINY)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout and process.stdout.readline().startswith("http://0.0.0.0:")
    finally:
        process.terminate()
        _, said = process.communicate(timeout=60)
    assert "listening on 0.0.0.0: whoever reaches this machine can read the whole book; there is no password" in said


def test_only_this_machine_unless_told(served: Server) -> None:
    assert urlsplit(served.base).hostname == "127.0.0.1"
    assert all(map(loopback, ("127.0.0.1", "::1", "localhost")))
    assert not any(map(loopback, ("0.0.0.0", "::", "192.0.2.1", "example.org")))
