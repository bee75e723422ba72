"""Status is a history: what happens to a promise after its end is refused, unless somebody said that it lives."""

from __future__ import annotations

from pathlib import Path

import pytest

from knockon.cli import run

DEAL, LEG = "cloud-buys-chips", "cloud-buys-chips/1"  # the tiny book cancels the leg on 1 March 2026


@pytest.fixture(autouse=True)
def undated(own: Path) -> None:
    """Sources that say nothing of their day, so that any status may rest on them."""
    file = own / "sources.csv"
    head, *rows = [line.split(",") for line in file.read_text(encoding="utf-8").splitlines()]
    undated = [[*row[:3], "", *row[4:]] for row in rows]
    file.write_text("".join(",".join(row) + "\n" for row in [head, *undated]), encoding="utf-8")


def happens(own: Path, date: str, status: str, leg: str = LEG, paid: str = "") -> None:
    file = own / "status.csv"
    file.write_text(
        file.read_text(encoding="utf-8") + f"{DEAL},{leg},{date},{status},{paid},,press\n", encoding="utf-8"
    )


def claim(own: Path, line: str) -> None:
    file = own / "claims.csv"
    head, *rows = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join([head, *sorted([*rows, line])]) + "\n", encoding="utf-8")


REVIVAL = f"{LEG},filing,,20000000000,,definitive,2026-04-01,2026-04-01,yes,"
REFUSED = "status.csv:3 [status] paid or completed after its end"


@pytest.mark.parametrize("status", ["partly_paid", "completed"])
def test_a_promise_cannot_be_paid_after_its_end(own: Path, status: str, capsys: pytest.CaptureFixture[str]) -> None:
    happens(own, "2026-05-01", status, paid="1000000000")
    assert run(["check", str(own), "--quiet"]) == 1
    told = capsys.readouterr().out
    assert told.startswith(REFUSED) and "add the claim that revived the promise" in told
    assert len(told.splitlines()) == 1


def test_unless_a_later_claim_revived_it(own: Path) -> None:
    happens(own, "2026-05-01", "completed")
    claim(own, REVIVAL)
    assert run(["check", str(own), "--quiet"]) == 0


@pytest.mark.parametrize(
    "line",
    [
        REVIVAL.replace("2026-04-01", "2026-02-15"),  # said before the end
        REVIVAL.replace("definitive", "cancelled"),  # says that it ended
        REVIVAL.replace(f"{LEG},filing", f"{DEAL}/2,press"),  # speaks of another leg
    ],
)
def test_a_claim_that_does_not_revive_it_does_not_help(
    own: Path, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    happens(own, "2026-05-01", "completed")
    claim(own, line)
    assert run(["check", str(own), "--quiet"]) == 1
    assert capsys.readouterr().out.startswith(REFUSED)


def test_the_end_of_a_deal_ends_its_legs_and_that_of_a_leg_no_other(own: Path) -> None:
    happens(own, "2026-05-01", "completed", leg=f"{DEAL}/2")
    assert run(["check", str(own), "--quiet"]) == 0
    file = own / "status.csv"
    file.write_text(file.read_text(encoding="utf-8").replace(f"{DEAL},{LEG},", f"{DEAL},,"), encoding="utf-8")
    assert run(["check", str(own), "--quiet"]) == 1
