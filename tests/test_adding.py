"""`knockon new deal`: a person is led to rows that pass `check`, and the rows are written whole or not at all."""

from __future__ import annotations

import fcntl
import io
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from knockon.cli import run
from knockon.errors import BadInput, KnockonError
from knockon.shapes import findings
from knockon.study import ledger
from knockon.study.adding import Draft, from_answers
from knockon.study.talk import converse, definitions
from knockon.tables import read
from knockon.tables.columns import schema
from knockon.vocab import LISTS

ANSWERS = """
[deal]
title = "Lab borrows from Bank"
announced = 2025-03-03

[[leg]]
payer = "Bank Plc"
payee = "lab"
instrument = "loan"
summary = "Five for five years, and more."

[[leg.claim]]
source = "https://bank.example/release"
usd = 5000000000
firmness = "definitive"

[[source]]
url = "https://bank.example/release"
publisher = "Bank, release"
published = 2025-03-03
grade = "company_release"
"""
ADDED = {
    "sources": 'bank-release-20250303-a2b4,https://bank.example/release,"Bank, release",2025-03-03,company_release',
    "deals": "bank-lab-credit-2025-03,Lab borrows from Bank,2025-03-03,",
    "legs": "bank-lab-credit-2025-03,1,bank,lab,loan,contract_total,2025-03-03,2025-03-03"
    ',,,,,,,,,,,,,no,,"Five for five years, and more."',
    "claims": "bank-lab-credit-2025-03/1,bank-release-20250303-a2b4,,5000000000,,definitive,2025-03-03,2025-03-03,yes,",
}


def tables(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.glob("*.csv"))}


def answered(own: Path, text: str = ANSWERS) -> dict[str, list[dict[str, str]]]:
    return from_answers(own, text).rows


# Rows


