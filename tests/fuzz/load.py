"""`knockon serve` under load: readers and askers for minutes, callers that dawdle, floods, and then the end.

python -m fuzz.load --minutes 3        prints percentiles of latency and the memory of server and workers
"""

from __future__ import annotations

import argparse
import socket
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

from fuzz.reader import TINY
from serving import Server, gone, quiet, serving

ENDLESS = "SELECT (COUNT(*) AS ?n) { GRAPH ?g {?a ?b ?c} GRAPH ?h {?d ?e ?f} GRAPH ?i {?j ?k ?l} }"
PATHS = {
    "query": "/sparql?query=" + quote("SELECT ?p (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?p ORDER BY ?p"),
    "count": "/sparql?query=" + quote("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"),
    "front": "/",
    "console": "/console",
    "party": "/party/{party}",
    "network": "/network",
    "what-if": "/what-if.json?value={party}%3D0.2&draws=0",
}


@dataclass
class Seen:
    """What the clients and the watch saw."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    status: Counter[int] = field(default_factory=Counter)
    memory: list[tuple[int, int]] = field(default_factory=list)  # MB of the server, and of its largest worker
    failures: list[str] = field(default_factory=list)


def resident(pid: int) -> int:
    """MB of memory that a process holds; 0 when it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) // 1024 for line in lines if line.startswith("VmRSS")), 0)


def _client(server: Server, party: str, turn: int, until: float, seen: Seen) -> None:
    names = list(PATHS)
    while time.monotonic() < until:
        name = names[turn % len(names)]
        turn += 1
        began = time.monotonic()
        try:
            got = server.ask(PATHS[name].format(party=party))
            seen.status[got.status] += 1
            seen.seconds.setdefault(name, []).append(time.monotonic() - began)
        except OSError as error:
            seen.failures.append(f"{name}: {error!r}")


def _dawdler(server: Server, until: float, seen: Seen) -> None:
    """Sends a byte of a request a second; hung up on, it calls again."""
    parts = urlsplit(server.base)
    text = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + b"X: y\r\n" * 10_000
    while time.monotonic() < until:
        try:
            with socket.create_connection((str(parts.hostname), int(parts.port or 0)), timeout=5) as client:
                for place in range(len(text)):
                    client.sendall(text[place : place + 1])
                    time.sleep(1)
                    if time.monotonic() > until:
                        return
        except OSError:
            seen.status[-1] += 1


def _flood(server: Server, seen: Seen, size: int) -> None:
    """So many long queries at once."""

    def ask() -> None:
        try:
            seen.status[server.query(ENDLESS).status] += 1
        except OSError:  # turned away at the door
            seen.status[0] += 1

    together([ask] * size)


def together(work: list[Callable[[], None]]) -> None:
    """All at once; back when the last is done."""
    threads = [threading.Thread(target=one) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def loaded(words: list[str], party: str, seconds: float, clients: int, dawdlers: int, flood: int) -> tuple[Seen, float]:
    """What was seen, and the seconds that the server took to end with queries running. Raises AssertionError."""
    seen, crowd = Seen(), Seen()
    with serving(*words) as server:
        until = time.monotonic() + seconds

        def watch() -> None:
            while time.monotonic() < until:
                workers = [resident(pid) for pid in server.workers()]
                seen.memory.append((resident(server.process.pid), max(workers, default=0)))
                time.sleep(min(1.0, seconds / 20))

        together(
            [
                watch,
                *(lambda k=k: _client(server, party, k, until, seen) for k in range(clients)),
                *[lambda: _dawdler(server, until, crowd)] * dawdlers,
            ]
        )
        _flood(server, crowd, flood)
        assert server.ask("/").status == 200, "after the flood it answers"
        workers = server.workers()
        endless = [threading.Thread(target=_quietly, args=(server,)) for _ in range(3)]
        for thread in endless:
            thread.start()
        time.sleep(0.5)
        began = time.monotonic()
        code, said = server.stop()
        took = time.monotonic() - began
        gone(workers)
        for thread in endless:
            thread.join()
    assert code == 0 and quiet(said), (code, said)
    assert seen.failures == [] and set(seen.status) <= {200, 422, 503}, (seen.failures[:3], seen.status)
    assert set(crowd.status) <= {-1, 0, 200, 422, 503}, crowd.status
    seen.status.update({f"crowd {status}": count for status, count in crowd.status.items()})
    return seen, took


def _quietly(server: Server) -> None:
    with suppress(OSError):
        server.query(ENDLESS)


def growth(memory: list[int]) -> int:
    """MB by which the last quarter's median is above the second's: the first is warming up."""
    quarter = len(memory) // 4
    return round(statistics.median(memory[-quarter:]) - statistics.median(memory[quarter : 2 * quarter]))


def main() -> int:
    """The command."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=3)
    options.add_argument("--clients", type=int, default=8)
    options.add_argument("--dawdlers", type=int, default=100)
    options.add_argument("--flood", type=int, default=300)
    options.add_argument("--tiny", action="store_true", help="the small book of the tests, not the one that ships")
    asked = options.parse_args()
    words = ["--timeout", "2", *(["--data", str(TINY)] if asked.tiny else [])]
    party = "lab" if asked.tiny else "openai"
    seen, took = loaded(words, party, asked.minutes * 60, asked.clients, asked.dawdlers, asked.flood)
    for name, times in seen.seconds.items():
        cuts = statistics.quantiles(times, n=100, method="inclusive")
        told = "  ".join(f"p{cut} {cuts[cut - 1] * 1000:,.0f}" for cut in (50, 90, 99))
        print(f"{name:8} {len(times):7,} answers  {told}  longest {max(times) * 1000:,.0f} ms")
    server, worker = ([pair[k] for pair in seen.memory] for k in (0, 1))
    print(f"statuses {dict(seen.status)}")
    print(f"memory of the server {server[0]} to {max(server)} MB, growth {growth(server)} MB after the first quarter")
    print(f"memory of a worker at most {max(worker)} MB, growth {growth(worker)} MB")
    print(f"ended {took:.2f} s after SIGTERM with queries running; no worker left")
    return 1 if growth(server) > max(20, server[len(server) // 4] // 10) else 0


if __name__ == "__main__":
    sys.exit(main())
