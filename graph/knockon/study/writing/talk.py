"""The conversation that leads somebody through adding a deal: what is asked, explained, and asked again."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import pyoxigraph as ox

from knockon.errors import KnockonError, UnknownName
from knockon.resources import shelf
from knockon.study.writing.adding import Cells, Draft
from knockon.tables.columns import Column, schema
from knockon.vocab import LISTS, AmountBasis

_AMOUNTS = ("usd_low", "usd", "usd_high")
_USUAL = ("announced", "summary", *_AMOUNTS, "stated_on", "public_from", "url", "published", "ticker", "note")
"""Columns that may stay empty and are asked for all the same."""


class Voice(Protocol):
    """Somebody who can be asked and told."""

    def ask(self, prompt: str) -> str:
        """One line of answer. Raises EOFError when there will be no more."""

    def say(self, text: str) -> None:
        """Tell something."""


def converse(folder: Path, voice: Voice) -> Draft:
    """Ask for a deal until it is whole and the book with it passes `check`.

    Raises EOFError when the answers end before.
    """
    return _Talk(Draft(folder), voice).deal()


class _Talk:
    """A conversation about one deal."""

    def __init__(self, draft: Draft, voice: Voice) -> None:
        self.draft, self.voice = draft, voice
        self.more: bool | None = None  # whether to ask for the columns that few rows fill; None: not asked yet

    def deal(self) -> Draft:
        say = self.voice.say
        say("A deal is one or more legs, each a promise of value; amounts stand in claims, each with its source.")
        say("Enter takes the [default], ? explains the question. Nothing is written before the end.\n")
        columns = {column.name: column for column in schema()["deals"][1:]}
        head = {name: self.answer(columns[name], "") for name in ("title", "announced", "summary")}
        self.draft.announced = head["announced"]
        number, before = 1, self.draft.mark()
        while True:
            say(f"\nLeg {number}")
            leg = self.row("legs", {"deal": head.get("id", ""), "number": str(number)})
            if number == 1:
                head["id"] = leg["deal"] = self.answer(columns["id"], self.draft.deal_id(leg))
                self.draft.add("deals", self.answer, head)
                self.draft.register(leg)
            self.claims(leg)
            if found := self.draft.problems():
                say("\nThis does not fit yet; the leg, its claims and what was added for them once more, please:")
                say("\n".join(f"  {problem}" for problem in found))
                self.draft.back(before)
                if number == 1:
                    del head["id"]
            elif self.yes("Another leg of this deal?"):
                number, before = number + 1, self.draft.mark()
            else:
                return self.draft

    def claims(self, leg: Cells) -> None:
        """At least one claim about the leg."""
        name = f"{leg['deal']}/{leg['number']}"
        silent = dict.fromkeys(_AMOUNTS, "") if leg["amount_basis"] == AmountBasis.UNDISCLOSED else {}
        while True:
            self.voice.say(f"\nWho says so? A claim about {name}")
            self.row("claims", {"leg": name, **silent})
            if not self.yes("Another claim about this leg, by another source?"):
                return

    def row(self, table: str, known: Cells) -> Cells:
        """A row of a table, asked column by column."""
        before, self.more = self.more, None
        try:
            return self.draft.add(table, self.answer, known)
        finally:
            self.more = before

    def answer(self, column: Column, default: str) -> str:
        """Ask until the answer is valid; a party or a source that is missing may be added on the way."""
        if not (column.required or default or column.name in _USUAL):
            if self.more is None:
                self.more = self.yes(_MORE[column.table])
            if not self.more:
                return ""
        choices = LISTS[column.datatype.partition(":")[2]] if column.datatype.startswith("enum") else ()
        meaning = f"one of {', '.join(choices)}" if choices else column.meaning
        shown = f" [{default}]" if default else "" if column.required else " [empty]"
        while True:
            text = self.voice.ask(f"{column.name.replace('_', ' ')}: {meaning}{shown}\n> ").strip()
            if text == "?":
                self.explain(column, choices)
                continue
            try:
                return self.draft.checked(column, text or default)
            except UnknownName as error:
                self.voice.say(f"  {error}")
                if added := self.missing(column, text):
                    return added
            except KnockonError as error:
                self.voice.say(f"  {error}")

    def missing(self, column: Column, text: str) -> str:
        """The id of a party or source added because a leg or claim needs it, or nothing."""
        key = {"ref:parties": "name", "ref:sources": "url"}.get(column.datatype)
        if key is None or (key == "url" and "://" not in text):
            return ""
        if not self.yes(f"Add {text!r} as a new {'party' if key == 'name' else 'source'}?"):
            return ""
        return self.row(column.datatype.partition(":")[2], {key: text})["id"]

    def explain(self, column: Column, choices: tuple[str, ...]) -> None:
        self.voice.say(f"  {column.meaning}" + (f", in {column.unit}" if column.unit else ""))
        if choices:
            words = definitions(column.datatype.partition(":")[2])
            for choice in choices:
                self.voice.say(f"  {choice}: {words[choice]}")
        elif hint := _HINTS.get(column.datatype.partition(":")[0]):
            self.voice.say(f"  {hint}")

    def yes(self, question: str) -> bool:
        """No, unless said otherwise."""
        while True:
            text = self.voice.ask(f"{question} [no]\n> ").strip().casefold()
            if text in ("", "y", "yes", "n", "no"):
                return text.startswith("y")
            self.voice.say("  yes or no, please")


_MORE = {
    "legs": "More about the leg: term, dates, capacity, what it is within, overlaps or covers?",
    "parties": "More about the party: exchange, country, parent, other names?",
}
_HINTS = {
    "date": "a day, a month or a year: 2025-11-05, 2025-11 or 2025",
    "usd": "whole US dollars: thirty billion is 30000000000",
    "ref": "an id of the book, one of the names a party goes by, or the address of a page",
    "refs": "ids of the book, with ; between them",
    "list": "several with ; between them",
    "flag": "yes or no",
    "url": "https://…",
    "id": "a word that people can read in a diff: small letters, digits and hyphens; it is never reused",
}


def definitions(listname: str) -> dict[str, str]:
    """Code -> what it means, of one closed list."""
    text = (shelf("ontology") / "lists.ttl").read_text(encoding="utf-8")
    wanted = f"/list/{listname}/"
    return {
        quad.subject.value.partition(wanted)[2]: quad.object.value
        for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)
        if isinstance(quad.subject, ox.NamedNode)
        and isinstance(quad.object, ox.Literal)
        and wanted in quad.subject.value
        and quad.predicate.value.endswith("#definition")
    }