def test_answers_in_a_file_become_rows_and_the_rest_takes_its_default(
    own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (own / "answers.toml").write_text(ANSWERS, encoding="utf-8")
    before = tables(own)
    assert run(["new", "deal", "--data", str(own), "--answers", str(own / "answers.toml")]) == 0
    printed = capsys.readouterr().out
    assert printed == "".join(f"# {table}.csv\n{row}\n" for table, row in ADDED.items())
    assert tables(own) == before


def test_written_rows_are_the_only_difference_and_the_book_passes_check(
    own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = tables(own)
    (own / "answers.toml").write_text(ANSWERS, encoding="utf-8")
    assert run(["new", "deal", "--data", str(own), "--answers", str(own / "answers.toml"), "--write"]) == 0
    assert capsys.readouterr().out == "bank-lab-credit-2025-03\n"
    for name, text in tables(own).items():
        row = ADDED.get(name.removesuffix(".csv"))
        lines = text.decode().splitlines()
        assert [line for line in lines if line != row] == before[name].decode().splitlines()
        assert lines.count(row or "") == (row is not None)
    assert findings(own) == []
    assert not [file for file in own.iterdir() if file.name.startswith(".")]


def test_windows_lines_and_a_byte_order_mark_stay(own: Path) -> None:
    for table in ADDED:
        file = own / f"{table}.csv"
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    before = tables(own)
    ledger.write(own, answered(own))
    for table, row in ADDED.items():
        text = (own / f"{table}.csv").read_bytes()
        assert text.replace(row.encode() + b"\r\n", b"") == before[f"{table}.csv"]
        assert text.startswith(b"\xef\xbb\xbf") and text.count(b"\n") == text.count(b"\r\n")
    assert findings(own) == []


BAD = [
    ('instrument = "loan"', 'instrument = "loans"', r"answers, leg 1 \[instrument\] not in the list: 'loans'; one of"),
    ('payee = "lab"', 'payee = "labb"', r"answers, leg 1 \[payee\] no party 'labb'; did you mean 'lab'"),
    ("usd = 5000000000", 'usd = "5bn"', r"answers, claim of leg 1 \[usd\] not whole US dollars: '5bn'; write 30bn as"),
    ('payee = "lab"', 'payee = "bank"', r"legs\.csv:\d \[payee\] payer and payee are the same party"),
    ('payer = "Bank Plc"', "", r"answers, leg 1 \[payer\] empty; this column needs a value"),
    ("[[leg.claim]]", "[[leg.claims]]", r"no key of leg 1 'claims'"),
    ("[[leg]]", "[leg]", r"write \[\[leg\]\], with two brackets"),
    ("announced = 2025-03-03", "announced = 2025-03-", r"answers: not TOML"),
    ("usd = 5", "public_from = 2025-02-01\nusd = 5", ""),
    (
        'grade = "company_release"',
        'grade = "company_release"\n[[party]]\nname = "CLOUD"\nkind = "bank"',
        "name of cloud",
    ),
]


@pytest.mark.parametrize(("old", "new", "message"), BAD)
def test_what_is_wrong_in_the_answers_is_named_and_nothing_is_written(
    own: Path, old: str, new: str, message: str
) -> None:
    assert old in ANSWERS
    before = tables(own)
    text = ANSWERS.replace(old, new, 1)
    if message:
        with pytest.raises(KnockonError, match=message):
            ledger.write(own, answered(own, text))
        assert tables(own) == before
    else:
        ledger.write(own, answered(own, text))
        assert findings(own) == []


def test_a_deal_without_a_claim_is_refused(own: Path) -> None:
    text = ANSWERS.partition("[[leg.claim]]")[0]
    with pytest.raises(BadInput, match=r"legs\.csv:2 a leg without a claim"):
        ledger.write(own, answered(own, text))


# The conversation


class Script:
    """Answers given one after the other; what was asked and told is kept."""

    def __init__(self, *answers: str) -> None:
        self.answers: Iterator[str] = iter(answers)
        self.heard: list[str] = []

    def ask(self, prompt: str) -> str:
        self.heard.append(prompt)
        answer = next(self.answers, None)
        if answer is None:
            raise EOFError
        return answer

    def say(self, text: str) -> None:
        self.heard.append(text)


DEAL = ("Lab borrows from Bank", "2025-03-03", "")
LEG = ("Bank Plc", "lab", "loan", "", "", "", "no", "", "Five for five years, and more.", "")
SOURCE = ("https://bank.example/release", "yes", "Bank, release", "2025-03-03", "company_release", "")
CLAIM = ("", "5000000000", "", "definitive", "", "", "", "")


def test_a_conversation_gives_the_rows_that_the_same_answers_in_a_file_give(own: Path) -> None:
    script = Script(*DEAL, *LEG, *SOURCE, *CLAIM, "no", "no")
    assert converse(own, script).rows == answered(own)
    assert next(script.answers, None) is None


def test_a_wrong_answer_is_told_and_asked_again(own: Path) -> None:
    script = Script(
        *DEAL, "Bnk", "no", "bank", "lab", "?", "lone", "loan", "", "2025-13", "", "", "no", "", LEG[-2], "",
        *SOURCE, "", "5bn", *CLAIM[1:], "no", "maybe", "no",
    )  # fmt: skip
    assert converse(own, script).rows == answered(own)
    heard = "\n".join(script.heard)
    for told in (
        "no party 'Bnk'; did you mean 'bank'",
        "  loan: ",
        "not in the list: 'lone'; one of equity_investment",
        "not a date: '2025-13'; write 2025-11-05, 2025-11 or 2025",
        "not whole US dollars: '5bn'; write 30bn as 30000000000",
        "yes or no, please",
    ):
        assert told in heard, told


def test_a_leg_that_does_not_fit_the_book_is_asked_again(own: Path) -> None:
    wrong = ("Bank Plc", "bank", *LEG[2:])
    script = Script(*DEAL, *wrong, *SOURCE, *CLAIM, "no", *LEG, *SOURCE, *CLAIM, "no", "no")
    assert converse(own, script).rows == answered(own)
    assert any("payer and payee are the same party" in told for told in script.heard)


def test_a_source_that_does_not_fit_can_be_given_anew(own: Path) -> None:
    late = (*SOURCE[:3], "2025-03-01", *SOURCE[4:])
    said = (*CLAIM[:4], "2025-03-03", *CLAIM[5:])  # stated two days after the page, as it was dated, was published
    script = Script(*DEAL, *LEG, *late, *said, "no", *LEG, *SOURCE, *CLAIM, "no", "no")
    assert converse(own, script).rows == answered(own)
    assert any("the page is older than what it is made to tell" in told for told in script.heard)


def test_a_party_that_the_book_lacks_is_added_on_the_way(own: Path) -> None:
    newcomer = ("Foundry SE", "yes", "foundry", "FDY", "no", "no", "no", "", "")
    script = Script(*DEAL, "Bank Plc", *newcomer, *LEG[2:], *SOURCE, *CLAIM, "no", "no")
    draft = converse(own, script)
    (party,) = draft.rows["parties"]
    assert (party["id"], party["name"], party["kind"]) == ("foundry-se", "Foundry SE", "foundry")
    ledger.write(own, draft.rows)
    assert findings(own) == []


def test_every_choice_of_every_list_that_is_asked_for_is_explained(own: Path) -> None:
    for table in Draft(own).rows:
        for column in schema()[table][1:]:
            if column.datatype.startswith("enum"):
                name = column.datatype.partition(":")[2]
                assert set(definitions(name)) >= set(LISTS[name]), name


def test_a_terminal_is_led_to_a_book_that_passes_check(own: Path) -> None:
    answers = [*DEAL, *LEG, *SOURCE, *CLAIM, "no", "no"]
    command = [sys.executable, "-m", "knockon", "new", "deal", "--write", "--data", str(own)]
    ours, theirs = pty.openpty()
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True) as process:
        os.close(theirs)
        heard = b""
        for answer in answers:
            heard += _until(ours, b"> ")
            os.write(ours, answer.encode() + b"\n")
        heard += _until(ours, b"bank-lab-credit-2025-03\r\n", b"claims.csv: 1 row added")
        os.close(ours)
    assert process.returncode == 0
    assert b"instrument: one of equity_investment" in heard
    assert tables(own)["claims.csv"].decode().splitlines().count(ADDED["claims"]) == 1
    assert findings(own) == []


def _until(terminal: int, *ends: bytes) -> bytes:
    heard = b""
    while not all(end in heard for end in ends) or (ends == (b"> ",) and not heard.endswith(b"> ")):
        heard += os.read(terminal, 4096)
    return heard


def test_answers_that_end_early_write_nothing(
    own: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tables(own)
    monkeypatch.setattr(sys, "stdin", io.StringIO("A title\n"))
    assert run(["new", "deal", "--data", str(own), "--write"]) == 2
    assert "the answers ended before the deal was whole; nothing was written" in capsys.readouterr().err
    assert tables(own) == before


# Writing


def test_a_second_writer_is_told_to_wait_and_no_row_is_lost(own: Path) -> None:
    rows = answered(own)
    before = tables(own)
    handle = os.open(own, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    with pytest.raises(BadInput, match="another knockon is writing there; wait until it is done, then try again"):
        ledger.write(own, rows)
    assert tables(own) == before
    os.close(handle)
    other = answered(own, ANSWERS.replace('payee = "lab"', 'payee = "cloud"').replace("/release", "/other"))
    ledger.write(own, rows)
    ledger.write(own, other)
    assert {"bank-lab-credit-2025-03", "bank-cloud-credit-2025-03"} <= set(read(own).deals)


def test_the_same_rows_are_not_written_twice(own: Path) -> None:
    rows = answered(own)
    ledger.write(own, rows)
    before = tables(own)
    with pytest.raises(BadInput, match="an id is never reused"):
        ledger.write(own, rows)
    assert tables(own) == before


def test_the_shelf_of_an_installed_package_is_not_written_to(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("knockon.study.ledger.packaged", lambda folder: folder == own)
    with pytest.raises(BadInput, match="came with the package; copy it, and name the copy with --data"):
        ledger.write(own, {})


KILLED = """
import os, signal, sys
from pathlib import Path
from knockon.study.adding import from_answers
from knockon.study import ledger
from knockon.tables import read

folder, answers, limit = Path(sys.argv[1]), sys.argv[2], 200
tables = {file.name: file.read_bytes() for file in folder.iterdir()}
old = read(folder).edition.hash
rows = from_answers(folder, answers).rows
for step in range(limit):
    for file in [*folder.rglob("*")]:
        if file.is_file():
            file.unlink()
    for name, text in tables.items():
        (folder / name).write_bytes(text)
    child = os.fork()
    if not child:
        left = step
        def hook(event, given):
            global left
            place = str(given[0]) if given else ""
            if event in ("os.rename", "os.mkdir", "os.rmdir", "os.remove") or event == "open" and "w" in str(given[1]):
                if place.startswith(str(folder)):
                    left -= 1
                    if left < 0:
                        os.kill(os.getpid(), signal.SIGKILL)
        sys.addaudithook(hook)
        ledger.write(folder, rows)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    print("old" if read(folder).edition.hash == old else read(folder).edition.hash, os.WIFSIGNALED(status))
    if os.WIFSIGNALED(status) and step % 3 == 0:  # the next writer picks up what the last one left
        child = os.fork()
        if not child:
            ledger.write(folder, {"sources": []})
            os._exit(0)
        os.waitpid(child, 0)
        assert not (folder / ".pending").exists() and not (folder / ".draft").exists()
        print("old" if read(folder).edition.hash == old else read(folder).edition.hash, True)
    if not os.WIFSIGNALED(status):
        break
"""


def test_a_writer_killed_at_any_step_leaves_the_old_book_or_the_new_one(own: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILLED, str(own), ANSWERS]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    steps = [line.split() for line in done.stdout.splitlines()]
    states = [state for state, _ in steps]
    assert steps[-1][1] == "False" and len(steps) > 12, "the last writer was let through, many were killed"
    new = states[-1]
    assert set(states) == {"old", new} and new != "old"
    assert states == sorted(states, key=lambda state: state == new), "once decided, never undone"
    assert new == read(own).edition.hash and findings(own) == []
