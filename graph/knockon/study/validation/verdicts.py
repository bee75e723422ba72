"""What a back-test says in plain sentences: how well the engine orders the losers, rung by rung, good news or bad."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from knockon.study.validation.backtest import Backtest
from knockon.validation.scoreboard import LEVEL, Score, Step

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

_STRENGTH = ((0.65, "so high that a leak is to be suspected"), (0.45, "very good"), (0.3, "good"), (0.2, "weak"))
_GAIN = ((0.1, "very good"), (0.05, "good"), (0.03, "noticeable"))


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
    lines += [verdict(rung, step, found.board.scores) for rung, step in found.board.steps.items()]
    lines += [_after_ai(score), *_out_of_sample(found), _on_rewired(found), _on_controls(found)]
    own = non_ai(found)
    if own["cells"]:
        lines.append(
            f"On the {len(own['firms'])} firms without a part in AI the engine predicts a loss in {own['predicted']} of"
            f" {own['cells']} cases, as it should."
            if not own["predicted"]
            else f"On the {len(own['firms'])} firms without a part in AI the engine predicts a loss in"
            f" {own['predicted']} of {own['cells']} cases, and should in none."
        )
    return lines


def verdict(rung: str, step: Step, scores: Mapping[str, Score]) -> str:
    """What the engine adds to one rung of the ladder."""
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


def non_ai(found: Backtest) -> dict[str, Any]:
    """How often the engine predicts a loss where none may be."""
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


def _range(counts: Any) -> str:
    low, high = int(counts.min()), int(counts.max())
    return str(low) if low == high else f"{low} to {high}"


def _figure(value: float) -> str:
    return f"{round(value, 2) + 0.0:.2f}"  # there is one zero


def _p(p: float) -> str:
    return "p under 0.001" if p < 0.001 else f"p = {p:.3f}"
