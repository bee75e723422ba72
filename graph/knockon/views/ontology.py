"""What the reference page of the vocabulary shows: every class, property, question, list and tie, each at its name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from knockon.views.document import document

title = "Ontology"


@dataclass(frozen=True, slots=True)
class Link:
    """A word, and where it leads: an anchor of the page, an address, or nowhere."""

    text: str
    to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A word of the vocabulary; its `name` is its anchor."""

    name: str
    iri: str
    label: str
    definition: str
    facts: tuple[tuple[str, tuple[Link, ...]], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeList:
    """A closed list and its codes, in their order."""

    term: Term
    codes: tuple[Term, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """All the page needs."""

    title: str
    description: str
    version: str
    version_iri: str
    licence: str
    questions: tuple[Term, ...]
    classes: tuple[Term, ...]
    properties: tuple[Term, ...]
    lists: tuple[CodeList, ...]
    alignments: tuple[tuple[Link, str, Link], ...]
    prefixes: tuple[tuple[str, str], ...]


def render(reference: Reference) -> str:
    """Every class, property, question, list and tie of the vocabulary, each at its name."""
    sections = (
        ("questions", "What it is here to answer", _terms(reference.questions)),
        ("classes", "Classes", _terms(reference.classes)),
        ("properties", "Properties", _terms(reference.properties)),
        ("lists", "Closed lists", "".join(map(_list, reference.lists))),
        ("alignments", "Ties to other vocabularies", _alignments(reference)),
        ("prefixes", "Prefixes", _prefixes(reference)),
    )
    index = {
        "classes": [term.name for term in reference.classes],
        "properties": [term.name for term in reference.properties],
        "lists": [each.term.name for each in reference.lists],
    }
    contents = "".join(
        f'<li><a href="#{name}-part">{escape(head)}</a>{_index(index.get(name, []))}</li>' for name, head, _ in sections
    )
    parts = "".join(
        f'<section id="{name}-part" aria-labelledby="{name}-head">'
        f'<h2 id="{name}-head">{escape(head)}</h2>{text}</section>\n'
        for name, head, text in sections
    )
    return document(
        title="The vocabulary",
        subtitle=reference.description,
        edition=reference.version_iri,
        as_of=reference.version,
        body=f'<div class="ontology"><nav aria-label="Contents"><ul class="contents">{contents}</ul></nav>\n'
        f"{parts}<p>Written from the Turtle files in <code>ontology/</code>, licence {escape(reference.licence)}. "
        "Every word's anchor on this page is its local name. The namespace resolves nowhere, on purpose, until a "
        "permanent address is registered.</p></div>",
        styles=("ontology.css",),
        skip=("questions-part", "Skip the contents"),
    )


def _index(names: list[str]) -> str:
    return f'<span class="names">{", ".join(_link(Link(name, f"#{name}")) for name in names)}</span>' if names else ""


def _terms(terms: Iterable[Term]) -> str:
    return "".join(f'<article id="{escape(term.name)}">{_head(term)}{_body(term)}</article>\n' for term in terms)


def _head(term: Term) -> str:
    return f"<h3>{_anchor(term)} <small>{escape(term.label)}</small></h3>"


def _anchor(term: Term) -> str:
    """The last part of a word's name, leading to itself."""
    return _link(Link(term.name.rstrip("/").rpartition("/")[2], f"#{term.name}"))


def _body(term: Term) -> str:
    facts = "".join(f"<dt>{escape(head)}</dt><dd>{_links(links)}</dd>" for head, links in term.facts)
    definition = f"<p>{escape(term.definition)}</p>" if term.definition else ""
    return definition + (f'<dl class="facts">{facts}</dl>' if facts else "")


def _list(each: CodeList) -> str:
    rows = "".join(
        f'<tr id="{escape(code.name)}"><th scope="row">{_anchor(code)}</th>'
        f"<td>{escape(code.label)}</td><td>{escape(code.definition)}</td></tr>"
        for code in each.codes
    )
    codes = _plain(each.term.label, ("Code", "Label", "Meaning"), rows)
    return f'<article id="{escape(each.term.name)}">{_head(each.term)}{_body(each.term)}{codes}</article>\n'


def _alignments(reference: Reference) -> str:
    rows = "".join(
        f"<tr><th scope=row>{_link(ours)}</th><td>{escape(how)}</td><td>{_link(theirs)}</td></tr>"
        for ours, how, theirs in reference.alignments
    )
    return _plain("Ties to other vocabularies", ("Ours", "Tie", "Theirs"), rows)


def _prefixes(reference: Reference) -> str:
    rows = "".join(
        f"<tr><th scope=row>{escape(prefix)}:</th><td>{escape(iri)}</td></tr>" for prefix, iri in reference.prefixes
    )
    return _plain("Prefixes", ("Prefix", "Stands for"), rows)


def _plain(label: str, heads: tuple[str, ...], rows: str) -> str:
    head = "".join(f"<th scope=col>{escape(words)}</th>" for words in heads)
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(label)}">'
        f'<table aria-label="{escape(label)}">'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _links(links: Iterable[Link]) -> str:
    return ", ".join(map(_link, links))


def _link(link: Link) -> str:
    if not link.to.startswith(("#", "https://", "http://")):
        return escape(link.text)
    return f'<a href="{escape(link.to)}">{escape(link.text)}</a>'
