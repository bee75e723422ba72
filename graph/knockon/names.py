"""What parties and edges are called: by ids for people, or by their places where there are millions without one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import SupportsIndex, overload


class Numbered(Sequence[str]):
    """Names of what has none of its own: its places from 0 on, as text, made only when one is asked for."""

    __slots__ = ("_count",)

    def __init__(self, count: int) -> None:
        self._count = count

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, place: SupportsIndex) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[str, ...]: ...
    def __getitem__(self, place: SupportsIndex | slice) -> str | tuple[str, ...]:
        found = range(self._count)[place]
        return str(found) if isinstance(found, int) else tuple(map(str, found))


Names = tuple[str, ...] | Numbered
