"""The record of a back-test, which machines and the page read: the pooled scores, the ladder, the days."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from knockon.study.validation.backtest import Backtest, backtest
from knockon.study.validation.forecast import NETWORK, SIZE
from knockon.study.validation.verdicts import RUNGS, non_ai, verdict, verdicts
from knockon.validation import ranks
from knockon.validation.placebo import FEWEST_DAYS
from knockon.validation.regression import Coefficient
from knockon.validation.scoreboard import LADDER, Step

if TYPE_CHECKING:
    from knockon.study.validation.predicting import PredictingBook

COLUMNS = (
    *("event", "date", "sign", "firms", "reached", "rung"),
    *("spearman", "kendall", "spearman_reached", "spearman_after_ai", "ties", "p_labels", "p_rewired", "p_placebo"),
)
"""Columns of the scoreboard as CSV, before the edition."""


def scene(study: PredictingBook) -> dict[str, Any]:
    """What the scoreboard page shows: every day of the book that can be scored, whatever the study's own day."""
    return record(backtest(study.book, study.days, predict=study.forecast))


def record(found: Backtest) -> dict[str, Any]:
    """The scoreboard as `--format json` prints it; unknown is null."""
    edition, panel = found.book.edition, found.panel
    by_day = {event: e for e, event in enumerate(panel.only(~found.control).events)}
    events = [_event(found, e, by_day.get(event)) for e, event in enumerate(panel.events)]
    answer = {
        "edition": {"data": edition.data, "hash": edition.hash, "code": edition.code},
        "as_of": "the day before each event",
        "tables": dict(found.days.sources),
        "permutations": found.permutations,
        "rewired_networks": found.permutations,
        "edges_moved": found.moved,
        "seed": found.seed,
        "size": SIZE,
        "verdict": verdicts(found),
        "pooled": {rung: _pooled(found, rung) for rung in RUNGS if rung in found.board.scores},
        "ladder": [_step(rung, step, found) for rung, step in found.board.steps.items()],
        "regression": {name: _slope(slope) for name, slope in found.board.slopes.items()},
        "sizes": dict(found.sizes),
        "events": [event for event in events if event["sign"]],
        "controls": {
            "pooled": {name: {"mean_spearman": mean, "p_two_sided": p} for name, (mean, p) in found.controls.items()},
            "days": [event for event in events if not event["sign"]],
            "non_ai": non_ai(found),
        },
        "placebo_days": {"ordinary_days": found.ordinary_days, "needed": FEWEST_DAYS},
        "not_scored": [
            {"event": name, "reason": section.reason} for name, section in found.sections.items() if section.reason
        ],
    }
    plain: dict[str, Any] = _plain(answer)
    return plain


def rows(found: Backtest) -> list[dict[str, Any]]:
    """One flat record per day and rung, then the pooled ones, whose event is `pooled`."""
    answer, edition = record(found), str(found.book.edition)
    flat = [
        {key: event[key] for key in ("event", "date", "sign", "firms", "reached")} | {"rung": rung} | score
        for event in [*answer["events"], *answer["controls"]["days"]]
        for rung, score in event["rungs"].items()
    ]
    for rung, score in answer["pooled"].items():
        means = {key.removeprefix("mean_"): value for key, value in score.items()}
        flat.append({"event": "pooled", "rung": rung} | means)
    return [{column: row.get(column) for column in COLUMNS} | {"edition": edition} for row in flat]


def _event(found: Backtest, e: int, day: int | None) -> dict[str, Any]:
    """One scored day; `day` is its place among those with news, None for a control."""
    name, here = found.panel.events[e], found.panel.here[e]
    event, section = found.forecasts[name].event, found.sections[name]
    if day is not None:
        scores = {
            rung: {
                "spearman": float(score.spearman[day]),
                "kendall": float(score.kendall[day]),
                "spearman_reached": float(score.reached[day]),
                "spearman_after_ai": float(score.after_ai[day]),
                "ties": float(score.ties[day]),
            }
            for rung, score in found.board.scores.items()
        }
    else:
        scores = {rung: _on_control(found, e, rung) for rung in NETWORK}
    return {
        "event": name,
        "date": event.date.isoformat(),
        "title": event.title,
        "sign": event.sign,
        "shock": [f"u:{party}" for party in event.value] + [f"w:{party}" for party in event.performance],
        "cannot_land": list(found.forecasts[name].off),
        "firms": int(here.sum()),
        "reached": int((here & (found.predictions["engine"][e] > 0)).sum()),
        "left_out": {reason: list(parties) for reason, parties in section.left_out.items()},
        "fitted_size": found.fitted[name],
        "market": float(found.panel.market[e]),
        "rungs": {rung: scores[rung] for rung in RUNGS if rung in scores},
        "cross_section": found.cross_section(name),
    }


def _on_control(found: Backtest, e: int, rung: str) -> dict[str, Any]:
    prediction, here = found.predictions[rung][e : e + 1], found.panel.here[e : e + 1]
    one = found.panel.only(np.arange(len(found.panel.events)) == e)
    return {
        "spearman": float(ranks.spearman(prediction, one.abnormal, here)[0]),
        "kendall": float(ranks.kendall(prediction, one.abnormal, here)[0]),
        "spearman_after_ai": float(ranks.spearman(prediction, one.unexplained, here)[0]),
        "ties": float(ranks.ties(prediction, here)[0]),
    }


def _pooled(found: Backtest, rung: str) -> dict[str, Any]:
    score = found.board.scores[rung]
    return {
        "mean_spearman": score.mean,
        "mean_kendall": score.mean_kendall,
        "mean_spearman_reached": score.mean_reached,
        "mean_spearman_after_ai": score.mean_after_ai,
        "p_labels": score.p,
        "p_labels_reached": score.p_reached,
        "p_labels_after_ai": score.p_after_ai,
        "p_rewired": found.p_rewired if rung == "engine" else None,
        "p_placebo": found.p_placebo.get(rung),
        "days": len(score.spearman),
        "days_positive": score.positive,
        "without_a_day": list(score.without_a_day),
        "without_a_firm": list(score.without_a_firm),
        "sign_stable": score.stable,
    }


def _step(rung: str, step: Step, found: Backtest) -> dict[str, Any]:
    return {
        "rung": rung,
        "place": LADDER.index(rung) + 1,
        "outcome": step.outcome,
        "verdict": verdict(rung, step, found.board.scores),
        "difference": step.difference,
        "partial": step.partial,
        "p_partial": step.p_partial,
        "r2_without_a_day": step.r2_days[0],
        "r2_without_a_day_gain": step.r2_days[1] - step.r2_days[0],
        "r2_without_a_firm": step.r2_firms[0],
        "r2_without_a_firm_gain": step.r2_firms[1] - step.r2_firms[0],
    }


def _slope(slope: Coefficient | None) -> dict[str, Any] | None:
    if slope is None:
        return None
    return {name: getattr(slope, name) for name in ("value", "error", "t", "p", "rows")}


def _plain(value: Any) -> Any:
    """The same with null for what is not a number."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and math.isnan(value) else value
