"""How a scenario lands on the book of a date: its hits as arrays, its removals and its market on the exposures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from knockon.contagion.adjust import in_glut, without
from knockon.contagion.engine import Shock
from knockon.errors import BadInput, UnknownName
from knockon.exposures import Exposures
from knockon.scenarios import Scenario
from knockon.study.overlays import with_balance_sheets, with_blackcox

if TYPE_CHECKING:
    from knockon.study import Study


def shocked(study: Study, x: Exposures, scenario: Scenario) -> Shock:
    """The scenario's hits as arrays. Raises BadInput where one cannot land."""
    shock = Shock.none(x)
    for party, size in scenario.value.items():
        i = node(x, party)
        if np.isnan(x.balance.value[i]):
            raise BadInput(
                f"{party} has no known value on {study.as_of}; hit its promises instead: --cut {party}={size:g}"
            )
        shock.u[i] = size
    for party, size in scenario.performance.items():
        shock.w[node(x, party)] = size
    for leg, size in scenario.legs.items():
        _hit_leg(study, x, shock, leg, size)
    return shock


def prepared(study: Study, scenario: Scenario) -> Exposures:
    """The exposures of the date less what the scenario removes, in the market it supposes."""
    whole = study.exposures_on(scenario.basis)
    puts = {str(entry["where"]) for entry in whole.assumed if str(entry["what"]).startswith("a backstop of unsold")}
    for leg in scenario.remove:
        if leg not in puts:
            _place(study, whole, leg)
    taken = puts & set(scenario.remove)
    if taken:
        whole = study.exposures_on(scenario.basis, frozenset(taken))
    found = in_glut(without(whole, [leg for leg in scenario.remove if leg not in taken]), scenario.glut)
    if scenario.default or scenario.common_holders or scenario.curve == "blackcox":
        found = with_balance_sheets(study, found)
    return with_blackcox(found, study.parameters) if scenario.curve == "blackcox" else found


def node(x: Exposures, party: str) -> int:
    """Position of a party that can be hit. Raises BadInput."""
    if party not in x.balance.parties:
        raise BadInput(f"{party} is a group or an index, not a party that can be hit")
    return x.balance.index(party)


def _hit_leg(study: Study, x: Exposures, shock: Shock, leg: str, size: float) -> None:
    kind, i = _place(study, x, leg)
    if kind == "holdings":
        raise BadInput(f"{leg} is a holding, not a promise to perform; hit its issuer, or remove the leg in a scenario")
    hits = {"contracts": shock.z, "debts": shock.z_debt, "fundings": shock.z_funding, "guarantees": shock.z_guarantee}
    hits[kind][i] = size


def _place(study: Study, x: Exposures, leg: str) -> tuple[str, int]:
    """Kind and position of the edge that a leg became on the date.

    Raises UnknownName for no leg of the book, BadInput for one that is no edge, with the reason.
    """
    for kind in ("contracts", "debts", "fundings", "guarantees", "holdings"):
        ids = getattr(x, kind).ids
        if leg in ids:
            return kind, ids.index(leg)
    if leg not in study.book.legs:
        raise UnknownName("leg", leg, study.book.legs)
    why = next((reason for reason, names in x.left_out.items() if leg in names), "not a promise to perform")
    if leg not in study.resolved:
        why = "not known yet"
    raise BadInput(f"{leg} is no edge on {study.as_of}: {why.replace('_', ' ')}; `knockon explain {leg}` tells more")
