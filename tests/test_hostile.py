"""A book written to harm whoever reads it: its values stay text in pages, pictures, exports, answers and terminals."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import sqlite3
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import closing
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pyoxigraph as ox
import pytest

import knockon
from conftest import TINY
from knockon import errors, exports, queries, scenarios, tables
from knockon.cli import run
from knockon.errors import UNSEEN, harmless, one_line
from knockon.serve import console, front, record, what_if
from knockon.study import Study, pages
from knockon.study.writing import sheet
from knockon.tables.columns import schema

NAME = '</script><script>alert(1)</script><img src=x onerror=alert(1)>"\' onload="x" '
NAME += "$\\frac{$ ${x} {{7*7}} [/red]:x: ]]> -->"
ID = "b'\"><img src=x onerror=alert(1)>"
URL = 'https://press.example/"onmouseover="alert(1)\'><img/src=x>\\'
TURTLE = 'a" . <urn:x> <urn:y> "b" . } ; DROP ALL #'


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The tiny book with such names, notes, titles, publishers, addresses and an id."""
    book = tmp_path_factory.mktemp("hostile")
    cells = {"Bank Plc": NAME, "Lab Ltd": TURTLE, "bank": ID, "A newspaper": NAME, "https://press.example/1": URL}
    cells |= {
        "Cloud buys chips": NAME,
        "Chips over five years.": NAME,
        "Called off.": TURTLE,
        "Computing over five years.": NAME,
    }
    for file in TINY.glob("*.csv"):
        free = [not column.datatype.startswith("enum") for column in schema()[file.stem][1:]]
        with file.open(encoding="utf-8") as old:
            rows = [
                [cells.get(c, c) if may else c for c, may in zip(row, free, strict=True)] for row in csv.reader(old)
            ]
        with (book / file.name).open("w", encoding="utf-8", newline="") as out:
            csv.writer(out, lineterminator="\n").writerows(rows)
    (book / "EDITION").write_text("\x1b[31mmine\n\u202e<img src=x onerror=alert(1)>\n", "utf-8")
    return knockon.open("2025-04-30", book)


# Pages


