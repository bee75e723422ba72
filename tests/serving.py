"""`knockon serve` as a user starts it: a process on a free port, ended by a signal; plain HTTP to it, and a browser."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from servers import wait_for

HOSTILE = "<script>document.title='owned'</script><img src=x onerror=alert(1)>"
Open = Callable[..., Any]


def quiet(said: str) -> bool:
    """Whether a server said nothing, but perhaps that it was too busy a machine to tell a client in time."""
    return all("timeout graceful shutdown exceeded" in line for line in said.splitlines())


@dataclass(frozen=True)
class Got:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def media(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0]


@dataclass(frozen=True)
class Server:
    process: subprocess.Popen[str]
    base: str

    def connect(self, timeout: float = 60) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(urlsplit(self.base).netloc, timeout=timeout)

    def ask(
        self, path: str, method: str = "GET", body: bytes | str | None = None, headers: Mapping[str, str] | None = None
    ) -> Got:
        connection = self.connect()
        try:
            connection.request(method, path, body, dict(headers or {}))
            response = connection.getresponse()
            return Got(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())
        finally:
            connection.close()

    def query(self, text: str, accept: str = "*/*", **graphs: str) -> Got:
        fields = {"query": text, **{name.replace("_", "-"): value for name, value in graphs.items()}}
        return self.ask("/sparql?" + urlencode(fields), headers={"Accept": accept})

    def post(self, body: str | bytes, media: str = "application/x-www-form-urlencoded", at: str = "/sparql") -> Got:
        return self.ask(at, "POST", body, {"Content-Type": media})

    def workers(self) -> set[int]:
        """The processes the server started."""
        found = set()
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                _, _, rest = stat.read_text().rpartition(")")
            except OSError:
                continue
            state, parent = rest.split()[:2]
            if int(parent) == self.process.pid and state != "Z":
                found.add(int(stat.parent.name))
        return found

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """End by a signal; the exit code and what was said on stderr."""
        self.process.send_signal(number)
        _, said = self.process.communicate(timeout=30)
        return self.process.returncode, said


@contextmanager
def serving(*words: str) -> Iterator[Server]:
    """A server that answers while the block runs."""
    command = [sys.executable, "-m", "knockon", "serve", "--port", "0", "--quiet", *words]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    try:
        assert process.stdout
        line = process.stdout.readline()
        if not line:
            raise AssertionError(process.communicate()[1])
        yield Server(process, line.split("/  ")[0])
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=30)


@contextmanager
def hostile(tiny: Path, folder: Path, name: str, *words: str) -> Iterator[Server]:
    """A server of the tiny book, in which the party called `name` has a hostile one."""
    for file in tiny.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    parties = folder / "parties.csv"
    parties.write_text(parties.read_text("utf-8").replace(name, HOSTILE), "utf-8")
    with serving("--data", str(folder), "--as-of", "2025-04-30", "--workers", "1", *words) as started:
        yield started


@contextmanager
def visiting(browser: Any, server: Server, *expected: str) -> Iterator[Open]:
    """Opens pages; at the end only the server may have been asked, and nothing complained but of what was expected."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    asked: list[str] = []
    said: list[str] = []

    def visit(path: str, width: int = 1280) -> Any:
        view = context.new_page()
        view.set_viewport_size({"width": width, "height": 900})
        view.on("request", lambda request: asked.append(request.url))
        view.on("console", lambda message: said.append(message.text))
        view.on("pageerror", lambda error: said.append(str(error)))
        view.goto(server.base + path)
        return view

    yield visit
    context.close()
    assert [text for text in said if not any(word in text for word in expected)] == []
    assert asked and [url for url in asked if not url.startswith((server.base, "blob:", "data:"))] == []


def gone(pids: set[int]) -> None:
    """Wait until none of the processes is there."""
    wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids), 20)
