"""Official numbers: each with a page that states it, of the right form, with one party; a gap has its reason."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.identifiers import SCHEMES, fault, identifiers
from knockon.shapes import findings
from knockon.study import Study
from knockon.vocab import LISTS

READ_ON_THE_PAGE = {"alphabet"}  # the page is a copy of a filing and its address holds no number of the SEC


def test_every_number_of_the_book_has_its_form_and_one_party(eve: Study) -> None:
    rows = eve.book.tables["identifiers"]
    assert [fault(row["scheme"], row["value"]) for row in rows] == [""] * 21
    assert len({(row["scheme"], row["value"]) for row in rows}) == len(rows)
    tickers = [(row["exchange"], row["ticker"]) for row in eve.book.tables["parties"] if row["ticker"]]
    assert len(set(tickers)) == len(tickers)


def test_a_cik_is_the_filers_own_in_the_address_of_its_source(eve: Study) -> None:
    told_otherwise = set()
    for row in eve.book.tables["identifiers"]:
        path = re.search(r"sec\.gov/Archives/edgar/data/0*(\d+)/", row["url"])
        accession = re.search(r"/(\d{10})-\d\d-\d{6}", row["url"])  # its prefix is the filer's or an agent's
        if path:
            assert path[1].zfill(10) == row["value"], row
        elif not accession or accession[1] != row["value"]:
            told_otherwise.add(row["party"])
    assert told_otherwise == READ_ON_THE_PAGE


def test_every_party_has_each_number_or_a_reason(eve: Study) -> None:
    for party in eve.book.parties.values():
        found = identifiers(eve.book, party.id)
        assert set(found) == set(SCHEMES)
        for scheme, told in found.items():
            if told in LISTS["unknown_reason"]:
                assert (told == "grouped") == party.grouped, party
                assert told != "not_listed" or (scheme == "ticker" and not party.listed)
            else:
                assert scheme == "ticker" or fault(scheme, told) == ""


@pytest.mark.parametrize(
    ("scheme", "good", "bad"),
    [
        ("CIK", "0001045810", "1045810"),
        ("CIK", "0001045810", "0000000000"),
        ("LEI", "HWUPKR0MPOU8FGXBT394", "HWUPKR0MPOU8FGXBT395"),
        ("ISIN", "US0378331005", "US0378331006"),
        ("Wikidata", "Q312", "312"),
        ("Wikidata", "Q312", "Q0"),
    ],
)
def test_a_number_of_the_wrong_form_is_refused(scheme: str, good: str, bad: str) -> None:
    assert fault(scheme, good) == ""
    assert fault(scheme, bad).startswith(f"not a {scheme}: ")


LEI = "HWUPKR0MPOU8FGXBT394"


@given(st.sampled_from([i for i, letter in enumerate(LEI) if letter.isdigit()]), st.sampled_from("0123456789"))
def test_one_wrong_digit_never_passes_as_an_lei(place: int, digit: str) -> None:
    typed = LEI[:place] + digit + LEI[place + 1 :]
    assert (fault("LEI", typed) == "") == (typed == LEI)


def test_check_finds_a_malformed_number_and_one_with_two_parties(own: Path) -> None:
    rows = ["bank,CIK,0000000042,https://bank.example/", "chips,CIK,0000000042,https://chips.example/"]
    rows += ["lab,CIK,42,https://lab.example/", "lab,DUNS,42,https://lab.example/"]
    (own / "identifiers.csv").write_text("\n".join(["party,scheme,value,url", *rows]) + "\n", encoding="utf-8")
    assert [str(finding) for finding in findings(own)] == [
        "identifiers.csv:3 [value] CIK 0000000042 is bank's already; a number belongs to one party",
        "identifiers.csv:4 [value] not a CIK: '42'; write ten digits, zeros in front",
        "identifiers.csv:5 [value] no scheme 'DUNS'; one of CIK, LEI, ISIN, Wikidata",
    ]
