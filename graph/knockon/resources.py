"""The one door to the files a reader can judge without Python: data, ontology, queries.

In a wheel they lie beside the package as `shelves/<name>`; in a checkout they are the top-level folders.
"""

from __future__ import annotations

from codecs import getincrementaldecoder
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO, TypeVar, cast

from knockon.errors import BadInput, KnockonError

MOST_BYTES = 250_000_000
"""Of a file or stream that is read whole; what is held in memory is a few times as much."""
BLOCK = 1 << 20
"""Bytes of a file that is read bit by bit."""


def shelf(name: str) -> Traversable:
    """The folder called `name`: the packaged copy, else the checkout three levels up.

    >>> shelf("data").joinpath("parties.csv").is_file()
    True
    """
    packaged = files("knockon") / "shelves" / name
    if packaged.is_dir():
        return packaged
    checkout = Path(__file__).resolve().parents[2]
    if (checkout / "pyproject.toml").is_file() and (checkout / name).is_dir():
        return checkout / name
    raise KnockonError(f"no shelf {name!r} beside the package or in a checkout; install knockon again")


def text_of(place: Traversable | BinaryIO, name: str, remedy: str = "name a file that can be read") -> str:
    """The text of a file or a stream that goes by `name`; a byte order mark is dropped.

    Raises BadInput for one that cannot be read, is too large, or is not UTF-8.
    """
    try:
        if isinstance(place, Traversable):
            with place.open("rb") as source:
                raw = cast(BinaryIO, source).read(MOST_BYTES + 1)
        else:
            raw = place.read(MOST_BYTES + 1)
    except OSError as error:
        raise BadInput(f"cannot read {name}: {error.strerror}; {remedy}") from None
    if len(raw) > MOST_BYTES:
        raise BadInput(f"{name} is larger than {MOST_BYTES / 1e6:,.0f} MB; give less at once")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(f"{name}: not UTF-8 at byte {error.start}; save the file as UTF-8") from None


LONGEST_LINE = 32_000_000
"""Characters; a longer line is cut, so that a file without any end of line does not fill the memory."""


def lines_of(file: Traversable, name: str) -> Iterator[str]:
    """The lines of a UTF-8 file, each with its end, one at a time; a byte order mark is dropped.

    Raises BadInput, on the way, for a file that cannot be read or is not UTF-8.
    """
    try:
        with file.open("rb") as raw, TextIOWrapper(cast(BinaryIO, raw), "utf-8-sig", newline="\n") as text:
            yield from iter(partial(text.readline, LONGEST_LINE), "")
    except OSError as error:
        raise BadInput(f"cannot read {name}: {error.strerror}; name a file that can be read") from None
    except UnicodeDecodeError:
        raise BadInput(f"{name}: {_not_utf8(file)}; save the file as UTF-8") from None


def _not_utf8(file: Traversable) -> str:
    """Where a file first is not UTF-8."""
    decoder, before = getincrementaldecoder("utf-8")(), 0
    with file.open("rb") as raw:
        while True:
            block = cast(BinaryIO, raw).read(BLOCK)
            held = len(decoder.getstate()[0])
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                return f"not UTF-8 at byte {before - held + error.start}"
            if not block:
                return "not UTF-8"
            before += len(block)


PENDING = ".pending"
"""Folder inside a book that holds, whole, a change that is decided but not yet moved into place."""


T = TypeVar("T")
_ATTEMPTS = 5
"""Readings of a book that somebody writes to; a change takes milliseconds to move into place, a reading longer."""


def newest(folder: Traversable, name: str) -> Traversable:
    """The file `name` of a book, taken from a pending change if one was cut off; so a reader never sees half of it."""
    pending = folder / PENDING / name
    return pending if pending.is_file() else folder / name


def bytes_of(folder: Traversable, name: str) -> bytes:
    """What `newest` holds, also if it moves into place at this moment."""
    return b"".join(blocks_of(folder, name))


def blocks_of(folder: Traversable, name: str) -> Iterator[bytes]:
    """The same, block by block."""
    try:
        file = newest(folder, name).open("rb")
    except FileNotFoundError:
        file = (folder / name).open("rb")
    with file as raw:
        yield from iter(lambda: cast(BinaryIO, raw).read(BLOCK), b"")


def moment(folder: Traversable) -> frozenset[tuple[str, int, int, int]]:
    """Which tables lie in a book's folder at this moment: another set, and somebody wrote in between."""
    found = set()
    if isinstance(folder, Path):
        for file in (*folder.glob("*.csv"), *(folder / PENDING).glob("*.csv")):
            with suppress(FileNotFoundError):  # moved while we looked
                now = file.stat()
                found.add((file.name, now.st_ino, now.st_mtime_ns, now.st_size))
    return frozenset(found)


def steady(folder: Traversable, read: Callable[[], T]) -> T:
    """What `read` makes of a book's files, all of one moment: it reads again if somebody wrote meanwhile.

    Raises BadInput if that happens time after time.
    """
    for _ in range(_ATTEMPTS):
        before = moment(folder)
        found = read()
        if moment(folder) == before:
            return found
    raise BadInput(f"{folder} is written to again and again; wait until that is done, then try again")


def packaged(place: Path) -> bool:
    """Whether `place` lies in the shelves of an installed package, which are nobody's to edit."""
    inside = Path(str(files("knockon") / "shelves")).resolve()
    return inside in (place.resolve(), *place.resolve().parents)


def walk(folder: Traversable, suffix: str) -> list[tuple[str, Traversable]]:
    """Every file below `folder` that ends in `suffix`, as (path with /, file), sorted by path; no hidden folder."""
    found: list[tuple[str, Traversable]] = []

    def visit(place: Traversable, prefix: str) -> None:
        for entry in place.iterdir():
            if entry.is_dir() and not entry.name.startswith("."):
                visit(entry, f"{prefix}{entry.name}/")
            elif entry.name.endswith(suffix):
                found.append((prefix + entry.name, entry))

    visit(folder, "")
    return sorted(found, key=lambda item: item[0])
