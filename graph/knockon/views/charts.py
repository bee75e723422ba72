"""What the measures' pages show, as pictures: a party's years, the curve by firmness, the widest circles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from knockon.errors import BadInput
from knockon.views.chart import colour, finish, image, plain, sheet
from knockon.views.loops import Circle, Loops, Step
from knockon.views.timeline import KEY, Timeline
from knockon.views.wording import estimate, money

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COVERED: Final = {"compute": "family-compute", "equity": "family-equity", "goods": "family-goods", "hollow": ""}


def timeline(found: Timeline, kind: str) -> bytes:
    """What a party has to pay by year, and what covers it; `kind` is svg or png. Raises BadInput without a year."""
    if not found.years:
        raise BadInput(f"{found.headline} There is nothing to draw")
    subtitle = f"What {found.party} has promised to pay by year, {found.firmness}"
    note = "Thin lines: over an assumed term. Revenue as last known, held flat; it pays for nothing else here."
    with sheet(
        found.headline, subtitle, note, found.edition, found.as_of, height=0.34 * len(found.years) + 0.7, margin=0.08
    ) as (figure, axes):
        left = [0.0] * len(found.years)
        for (name, words), parts in zip(KEY, zip(*(year.parts for year in found.years), strict=True), strict=True):
            _stack(axes, parts, left, words, **_look(_COVERED[name]))
            left = [start + part for start, part in zip(left, parts, strict=True)]
        for place, year in enumerate(found.years):
            axes.plot([0, year.assumed], [place + 0.38] * 2, color=colour("ink"), linewidth=2, solid_capstyle="butt")
        _figures(axes, left, [estimate(year.due) for year in found.years])
        finish(axes, [str(year.year) for year in found.years], max(left), len(KEY))
        return image(figure, kind)


def curve(steps: Sequence[Step], graph: str, edition: str, as_of: str, kind: str) -> bytes:
    """How much of what is paid can come back, by the least firmness that counts; `kind` is svg or png."""
    title = "How much of what is paid can come back to who paid it?"
    note = (
        f"Share of the dollars of the {graph} graph between named parties. Thin lines: straight back, between two."
        " Circular is meant neutrally."
    )
    subtitle = "By the least firmness that counts"
    with sheet(title, subtitle, note, edition, as_of, height=0.36 * len(steps) + 0.7, margin=0.25) as (figure, axes):
        central, most = ([getattr(step, name) or 0.0 for step in steps] for name in ("central", "most"))
        _stack(axes, central, [0.0] * len(steps), "every circle, in proportion", **_look("family-equity"))
        rest = [high - low for high, low in zip(most, central, strict=True)]
        _stack(axes, rest, central, "at most: all that could be netted", **_look(""))
        for place, step in enumerate(steps):
            axes.plot(
                [0, step.back or 0.0], [place + 0.38] * 2, color=colour("ink"), linewidth=2, solid_capstyle="butt"
            )
        _figures(axes, most, ["–" if step.central is None else f"{step.central:.1%}" for step in steps])
        finish(axes, [step.firmness for step in steps], max(most) or 1.0, 2)
        return image(figure, kind)


def loops(found: Loops, kind: str, most: int = 12) -> bytes:
    """The widest circles by their narrowest hop; `kind` is svg or png. Raises BadInput without a disclosed one."""
    rows = [circle for circle in found.circles if circle.bottleneck is not None][:most]
    if not rows:
        raise BadInput("no circle with a public amount is known on this day; there is nothing to draw")
    title = f"{len(found.circles) + found.more} circles of deals; the {len(rows)} widest by their narrowest hop"
    note = "Hollow: another hop has no public amount. Circular is meant neutrally: an investor is also a supplier."
    subtitle = f"Circles of deals, {found.firmness}"
    with sheet(title, subtitle, note, found.edition, found.as_of, height=0.3 * len(rows) + 0.5, margin=0.5) as (
        figure,
        axes,
    ):
        for whole, words in ((True, "disclosed throughout"), (False, "at most: a hop is undisclosed")):
            widths = [(row.bottleneck or 0.0) if _disclosed(row) is whole else 0.0 for row in rows]
            if any(widths):
                _stack(axes, widths, [0.0] * len(rows), words, **_look("family-equity" if whole else ""))
        widest = [row.bottleneck or 0.0 for row in rows]
        _figures(axes, widest, [money(usd) for usd in widest])
        finish(axes, [" → ".join((*row.names, row.names[0])) for row in rows], max(widest), 2)
        return image(figure, kind)


def _disclosed(circle: Circle) -> bool:
    return all(hop.disclosed for hop in circle.hops)


def _look(name: str) -> dict[str, Any]:
    """A colour of the pages; without one hollow, for what is not covered or not known."""
    if name:
        return {"color": colour(name)}
    return {"color": colour("paper"), "edgecolor": colour("node-edge"), "linestyle": (0, (3, 2)), "linewidth": 0.8}


def _stack(axes: Axes, widths: Sequence[float], left: Sequence[float], words: str, **look: Any) -> None:
    """The bars of one colour; where nothing is, nothing is drawn, not even an edge."""
    places = [place for place, width in enumerate(widths) if width > 0]
    if places:
        bars = ([widths[place] for place in places], [left[place] for place in places])
        axes.barh(places, bars[0], left=bars[1], height=0.6, label=words, **look)


def _figures(axes: Axes, ends: Sequence[float], words: Sequence[str]) -> None:
    for place, (end, said) in enumerate(zip(ends, words, strict=True)):
        x = end + 0.012 * (max(ends) or 1.0)
        axes.text(x, place, plain(said), va="center", fontsize=9, color=colour("ink"))
