"""How answers become the rows of a new deal: legs, claims, and whatever party or source the book does not have yet."""

from __future__ import annotations

import hashlib
import re
import tomllib
import unicodedata
from collections.abc import Callable, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from knockon.errors import BadInput, KnockonError, UnknownName
from knockon.study.writing.ledger import problems
from knockon.tables import parse
from knockon.tables.cells import cell
from knockon.tables.columns import Column, row_id, schema
from knockon.vocab import AmountBasis, Instrument

Cells = dict[str, str]
Answer = Callable[[Column, str], str]
"""Column and default -> the cell, valid for the book."""


class Draft:
    """Rows to be added to the book in a folder, and what they may refer to."""

    def __init__(self, folder: Path) -> None:
        """Raises BadInput if the book in `folder` cannot be read."""
        parsed = parse(folder)
        if parsed.findings:
            raise BadInput(str(parsed.findings[0]))
        self.folder = folder
        self.announced = ""  # when the deal was, hence its legs unless they say otherwise
        self.rows: dict[str, list[Cells]] = {t: [] for t in ("sources", "parties", "deals", "legs", "claims")}
        self._ids = {table: {row_id(table, row) for row in rows} for table, rows in parsed.tables.items()}
        self._pages = {row["url"]: row["id"] for row in parsed.tables["sources"] if row["url"]}
        self._published = {row["id"]: str(row["published"] or "") for row in parsed.tables["sources"]}
        self._parties: dict[str, str] = {}
        for row in parsed.tables["parties"]:
            self._name(row["id"], (row["id"], row["name"], *(row["aliases"] or ())))

    def checked(self, column: Column, text: str) -> str:
        """The cell that `text` stands for. Raises BadInput, or UnknownName with what is near."""
        text = " ".join(text.split())
        kind, _, target = column.datatype.partition(":")
        if kind == "enum":
            text = text.casefold().replace(" ", "_").replace("-", "_")
        value = cell(column, text)
        if kind == "id" and text in self._ids[column.table]:
            raise BadInput(f"{text!r} is taken; an id is never reused")
        if kind == "ref" and text and target == "parties":
            return self._party(text)
        if kind == "ref" and text and target == "sources":
            return self._source(text)
        if kind in ("ref", "refs") and text:
            for name in (text,) if kind == "ref" else value:
                if name not in self._ids[target]:
                    raise UnknownName(target.removesuffix("s"), name, self._ids[target], f"add it to {target}.csv")
        return text

    def add(self, table: str, answer: Answer, known: Mapping[str, str]) -> Cells:
        """A new row: what is `known`, the rest as answered, column by column."""
        row = dict(known)
        for column in sorted(schema()[table][1:], key=lambda column: column.datatype == "id"):
            if column.name not in row:
                row[column.name] = answer(column, self.default(table, column.name, row))
        self.rows[table].append(row)
        if table == "parties":
            self._name(row["id"], (row["id"], row["name"], *filter(None, row["aliases"].split(";"))))
        if table == "sources":
            self._pages[row["url"]] = row["id"]
            self._published[row["id"]] = row["published"]
        self.register(row, table)
        return row

    def register(self, row: Cells, table: str = "legs") -> None:
        """Let other rows refer to the row."""
        self._ids[table].add("/".join(row[c.name] for c in schema()[table][1:] if c.key))

    def problems(self) -> list[str]:
        """What `check` would find with these rows in the book."""
        return [str(finding) for finding in problems(self.folder, self.rows)]

    def mark(self) -> dict[str, Any]:
        """The draft as it is now, to come back to."""
        return deepcopy(self.__dict__)

    def back(self, mark: Mapping[str, Any]) -> None:
        """Forget all that was added since the mark."""
        self.__dict__.update(deepcopy(dict(mark)))

    def deal_id(self, leg: Mapping[str, str]) -> str:
        """Payer, payee, what moves, and the month: what a deal is called if nobody minds."""
        family, month = Instrument(leg["instrument"]).family, (self.announced or leg["known_from"])[:7]
        return _free(f"{leg['payer']}-{leg['payee']}-{family}-{month}", self._ids["deals"])

    def _name(self, party: str, names: tuple[str, ...]) -> None:
        for name in names:
            self._parties.setdefault(name.casefold(), party)

    def _party(self, name: str) -> str:
        if name.casefold() not in self._parties:
            raise UnknownName("party", name, self._parties, "add it")
        return self._parties[name.casefold()]

    def _source(self, name: str) -> str:
        found: str = self._pages.get(name, name)
        if found not in self._published:
            raise UnknownName("source", name, [] if "://" in name else self._published, "add it")
        return found

    def default(self, table: str, column: str, row: Mapping[str, str]) -> str:
        """What a cell holds if nothing is answered."""
        match table, column:
            case "parties", "id":
                return _free(slug(row["name"]), self._ids["parties"])
            case "sources", "id":
                day = row.get("published", "").replace("-", "")
                mark = hashlib.sha256(row.get("url", "").encode()).hexdigest()[:4]
                return _free("-".join(filter(None, (slug(row["publisher"]), day, mark))), self._ids["sources"])
            case "legs", "announced":
                return self.announced
            case "legs", "known_from":
                return row.get("announced", "")
            case "legs", "amount_basis":
                return AmountBasis.CONTRACT_TOTAL
            case ("parties", "listed" | "grouped") | ("legs", "joint"):
                return "no"
            case "claims", "stated_on":
                return self._published.get(row.get("source", ""), "")
            case "claims", "public_from":
                return row.get("stated_on", "")
            case "claims", "confirmed":
                return "yes"
        return ""


