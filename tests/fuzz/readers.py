"""Every door through which a stranger's text comes in: sound inputs, and how one is handed in and judged.

An input is one file of bytes, so that it can lie in the corpus. Where a reader takes several things, the first
line says which: the table, the model, the option.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from random import Random
from urllib.parse import parse_qsl
from zlib import crc32

from fuzz import judge
from fuzz.mutate import spoilt
from knockon import queries, scenarios, study, tables
from knockon.resources import shelf, text_of, walk
from knockon.serve import asking
from knockon.solve import reading, solve
from knockon.solve.edges import FORMS, merged
from knockon.solve.writing import text as written
from knockon.study import Study, adding
from knockon.study.days import days
from knockon.tables.columns import schema

TESTS = Path(__file__).parents[1]
SMALL, TINY = TESTS / "fixtures" / "small", TESTS / "fixtures" / "tiny"


@dataclass(frozen=True)
class Reader:
    """Sound inputs, and what is wrong with how an input fares in a folder of its own (None: nothing)."""

    seeds: tuple[bytes, ...]
    judged: Callable[[bytes, Path], str | None]
    share: int  # of a hundred inputs
    most: int = 4

    def input(self, seed: int, number: int) -> bytes:
        """The input of that number, the same on every run."""
        return spoilt(Random(f"{seed}/{number}"), self.seeds, self.most)


def _now_and_then(text: bytes, one_in: int) -> bool:
    """Whether this input also goes through a whole command, which takes a hundred times as long."""
    return crc32(text) % one_in == 0


def _head(text: bytes) -> tuple[str, bytes]:
    first, _, rest = text.partition(b"\n")
    return first.decode("utf-8", "replace").strip(), rest


@lru_cache(maxsize=1)
def _tiny() -> Study:
    return study.open("2025-04-30", TINY)


@lru_cache(maxsize=1)
def _small() -> Study:
    return study.open(data=SMALL)


# The book

_AFTER = (
    *("shock lab=0.2 --draws 20", "explain lab", "ask largest", "loops", "circularity --draws 2", "timeline lab"),
    *("export ttl --out x.ttl", "export sqlite --out x.db", "export gexf --out x.gexf", "view network --out x.html"),
    *("rank", "view quality --out x.html", "worth deals", "diff 2025-02 2025-04", "measure"),
)


def _table(text: bytes, folder: Path) -> str | None:
    name, rest = _head(text)
    if name not in schema():
        name = "claims"
    book = folder / "book"
    if not book.exists():
        shutil.copytree(SMALL, book)
    file = book / f"{name}.csv"
    sound = file.read_bytes() if file.exists() else None
    file.write_bytes(rest)
    try:
        found: list[tables.Parsed] = []
        why = judge.call(lambda: found.append(tables.parse(book)))
        if why is None and _now_and_then(text, 80):
            why = judge.command(["check", str(book), "--quiet"], folder)
        if why is None and found and not found[0].findings and _now_and_then(text, 8):
            words = _AFTER[crc32(text[::-1]) % len(_AFTER)].split()
            why = judge.command([*words, "--quiet", "--data", str(book)], folder)
        return why
    finally:
        file.unlink() if sound is None else file.write_bytes(sound)


_TABLES = tuple(f"{file.stem}\n".encode() + file.read_bytes() for file in sorted(SMALL.glob("*.csv")))


# Days of one's own

_DAYS = {"events": "events", "returns": "event_returns", "caps": "prices", "loadings": "loadings"}


def _days(text: bytes, folder: Path) -> str | None:
    option, rest = _head(text)
    option = option if option in _DAYS else "events"
    file = folder / "mine.csv"
    file.write_bytes(rest)
    why = judge.call(lambda: days(_small().book, **{option: str(file)}))
    if why is None and _now_and_then(text, 150):
        words = ["backtest", f"--{option}", str(file), "--data", str(SMALL), "--permutations", "2", "--quiet"]
        why = judge.command([*words, "--format", "json"], folder)
    return why


_DAY_FILES = tuple(f"{option}\n".encode() + (SMALL / f"{table}.csv").read_bytes() for option, table in _DAYS.items())


# Networks of one's own

_MODELS = {
    "clearing": "clear_a",
    "cascade": "clear_a",
    "debtrank": "dr_a",
    "valuation": "neva_a",
    "seniority": "elsinger_a",
    "crossholdings": "egj_two",
    "supply": "esri_a",
    "circularity": "circ_hand",
    "contagion": "model_hand",
}
_OPTIONS = ({}, {"rule": "merton"}, {"recovery": 0.4}, {"alpha": 0.5, "beta": 0.5}, {"longest": 4}, {"least": True})


def _json(text: bytes, folder: Path) -> str | None:
    model, rest = _head(text)
    model = model if model in _MODELS or model == "eventstudy" else "clearing"

    def work() -> None:
        document = reading.parse(rest.decode("utf-8", "replace"), "mine.json")
        written(solve(model, document, **_OPTIONS[crc32(text) % len(_OPTIONS) if _now_and_then(text, 3) else 0]))

    why = judge.call(work)
    if why is None and _now_and_then(text, 100):
        (folder / "mine.json").write_bytes(rest)
        why = judge.command(["solve", model, "mine.json"], folder)
    return why


def _vector(name: str) -> object:
    return json.loads((TESTS / "vectors" / f"{name}.json").read_text(encoding="utf-8"))["inputs"]


_R = {"R": [[0.01 * ((i * k) % 7 - 3) for k in (2, 3)] for i in range(14)], "Rm": [0.001 * (i % 5) for i in range(14)]}
_JSONS = (
    *(f"{model}\n{json.dumps(_vector(name))}".encode() for model, name in _MODELS.items()),
    b"clearing\n" + b'{"L": {"rows": [0, 1], "cols": [1, 2], "vals": [5, 3], "shape": [3, 3]}, '
    b'"ea": [1, 2, 3],\n"el": [0, 0, 1]}',
    f"eventstudy\n{json.dumps(_R | {'L1': 10, 'event_row': 12})}".encode(),
)

_EDGES = b"payer,payee,amount\na,b,10\nb,c,5\nc,a,2.5\na,c,1\n"
_LISTS = {
    "clearing": (_EDGES, b"party,ea,el\na,5,1\nb,2,0\nc,1,0\n"),
    "debtrank": (_EDGES, b"party,buffer,weights,shocks:1,shocks:2\na,5,1,0.2,0\nb,2,1,0,1\nc,1,1,0,0\n"),
    "valuation": (
        _EDGES,
        b"party,extliab,extasset,sigma_asset,recovery,equity_delta\na,1,9,0.1,0.5,-2\nb,1,9,0.1,0.5,0\nc,1,9,0.1,0.5,0\n",
    ),
    "seniority": (b"payer,payee,rank,amount,share\na,b,0,5,\nb,c,1,4,\nc,a,,,0.2\n", b"party,e\na,1\nb,2\nc,0\n"),
    "crossholdings": (
        b"issuer,holder,share\na,b,0.1\nb,c,0.2\n",
        b"party,p,beta,vbar\na,1,0.2,0.5\nb,2,0,1\nc,1,0,1\n",
    ),
    "circularity": (_EDGES, b""),
    "supply": (
        b"supplier,customer,supplierNACE,customerNACE,weight,type\na,b,1,2,5,1\nb,c,2,3,4,2\nc,a,3,1,1,0\n",
        b"",
    ),
    "contagion": (
        b"id,type,from,to,K,T,m,lgd,z\nx,purchase,a,b,5,2,0.2,,0.1\ny,loan,b,c,4,,,0.5,0\n",
        b"id,E,alpha,rev,oblig,u,w\na,10,0.5,4,5,0.5,0\nb,20,0,1,1,0,0\nc,30,,,,0,0\n",
    ),
}


def _edges(text: bytes, folder: Path) -> str | None:
    """The head names the model; edges and nodes follow, parted by a line of three dashes."""
    model, rest = _head(text)
    model = model if model in FORMS or model in _LISTS else "clearing"
    parts = rest.split(b"---\n", 1)
    kind = "parquet" if parts[0][:4] == b"PAR1" else "csv"
    edges, nodes = folder / f"edges.{kind}", folder / "nodes.csv"
    edges.write_bytes(parts[0])
    nodes.write_bytes(parts[1] if len(parts) > 1 else b"")
    given = nodes if len(parts) > 1 and parts[1] else None
    document = {"params": {"r": 0.05, "debt_alpha_add": 0.1}} if model == "contagion" else {}
    why = judge.call(lambda: written(solve(model, merged(model, document, edges, given))))
    if why is None and _now_and_then(text, 100):
        more = ["--nodes", str(nodes)] if given else []
        why = judge.command(["solve", model, "--edges", str(edges), *more], folder)
    return why


def _parquet() -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    with tempfile.TemporaryDirectory() as place:
        table = pa.table({"payer": ["a", "b", "c"], "payee": ["b", "c", "a"], "amount": [10.0, 5.0, 2.0]})
        pq.write_table(table, Path(place) / "edges.parquet")
        return (Path(place) / "edges.parquet").read_bytes()


_EDGE_FILES = (
    *(f"{model}\n".encode() + edges + b"---\n" + nodes for model, (edges, nodes) in _LISTS.items()),
    b"circularity\n" + _parquet(),
)


# Scenarios and answers

_EVERY_KEY = b"""title = "T"
as_of = 2025-04-30
glut = 2
basis = "pv"
curve = "exponential"
[shock]
default = ["chips"]
[shock.value]
lab = 0.2
[shock.performance]
cloud = 0.1
[shock.legs]
"lab-rents-cloud/1" = 1.0
[remove]
legs = ["lab-rents-cloud/2"]
[factors]
market = -0.01
ai = 0.0
[sampling]
draws = 20
seed = 7
"""
_SHIPPED = (file.read_bytes() for _, file in walk(shelf("queries").joinpath("scenarios"), ".toml"))
_SCENARIOS = (_EVERY_KEY, *(text.replace(b"openai", b"lab").replace(b"coreweave", b"cloud") for text in _SHIPPED))


def _scenario(text: bytes, folder: Path) -> str | None:
    file = folder / "mine.toml"
    file.write_bytes(text)

    def work() -> None:
        found = scenarios.read(text_of(file, "mine.toml"), "mine.toml")
        again = scenarios.read(scenarios.write(found), "mine.toml")
        assert again.record()["hash"] == found.record()["hash"], "written and read again it is another"

    why = judge.call(work)
    if why is None and _now_and_then(text, 80):
        words = ["shock", "--scenario", "mine.toml", "--draws", "5", "--data", str(TINY), "--quiet"]
        why = judge.command([*words, "--format", ("json", "csv", "table")[crc32(text) % 3]], folder)
    return why


_ANSWERS = b"""[deal]
title = "A lab borrows from a bank"
announced = 2025-03-03
[[leg]]
payer = "bank"
payee = "lab"
instrument = "loan"
[[leg.claim]]
source = "https://bank.example/release"
usd = 5000000000
firmness = "definitive"
[[party]]
name = "A New Firm"
kind = "neocloud"
[[source]]
url = "https://bank.example/release"
publisher = "The bank's release"
published = 2025-03-03
grade = "company_release"
"""


def _answers(text: bytes, folder: Path) -> str | None:
    def work() -> None:
        draft = adding.from_answers(TINY, text.decode("utf-8", "replace"))
        if _now_and_then(text, 4):
            draft.problems()

    why = judge.call(work)
    if why is None and _now_and_then(text, 40):
        (folder / "mine.toml").write_bytes(text)
        why = judge.command(["new", "deal", "--answers", "mine.toml", "--data", str(TINY)], folder)
    return why


# Questions

_QUERIES = tuple(query.text.encode() for name, query in queries.library().items() if len(query.text) < 1500)
_VALUES = (b"definitive", b"lab", b"2025-03", b"5", b"lab-rents-cloud/1", b"0.5", b"lab} . ?s ?p ?o {", b'x" . #')


def _query(text: bytes, folder: Path) -> str | None:
    def work() -> None:
        query = queries.parse(text.decode("utf-8", "replace"), "mine.rq")
        queries.ask(_tiny().full, query)
        queries.sparql_json(_tiny().full, query)

    why = judge.call(work)
    if why is None and _now_and_then(text, 80):
        (folder / "mine.rq").write_bytes(text)
        words = ["ask", "mine.rq", "--data", str(TINY), "--quiet"]
        why = judge.command([*words, "--format", ("json", "csv", "table", "ttl")[crc32(text) % 4]], folder)
    return why


_BINDABLE = tuple(name for name, query in queries.library().items() if query.params)


def _parameter(text: bytes, folder: Path) -> str | None:
    """The head names the query, the rest is the value of its first parameter."""
    name, rest = _head(text)
    query = queries.library()[name if name in _BINDABLE else _BINDABLE[0]]
    value = rest.decode("utf-8", "replace")
    param = next(iter(query.params))

    def work() -> None:
        bound = queries.bind(query, {param: value})
        before = [len(part) for part in query.text.split("VALUES")]
        assert len(bound.split("VALUES")) == len(before) or "VALUES" in value, "the value is more than a value"
        queries.ask(_tiny().full, query, {param: value})

    why = judge.call(work)
    if why is None and _now_and_then(text, 150) and "\0" not in value:
        why = judge.command(["ask", query.name, "--param", f"{param}={value}", "--data", str(TINY), "--quiet"], folder)
    return why


_PARAMETERS = tuple(f"{name}\n".encode() + value for name in _BINDABLE for value in _VALUES)


def _setting(text: bytes, _: Path) -> str | None:
    fields = parse_qsl(text.decode("utf-8", "replace"), keep_blank_values=True)
    return judge.call(lambda: asking.address(asking.asked(_tiny(), fields)))


_SETTINGS = (
    b"value=lab%3D0.2&glut=3.0&market=-0.01&ai=0.02&draws=20&seed=7&curve=exponential&basis=pv",
    b"cut=cloud%3D0.5&void=lab-rents-cloud/1%3D1&least=definitive&information=1&rivals=1&common_holders=0",
    b"default=chips&as_of=2025-04-30&draws=0",
)


# Words on the command line

_SHOCKS = (
    "lab=0.2 --cut cloud=0.1 --void lab-rents-cloud/1=1 --default bank --basis pv --paths 3 --top 5 --curve blackcox"
)
_LINES = (
    f"shock {_SHOCKS} --draws 20 --seed 3 --format json --quiet --as-of 2025-04-30",
    "ask largest --format csv --param top=3",
    "ask straight-back --format json",
    "queries commitments --format table",
    "explain lab-rents-cloud/1 --format json",
    "diff 2025-02-01 2025-04-30 --format csv",
    "view timeline --party lab --out page.html",
    "view network --scenario lab-fails --out page.html",
    "check --format json",
    "rank --top 3 --format csv",
    "stress --loss 5e9 --at lab",
    "worth deals --format csv",
    "loops --longest 4 --through lab --firmness definitive",
    "circularity --draws 5 --null a --format json",
    "timeline lab --side cloud",
    "measure promise-to-cash --party lab",
    "compare lab-fails lab-misses-targets --draws 5",
    "export gexf --out net.gexf",
    "export datapackage --out package",
    "scenarios",
    "solve clearing nothing.json --alpha 0.5 --edges e.csv --nodes n.csv",
    "new deal --answers nothing.toml",
    "ask x --endpoint http://127.0.0.1:9/sparql --timeout 0.5 --retries 0",
    "--quiet --no-color --as-of 2025-04-30 explain lab",
)
_LETHAL = ("--open", "serve", "--write", "--host", "-")
"""Words that open windows, listen or write elsewhere: these doors have readers of their own."""


def _words(text: bytes, folder: Path) -> str | None:
    words = [word for word in text.decode("utf-8", "surrogateescape").split("\n") if word and "\0" not in word]
    words = [word for word in words if word not in _LETHAL and not word.startswith("--write")]
    for option, value in pairwise(words):
        if option in ("--draws", "--permutations") and value.lstrip("+").isdigit() and int(value) > 5000:
            return None  # computes as long as it was told to
    if not words or "--draws=" in text.decode("utf-8", "replace") or any("serve".startswith(word) for word in words):
        return None
    return judge.command([*words, "--data", str(TINY)], folder)


READERS: Mapping[str, Reader] = {
    "table": Reader(_TABLES, _table, 8, most=2),
    "days": Reader(_DAY_FILES, _days, 8, most=2),
    "json": Reader(_JSONS, _json, 20, most=2),
    "edges": Reader(_EDGE_FILES, _edges, 10, most=2),
    "scenario": Reader(_SCENARIOS, _scenario, 16, most=3),
    "answers": Reader((_ANSWERS,), _answers, 4, most=2),
    "query": Reader(_QUERIES, _query, 8, most=3),
    "parameter": Reader(_PARAMETERS, _parameter, 4),
    "setting": Reader(_SETTINGS, _setting, 8),
    "words": Reader(tuple("\n".join(line.split()).encode() for line in _LINES), _words, 3, most=2),
}
"""The readers inside a process; `wire` has those behind a socket."""
