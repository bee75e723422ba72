"""What an official number looks like, and which numbers of a party the book has, or why it has them not."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from knockon.book import Book

SCHEMES = ("ticker", "CIK", "LEI", "Wikidata")
"""The numbers that every party has, or a reason for not having them."""


def identifiers(book: Book, party: str) -> dict[str, str]:
    """Scheme -> the number, or a code of the list `unknown_reason`."""
    known = book.parties[party]
    found = {row["scheme"]: row["value"] for row in book.tables["identifiers"] if row["party"] == party}
    for row in book.tables["parties"]:
        if row["id"] == party:
            found |= {scheme: row[scheme.lower()] for scheme in ("ticker", "LEI") if row[scheme.lower()]}
    return {scheme: found.get(scheme) or _reason(scheme, known.grouped, known.listed) for scheme in (*SCHEMES, *found)}


def _reason(scheme: str, grouped: bool, listed: bool) -> str:
    if grouped:
        return "grouped"
    return "not_listed" if scheme == "ticker" and not listed else "not_confirmed"


def fault(scheme: str, value: str) -> str:
    """Why the value cannot be a number of its scheme, with the remedy; empty if it can.

    >>> fault("CIK", "1045810")
    "not a CIK: '1045810'; write ten digits, zeros in front"
    """
    if scheme not in _FORMS:
        return f"no scheme {scheme!r}; one of {', '.join(_FORMS)}"
    form, sound, remedy = _FORMS[scheme]
    return "" if re.fullmatch(form, value) and sound(value) else f"not a {scheme}: {value!r}; {remedy}"


def _digits(value: str) -> str:
    """Letters as the two digits that check sums count them as: A is 10, Z is 35."""
    return "".join(str(int(letter, 36)) for letter in value)


def _mod97(value: str) -> bool:
    """ISO 7064 mod 97-10, as in ISO 17442."""
    return int(_digits(value)) % 97 == 1


def _luhn(value: str) -> bool:
    """ISO 6166: every second digit from the right but one doubled, digits summed, a multiple of ten."""
    digits = [int(digit) for digit in reversed(_digits(value))]
    return sum(sum(divmod(digit * (1 + i % 2), 10)) for i, digit in enumerate(digits)) % 10 == 0


_FORMS: Mapping[str, tuple[str, Callable[[str], bool], str]] = {
    "CIK": (r"\d{10}", lambda value: int(value) > 0, "write ten digits, zeros in front"),
    "LEI": (r"[A-Z0-9]{18}\d{2}", _mod97, "its check digits do not fit; copy it again from the register"),
    "ISIN": (r"[A-Z]{2}[A-Z0-9]{9}\d", _luhn, "its check digit does not fit; copy it again from the document"),
    "Wikidata": (r"Q[1-9]\d*", bool, "write Q and digits, as in Q1"),
}
