"""One circle of deals as a ring: parties on a circle, an arrow for each hop, its amount beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin
from textwrap import wrap

from knockon.views.document import text

_WIDTH, _HEIGHT, _RADIUS = 460, 340, 104
_LINE = 17
_GAP = 0.27  # radians that an arrow keeps from the middle of its parties


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """What passes from a party to the next; `kind` is funds, buys or both, and carries the colour."""

    kind: str
    amount: str
    disclosed: bool


def ring(names: Sequence[str], hops: Sequence[Hop], words: str) -> str:
    """The drawing as SVG; `hops[k]` leads from `names[k]` to the next; `words` say what it shows."""
    step = 2 * pi / len(names)
    drawn = []
    for k, (name, hop) in enumerate(zip(names, hops, strict=True)):
        angle = k * step - pi / 2
        drawn.append(_arrow(angle, angle + step, hop))
        x, y = _at(angle)
        drawn.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="7"/>')
        drawn.append(_label(angle, 18, name, "name"))
    return (
        f'<svg class="ring" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{text(words)}">'
        f"<title>{text(words)}</title>{''.join(drawn)}</svg>"
    )


def _at(angle: float, radius: float = _RADIUS) -> tuple[float, float]:
    return _WIDTH / 2 + radius * cos(angle), _HEIGHT / 2 + radius * sin(angle)


def _arrow(start: float, end: float, hop: Hop) -> str:
    """An arc with a head on the circle, and the amount inside it."""
    first, last = start + _GAP / 2, end - _GAP / 2 - 0.1
    (x1, y1), (x2, y2) = _at(first), _at(last)
    large = int(last - first > pi)
    (tip_x, tip_y), (a_x, a_y), (b_x, b_y) = _at(end - _GAP / 2), _at(last, _RADIUS - 6), _at(last, _RADIUS + 6)
    dash = "" if hop.disclosed else " silent"
    path = f'<path class="{hop.kind}{dash}" d="M{x1:.1f},{y1:.1f}A{_RADIUS},{_RADIUS} 0 {large} 1 {x2:.1f},{y2:.1f}"/>'
    head = f'<path class="{hop.kind} head" d="M{tip_x:.1f},{tip_y:.1f}L{a_x:.1f},{a_y:.1f}L{b_x:.1f},{b_y:.1f}Z"/>'
    return path + head + _label((start + end) / 2, 14, hop.amount, "amount")


def _label(angle: float, away: float, words: str, kind: str) -> str:
    """Words outside the circle, on the side where there is room."""
    x, y = _at(angle, _RADIUS + away)
    side = "middle" if abs(cos(angle)) < 0.2 else "start" if cos(angle) > 0 else "end"
    lines = wrap(words, 12) or [""]
    top = y + 5 + 6 * sin(angle) - _LINE * (len(lines) - 1) * (1 - sin(angle)) / 2
    spans = "".join(
        f'<tspan x="{x:.1f}" y="{top + _LINE * k:.1f}">{text(line)}</tspan>' for k, line in enumerate(lines)
    )
    return f'<text class="{kind}" text-anchor="{side}">{spans}</text>'
