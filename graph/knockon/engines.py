"""Where independent pieces of one computation run: here one after the other, or on a Dask cluster.

Who asks cuts the work into pieces by rules that know nothing of workers, so an answer has the same digits wherever
it was computed. A piece is a function of two arguments: what all pieces share, sent once, and its own part.
"""

from __future__ import annotations

import pickle
import platform
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar

from knockon.errors import BadInput, UnknownName

S = TypeVar("S")
P = TypeVar("P")
R = TypeVar("R")

Progress = Callable[[int, int], None]
"""Told how much is done, of how much."""
Tick = Callable[[int], None]
"""Told how many pieces are done."""
NAMES = ("local", "dask")
TIMEOUT = 10.0
"""Seconds in which a scheduler answers, or is taken to be gone."""
_SAME = ("knockon", "numpy", "scipy")
"""Packages that must be alike on all machines for results to have the same digits."""


def in_items(total: int, wide: int, told: Progress | None) -> Tick | None:
    """Tells in items, `wide` to a piece, of how many of the `total` are done."""
    return None if told is None else lambda done: told(min(total, done * wide), total)


class Engine(Protocol):
    """Runs pieces; results come in the order of the parts."""

    def map(self, piece: Callable[[S, P], R], shared: S, parts: Sequence[P], tick: Tick | None = None) -> list[R]:
        """`piece(shared, part)` for each part. Raises what a piece raises."""
        ...


class Local:
    """Pieces one after the other, in this process."""

    def __repr__(self) -> str:
        return "LOCAL"

    def map(self, piece: Callable[[S, P], R], shared: S, parts: Sequence[P], tick: Tick | None = None) -> list[R]:
        """See `Engine`."""
        found = []
        for part in parts:
            found.append(piece(shared, part))
            if tick:
                tick(len(found))
        return found


LOCAL = Local()


class Dask:
    """Pieces on the workers of a Dask scheduler; a worker that dies has its pieces done by another."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def map(self, piece: Callable[[S, P], R], shared: S, parts: Sequence[P], tick: Tick | None = None) -> list[R]:
        """See `Engine`. Raises BadInput where the scheduler is lost or the pieces kill every worker."""
        from distributed import as_completed
        from distributed.client import FutureCancelledError
        from distributed.comm import CommClosedError
        from distributed.scheduler import KilledWorker

        found: dict[int, R] = {}
        try:
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", "Sending large graph", UserWarning)  # once, and made anew if lost
                common = self.client.submit(pickle.loads, pickle.dumps(shared), pure=False)
                futures = {self.client.submit(piece, common, part, pure=False): i for i, part in enumerate(parts)}
            for future in as_completed(futures):
                found[futures[future]] = future.result()
                future.release()
                if tick:
                    tick(len(found))
        except KilledWorker:
            raise BadInput("the work stopped several Dask workers one after the other; give them more memory") from None
        except (FutureCancelledError, CommClosedError, TimeoutError, OSError):
            raise BadInput(
                f"the Dask scheduler at {self.client.scheduler.address} is lost; start it again and repeat the command"
            ) from None
        return [found[i] for i in range(len(parts))]


@contextmanager
def engine(name: str = "local", scheduler: str | None = None) -> Iterator[Engine]:
    """The engine called `name`, for as long as the block runs.

    Raises UnknownName, and BadInput where Dask or an address is missing, nobody answers there, or the workers have
    other versions than this process.
    """
    if name not in NAMES:
        raise UnknownName("engine", name, NAMES, f"one of {', '.join(NAMES)}")
    if name == "local":
        if scheduler is not None:
            raise BadInput("--scheduler is for --engine dask; add that, or leave it out")
        yield LOCAL
        return
    if scheduler is None:
        raise BadInput("--engine dask needs --scheduler ADDRESS, such as tcp://host:8786; `dask scheduler` starts one")
    try:
        import dask
        from distributed import Client
    except ImportError:
        raise BadInput("--engine dask needs the packages dask and distributed; pip install 'knockon[scale]'") from None
    patience = {"distributed.comm.timeouts.connect": TIMEOUT, "distributed.comm.retry.count": 0}
    with dask.config.set(patience):
        try:
            client = Client(scheduler, timeout=TIMEOUT)
        except (OSError, TimeoutError, ValueError):
            raise BadInput(f"no Dask scheduler answers at {scheduler}; `dask scheduler` starts one") from None
        try:
            _alike(client, scheduler)
            yield Dask(client)
        finally:
            client.close(timeout=1)


def versions() -> dict[str, str]:
    """What decides the digits of a result on this machine."""
    from importlib.metadata import version  # loads e-mail's parser, for which no other run has a use

    return {"python": ".".join(platform.python_version_tuple()[:2]), **{name: version(name) for name in _SAME}}


def _alike(client: Any, scheduler: str) -> None:
    """Raise BadInput unless there are workers and all have our versions."""
    ours = versions()
    try:
        theirs = client.run(versions)
    except Exception as error:  # whatever a foreign machine may say, such as that it has no knockon
        told = " ".join(str(error).split()) or type(error).__name__
        raise BadInput(
            f"workers at {scheduler} cannot run knockon {ours['knockon']}: {told}; install it there"
        ) from None
    if not theirs:
        raise BadInput(f"the scheduler at {scheduler} has no workers; `dask worker {scheduler}` starts one")
    for worker, found in theirs.items():
        for name, wanted in ours.items():
            if found[name] != wanted:
                raise BadInput(f"worker {worker} has {name} {found[name]}, not {wanted} as here; install that there")
