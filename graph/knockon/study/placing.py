"""`python -m knockon.study.placing`: keep a place for every party of the shipped book, moving none."""

from __future__ import annotations

from pathlib import Path

from knockon import study
from knockon.study.files import write
from knockon.study.layout import FILE, as_table, places_of

if __name__ == "__main__":
    print(write(Path(__file__).parent / FILE, as_table(places_of(study.open()))))