def slug(words: str) -> str:
    """Words as an id: small Latin letters, digits and hyphens.

    >>> slug("Société Générale S.A.")
    'societe-generale-s-a'
    """
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def _free(name: str, taken: set[str]) -> str:
    """The name, or the first of name-2, name-3 that is free."""
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name}-{number}"
    return found


def from_answers(folder: Path, text: str) -> Draft:
    """The rows that a TOML text of answers gives: [deal], [[leg]] with [[leg.claim]], [[party]], [[source]].

    A key is a column of the table; what is left out takes the default that a person would be offered.
    Raises BadInput for what is malformed, misnamed or not valid.
    """
    try:
        given = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"answers: not TOML: {error}") from None
    _known("answers", given, ("deal", "leg", "party", "source"))
    draft = Draft(folder)
    for table, key in (("parties", "party"), ("sources", "source")):
        for row in _tables(given, key):
            draft.add(table, _given(draft, key, table, row), {})
    deal: dict[str, Any] = given.get("deal", {})
    if not isinstance(deal, dict):
        raise BadInput("answers: [deal] is a table; write title, announced and summary below it")
    draft.announced = _words(deal.get("announced", ""))
    legs = _tables(given, "leg")
    if not legs:
        raise BadInput("answers: a deal needs a leg; write [[leg]] with payer, payee and instrument")
    head: Cells = {}
    for number, row in enumerate(legs, 1):
        claims = _tables(row, "claim")
        answer = _given(draft, f"leg {number}", "legs", {k: v for k, v in row.items() if k != "claim"})
        leg = draft.add("legs", answer, {"deal": head.get("id", ""), "number": str(number)})
        if not head:
            proposed = {"id": draft.deal_id(leg)}
            head = draft.add("deals", _given(draft, "deal", "deals", proposed | deal), {})
            leg["deal"] = head["id"]
            draft.register(leg)
        for claim in claims:
            known = {"leg": f"{leg['deal']}/{number}"}
            draft.add("claims", _given(draft, f"claim of leg {number}", "claims", claim), known)
    return draft


def _known(where: str, given: Mapping[str, Any], names: tuple[str, ...]) -> None:
    for name in given:
        if name not in names:
            raise UnknownName(f"key of {where}", name, names)


def _tables(given: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    rows = given.get(key, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BadInput(f"answers: write [[{key}]], with two brackets, above each")
    return rows


def _given(draft: Draft, where: str, table: str, row: Mapping[str, Any]) -> Answer:
    """Answers out of a mapping."""
    _known(where, row, tuple(column.name for column in schema()[table][1:]))

    def answer(column: Column, default: str) -> str:
        try:
            return draft.checked(column, _words(row.get(column.name, default)))
        except KnockonError as error:
            raise BadInput(f"answers, {where} [{column.name}] {error}") from None

    return answer


def _words(value: Any) -> str:
    """A TOML value as a cell."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) and abs(value) >= 10**18:
        raise BadInput("holds a number of more than 18 digits; mend it")
    return ";".join(map(_words, value)) if isinstance(value, list) else str(value)
