"""The program as a process of its own: what it loads, what hangs on its surroundings, and how it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any


def python(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    clean: dict[str, Any] = {**os.environ, **env}
    return subprocess.run([sys.executable, *words], capture_output=True, text=True, env=clean, check=False)


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from knockon.cli import run; run(['--help']);"
        "print(sorted({'rdflib','pandas','scipy','networkx','pyvis','numpy','pyoxigraph','rich'} & set(sys.modules)))"
    )
    assert python("-c", code).stdout.splitlines()[-1] == "[]"


def test_a_question_needs_no_numbers_and_no_network(tmp_path: Path) -> None:
    """Once the graph is kept: building it works out what falls due in which year, which takes the model's numbers."""
    code = (
        "import sys; from knockon.cli import run; run(['ask','compute-contracts','--as-of','2025-11-05','--quiet']);"
        "print(sorted({'rdflib','pandas','scipy','networkx','pyvis','numpy','http.client'} & set(sys.modules)))"
    )
    for loaded in ("['numpy', 'scipy']", "[]"):
        assert python("-c", code, KNOCKON_CACHE=str(tmp_path / "cache")).stdout.splitlines()[-1] == loaded


def test_a_shock_needs_neither_pandas_nor_rdflib_nor_scipy() -> None:
    code = (
        "import sys; from knockon.cli import run; run(['shock','openai=0.2','--as-of','2025-11-05','--quiet']);"
        "print(sorted({'rdflib','pandas','scipy','networkx','pyvis'} & set(sys.modules)))"
    )
    assert python("-c", code).stdout.splitlines()[-1] == "[]"


def test_results_do_not_hang_on_the_order_of_hashes() -> None:
    words = ["-m", "knockon", "shock", "openai=0.2", "--as-of", "2026-06-30", "--format", "json", "--draws", "50"]
    runs = {python(*words, "--paths", "10", "--quiet", PYTHONHASHSEED=seed).stdout for seed in ("1", "2", "3")}
    assert len(runs) == 1 and len(runs.pop()) > 1000


def test_the_version_is_printed() -> None:
    assert python("-m", "knockon", "--version").stdout.startswith("knockon 0.")


def test_a_reader_that_leaves_early_is_no_error() -> None:
    command = f"{sys.executable} -m knockon queries exposures | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.stderr == ""


def test_a_long_run_can_be_interrupted_without_a_traceback() -> None:
    words = ["-m", "knockon", "shock", "openai=0.2", "--as-of", "2025-11-05", "--draws", "100000000", "--quiet"]
    running = subprocess.Popen(
        [sys.executable, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a test worker may ignore it
    )
    time.sleep(4)
    assert running.poll() is None
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert (running.returncode, out, err) == (130, "", "knockon: interrupted\n")
