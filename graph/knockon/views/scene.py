"""What a page shows, finished: every figure and place in a `Scene` was computed before it got here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimLine:
    """One source's word on a leg, as the side panel lists it."""

    source: str  # publisher, in words
    url: str  # empty where no address is known
    grade: str
    stated_on: str
    public_on: str  # ISO date, first day the figure was public
    firmness: str
    usd_low: int | None
    usd: int | None
    usd_high: int | None
    won: bool  # this claim gave the resolved amount
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeMark:
    """A party on the page; `x`, `y` in the unit square, y growing downwards."""

    id: str
    name: str
    kind: str  # ai_lab, hyperscaler, chip_designer, ...
    listed: bool
    value_usd: int | None  # market or private value; None: no value known
    value_on: str
    x: float
    y: float
    loss_usd: float | None = None  # None: no shock on this page
    loss_share: float | None = None  # None where the party has no value


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What was known of a leg from the day `on` until its next moment."""

    on: str  # ISO date
    usd_low: int | None
    usd: int | None
    usd_high: int | None
    firmness: str
    status: str
    won: int | None  # place in the leg's claims of the one that gave the amount


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeMark:
    """A leg on the page, one edge each; parallel legs stay apart."""

    id: str  # DEAL/LEG
    deal: str
    title: str
    payer: str
    payee: str
    instrument: str
    family: str  # vocab.Family: colour carries it
    firmness: str  # vocab.Firmness: dash carries it
    basis: str  # vocab.AmountBasis
    usd_low: int | None
    usd: int | None  # None: undisclosed, never zero
    usd_high: int | None
    known_from: str  # ISO date, first day the leg was public
    start: str
    end: str
    summary: str
    status: str  # latest status event in words, or empty
    claims: tuple[ClaimLine, ...]
    moments: tuple[Moment, ...] = ()  # oldest first, the last being what the leg itself says; empty: no replay


@dataclass(frozen=True, slots=True, kw_only=True)
class LossRow:
    """One party's loss; `channels` sums to `loss_usd`."""

    party: str
    name: str
    listed: bool
    value_usd: float | None
    loss_share: float | None
    loss_usd: float
    low_usd: float
    high_usd: float
    channels: Mapping[str, float]
    worst_usd: float | None = None  # at the greatest fixed point; None where there is but one


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundMark:
    """What has been lost after a round; the last one is the answer."""

    words: str
    listed_usd: float
    losses: Mapping[str, tuple[float, float | None]]  # party -> dollars, share of value


@dataclass(frozen=True, slots=True, kw_only=True)
class PathLine:
    """One way the loss took, from the party hit to the one that loses `usd`."""

    usd: float
    words: str
    parties: tuple[str, ...]  # ids, some of which may have no leg and so no place on the page
    names: tuple[str, ...]
    legs: tuple[str, ...]  # ids of legs, and of stakes and purchases that are no legs


@dataclass(frozen=True, slots=True, kw_only=True)
class ShockNote:
    """The answer to one shock, ready to be shown."""

    headline: str  # one plain sentence: who was hit, how much the listed parties lose
    lines: tuple[str, ...]  # further plain sentences: rounds, what is small, what is left out
    rows: tuple[LossRow, ...]  # largest first
    totals: Mapping[str, float]  # listed_usd, private_usd, net_of_holdings_usd, first_round_usd, later_rounds_usd
    rounds: tuple[RoundMark, ...] = ()
    paths: tuple[PathLine, ...] = ()  # largest first
    covered: float = 0.0  # share of what others lose that the paths carry


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """All a page needs; a view turns it into HTML and adds nothing."""

    title: str
    subtitle: str
    edition: str  # printed in the corner
    as_of: str  # printed in the corner
    nodes: tuple[NodeMark, ...]
    edges: tuple[EdgeMark, ...]
    left_out: tuple[str, ...] = ()  # plain sentences on what is not on the page
    shock: ShockNote | None = None
    words: Mapping[str, str] = field(default_factory=dict)  # id of an instrument, firmness, kind... -> plain words
