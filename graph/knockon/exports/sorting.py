"""Lines in order, however many: sorted a run at a time, and the runs merged from a temporary folder."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import groupby, islice
from pathlib import Path
from typing import IO

from knockon.exports.scratch import no_room, scratch

RUN = 300_000
"""Lines that are held at once: some eighty megabytes of quads, and two hundred runs of a million legs."""


@contextmanager
def ordered(lines: Iterable[bytes], run: int | None = None) -> Iterator[Iterator[bytes]]:
    """Lines that end in LF, by their bytes and each once; fewer than a run of them never touch the disk.

    Raises BadInput where the temporary folder takes no more.
    """
    rest, most = iter(lines), run or RUN
    held = sorted(islice(rest, most))
    with ExitStack() as stack:
        files: list[IO[bytes]] = []
        if len(held) == most:
            folder = stack.enter_context(scratch())
            while held:
                file = folder / str(len(files))
                _spill(held, file)
                files.append(stack.enter_context(file.open("rb")))
                held.clear()  # before the next are read
                held += islice(rest, most)
                held.sort()
        yield (line for line, _ in groupby(heapq.merge(held, *files)))


def _spill(lines: list[bytes], file: Path) -> None:
    try:
        with file.open("wb") as out:
            out.writelines(lines)
    except OSError as error:
        raise no_room(error.strerror) from None
