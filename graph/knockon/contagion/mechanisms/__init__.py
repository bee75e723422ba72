"""Other mechanisms on the book's exposures, for comparison: one module each, found by being here.

A module has `title`, `cannot_see` (what of the book it leaves out, in words) and `losses(x, shock)`, dollars (n,).
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import Protocol, cast

from knockon.contagion.engine import Shock
from knockon.errors import UnknownName
from knockon.exposures import Exposures, Vector


class Mechanism(Protocol):
    """What every module here offers."""

    title: str
    cannot_see: tuple[str, ...]

    def losses(self, x: Exposures, shock: Shock) -> Vector:
        """Dollars lost by each party, (n,)."""
        ...


def names() -> list[str]:
    """Every mechanism, by its name on the command line."""
    return sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(__path__) if module.name != "gross")


def find(name: str) -> Mechanism:
    """The mechanism called `name`. Raises UnknownName."""
    if name not in names():
        raise UnknownName("mechanism", name, names(), f"one of {', '.join(names())}")
    return cast(Mechanism, import_module(f"{__name__}.{name.replace('-', '_')}"))
