"""A knowledge graph of AI-financing relationships, and what happens to the others if one of them falls.

>>> import knockon
>>> book = knockon.open(as_of="2025-11-05")
>>> round(book.shock({"openai": 0.2}, draws=0).totals["private_usd"] / 1e9) >= 100
True
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from knockon.version import VERSION

if TYPE_CHECKING:
    from knockon.study import Study as Study
    from knockon.study import open as open

__all__ = ["Study", "open"]
__version__ = VERSION


def __getattr__(name: str) -> Any:
    if name in __all__:
        from knockon import study

        return getattr(study, name)
    raise AttributeError(f"module 'knockon' has no attribute {name!r}")
