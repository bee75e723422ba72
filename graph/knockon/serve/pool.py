"""The workers as the server sees them: who is free, who waits, and who is killed and replaced."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import struct
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from knockon.errors import KnockonError
from knockon.serve.worker import MEMORY, framed

_KILL = getattr(signal, "SIGKILL", signal.SIGTERM)  # Windows has but the latter, and it kills


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one query, and all of them together, may take."""

    seconds: float = 10.0  # for a query, once it runs
    bytes: int = 20_000_000  # of an answer
    workers: int = field(default_factory=lambda: os.cpu_count() or 1)  # queries at once
    waiting: int = 200  # queries that wait for a worker
    patience: float = 60.0  # seconds they wait


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A query, the graphs it is limited to (None: the store's own), and media types in order of preference."""

    query: str
    accept: Sequence[str]
    default_graph: Sequence[str] | None = None
    named_graphs: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What a worker answered: an HTTP status, a media type, a body."""

    status: int
    media: str
    body: bytes


class Pool:
    """As many workers as may run at once and one in reserve, so that killing one makes nobody wait."""

    def __init__(self, dump: Path, limits: Limits) -> None:
        self.limits = limits
        self._dump = dump
        self._slots = asyncio.Semaphore(limits.workers)
        self._idle: asyncio.Queue[_Worker | None] = asyncio.Queue()  # None: there will be no more
        self._alive: set[_Worker] = set()
        self._starting: set[asyncio.Task[None]] = set()
        self._waiting = 0
        self._closing = False

    async def start(self) -> None:
        """Start the workers. Raises KnockonError if they cannot load the store."""
        await asyncio.gather(*(self._add() for _ in range(self.limits.workers + 1)))

    async def close(self) -> None:
        """End every worker, whatever it does; whoever waits for one is told so."""
        self._closing = True
        for task in self._starting:
            task.cancel()
        await asyncio.gather(*self._starting, return_exceptions=True)
        for worker in self._alive:
            worker.kill()
        self._idle.put_nowait(None)  # whoever waits for a worker hears of it, one after the other
        await asyncio.gather(*(worker.end() for worker in self._alive))

    async def ask(self, question: Question) -> Reply:
        """The answer of some worker; one that takes too long, or whose asker is gone, is killed."""
        if self._waiting >= self.limits.waiting:
            return _busy()
        self._waiting += 1
        try:
            async with asyncio.timeout(self.limits.patience):
                await self._slots.acquire()
        except TimeoutError:
            return _busy()
        finally:
            self._waiting -= 1
        try:
            return await self._run(question)
        finally:
            self._slots.release()

    async def _run(self, question: Question) -> Reply:
        worker = await self._idle.get()
        while worker and worker.dead:  # killed from outside while it had nothing to do
            self._replace(worker)
            worker = await self._idle.get()
        if worker is None:
            self._idle.put_nowait(None)  # for the next who waits
            return _STOPPING
        try:
            async with asyncio.timeout(self.limits.seconds):
                reply = await worker.ask(question, self.limits.bytes)
        except TimeoutError:
            worker.kill()
            self._replace(worker)
            return Reply(422, "text/plain", f"not finished within {self.limits.seconds:g} s; ask for less".encode())
        except (OSError, asyncio.IncompleteReadError):
            self._replace(worker)
            if self._closing:
                return _STOPPING
            why = f"the query needs more than the {MEMORY >> 30} GiB of memory it may use, or is nested too deep"
            return Reply(422, "text/plain", why.encode())
        except BaseException:  # nobody waits for the answer any more
            worker.kill()
            self._replace(worker)
            raise
        self._idle.put_nowait(worker)
        return reply

    def _replace(self, worker: _Worker) -> None:
        if self._closing:
            return
        task = asyncio.create_task(self._succeed(worker))
        self._starting.add(task)
        task.add_done_callback(self._starting.discard)

    async def _succeed(self, worker: _Worker) -> None:
        await worker.end()
        self._alive.discard(worker)
        while True:
            try:
                return await self._add()
            except (KnockonError, OSError):  # the machine may have room again in a second
                await asyncio.sleep(1)

    async def _add(self) -> None:
        worker = await _Worker.start(self._dump)
        self._alive.add(worker)
        try:
            await worker.ready()
        except BaseException:
            await worker.end()
            self._alive.discard(worker)
            raise
        self._idle.put_nowait(worker)


_STOPPING = Reply(503, "text/plain", b"the server is stopping")


def _busy() -> Reply:
    return Reply(503, "text/plain", b"too many queries at once; try again in a few seconds")


class _Worker:
    """A running worker process and the pipes to it."""

    def __init__(self, process: Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, dump: Path) -> _Worker:
        return cls(
            await asyncio.create_subprocess_exec(
                sys.executable, "-m", "knockon.serve.worker", str(dump), stdin=PIPE, stdout=PIPE, stderr=DEVNULL
            )
        )

    @property
    def dead(self) -> bool:
        return self._process.returncode is not None

    async def ready(self) -> None:
        try:
            await self._read()
        except asyncio.IncompleteReadError:
            raise KnockonError("a worker could not load the store; is there memory left?") from None

    async def ask(self, question: Question, most: int) -> Reply:
        stdin = self._process.stdin
        assert stdin
        stdin.write(
            framed(
                {
                    "query": question.query,
                    "accept": list(question.accept),
                    "default_graph": question.default_graph,
                    "named_graphs": question.named_graphs,
                    "most": most,
                }
            )
        )
        await stdin.drain()
        return await self._read()

    async def _read(self) -> Reply:
        stdout = self._process.stdout
        assert stdout
        (size,) = struct.unpack("!I", await stdout.readexactly(4))
        head = json.loads(await stdout.readexactly(size))
        return Reply(head["status"], head.get("media", ""), await stdout.readexactly(head["length"]))

    def kill(self) -> None:
        if not self.dead:  # not by the process' own kill, which would take its end from asyncio
            with suppress(ProcessLookupError):
                os.kill(self._process.pid, _KILL)

    async def end(self) -> None:
        try:  # one that died by itself is only waited for: a signal would take its end from asyncio
            await asyncio.wait_for(self._process.wait(), 0.05)
        except TimeoutError:
            self.kill()
            await self._process.wait()
