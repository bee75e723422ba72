"""What a mark on the picture looks like before it has a colour: shape, size, width, dash, loss step.

Colours live in `templates/page.css`, under the names given here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Kinds of party that share one shape; `outline` is an SVG path with the area of the unit circle."""

    id: str
    words: str
    outline: str
    kinds: tuple[str, ...]


GROUPS: Final = (
    Group(
        id="labs",
        words="AI labs, software",
        outline="M1.1,0L.55,.952L-.55,.952L-1.1,0L-.55,-.952L.55,-.952Z",
        kinds=("ai_lab", "software"),
    ),
    Group(
        id="clouds",
        words="clouds, data centres",
        outline="M-.886,-.886H.886V.886H-.886Z",
        kinds=("hyperscaler", "neocloud", "datacenter_developer"),
    ),
    Group(
        id="chips",
        words="chips, hardware",
        outline="M0,-1.253L1.253,0L0,1.253L-1.253,0Z",
        kinds=("chip_designer", "foundry", "memory", "networking", "server_maker", "equipment"),
    ),
    Group(
        id="money",
        words="investors, lenders",
        outline="M1,0A1,1,0,1,1,-1,0A1,1,0,1,1,1,0Z",
        kinds=(
            "bank",
            "asset_manager",
            "private_credit",
            "sovereign_fund",
            "venture_capital",
            "hedge_fund",
            "conglomerate",
            "index",
        ),
    ),
    Group(
        id="vehicles",
        words="joint ventures, vehicles",
        outline="M0,1.45L-1.347,-.88H1.347Z",
        kinds=("joint_venture", "spv"),
    ),
    Group(
        id="power",
        words="power",
        outline="M0,-1.45L1.347,.88H-1.347Z",
        kinds=("power",),
    ),
    Group(
        id="others",
        words="others",
        outline="M-.42,-1.145H.42V-.42H1.145V.42H.42V1.145H-.42V.42H-1.145V-.42H-.42Z",
        kinds=(),
    ),
)

# Lengths of line and gap in line widths, the less ink the less firm; none: a solid line, for what binds.
DASHES: Final[Mapping[str, tuple[float, ...]]] = MappingProxyType(
    {
        "closed": (),
        "definitive": (),
        "staged": (8, 3),
        "option": (7, 2, 1, 2),
        "letter_of_intent": (3.5, 2.5),
        "reported": (1, 2),
        "rumoured": (1, 3.2),
        "cancelled": (1, 6),
    }
)

# The least amounts a reader can ask for, in US dollars.
LEAST: Final = (0, 100_000_000, 1_000_000_000, 10_000_000_000, 50_000_000_000, 100_000_000_000)

# With more legs than CROWD a page begins with the largest of them only, as many as MOST says first.
CROWD: Final = 2_000
MOST: Final = (1_000, 3_000)

# Upper ends of the steps of loss, as shares of a party's value, with their words; step 0 is no loss.
LOSS_STEPS: Final = (
    (0.0, "none"),
    (0.01, "under 1%"),
    (0.03, "1% to 3%"),
    (0.1, "3% to 10%"),
    (0.3, "10% to 30%"),
    (1.0, "over 30%"),
)

_GROUP_OF = {kind: group.id for group in GROUPS for kind in group.kinds}
_HAIRLINE = 0.7


def group(kind: str) -> str:
    """The group a kind of party is drawn with; a kind nobody placed is among the others."""
    return _GROUP_OF.get(kind, "others")


def size(value_usd: float | None) -> float:
    """Radius by value, on a log scale; a party without a value is small.

    >>> size(None) < size(1e9) < size(1e12) < size(5e12)
    True
    """
    if not value_usd or value_usd <= 0:
        return 3.6
    return round(4 + 18 * _between(math.log10(value_usd), 8.5, 12.7) ** 2, 1)


def size_by_loss(loss_usd: float | None, largest: float) -> float:
    """Radius by loss: areas compare as losses do.

    >>> size_by_loss(100.0, largest=100.0), size_by_loss(0.0, largest=100.0)
    (31.5, 3.5)
    """
    if not loss_usd or loss_usd <= 0 or largest <= 0:
        return 3.5
    return round(3.5 + 28 * math.sqrt(loss_usd / largest), 1)


def width(usd: float | None) -> float:
    """Width of a line by amount, on a log scale; an undisclosed amount is a hairline.

    >>> width(None) < width(1e8) < width(1e10) < width(3e11)
    True
    """
    if not usd or usd <= 0:
        return _HAIRLINE
    return round(0.9 + 4.4 * _between(math.log10(usd), 8.3, 11.7), 2)


def dash(firmness: str, thick: float) -> list[float] | bool:
    """The dash pattern of a line of this width, as vis takes it: False where solid."""
    thick = max(thick, 1.0)
    return [round(part * thick, 1) for part in DASHES.get(firmness, ())] or False


def loss_step(loss_usd: float | None, loss_share: float | None) -> int | None:
    """Which step of `LOSS_STEPS` a party stands on; None: it loses, but has no value to measure by."""
    if not loss_usd or loss_usd <= 0:
        return 0
    if loss_share is None:
        return None
    return next((i for i, (top, _) in enumerate(LOSS_STEPS) if i and loss_share < top), len(LOSS_STEPS) - 1)


def curves(pairs: list[tuple[str, str]]) -> list[tuple[str, float]]:
    """How each edge bends so that parallel ones stay apart: the turn and its roundness, in the order given.

    Edges that run one way fan out to both sides; where money also comes back, each way keeps to its own.

    >>> curves([("a", "b"), ("a", "b"), ("b", "c"), ("c", "b")])
    [('curvedCW', 0.08), ('curvedCCW', 0.08), ('curvedCW', 0.12), ('curvedCW', 0.12)]
    """
    count: dict[tuple[str, str], int] = {}
    for pair in pairs:
        count[pair] = count.get(pair, 0) + 1
    seen: dict[tuple[str, str], int] = {}
    bends = []
    for pair in pairs:
        place = seen.get(pair, 0)
        seen[pair] = place + 1
        bends.append(_bend(place, count[pair], both_ways=pair[::-1] in count and pair[0] != pair[1]))
    return bends


def _bend(place: int, count: int, *, both_ways: bool) -> tuple[str, float]:
    if both_ways:
        return "curvedCW", round(0.12 + place * min(0.12, 0.6 / count), 3)
    step = min(0.14, 0.9 / count)
    return ("curvedCW", "curvedCCW")[place % 2], round(0.08 + (place // 2) * step, 3)


def _between(number: float, low: float, high: float) -> float:
    return min(1.0, max(0.0, (number - low) / (high - low)))
