"""Rows of bars on one scale: places in percent of the width, so that words keep their size on any screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from knockon.views.document import text


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a bar from `start` to `end`, as shares of the width; `kind` is its class in `bars.css`."""

    kind: str
    start: float
    end: float


def bar(label: str, parts: Sequence[Part], value: str, words: str) -> str:
    """A row: its name, the bar, a figure; `words` say to those who do not see it what the bar shows."""
    drawn = "".join(
        f'<rect class="{part.kind}" x="{_percent(part.start)}" width="{_percent(part.end - part.start)}"'
        ' y="5" height="16"/>'
        for part in parts
        if part.end > part.start
    )
    return (
        f'<div class="dots"><span class="name">{text(label)}</span>'
        f'<svg height="26" role="img" aria-label="{text(words)}"><title>{text(words)}</title>{drawn}</svg>'
        f'<span class="value">{text(value)}</span></div>'
    )


def key(parts: Sequence[tuple[str, str]]) -> str:
    """What each kind of part is called."""
    return (
        '<p class="key-line">'
        + "".join(f'<span><i class="key {kind}"></i>{text(words)}</span>' for kind, words in parts)
        + "</p>"
    )


def _percent(share: float) -> str:
    return f"{100 * share:.2f}%"