class Page(HTMLParser):
    """The elements that could do something, as a browser would find them."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self.policy = ""
        self.bad: list[str] = []
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self._in_script = tag == "script" and found.get("type") != "application/json"
        if self._in_script:
            self.scripts.append("")
        if found.get("http-equiv") == "Content-Security-Policy":
            self.policy = found["content"] or ""
        self.bad += [f"{tag} {name}" for name in found if name.startswith("on") or name in ("srcdoc", "formaction")]
        self.bad += [tag] if tag in ("img", "iframe", "object", "embed", "base", "meta-refresh") else []
        for name in ("href", "src", "action"):
            if urlsplit(found.get(name) or "").scheme not in ("", "http", "https", "data"):
                self.bad.append(f"{tag} {name}={found[name]}")

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False if tag == "script" else self._in_script

    def handle_data(self, data: str) -> None:
        if self._in_script:
            self.scripts[-1] += data


def drawn(study: Study) -> Iterator[tuple[str, str]]:
    scenario = scenarios.Scenario(value={"lab": 0.2}, draws=20, title=NAME, question=TURTLE, reading=NAME)
    for name in pages.known():
        try:
            yield name, pages.html(study, name, scenario)
        except errors.BadInput:  # nothing to draw: the tiny book has no event
            assert name in ("event", "scoreboard")
    yield "front", front.render(study)
    yield "what-if", what_if.render(study)
    yield "console", console.render(study)
    yield "sorry", record.sorry(NAME, study)
    for name in (ID, "lab", "cloud-buys-chips"):
        yield f"record {name}", record.render(study, name)


def test_no_page_gains_an_element_that_does_something(hostile: Study) -> None:
    seen = 0
    for name, html in drawn(hostile):
        page = Page()
        page.feed(html)
        assert page.bad == [], name
        digests = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in page.scripts]
        assert all(f"'sha256-{digest}'" in page.policy for digest in digests), f"{name} has a script of somebody else"
        assert "http" not in page.policy and "default-src 'none'" in page.policy, name
        assert "\x1b" not in html and "\u202e" not in html, name
        seen += 1
    assert seen == 13


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html;x", "file:///etc/passwd", " https://a.example"]
)
def test_an_address_is_one_of_the_web(tmp_path: Path, address: str) -> None:
    for file in TINY.iterdir():
        text = file.read_text("utf-8").replace("https://press.example/1", address)
        (tmp_path / file.name).write_text(text, "utf-8")
    with pytest.raises(errors.BadInput, match=r"sources.csv:5 \[url\] not a web address"):
        tables.read(tmp_path)


# Pictures


def test_pictures_are_xml_without_a_script(hostile: Study, tmp_path: Path) -> None:
    files = [
        hostile.shock({"lab": 0.2}, draws=0).picture(tmp_path / "shock.svg"),
        hostile.loops().picture(tmp_path / "loops.svg"),
        hostile.timeline("lab").picture(tmp_path / "timeline.svg"),
        hostile.circularity().picture(tmp_path / "circularity.svg"),
    ]
    for file in files:
        for element in ET.fromstring(file.read_text("utf-8")).iter():
            assert element.tag.rpartition("}")[2] not in ("script", "foreignObject", "image", "a"), file.name
            assert not [name for name in element.attrib if name.rpartition("}")[2].startswith("on")], file.name


# Exports


@pytest.mark.parametrize(
    ("name", "format"), [("ttl", "TURTLE"), ("nq", "N_QUADS"), ("jsonld", "JSON_LD"), ("rdf12", "TURTLE")]
)
def test_rdf_has_as_many_triples_as_with_harmless_words(hostile: Study, tiny: Study, name: str, format: str) -> None:
    counts = []
    for study in (hostile, tiny):
        body = exports.in_memory(name, study)
        assert isinstance(body, bytes)
        terms = [quad.subject for quad in ox.parse(input=body, format=getattr(ox.RdfFormat, format))]
        assert ox.NamedNode("urn:x") not in terms
        counts.append(len(terms))
    assert counts[0] == counts[1]


def test_every_export_is_well_formed_and_holds_the_name_as_it_is(hostile: Study, tmp_path: Path) -> None:
    for name in exports.names():
        body = exports.in_memory(name, hostile)
        files = body if isinstance(body, dict) else {f"x{exports.find(name).suffix}": body}
        for file, content in files.items():
            if file.endswith((".json", ".jsonld")):
                for text in content.splitlines() if name == "ftm" else [content]:
                    json.loads(text)
            if file.endswith((".gexf", ".graphml")):
                ET.fromstring(content)
            if file.endswith(".csv"):
                cells = [cell for row in csv.reader(io.StringIO(content.decode())) for cell in row]
                assert not [cell for cell in cells if cell[:1] in ("=", "@", "\t", "\r")], f"{name} {file}"
                assert file != "parties.csv" or NAME in cells
    place = hostile.export("sqlite", tmp_path / "x.db")
    with closing(sqlite3.connect(place)) as database:
        assert (NAME,) in database.execute("SELECT name FROM parties").fetchall()


# SPARQL


@pytest.mark.parametrize("value", [TURTLE, 'x" } . ?s ?p ?o . VALUES ?y { "', "\\", '"', "lab\n} #", "lab/1/../x"])
def test_a_parameter_is_a_value_and_nothing_more(hostile: Study, value: str) -> None:
    for query in queries.library().values():
        for param in query.params:
            try:
                bound = queries.bind(query, {param: value})
            except errors.BadInput:
                continue
            assert bound.count("?") - value.count("?") == query.text.count("?"), query.name
            assert hostile.answer(query.name, {param: value}).rows == hostile.answer(query.name, {param: "none"}).rows


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }",
        "SELECT * FROM NAMED <file:///etc/passwd> { GRAPH <file:///etc/passwd> { ?s ?p ?o } }",
        "SELECT * FROM <http://127.0.0.1:9/> { ?s ?p ?o }",
    ],
)
def test_a_graph_elsewhere_is_not_fetched(hostile: Study, text: str) -> None:
    assert hostile.answer(text).rows == ()


@pytest.mark.parametrize(
    "text",
    ["LOAD <file:///etc/passwd>", "INSERT DATA { <urn:a> <urn:b> 1 }", "SELECT * { SERVICE <http://a/> { ?s ?p 1 } }"],
)
def test_what_writes_or_reaches_out_is_no_question(hostile: Study, text: str) -> None:
    with pytest.raises(errors.BadInput, match=r"not SPARQL|SERVICE is refused"):
        queries.ask(hostile.full, queries.parse(text, "mine"))


# Terminal and spreadsheet

OBEYED = "SELECT ?a ?b { VALUES (?a ?b) { ('=1+1' '\\u001b]0;t\\u0007[/red]\\u202e\\u009b') } }"


@pytest.mark.parametrize(
    "words",
    [
        ["explain", ID],
        ["explain", "cloud-buys-chips"],
        ["ask", "largest"],
        ["loops"],
        ["shock", "lab=0.2", "--draws", "0", "--paths", "3"],
        ["timeline", "lab"],
        ["rank"],
        ["check"],
        ["explain", "\x1b[31m\u202enobody"],
    ],
)
def test_a_terminal_is_told_nothing_but_text(
    hostile: Study, words: list[str], capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest
) -> None:
    book = str(request.getfixturevalue("hostile_place"))
    run([*words, "--data", book, *(["--as-of", "2025-04-30"] if words[0] != "check" else [])])
    told = capsys.readouterr()
    assert not UNSEEN.search(told.out + told.err)
    assert "Traceback" not in told.err


@pytest.fixture(scope="module")
def hostile_place(hostile: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return next(place for place in tmp_path_factory.getbasetemp().iterdir() if place.name.startswith("hostile"))


@pytest.mark.parametrize("format", ["table", "json", "csv"])
def test_an_answer_moves_no_cursor_and_runs_no_formula(
    tmp_path: Path, format: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.rq").write_text(OBEYED, "utf-8")
    words = ["ask", str(tmp_path / "mine.rq"), "--data", str(TINY), "--as-of", "2025-04-30"]
    assert run([*words, "--format", format]) == 0
    out = capsys.readouterr().out
    assert not UNSEEN.search(out)
    if format == "csv":
        assert out.splitlines()[1].startswith("'=1+1,")
    if format == "json":
        assert json.loads(out)["results"]["bindings"][0]["b"]["value"] == "\x1b]0;t\x07[/red]\u202e\x9b"


def test_a_spreadsheet_gets_no_formula_in_head_or_cell() -> None:
    into = io.StringIO()
    sheet.write(into, ["=a", "b"], [["@x", -1.5], ["\tx", "-"], ["a=b", ""]])
    assert into.getvalue().splitlines() == ["'=a,b", "'@x,-1.5", "'\tx,'-", "a=b,"]


def test_a_line_is_one_and_of_readable_length() -> None:
    assert one_line("a\nb\x1b[31m \u202e") == "a b\ufffd[31m \ufffd"
    assert len(one_line("x" * 10_000)) == 1000
    assert harmless("a\tb\nü😀") == "a\tb\nü😀"
