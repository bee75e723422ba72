"""How a scenario is put to the model: landed on the book, spread through it, overlaid by what it asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knockon.contagion.engine import Shock
from knockon.contagion.spread import Spread, overlaid, spread
from knockon.engines import LOCAL, Engine, Tick
from knockon.exposures import Exposures
from knockon.scenarios import Scenario
from knockon.study.shocks.landing import landed, named
from knockon.study.shocks.overlays import overheard, with_sellers
from knockon.study.shocks.result import ShockResult

if TYPE_CHECKING:
    from knockon.study.dated import DatedBook


def run(study: DatedBook, scenario: Scenario, progress: Tick | None = None, engine: Engine = LOCAL) -> ShockResult:
    """Put the scenario to the model; its draws are made on `engine`.

    Raises BadInput where a hit cannot land: a party without a value, a leg that is no edge on the date.
    """
    scenario = named(study, scenario)
    asked = landed(study, scenario)
    x, shock = asked.exposures, asked.shock
    rho = study.parameters.find("copula_rho").value

    def answer_to(x: Exposures, shock: Shock) -> Spread:
        return spread(x, shock, scenario.draws, scenario.seed, rho, progress, engine)

    answer = answer_to(x, shock)
    if scenario.information:
        shock = overheard(study, x, shock)
        answer = overlaid(answer, answer_to(x, shock), "information")
    if scenario.common_holders:
        answer = overlaid(answer, answer_to(with_sellers(x, study.parameters), shock), "common_holders")
    return ShockResult(study, scenario, answer, asked.settled, engine)
