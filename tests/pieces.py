"""What the tests of the engines run on other processes, which import it by name."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path


def add(shared: int, part: int) -> int:
    return shared + part


def fail(shared: str, part: int) -> int:
    raise ValueError(f"{shared} {part}")


def die_once(marker: str, part: int) -> tuple[int, int]:
    """Kill the process that is given part 3, the first time; else the part and who did it."""
    if part == 3 and not Path(marker).exists():
        Path(marker).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return part, os.getpid()


def die(shared: None, part: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def wait(started: str, part: int) -> None:
    """Say that it runs, then run for longer than any test waits."""
    Path(started).touch()
    time.sleep(300)
