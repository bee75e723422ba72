"""How a figure is measured: results checked equal, both sides turn by turn, medians of CPU time, one bound.

A gate states a task, what it stands beside, and the bound that it is held to. CPU time is that of this process
and of the children it waited for.
"""

from __future__ import annotations

import gc
import math
import os
import platform
import resource
import statistics
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROUNDS = 7
SHORTEST = 0.02  # seconds: a side that takes less is run several times in a row


class Bound(StrEnum):
    """What a bound limits."""

    QUICKER = "times quicker"  # the reference takes at least so many times as long
    AS_LONG = "times as long"  # ours takes at most so many times as long as the reference
    SECONDS = "seconds"  # ours takes less


class Disagree(AssertionError):
    """The two sides do not give the same, so nothing is timed."""


@dataclass(frozen=True, kw_only=True)
class Gate:
    """One task, the same for both sides."""

    task: str
    beside: str
    ours: Callable[[], Any]
    theirs: Callable[[], Any]
    same: Callable[[Any, Any], bool]
    bound: Bound
    limit: float
    scale: float = 1.0  # theirs runs a part of the task; the whole takes so many times as long
    note: str = ""  # what a reader should know, above all where a bound is missed


@dataclass(frozen=True)
class Figure:
    """CPU seconds of both sides, medians, and whether the bound was kept."""

    gate: Gate
    ours: float
    theirs: float

    @property
    def value(self) -> float:
        """What the bound limits."""
        match self.gate.bound:
            case Bound.QUICKER:
                return self.theirs / self.ours
            case Bound.AS_LONG:
                return self.ours / self.theirs
            case Bound.SECONDS:
                return self.ours

    @property
    def met(self) -> bool:
        """Whether the bound is kept."""
        return self.value >= self.gate.limit if self.gate.bound is Bound.QUICKER else self.value <= self.gate.limit


def cpu() -> float:
    """CPU seconds of this process and of the children that it waited for."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def interleaved(sides: Mapping[str, Callable[[], object]], rounds: int = ROUNDS) -> dict[str, list[float]]:
    """CPU seconds of a call of each side, taken turn by turn; what lay in memory before is left out of collections.

    A side that is over in no time is called several times in a row, as its first call tells, which does not count.
    """
    times: dict[str, list[float]] = {name: [] for name in sides}
    repeats: dict[str, int] = {}
    gc.collect()
    gc.freeze()
    try:
        for name, call in sides.items():
            repeats[name] = max(1, math.ceil(SHORTEST / max(_seconds(call, 1), 1e-6)))
        for _ in range(rounds):
            for name, call in sides.items():
                times[name].append(_seconds(call, repeats[name]))
    finally:
        gc.unfreeze()
    return times


def _seconds(call: Callable[[], object], repeats: int) -> float:
    """CPU seconds of a call, the mean of `repeats` in a row."""
    start = cpu()
    for _ in range(repeats):
        call()
    return (cpu() - start) / repeats


def measured(gate: Gate, rounds: int = ROUNDS) -> Figure:
    """The gate's figure. Raises Disagree before anything is timed."""
    if not gate.same(gate.ours(), gate.theirs()):
        raise Disagree(f"{gate.task}: the two sides differ; nothing is timed")
    sides = {"ours": gate.ours, "theirs": gate.theirs}
    times = interleaved(sides, rounds)
    return Figure(gate, statistics.median(times["ours"]), gate.scale * statistics.median(times["theirs"]))


def slowed(gate: Gate) -> Gate:
    """The same gate with our side so slow that the bound must be missed, whatever the machine."""

    def ours() -> Any:
        start = cpu()
        if gate.bound is Bound.SECONDS:
            while cpu() - start <= gate.limit:
                pass
        else:
            for _ in range(math.ceil(gate.scale * (1 if gate.bound is Bound.QUICKER else gate.limit + 1))):
                gate.theirs()
        return gate.ours()

    return replace(gate, ours=ours)


def machine(*packages: str) -> str:
    """The machine and the versions, for the head of a table."""
    found = [f"{name} {version(name)}" for name in packages]
    load = os.getloadavg()[0]
    return f"{_processor()}, {os.cpu_count()} cores, load {load:.1f}; Python {platform.python_version()}, " + ", ".join(
        found
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.machine()


def table(figures: Iterable[Figure]) -> str:
    """The figures as a table in Markdown."""
    rows = ["| task | beside | ours, ms | theirs, ms | figure | bound | |", "|---|---|---:|---:|---:|---:|---|"]
    for found in figures:
        gate = found.gate
        word = "at least" if gate.bound is Bound.QUICKER else "at most"
        about = "~" if gate.scale != 1 else ""
        rows.append(
            f"| {gate.task} | {gate.beside} | {_ms(found.ours)} | {about}{_ms(found.theirs)} |"
            f" {figure(found)} | {word} {gate.limit:g} | {'kept' if found.met else 'missed'} |"
        )
    return "\n".join(rows)


def figure(found: Figure) -> str:
    """The value with its unit: 14 times quicker."""
    value = f"{found.value:,.0f}" if found.value >= 10 else f"{found.value:.1f}"
    if found.gate.bound is Bound.SECONDS:
        value = f"{found.value:.2f}"
    return f"{value} {found.gate.bound}"


def _ms(seconds: float) -> str:
    return f"{seconds * 1e3:,.1f}" if seconds < 0.1 else f"{seconds * 1e3:,.0f}"
