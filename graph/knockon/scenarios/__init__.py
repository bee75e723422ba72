"""What is asked of the engine: scenarios that ship, in files, and in the words of a command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from knockon.errors import BadInput, UnknownName
from knockon.resources import shelf, text_of, walk
from knockon.scenarios.reading import KEYS, read
from knockon.scenarios.scenario import BASES, CURVES, Factors, Scenario
from knockon.scenarios.writing import write

__all__ = ["BASES", "CURVES", "KEYS", "Factors", "Scenario", "asked", "find", "library", "read", "shares", "write"]


@lru_cache(maxsize=1)
def library() -> Mapping[str, Scenario]:
    """Every scenario that ships, by name."""
    return {
        path.removesuffix(".toml"): read(file.read_text(encoding="utf-8"), path)
        for path, file in walk(shelf("queries").joinpath("scenarios"), ".toml")
    }


def find(name: str) -> Scenario:
    """The shipped scenario called `name`, or the one in the file `name` if that ends in .toml.

    Raises UnknownName with the nearest names, BadInput for a file that cannot be read or is malformed.
    """
    if name.endswith(".toml"):
        return read(text_of(Path(name), name, "`knockon scenarios` lists those that ship"), name)
    known = library()
    if name not in known:
        raise UnknownName("scenario", name, known, "`knockon scenarios` lists them; a file's name ends in .toml")
    return known[name]


def asked(
    name: str | None,
    *,
    value: Sequence[str] = (),
    performance: Sequence[str] = (),
    legs: Sequence[str] = (),
    default: Sequence[str] = (),
    **settings: object,
) -> Scenario:
    """The scenario called `name`, or an empty one, with NAME=SHARE words added and the settings that are not None.

    A setting is a field of `Scenario`; one that is False changes nothing: what a file asks for stays asked for.
    """
    hits: dict[str, Any] = {"value": shares(value), "performance": shares(performance), "legs": shares(legs)}
    failing = tuple(default)
    given: dict[str, Any] = {
        key: setting for key, setting in settings.items() if setting is not None and setting is not False
    }
    if name is None:
        return Scenario(**hits, default=failing, **given)
    base = find(name)
    added: dict[str, Any] = {table: {**getattr(base, table), **sizes} for table, sizes in hits.items()}
    return replace(base, **added, default=(*base.default, *failing), **given)


def shares(words: Sequence[str]) -> dict[str, float]:
    """Read NAME=SHARE words.

    >>> shares(["openai=0.2"])
    {'openai': 0.2}
    """
    found: dict[str, float] = {}
    for word in words:
        name, equals, text = word.rpartition("=")
        try:
            if not equals or not name:
                raise ValueError
            share = float(text)
        except ValueError:
            raise BadInput(f"not NAME=SHARE: {word!r}; write openai=0.2 for a fifth") from None
        if name in found:
            raise BadInput(f"{name!r} is given twice")
        found[name] = share
    return found
