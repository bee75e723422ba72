"""What the book of an event's eve predicts: its pre-registered shock, put to the engine at one size and at many."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np

from knockon.book import Book
from knockon.contagion.coefficients import coefficients
from knockon.contagion.engine import Map, Shock
from knockon.contagion.fixedpoint import solve
from knockon.contagion.rewired import EDGES, TOLERANCE
from knockon.exposures import Exposures, Index, Vector
from knockon.study.dated import DatedBook
from knockon.study.shocks.overlays import overheard
from knockon.study.validation.days import Event
from knockon.validation.panel import Panel, best_size

SIZE = 0.2
"""Size of every shock in the rank statistics; `sizes` on the scoreboard shows how little hangs on it."""
SIZES = np.linspace(0.0, 1.0, 41)
"""Sizes among which a day's own is looked for, before it is refined."""
NETWORK = ("engine", "information", "direct", "degree")
"""Predictions that read the network: fields of a forecast."""


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """What the book of the eve predicts: shares of value lost, (n,) by party at SIZE unless said otherwise."""

    event: Event
    exposures: Exposures
    shock: Shock  # of size 1
    engine: Vector
    information: Vector  # with the information channel
    direct: Vector  # first round only
    degree: Vector  # (n,) number of counterparties
    by_size: Vector  # (n, S), one column for each of SIZES
    off: tuple[str, ...]  # hits that cannot land on the eve

    def loss(self, sizes: Vector) -> Vector:
        """(n, S) the engine's prediction at other sizes of the shock."""
        return _losses(self.exposures, sized(self.shock, sizes))


def forecast(book: Book, event: Event) -> Forecast:
    """The pre-registered shock of the event on the book of the day before."""
    study = DatedBook(book, event.date - timedelta(days=1))
    x = study.exposures
    known = dict(zip(x.balance.parties, ~np.isnan(x.balance.value), strict=True))
    shock, off = Shock.none(x), []
    for array, prefix, hit in ((shock.u, "u", event.value), (shock.w, "w", event.performance)):
        for party in hit:
            if known.get(party, False) or (prefix == "w" and party in known):
                array[x.balance.index(party)] = 1.0
            else:
                off.append(f"{prefix}:{party}")
    flat = replace(shock, u=SIZE * shock.u, w=SIZE * shock.w)
    first = Map(x, coefficients(x), flat).first_round()[:, 0]
    value = x.balance.value
    return Forecast(
        event=event,
        exposures=x,
        shock=shock,
        engine=_losses(x, flat)[:, 0],
        information=_losses(x, overheard(study, x, flat))[:, 0],
        direct=flat.u + np.divide(first, value, out=np.zeros(len(value)), where=~np.isnan(value)),
        degree=_degree(x),
        by_size=_losses(x, sized(shock, SIZES)),
        off=tuple(off),
    )


def _losses(x: Exposures, shock: Shock) -> Vector:
    h = solve(Map(x, coefficients(x), shock), tolerance=TOLERANCE).h
    return np.asarray(np.where(h > TOLERANCE, h, 0.0))


def sized(shock: Shock, sizes: Vector) -> Shock:
    """The shock of size 1 as a batch, one column a size."""
    return replace(shock, u=np.outer(shock.u, sizes), w=np.outer(shock.w, sizes))


def _degree(x: Exposures) -> Vector:
    met = np.zeros((len(x.balance.parties),) * 2, dtype=bool)
    for kind in EDGES:
        edges = getattr(x, kind)
        met[edges.obligor, edges.holder] = met[edges.holder, edges.obligor] = True
    np.fill_diagonal(met, False)
    return np.asarray(met.sum(axis=1), dtype=float)


def places(panel: Panel, e: int, said: Forecast) -> Index:
    """(k,) where the firms that count on day e stand among the parties; -1 for one that is no party of the network."""
    position = {party: i for i, party in enumerate(said.exposures.balance.parties)}
    return np.array([position.get(panel.firms[f], -1) for f in np.flatnonzero(panel.here[e])], dtype=np.int64)


def seen(prediction: Vector, at: Index) -> Vector:
    """The prediction, parties on its last axis, at some places; nothing is predicted for place -1."""
    return np.asarray(np.where(at >= 0, prediction[..., at], 0.0))


def on_panel(panel: Panel, said: list[Forecast], predictions: list[Vector]) -> Vector:
    """(E, F) predictions (n,) of each day by the panel's firms."""
    found = np.zeros(panel.returns.shape)
    for e, (one, prediction) in enumerate(zip(said, predictions, strict=True)):
        found[e, panel.here[e]] = seen(prediction, places(panel, e, one))
    return found


def predicted(panel: Panel, said: list[Forecast], name: str) -> Vector:
    """(E, F) one of the predictions in NETWORK on the panel."""
    return on_panel(panel, said, [getattr(one, name) for one in said])


def fit(said: Forecast, panel: Panel, e: int) -> float:
    """The size of the day's shock that leaves the least squared residual: a grid, then a finer one around its best."""
    here, firms = panel.here[e], places(panel, e, said)

    def best(losses: Vector) -> int:
        loss = seen(losses.T, firms).T
        return best_size(panel.returns[e, here], panel.factor[e, here], float(panel.sign[e]), loss)

    at = best(said.by_size)
    finer = np.linspace(SIZES[max(0, at - 1)], SIZES[min(len(SIZES) - 1, at + 1)], len(SIZES))
    return float(finer[best(said.loss(finer))])
