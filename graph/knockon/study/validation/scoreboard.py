"""What a back-test says: a plain verdict for each rung, and the record that machines and the page read."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from knockon.study.validation.backtest import Backtest, backtest
from knockon.study.validation.forecast import NETWORK, SIZE
from knockon.validation import ranks
from knockon.validation.placebo import FEWEST_DAYS
from knockon.validation.regression import Coefficient
from knockon.validation.scoreboard import LADDER, LEVEL, Score, Step

if TYPE_CHECKING:
    from knockon.study.validation.predicting import PredictingBook

RUNGS: Mapping[str, str] = {
    "beta": "market beta",
    "ai_basket": "market beta and AI basket",
    "sector": "sector",
    "size": "size",
    "direct": "direct exposure only",
    "degree": "number of counterparties",
    "engine": "the engine",
    "information": "the engine with the information channel",
}
"""Rung -> its name in words, in the order of the ladder."""

NON_AI = ("coca-cola", "exxon", "johnson-johnson", "procter-gamble", "walmart")
"""Firms without a part in AI, as their notes in the book say: on them no loss may be predicted."""

COLUMNS = (
    *("event", "date", "sign", "firms", "reached", "rung"),
    *("spearman", "kendall", "spearman_reached", "spearman_after_ai", "ties", "p_labels", "p_rewired", "p_placebo"),
)
"""Columns of the scoreboard as CSV, before the edition."""

_STRENGTH = ((0.65, "so high that a leak is to be suspected"), (0.45, "very good"), (0.3, "good"), (0.2, "weak"))
_GAIN = ((0.1, "very good"), (0.05, "good"), (0.03, "noticeable"))


def scene(study: PredictingBook) -> dict[str, Any]:
    """What the scoreboard page shows: every day of the book that can be scored, whatever the study's own day."""
    return record(backtest(study.book, study.days, predict=study.forecast))


def verdicts(found: Backtest) -> list[str]:
    """Plain sentences: how well the engine orders the firms, each rung in turn, control days, firms without AI."""
    score, news = found.board.scores["engine"], found.panel.only(~found.control)
    firms = news.here.sum(axis=1)
    reached = (news.here & (found.predictions["engine"][~found.control] > 0)).sum(axis=1)
    strength = next((word for least, word in _STRENGTH if score.mean >= least), "below weak")
    lines = [
        f"Over {len(news.events)} days and {_range(firms)} firms a day the engine's order of losers agrees with the"
        f" abnormal returns at a mean rank correlation of {_figure(score.mean)} ({_p(score.p)}): {strength}."
        f" It reaches {_range(reached)} of the firms; on the others it says nothing."
    ]
    lines += [_verdict(rung, step, found.board.scores) for rung, step in found.board.steps.items()]
    lines += [_after_ai(score), *_out_of_sample(found), _on_rewired(found), _on_controls(found)]
    own = _non_ai(found)
    if own["cells"]:
        lines.append(
            f"On the {len(own['firms'])} firms without a part in AI the engine predicts a loss in {own['predicted']} of"
            f" {own['cells']} cases, as it should."
            if not own["predicted"]
            else f"On the {len(own['firms'])} firms without a part in AI the engine predicts a loss in"
            f" {own['predicted']} of {own['cells']} cases, and should in none."
        )
    return lines


def _verdict(rung: str, step: Step, scores: Mapping[str, Score]) -> str:
    name = RUNGS[rung]
    means = f"{_figure(scores['engine'].mean)} against {_figure(scores[rung].mean)}"
    figures = f"({means}; beyond it {_figure(step.partial)}, {_p(step.p_partial)})"
    rounds = {
        "beats": ": second rounds show on these days",
        "adds": ": second rounds show, though the first alone orders the firms better",
        "no": ": second rounds are not shown by these days",
    }
    tail = rounds[step.outcome] if rung == "direct" else ""
    if step.outcome == "beats":
        return f"The engine beats {name}{tail} {figures}."
    if step.outcome == "adds":
        return f"The engine does not beat {name} alone but adds to it{tail} {figures}."
    if step.difference > 0:
        return f"The engine is ahead of {name} but adds nothing to it beyond chance{tail} {figures}."
    return f"The engine does not beat {name}{tail} {figures}."


def _after_ai(score: Score) -> str:
    start = f"Against what market and AI basket leave of the returns it scores {_figure(score.mean_after_ai)}"
    tail = "no more than chance" if score.p_after_ai >= LEVEL else "more than chance"
    return f"{start} ({_p(score.p_after_ai)}): {tail}."


def _out_of_sample(found: Backtest) -> list[str]:
    step = found.board.steps.get("ai_basket")
    if step is None:
        return []
    days, firms = (after - before for before, after in (step.r2_days, step.r2_firms))
    strength = next((word for least, word in _GAIN if min(days, firms) >= least), "not noticeable")
    return [
        f"Out of sample the engine adds {days:+.4f} to the R2 of market beta and AI basket if each day is left out,"
        f" {firms:+.4f} if each firm is: {strength}."
    ]


def _on_rewired(found: Backtest) -> str:
    if found.p_rewired >= LEVEL:
        tail = "who stands behind which promise is not shown to matter beyond the kind of party"
    else:
        tail = "who stands behind which promise matters beyond the kind of party"
    start = f"Among {found.permutations:,} networks with obligors exchanged within their kind"
    return f"{start}, {_p(found.p_rewired)}: {tail}."


def _on_controls(found: Backtest) -> str:
    if not found.controls:
        return "There is no control day among these."
    mean, p = found.controls["engine"]
    days = int(found.control.sum())
    which = f"On the {days} control day{'s' * (days != 1)}, where nothing should be found,"
    start = f"{which} the engine scores {_figure(mean)}"
    if p < LEVEL:
        return f"{start} ({_p(p)}): it finds an order there too, so part of its score is no news from the network."
    return f"{start} ({_p(p)}): no order beyond chance."


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
            "non_ai": _non_ai(found),
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
        "verdict": _verdict(rung, step, found.board.scores),
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


def _non_ai(found: Backtest) -> dict[str, Any]:
    firms = [party for party in NON_AI if party in found.panel.firms]
    at = [found.panel.firms.index(party) for party in firms]
    here, lost = found.panel.here[:, at], found.predictions["engine"][:, at]
    abnormal = found.panel.abnormal[:, at]
    return {
        "firms": firms,
        "cells": int(here.sum()),
        "predicted": int((here & (lost > 0)).sum()),
        "mean_abnormal": float(abnormal[here].mean()) if here.any() else None,
    }


def _plain(value: Any) -> Any:
    """The same with null for what is not a number."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and math.isnan(value) else value


def _range(counts: Any) -> str:
    low, high = int(counts.min()), int(counts.max())
    return str(low) if low == high else f"{low} to {high}"


def _figure(value: float) -> str:
    return f"{round(value, 2) + 0.0:.2f}"  # there is one zero


def _p(p: float) -> str:
    return "p under 0.001" if p < 0.001 else f"p = {p:.3f}"
