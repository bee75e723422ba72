"""From book to scoreboard: what the book of each eve made the engine predict, laid beside what the day brought.

Rank statistics take the shock at one size for all days, so that nothing is fitted to the day that is scored; only
the split of a day's returns into factor, network and residual fits the one free scalar of the day, its size.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from knockon.book import Book
from knockon.engines import LOCAL, Engine
from knockon.errors import BadInput, UnknownName
from knockon.exposures import Flags, Vector
from knockon.study.validation.days import Days, Event
from knockon.study.validation.forecast import NETWORK, SIZE, Forecast, fit, forecast, on_panel, places, predicted, seen
from knockon.study.validation.rewiring import rewired
from knockon.study.validation.sections import Section, ordinary, panel, section
from knockon.validation import ranks
from knockon.validation.panel import Panel, parts
from knockon.validation.permutation import p_value
from knockon.validation.placebo import placebo_scores
from knockon.validation.scoreboard import Scoreboard, chance, scoreboard

OTHER_SIZES = (0.05, 0.1, 0.5, 1.0)
"""Sizes at which the engine is scored too, to show how little hangs on SIZE."""

Tick = Callable[[int, int], None]
Predict = Callable[[Event], Forecast]


@dataclass(frozen=True, kw_only=True)
class Backtest:
    """All scored days, the scoreboard over those with news, and what was left out."""

    book: Book
    days: Days
    sections: Mapping[str, Section]  # every event
    panel: Panel  # the scored days, control days with the sign of bad news
    control: Flags  # (E,) of the panel's days
    forecasts: Mapping[str, Forecast]  # scored event -> what was predicted
    predictions: Mapping[str, Vector]  # name -> (E, F)
    board: Scoreboard  # over the days that are not controls
    controls: Mapping[str, tuple[float, float]]  # name -> mean Spearman on the control days, two-sided p
    moved: float  # share of edges with another obligor in a rewired network
    p_rewired: float  # of the engine
    p_placebo: Mapping[str, float]  # empty: no price panel
    ordinary_days: int
    sizes: Mapping[str, float]  # size of the shock, or "fitted" -> the engine's mean Spearman
    fitted: Mapping[str, float]  # scored event -> the size that fits the day best
    permutations: int  # of firm labels, and as many rewired networks
    seed: int

    def cross_section(self, event: str) -> list[dict[str, Any]]:
        """The three numbers of each firm on a scored day, as `cross_section` gives them."""
        return _rows(self.book, self.days, self.sections[event], self.forecasts[event], self.fitted[event])


def backtest(
    book: Book,
    days: Days,
    permutations: int = 2000,
    seed: int = 7,
    tick: Tick | None = None,
    predict: Predict | None = None,
    engine: Engine = LOCAL,
) -> Backtest:
    """Score the engine on `days`. Same seed, same numbers; `tick` is told steps done and steps in all.

    `engine` makes the forecasts and solves the rewired networks. `predict` forecasts a day of the book; who has
    done so already may give what was found.
    Raises BadInput if no day with news can be scored.
    """
    if permutations < 1 or seed < 0:
        raise BadInput(f"permutations {permutations}, seed {seed}; at least one permutation, and a seed of 0 or more")
    sections = {event.id: section(book, days, event) for event in days.events}
    scored = [event for event in days.events if not sections[event.id].reason]
    if not any(event.sign for event in scored):
        why = next((f"{name}: {found.reason}" for name, found in sections.items() if found.reason), "only controls")
        raise BadInput(f"no day with news can be scored; {why}")
    steps = iter(range(1, len(scored) + 4))

    def step() -> None:
        done = next(steps)
        if tick:
            tick(done, len(scored) + 3)

    def said(of: Book, event: Event) -> Forecast:
        return predict(event) if predict else forecast(of, event)

    told_of = engine.map(forecast if predict is None else said, book, scored, lambda _: step())
    forecasts = {event.id: found for event, found in zip(scored, told_of, strict=True)}
    whole = panel(book, days, scored, sections)
    control = np.array([event.sign == 0 for event in scored])
    predictions = {name: predicted(whole, list(forecasts.values()), name) for name in NETWORK}
    news, quiet = whole.only(~control), whole.only(control)
    told = [forecasts[name] for name in news.events]
    board = scoreboard(news, {name: found[~control] for name, found in predictions.items()}, permutations, seed)
    step()
    drawn, moved = rewired(book, told, permutations, seed, engine)
    outcome = news.abnormal
    by_chance = [
        ranks.batch(seen(losses, places(news, e, told[e])), outcome[e, news.here[e]]) for e, losses in enumerate(drawn)
    ]
    step()
    calm = ordinary(days, whole.firms)
    placebo = {
        name: placebo_scores(news, found[~control], calm, permutations, seed) for name, found in predictions.items()
    }
    fitted = {event.id: fit(forecasts[event.id], whole, e) for e, event in enumerate(scored)}
    sizes = _by_size(news, told, fitted)
    step()
    return Backtest(
        book=book,
        days=days,
        sections=sections,
        panel=whole,
        control=control,
        forecasts=forecasts,
        predictions=predictions,
        board=board,
        controls={name: chance(quiet, found[control], permutations, seed) for name, found in predictions.items()}
        if control.any()
        else {},
        moved=moved,
        p_rewired=p_value(board.scores["engine"].mean, np.mean(by_chance, axis=0)),
        p_placebo={name: p_value(board.scores[name].mean, x) for name, x in placebo.items() if x is not None},
        ordinary_days=len(calm.market),
        sizes=sizes,
        fitted=fitted,
        permutations=permutations,
        seed=seed,
    )


def cross_section(book: Book, days: Days, event: str, predict: Predict | None = None) -> list[dict[str, Any]]:
    """Three numbers per firm on one day, as shares: factor part, network part, residual; they add up to the return.

    The size of the day's shock is the one that leaves the least squared residual among the firms that count; those
    whose own news it was are listed but not fitted. Raises UnknownName, or BadInput for a day that has no score.
    """
    found = next((one for one in days.events if one.id == event), None)
    if found is None:
        raise UnknownName("event", event, [one.id for one in days.events])
    counted = section(book, days, found)
    if counted.reason:
        raise BadInput(f"{event} has no score: {counted.reason}")
    said = (predict or partial(forecast, book))(found)
    return _rows(book, days, counted, said, fit(said, panel(book, days, [found], {event: counted}), 0))


def _rows(book: Book, days: Days, counted: Section, said: Forecast, size: float) -> list[dict[str, Any]]:
    event, loss = said.event, said.loss(np.array([size]))[:, 0]
    lost = dict(zip(said.exposures.balance.parties, loss, strict=True))
    rows = []
    for party in (*counted.firms, *counted.left_out.get("own_news", ())):
        row = days.loadings[event.id].get(party)
        if row is None:
            continue
        got = days.returns[event.id][party]
        factor = (row["beta"] * row["market_pct"] + row["gamma"] * row["ai_orthogonal_pct"]) / 100
        split = parts(np.array([got]), np.array([factor]), event.sign or -1, np.array([lost.get(party, 0.0)]))
        rows.append(
            {
                "party": party,
                "name": book.parties[party].name,
                "return": got,
                "factor": factor,
                "network": float(split.network[0]),
                "residual": float(split.residual[0]),
                "own_news": party in event.own_news,
            }
        )
    return sorted(rows, key=lambda row: (-abs(row["network"]), row["party"]))


def _mean(news: Panel, told: list[Forecast], predictions: list[Vector]) -> float:
    return float(ranks.spearman(on_panel(news, told, predictions), news.abnormal, news.here).mean())


def _by_size(news: Panel, told: list[Forecast], fitted: Mapping[str, float]) -> dict[str, float]:
    sizes = np.array(sorted((*OTHER_SIZES, SIZE)))
    losses = [one.loss(sizes) for one in told]
    found = {f"{size:g}": _mean(news, told, [loss[:, k] for loss in losses]) for k, size in enumerate(sizes)}
    own = [one.loss(np.array([fitted[one.event.id]]))[:, 0] for one in told]
    return found | {"fitted": _mean(news, told, own)}
