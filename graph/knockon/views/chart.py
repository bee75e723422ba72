"""Pictures for people who write: a sheet with a title, its date and its source, and one chart on it, as SVG or PNG.

Colours are the pages' own, read from their style sheet.
"""

from __future__ import annotations

import io
import re
import textwrap
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from knockon.errors import BadInput
from knockon.views import wording
from knockon.views.document import template
from knockon.views.payload import CHANNELS
from knockon.views.scene import LossRow, Scene

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

KINDS: Final = ("svg", "png")
_WIDTH: Final = 9.6  # inches; at 150 dots an inch a PNG is 1,440 pixels wide
_STYLE: Final[dict[Any, Any]] = {
    "font.family": "sans-serif",
    "font.size": 10,
    "text.parse_math": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "knockon",
}


def losses(scene: Scene, kind: str, most: int = 14) -> bytes:
    """The largest losses of a shock as bars by channel, with their ranges; `kind` is svg or png.

    Raises BadInput where the scene has no shock, or matplotlib is not installed.
    """
    if scene.shock is None:
        raise BadInput(f"scene {scene.title!r} has no shock; run one first")
    rows = scene.shock.rows[:most]
    note = "In brackets the share of a party's value; thin lines run from the 5th to the 95th percentile of the draws."
    with sheet(
        scene.shock.headline, scene.subtitle, note, scene.edition, scene.as_of, height=0.3 * len(rows) + 0.7
    ) as (figure, axes):
        _bars(axes, scene, rows)
        return image(figure, kind)


@contextmanager
def sheet(
    title: str, subtitle: str, note: str, edition: str, as_of: str, height: float, margin: float = 0.21
) -> Iterator[tuple[Figure, Axes]]:
    """A figure with its words in place and an empty chart of `height` inches to draw on; `note` says how to read it.

    `margin` is the share of the width that is kept for the names of the bars.
    """
    try:
        import matplotlib
        from matplotlib.figure import Figure
    except ImportError:
        raise BadInput("pictures need matplotlib; install it with: pip install 'knockon[pictures]'") from None
    head = textwrap.wrap(plain(title), 78) or [""]
    above, below = 0.62 + 0.26 * len(head), 1.11
    whole = above + height + below
    with matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=(_WIDTH, whole), facecolor=colour("paper"))
        axes = figure.add_axes((margin, below / whole, 0.87 - margin, height / whole), facecolor=colour("paper"))
        edge = 0.02

        def line(y: float, words: str, **look: Any) -> None:
            figure.text(edge, 1 - y / whole, words, va="top", **look)

        line(0.2, "\n".join(head), fontsize=14, fontweight="bold", color=colour("ink"), linespacing=1.25)
        line(0.28 + 0.26 * len(head), plain(subtitle), color=colour("soft"))
        line(
            whole - 0.62,
            f"{note}\n{plain(_source(edition, as_of))}\n{wording.TERMS}",
            fontsize=8,
            color=colour("soft"),
            linespacing=1.4,
        )
        yield figure, axes


def image(figure: Figure, kind: str) -> bytes:
    """The same bytes for the same figure. Raises BadInput for another kind than svg or png."""
    if kind not in KINDS:
        raise BadInput(f"no picture of kind {kind!r}; one of {', '.join(KINDS)}")
    buffer = io.BytesIO()
    undated = {"Date": None} if kind == "svg" else {"Software": None}
    figure.savefig(buffer, format=kind, dpi=150, metadata=undated, facecolor=figure.get_facecolor())
    return buffer.getvalue()


def finish(axes: Axes, names: Sequence[str], longest: float, keys: int) -> None:
    """Names beside the bars, no frame but the line they stand on, and below it a legend of `keys` colours."""
    axes.set_yticks(range(len(names)), [plain(name) for name in names])
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_xlim(0, longest)
    axes.set_xticks([])
    axes.tick_params(length=0, labelcolor=colour("ink"))
    for side in ("top", "right", "bottom"):
        axes.spines[side].set_visible(False)
    axes.spines["left"].set_color(colour("rule"))
    axes.legend(
        loc="upper left", bbox_to_anchor=(-0.005, -0.01), ncols=max(1, keys), frameon=False, fontsize=8.5,
        handlelength=1, handleheight=1, borderaxespad=0.2, columnspacing=1.4,
    )  # fmt: skip


def plain(words: str) -> str:
    """Text without characters that steer instead of showing."""
    return "".join(char for char in words if unicodedata.category(char) not in ("Cc", "Cf", "Zl", "Zp"))


@cache
def colour(name: str) -> str:
    """A colour of the pages by its name in their style sheet, as on paper.

    >>> colour("channel-equity") == colour("family-equity") == "#0072b2"
    True
    """
    found = re.search(rf"--{name}: (?:light-dark\((#\w+)|var\(--([\w-]+)\))", template("page.css"))
    if found is None:
        raise BadInput(f"the style sheet has no colour {name!r}")
    return found[1] or colour(found[2])


def _bars(axes: Axes, scene: Scene, rows: tuple[LossRow, ...]) -> None:
    used = [name for name in CHANNELS if any(row.channels.get(name) for row in rows)]
    places = range(len(rows))
    left = [0.0] * len(rows)
    for name in used:
        widths = [max(row.channels.get(name, 0.0), 0.0) for row in rows]
        axes.barh(
            places,
            widths,
            left=left,
            height=0.62,
            color=colour(f"channel-{name}"),
            label=wording.word(scene.words, name),
        )
        left = [start + width for start, width in zip(left, widths, strict=True)]
    longest = max([1.0, *(max(row.loss_usd, row.high_usd) for row in rows)])
    for place, row in enumerate(rows):
        end = max(row.loss_usd, row.high_usd)
        if wording.span(row.low_usd, row.high_usd):
            axes.plot([row.low_usd, row.high_usd], [place, place], color=colour("ink"), linewidth=1, marker="|")
        part = f" ({wording.share(row.loss_share)})" if row.loss_share is not None else ""
        axes.text(
            end + 0.012 * longest,
            place,
            f"{wording.loss(row.loss_usd)}{part}",
            va="center",
            fontsize=9,
            color=colour("ink"),
        )
    finish(axes, [row.name for row in rows], longest, len(used))


def _source(edition: str, as_of: str) -> str:
    return f"Source: knockon, {edition}, as of {as_of}. Circular does not mean fraudulent."
