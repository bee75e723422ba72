"""What every query of the library answers on the small book, as text that is read in a diff.

python tests/goldens.py        writes tests/golden/queries/<topic>.txt anew
"""

from __future__ import annotations

from pathlib import Path

import knockon
from knockon.queries import Query, ask, library
from knockon.study import Study

HERE = Path(__file__).parent
SMALL = HERE / "fixtures" / "small"
GOLDEN = HERE / "golden" / "queries"

NAMES = {  # whom to ask about in the small book, by parameter; others keep their default
    "borrower": "neo",
    "buyer": "lab",
    "customer": "lab",
    "deal": "lab-rents-cloud",
    "event": "2025-09-22-lab-buys-chips",
    "holder": "chips",
    "issuer": "lab",
    "name": "Smith",
    "obligor": "neo",
    "one": "lab",
    "other": "rival",
    "party": "lab",
    "supplier": "chips",
}


def opened() -> Study:
    """The small book on the day of the goldens."""
    return knockon.open(as_of="2025-11-05", data=SMALL)


def params(query: Query) -> dict[str, str]:
    """What the small book is asked with instead of the defaults, which name real parties."""
    return {name: NAMES[name] for name in query.params if name in NAMES}


def golden(study: Study, topic: str) -> str:
    """Every query of a topic: its name and parameters, its columns, its rows."""
    parts = []
    for query in library().values():
        if query.topic == topic:
            answer = ask(study.full, query, params(query))
            asked = "".join(f"  {name}={value}" for name, value in (query.params | params(query)).items())
            lines = [answer.columns, *answer.rows]
            parts.append(f"== {query.name}{asked}\n" + "".join(" | ".join(map(_told, line)) + "\n" for line in lines))
    return "\n".join(parts)


def _told(value: object) -> str:
    return "" if value is None else str(value)


def topics() -> list[str]:
    """The folders of the library."""
    return sorted({query.topic for query in library().values()})


if __name__ == "__main__":
    GOLDEN.mkdir(parents=True, exist_ok=True)
    book = opened()
    for name in topics():
        (GOLDEN / f"{name}.txt").write_text(golden(book, name), encoding="utf-8")
