"""`knockon shock --endpoint`: exposures from a real server, the same answer as from the book here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pyoxigraph as ox
import pytest

import servers
from knockon.cli import run
from knockon.endpoint import Endpoint
from knockon.errors import BadInput
from knockon.known import known_rows
from knockon.study import Study, remote
from knockon.triples import GRAPHS, K


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, eve: Study) -> Iterator[Endpoint]:
    with servers.oxigraph(tmp_path_factory.mktemp("server"), eve.full.store) as url:
        yield Endpoint(url, timeout=300)


@pytest.fixture(scope="module")
def far(server: Endpoint) -> Study:
    return remote.open(server)


def test_ingredients_from_a_server_are_those_of_the_columns(far: Study, eve: Study) -> None:
    assert far.as_of == eve.as_of and far.ingredients.keys() == eve.ingredients.keys()
    for name, rows in eve.ingredients.items():
        assert sorted(map(told, far.ingredients[name])) == sorted(map(told, rows)), name


def told(row: Any) -> str:
    return str(sorted(row.items()))


def test_tables_come_back_from_a_server_as_they_were(far: Study, eve: Study) -> None:
    known = known_rows(eve.book, eve.resolved, eve.as_of)
    for table, rows in known.items():
        here = [tidy(row) for row in rows]
        assert [tidy(row) for row in far.book.tables[table]] == here, table
    assert sum(map(len, known.values())) > 5000


def tidy(row: Any) -> dict[str, Any]:
    """A row with what has no order in order, and one sort of number."""
    return {
        name: tuple(sorted(value)) if isinstance(value, tuple) else float(value) if isinstance(value, int) else value
        for name, value in row.items()
    }


@pytest.mark.parametrize(
    "words",
    [
        ["openai=0.2", "--draws", "50"],
        ["--cut", "openai=0.5", "--basis", "announcement", "--draws", "0", "--paths", "5"],
        ["--default", "coreweave", "--draws", "0"],
        ["openai=0.3", "--curve", "blackcox", "--common-holders", "--rivals", "--information", "--draws", "0"],
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_a_shock_is_the_same_from_a_server(
    server: Endpoint, eve: Study, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["shock", *words, "--format", "json", "--as-of", str(eve.as_of)]) == 0
    here = json.loads(capsys.readouterr().out)
    assert run(["shock", *words, "--format", "json", "--endpoint", server.url]) == 0
    there = json.loads(capsys.readouterr().out)
    assert there.pop("edition")["data"] == f"from {server.url}" and here.pop("edition")
    assert there == here and here["losses"]


def test_a_table_is_printed_from_a_server(server: Endpoint, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["shock", "OpenAI=0.2", "--draws", "0", "--endpoint", server.url]) == 0
    assert "Oracle" in capsys.readouterr().out


def test_what_does_not_fit_together_is_one_line(server: Endpoint, capsys: pytest.CaptureFixture[str]) -> None:
    for words, what in (
        (["openai=0.2", "--as-of", "2025-11-05"], "leave out --as-of"),
        (["--scenario", "lab-misses-targets"], "the scenario is of"),
        (["opanai=0.2"], "did you mean 'openai'"),
    ):
        assert run(["shock", *words, "--endpoint", server.url]) == 2
        err = capsys.readouterr().err
        assert what in err and err.count("\n") == 1


def test_a_graph_of_no_day_is_refused(tmp_path: Any) -> None:
    store = ox.Store()
    known = ox.NamedNode(GRAPHS["known"])
    with servers.oxigraph(tmp_path, store) as url, pytest.raises(BadInput, match="holds no graphs of a day"):
        remote.open(Endpoint(url))
    day = ox.Literal(str(date(2025, 11, 5)), datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#date"))
    store.add(ox.Quad(known, ox.NamedNode(K + "asOf"), day, known))
    (tmp_path / "again").mkdir()
    with servers.oxigraph(tmp_path / "again", store) as url:
        assert not remote.open(Endpoint(url)).ingredients["parties"]
