"""`--engine dask`: the same bytes as here from any number of processes, one of which is killed; plain errors."""

from __future__ import annotations

import builtins
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from distributed import LocalCluster

import pieces
import servers
from knockon import engines
from knockon.cli import run
from knockon.engines import LOCAL, engine
from knockon.errors import BadInput, UnknownName


@pytest.fixture(scope="module", params=[1, 3], ids=["one worker", "three workers"])
def cluster(request: pytest.FixtureRequest) -> Iterator[str]:
    """Real processes on loopback; the scheduler's address."""
    with LocalCluster(
        n_workers=request.param,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",  # any free port: 8787 may still be the last cluster's
    ) as found:
        yield found.scheduler_address


@pytest.fixture(scope="module")
def here_said() -> dict[str, str]:
    """What commands print without a cluster, asked once for all clusters."""
    return {}


def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert run([*words, "--as-of", "2025-11-05", "--quiet"]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        ["shock", "openai=0.2", "--draws", "2100", "--seed", "3", "--format", "json"],
        ["rank", "--format", "csv"],
        ["worth", "deals", "--format", "csv"],
        ["worth", "guarantees", "--largest", "2", "--format", "csv"],
        ["circularity", "--null", "d", "--draws", "45", "--format", "json"],
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_a_cluster_prints_the_same_bytes(
    cluster: str, words: list[str], here_said: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    asked_there(cluster, words, here_said, capsys)


@pytest.mark.parametrize("cluster", [3], indirect=True)
def test_a_cluster_scores_the_same(cluster: str, here_said: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    asked_there(cluster, ["backtest", "--permutations", "20", "--format", "json"], here_said, capsys)


def asked_there(cluster: str, words: list[str], here_said: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    key = " ".join(words)
    if key not in here_said:
        here_said[key] = said(capsys, *words)
    here = here_said[key]
    assert said(capsys, *words, "--engine", "dask", "--scheduler", cluster) == here and len(here) > 500


def test_results_come_in_the_order_of_the_parts(cluster: str) -> None:
    told: list[int] = []
    with engine("dask", cluster) as there:
        assert there.map(pieces.add, 10, range(7), told.append) == LOCAL.map(pieces.add, 10, range(7))
        assert told == list(range(1, 8))
        assert there.map(pieces.add, 10, []) == []


def test_what_a_piece_raises_reaches_the_caller(cluster: str) -> None:
    with engine("dask", cluster) as there, pytest.raises(ValueError, match="alas 0"):
        there.map(pieces.fail, "alas", [0])


def test_a_worker_that_dies_costs_a_retry_and_no_result(cluster: str, tmp_path: Path) -> None:
    marker = tmp_path / "died"
    with engine("dask", cluster) as there:
        found = there.map(pieces.die_once, str(marker), range(12))
    assert marker.exists() and [part for part, _ in found] == list(range(12))


def test_work_that_kills_every_worker_is_given_up(cluster: str) -> None:
    with engine("dask", cluster) as there, pytest.raises(BadInput, match="stopped several Dask workers"):
        there.map(pieces.die, None, [0])


def test_a_lost_scheduler_is_a_plain_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "TIMEOUT", 3.0)
    port, started = servers.free_port(), tmp_path / "started"
    address = f"tcp://127.0.0.1:{port}"
    with (tmp_path / "log").open("wb") as log:
        programs = [
            subprocess.Popen([sys.executable, "-m", "dask", *words], stdout=log, stderr=log, cwd=tmp_path, env=_env())
            for words in (
                ["scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"],
                ["worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--death-timeout", "60"],
            )
        ]
    try:
        servers.wait_for(lambda: b"Registered to" in (tmp_path / "log").read_bytes())

        def kill() -> None:
            servers.wait_for(started.exists)
            programs[0].kill()

        killer = threading.Thread(target=kill)
        with engine("dask", address) as there:
            killer.start()
            with pytest.raises(BadInput, match=r"the Dask scheduler at tcp://\S+ is lost; start it again"):
                there.map(pieces.wait, str(started), [0])
        killer.join()
    finally:
        for program in programs:
            program.kill()
            program.wait()


def _env() -> dict[str, str]:
    import os

    return {**os.environ, "PYTHONPATH": ":".join(path for path in sys.path if path)}


def test_nobody_there_is_one_line_and_exit_2(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "TIMEOUT", 1.0)
    address = f"tcp://127.0.0.1:{servers.free_port()}"
    assert run(["rank", "--quiet", "--engine", "dask", "--scheduler", address]) == 2
    assert capsys.readouterr().err == f"knockon: no Dask scheduler answers at {address}; `dask scheduler` starts one\n"


def test_missing_dask_is_one_line_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.partition(".")[0] in ("dask", "distributed"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(BadInput, match=r"pip install 'knockon\[scale\]'"), engine("dask", "tcp://127.0.0.1:1"):
        pass


def test_engines_are_asked_for_in_full() -> None:
    with pytest.raises(UnknownName, match="did you mean 'dask'"), engine("dusk"):
        pass
    with pytest.raises(BadInput, match="needs --scheduler ADDRESS"), engine("dask"):
        pass
    with pytest.raises(BadInput, match="--scheduler is for --engine dask"), engine("local", "tcp://127.0.0.1:1"):
        pass


def test_workers_with_other_versions_are_refused() -> None:
    class Odd:
        def run(self, ask: Any) -> dict[str, dict[str, str]]:
            return {"tcp://far": ask() | {"numpy": "1.0"}}

    class Bare:
        def run(self, ask: Any) -> Any:
            raise ModuleNotFoundError("No module named 'knockon'")

    for client, what in ((Odd(), "worker tcp://far has numpy 1.0"), (Bare(), "cannot run knockon")):
        with pytest.raises(BadInput, match=what):
            engines._alike(client, "tcp://near")
