"""Lines in order, however many: sorted a run at a time, and the runs merged from a temporary folder."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import groupby, islice
from pathlib import Path

from knockon.exports.scratch import no_room, scratch

RUN = 500_000
"""Lines that are held at once: some hundred megabytes of quads."""


@contextmanager
def ordered(lines: Iterable[bytes], run: int | None = None) -> Iterator[Iterator[bytes]]:
    """Lines that end in LF, by their bytes and each once; fewer than a run of them never touch the disk.

    Raises BadInput where the temporary folder takes no more.
    """
    rest, most = iter(lines), run or RUN
    held = sorted(islice(rest, most))
    with ExitStack() as stack:
        runs: list[Iterable[bytes]] = [held]
        if len(held) == most:
            folder, files = stack.enter_context(scratch()), list[Path]()
            while held:
                files.append(_spilt(held, folder / str(len(files))))
                held = sorted(islice(rest, most))
            runs = [stack.enter_context(file.open("rb")) for file in files]
        yield (line for line, _ in groupby(heapq.merge(*runs)))


def _spilt(lines: list[bytes], file: Path) -> Path:
    try:
        with file.open("wb") as out:
            out.writelines(lines)
    except OSError as error:
        raise no_room(error.strerror) from None
    return file
