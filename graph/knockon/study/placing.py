"""`python -m knockon.study.placing`: keep a place for every party of the shipped book, moving none."""

from __future__ import annotations

from pathlib import Path

from knockon import study
from knockon.study import Study
from knockon.study.network import layout
from knockon.study.network.layout import FILE, Place, as_table, places_kept
from knockon.study.writing.files import write


def places_of(study: Study) -> dict[str, Place]:
    """Those that are kept, and one for every further party on the study's page, to the digits that the file keeps."""
    drawn = {node.id: (round(node.x, 4), round(node.y, 4)) for node in study.scene().nodes}
    return places_kept() | drawn


if __name__ == "__main__":
    print(write(Path(layout.__file__).parent / FILE, as_table(places_of(study.open()))))
