"""The engine beside the ladder of plain baselines, over all days: how far it orders the firms, and whether by chance.

Every rung is a prediction (E, F). Its score is the mean over days of the Spearman correlation with the abnormal
return in the direction of the news. What the engine adds to a rung is asked three ways: the difference of the two
means; the rank correlation of what the rung leaves of both (partial), under the same permutation for all days; and
the R2 out of sample that it adds to a regression on the ladder up to that rung.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from knockon.arrays import Flags, Index, Vector
from knockon.validation import ranks
from knockon.validation.baselines import ATTRIBUTES, columns, learned
from knockon.validation.panel import Panel
from knockon.validation.permutation import null, orders, p_value, shuffled
from knockon.validation.regression import Coefficient, r2_out_of_sample, slope

LADDER = (*ATTRIBUTES, "direct", "degree")
"""What the engine must beat, in order."""
LEVEL = 0.05
"""Chance at which a rung counts as beaten or added to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One rung's score; (E,) by day, then pooled. `reached` is over the firms that the engine reaches."""

    spearman: Vector
    kendall: Vector
    reached: Vector  # NaN where fewer than three are reached, or all alike
    after_ai: Vector  # against what market and AI basket leave
    ties: Vector  # share of firms that share their prediction with another
    mean: float
    mean_kendall: float
    mean_reached: float  # NaN if no day has an order among the reached
    mean_after_ai: float
    p: float  # firm labels permuted alike on every day, one-sided
    p_reached: float
    p_after_ai: float
    without_a_day: tuple[float, float]  # least and largest mean, each day in turn left out
    without_a_firm: tuple[float, float]

    @property
    def positive(self) -> int:
        """Days with a correlation above 0."""
        return int((self.spearman > 0).sum())

    @property
    def stable(self) -> bool:
        """Whether the mean keeps its sign whichever day or firm is left out."""
        ends = (*self.without_a_day, *self.without_a_firm)
        return min(ends) > 0 or max(ends) < 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The engine against one rung."""

    difference: float  # of the means
    partial: float  # mean rank correlation of what the rung leaves of engine and outcome
    p_partial: float
    r2_days: tuple[float, float]  # out of sample, each day left out: the ladder up to here, and with the engine
    r2_firms: tuple[float, float]  # each firm left out

    @property
    def outcome(self) -> str:
        """`beats`: a higher mean, and something added; `adds`: something added, though no higher mean; else `no`."""
        if self.p_partial >= LEVEL or self.partial <= 0:
            return "no"
        return "beats" if self.difference > 0 else "adds"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoreboard:
    """All rungs by name, the engine against each rung of the ladder, and its slope beside all attributes."""

    scores: Mapping[str, Score]
    steps: Mapping[str, Step]
    slopes: Mapping[str, Coefficient | None]  # of each network prediction, beside beta, gamma, log cap and sector


def scoreboard(panel: Panel, network: Mapping[str, Vector], permutations: int, seed: int) -> Scoreboard:
    """Score the predictions `network`, (E, F) each, among them `engine`, `direct` and `degree`, beside the attributes.

    The reached firms are those of which `engine` predicts any loss. Same seed, same numbers.
    """
    outcome, here = panel.abnormal, panel.here
    reached = here & (network["engine"] > 0)
    drawn = orders(permutations, len(panel.firms), np.random.default_rng(seed))
    places, among = shuffled(drawn, here), shuffled(drawn, reached)
    plain = {rung: learned(panel, outcome, rung) for rung in ATTRIBUTES}
    if len(panel.events) < 2:
        plain = {}
    rungs = {**plain, **network}
    scores = {name: _score(panel, prediction, reached, places, among) for name, prediction in rungs.items()}
    return Scoreboard(
        scores=scores,
        steps={rung: _step(panel, network, rung, rungs[rung], scores, places) for rung in LADDER if rung in scores},
        slopes={name: _slope(panel, prediction) for name, prediction in network.items()},
    )


def chance(panel: Panel, prediction: Vector, permutations: int, seed: int) -> tuple[float, float]:
    """Mean Spearman of a prediction on days that should show nothing, and how often chance gives as much either way."""
    drawn = orders(permutations, len(panel.firms), np.random.default_rng(seed))
    a, b = ranks.unit_ranks(prediction, panel.here), ranks.unit_ranks(panel.abnormal, panel.here)
    mean = float((a * b).sum(axis=1).mean())
    return mean, p_value(abs(mean), np.abs(null(a, b, shuffled(drawn, panel.here))))


def _score(panel: Panel, prediction: Vector, reached: Flags, places: list[Index], among: list[Index]) -> Score:
    outcome, after, here = panel.abnormal, panel.unexplained, panel.here
    daily = ranks.spearman(prediction, outcome, here)
    told = ranks.ordered(prediction, reached)
    own = ranks.spearman(prediction, outcome, reached)
    rest = ranks.spearman(prediction, after, here)
    a, b = ranks.unit_ranks(prediction, here), ranks.unit_ranks(outcome, here)
    mean_reached = float(own[told].mean()) if told.any() else float("nan")
    days = len(panel.events)
    without = [(daily.sum() - value) / (days - 1) for value in daily] if days > 1 else [daily.mean()]
    fewer = ranks.without_each_firm(prediction, outcome, here)
    return Score(
        spearman=daily,
        kendall=ranks.kendall(prediction, outcome, here),
        reached=np.where(told, own, np.nan),
        after_ai=rest,
        ties=ranks.ties(prediction, here),
        mean=float(daily.mean()),
        mean_kendall=float(ranks.kendall(prediction, outcome, here).mean()),
        mean_reached=mean_reached,
        mean_after_ai=float(rest.mean()),
        p=p_value(float(daily.mean()), null(a, b, places)),
        p_reached=_p_reached(prediction, outcome, reached, told, among),
        p_after_ai=p_value(float(rest.mean()), null(a, ranks.unit_ranks(after, here), places)),
        without_a_day=(float(min(without)), float(max(without))),
        without_a_firm=(float(fewer.min()), float(fewer.max())),
    )


def _p_reached(prediction: Vector, outcome: Vector, reached: Flags, told: Flags, among: list[Index]) -> float:
    if not told.any():
        return float("nan")
    a, b = ranks.unit_ranks(prediction, reached)[told], ranks.unit_ranks(outcome, reached)[told]
    drawn = [place for place, counts in zip(among, told, strict=True) if counts]
    return p_value(float((a * b).sum(axis=1).mean()), null(a, b, drawn))


def _step(
    panel: Panel,
    network: Mapping[str, Vector],
    rung: str,
    prediction: Vector,
    scores: Mapping[str, Score],
    places: list[Index],
) -> Step:
    here = panel.here
    own = ranks.net_of(network["engine"], prediction, here)
    left = ranks.net_of(panel.abnormal, prediction, here)
    partial = float((own * left).sum(axis=1).mean())
    event, firm = np.nonzero(here)
    y = panel.abnormal[here]
    added = []
    for name in LADDER[: LADDER.index(rung) + 1]:
        table = network[name][:, :, None] if name in network else columns(panel, name)
        added.append(table[event, firm])
    base = np.column_stack(added)
    whole = np.column_stack([base, network["engine"][here]])

    def with_and_without(held: Index) -> tuple[float, float]:
        return r2_out_of_sample(y, base, event, held), r2_out_of_sample(y, whole, event, held)

    return Step(
        difference=scores["engine"].mean - scores[rung].mean,
        partial=partial,
        p_partial=p_value(partial, null(own, left, places)),
        r2_days=with_and_without(event) if len(panel.events) > 1 else (float("nan"), float("nan")),
        r2_firms=with_and_without(firm),
    )


def _slope(panel: Panel, prediction: Vector) -> Coefficient | None:
    event, firm = np.nonzero(panel.here)
    controls = np.column_stack([columns(panel, rung)[event, firm] for rung in ATTRIBUTES])
    return slope(panel.abnormal[panel.here], prediction[panel.here], controls, event, firm)
