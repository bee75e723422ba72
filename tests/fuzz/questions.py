"""What is asked of the program, spoilt: scenarios, queries and their parameters, addresses, command lines."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qsl
from zlib import crc32

from fuzz import judge
from fuzz.reader import TINY, Reader, head, now_and_then, tiny
from knockon import queries, scenarios
from knockon.resources import shelf, text_of, walk
from knockon.serve import asking

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
    if why is None and now_and_then(text, 80):
        words = ["shock", "--scenario", "mine.toml", "--draws", "5", "--data", str(TINY), "--quiet"]
        why = judge.command([*words, "--format", ("json", "csv", "table")[crc32(text) % 3]], folder)
    return why


_QUERIES = tuple(query.text.encode() for name, query in queries.library().items() if len(query.text) < 1500)
_VALUES = (b"definitive", b"lab", b"2025-03", b"5", b"lab-rents-cloud/1", b"0.5", b"lab} . ?s ?p ?o {", b'x" . #')


def _query(text: bytes, folder: Path) -> str | None:
    def work() -> None:
        query = queries.parse(text.decode("utf-8", "replace"), "mine.rq")
        queries.ask(tiny().full, query)
        queries.sparql_json(tiny().full, query)

    why = judge.call(work)
    if why is None and now_and_then(text, 80):
        (folder / "mine.rq").write_bytes(text)
        words = ["ask", "mine.rq", "--data", str(TINY), "--quiet"]
        why = judge.command([*words, "--format", ("json", "csv", "table", "ttl")[crc32(text) % 4]], folder)
    return why


_BINDABLE = tuple(name for name, query in queries.library().items() if query.params)


def _parameter(text: bytes, folder: Path) -> str | None:
    """The head names the query, the rest is the value of its first parameter."""
    name, rest = head(text)
    query = queries.library()[name if name in _BINDABLE else _BINDABLE[0]]
    value = rest.decode("utf-8", "replace")
    param = next(iter(query.params))

    def work() -> None:
        bound = queries.bind(query, {param: value})
        before = [len(part) for part in query.text.split("VALUES")]
        assert len(bound.split("VALUES")) == len(before) or "VALUES" in value, "the value is more than a value"
        queries.ask(tiny().full, query, {param: value})

    why = judge.call(work)
    if why is None and now_and_then(text, 150) and "\0" not in value:
        why = judge.command(["ask", query.name, "--param", f"{param}={value}", "--data", str(TINY), "--quiet"], folder)
    return why


_PARAMETERS = tuple(f"{name}\n".encode() + value for name in _BINDABLE for value in _VALUES)


def _setting(text: bytes, _: Path) -> str | None:
    fields = parse_qsl(text.decode("utf-8", "replace"), keep_blank_values=True)
    return judge.call(lambda: asking.address(asking.asked(tiny(), fields)))


_SETTINGS = (
    b"value=lab%3D0.2&glut=3.0&market=-0.01&ai=0.02&draws=20&seed=7&curve=exponential&basis=pv",
    b"cut=cloud%3D0.5&void=lab-rents-cloud/1%3D1&least=definitive&information=1&rivals=1&common_holders=0",
    b"default=chips&as_of=2025-04-30&draws=0",
)


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
    "scenario": Reader(_SCENARIOS, _scenario, 16, most=3),
    "query": Reader(_QUERIES, _query, 8, most=3),
    "parameter": Reader(_PARAMETERS, _parameter, 4),
    "setting": Reader(_SETTINGS, _setting, 8),
    "words": Reader(tuple("\n".join(line.split()).encode() for line in _LINES), _words, 3, most=2),
}
