"""Real SPARQL servers for the tests, on loopback, each with a dataset loaded and stopped at the end."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyoxigraph as ox
import pytest

OXIGRAPH = shutil.which("oxigraph") or shutil.which("oxigraph", path=str(Path(sys.executable).parent))
VIRTUOSO, ISQL = shutil.which("virtuoso-t"), shutil.which("isql-vt")
REQUIRED = os.environ.get("KNOCKON_SERVERS") == "required"  # then a missing server fails instead


def needed(*programs: str | None, why: str) -> None:
    """Skip with a plain reason, or fail where the servers are required."""
    if not all(programs):
        (pytest.fail if REQUIRED else pytest.skip)(why)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(command: list[str], url: str, folder: Path) -> Iterator[None]:
    """A server process while the block runs, from when `url` answers."""
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        wait_for(lambda: process.poll() is not None or _answers(url))
        assert process.poll() is None, (folder / "server.log").read_text(errors="replace")
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(happened: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.05)


def _answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=5).close()
    except urllib.error.HTTPError as error:
        error.close()
    except OSError:
        return False
    return True


@contextmanager
def oxigraph(folder: Path, store: ox.Store) -> Iterator[str]:
    """The server of the PyPI package `oxigraph`, filled from a file."""
    needed(OXIGRAPH, why="no `oxigraph` on the PATH: pip install oxigraph")
    place = f"127.0.0.1:{free_port()}"
    store.dump(str(folder / "book.nq"), format=ox.RdfFormat.N_QUADS)
    subprocess.run([str(OXIGRAPH), *FILL.split()], cwd=folder, check=True, capture_output=True, timeout=120)
    command = [str(OXIGRAPH), "serve-read-only", "--location", "my-store", "--bind", place]
    with running(command, f"http://{place}/", folder):
        yield f"http://{place}/query"


FILL = "load --location my-store --file book.nq"
LOAD = "DB.DBA.TTLP(file_to_string_output('book.nq'), '', 'urn:none', 512);"
_INI = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DirsAllowed = .
CheckpointInterval = 0
NumberOfBuffers = 10000
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerThreads = 4
"""


@contextmanager
def virtuoso(folder: Path, store: ox.Store) -> Iterator[str]:
    """Debian's virtuoso-opensource, filled over its SQL port."""
    needed(VIRTUOSO, ISQL, why="no `virtuoso-t` on the PATH: apt install virtuoso-opensource-7-bin")
    sql, http = free_port(), free_port()
    (folder / "virtuoso.ini").write_text(_INI.format(sql=sql, http=http))
    store.dump(str(folder / "book.nq"), format=ox.RdfFormat.N_QUADS)
    command = [str(VIRTUOSO), "+foreground", "+configfile", "virtuoso.ini"]
    with running(command, f"http://127.0.0.1:{http}/sparql", folder):
        said = subprocess.run(
            [str(ISQL), f"127.0.0.1:{sql}", "dba", "dba", "ERRORS=STDOUT", f"EXEC={LOAD}"],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert said.returncode == 0 and "Error" not in said.stdout, said.stdout
        yield f"http://127.0.0.1:{http}/sparql"
