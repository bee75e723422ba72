"""Correlations on one scale: rows of marks whose places are percents of the width, and how their figures read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil, floor

from knockon.views.document import text


class Scale:
    """Correlations from a round number below the least to one above the most, as percent of the width."""

    def __init__(self, values: Iterable[float | None]) -> None:
        known = [0.0, *(value for value in values if value is not None)]
        self.low, self.high = floor(min(known) * 5) / 5, ceil(max(known) * 5) / 5
        self.high = max(self.high, self.low + 0.2)

    def at(self, value: float) -> str:
        """Where a value stands."""
        return f"{4 + 92 * (value - self.low) / (self.high - self.low):.2f}%"

    def width(self, one: float, other: float) -> str:
        """How far two values stand apart."""
        return f"{92 * abs(one - other) / (self.high - self.low):.2f}%"

    def ticks(self) -> list[float]:
        """The values on the axis."""
        count = round((self.high - self.low) / 0.2)
        return [round(self.low + 0.2 * k, 1) for k in range(count + 1)]

    def axis(self) -> str:
        """The row of figures below."""
        words = "".join(
            f'<text x="{self.at(tick)}" y="12" text-anchor="middle">{figure(tick, 1)}</text>' for tick in self.ticks()
        )
        return (
            f'<div class="dots axis" aria-hidden="true"><span></span><svg height="16">{words}</svg><span></span></div>'
        )

    def grid(self) -> str:
        """Lines at the values of the axis, inside a row."""
        lines = ((self.at(tick), "zero" if tick == 0 else "grid") for tick in self.ticks())
        return "".join(f'<line class="{name}" x1="{x}" x2="{x}" y1="0" y2="100%"/>' for x, name in lines)


def marked(label: str, scale: Scale, marks: Sequence[str], value: str, words: str, strong: bool) -> str:
    """A row: its name, the marks on the scale, a figure; `words` say what is drawn."""
    drawn = scale.grid() + "".join(marks)
    return (
        f'<div class="dots{" strong" if strong else ""}"><span class="name">{text(label)}</span>'
        f'<svg height="26" role="img" aria-label="{text(words)}"><title>{text(words)}</title>{drawn}</svg>'
        f'<span class="value">{text(value)}</span></div>'
    )


def stretch(scale: Scale, name: str, ends: Sequence[float]) -> str:
    """A line from one value to another, of the class `name`."""
    return f'<line class="{name}" x1="{scale.at(ends[0])}" x2="{scale.at(ends[1])}" y1="13" y2="13"/>'


def diamond(scale: Scale, value: float) -> str:
    """A diamond at a value."""
    path = '<path class="after" d="M0,-5.5L5.5,0L0,5.5L-5.5,0Z"/>'
    return f'<svg x="{scale.at(value)}" y="13" overflow="visible">{path}</svg>'


def figure(value: float | None, places: int = 2) -> str:
    """A correlation in words; there is one zero."""
    return "–" if value is None else f"{round(value, places) + 0.0:.{places}f}".replace("-", "−")


def signed(value: float | None, places: int = 2) -> str:
    """The same with its sign."""
    return "–" if value is None else f"{round(value, places) + 0.0:+.{places}f}".replace("-", "−")


def percent(value: float) -> str:
    """A fraction as a percentage with its sign."""
    return f"{signed(100 * value)}%"


def between(ends: Sequence[float]) -> str:
    """Both ends of a range."""
    return f"{figure(ends[0])} to {figure(ends[1])}"


def p_value(p: float | None) -> str:
    """A p-value in words."""
    return "–" if p is None else "<0.001" if p < 0.001 else f"{p:.3f}"
