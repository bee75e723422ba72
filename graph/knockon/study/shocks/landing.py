"""How a scenario lands on the book of a date: its hits as arrays, its removals and its market on the exposures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from knockon.contagion.adjust import in_glut, without
from knockon.contagion.engine import Shock
from knockon.errors import BadInput, UnknownName
from knockon.exposures import Exposures
from knockon.scenarios import Scenario
from knockon.study.shocks.overlays import terms, with_balance_sheets, with_blackcox
from knockon.vocab import Firmness

if TYPE_CHECKING:
    from knockon.contagion.terminal import Settled
    from knockon.study.dated import DatedBook


def named(study: DatedBook, scenario: Scenario) -> Scenario:
    """The scenario on the study's date, its parties by their ids. Raises UnknownName, BadInput for one hit twice."""
    value, performance = _by_id(study, scenario.value), _by_id(study, scenario.performance)
    default = tuple(study.party(name) for name in scenario.default)
    return replace(scenario, as_of=study.as_of, value=value, performance=performance, default=default)


def _by_id(study: DatedBook, shares: Mapping[str, float]) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, share in shares.items():
        party = study.party(name)
        if party in found:
            raise BadInput(f"{party} is hit twice, once as {name!r}; name it once")
        found[party] = share
    return found


@dataclass(frozen=True)
class Landed:
    """A scenario as the engine takes it."""

    exposures: Exposures
    shock: Shock
    settled: Mapping[str, Settled]  # defaults cleared at the value, the low and the high end of what default costs


def landed(study: DatedBook, scenario: Scenario) -> Landed:
    """The scenario on the book of the study's date, its defaults cleared. Raises BadInput where a hit cannot land."""
    x = prepared(study, scenario)
    shock = shocked(study, x, scenario)
    if not scenario.default:
        return Landed(x, shock, {})
    from knockon.contagion.terminal import settle

    declared = np.array([_node(x, party) for party in scenario.default], dtype=np.int64)
    ends = ("value", "low", "high")
    settled = {end: settle(x, shock, declared, terms(study.parameters, end)) for end in ends}
    found = settled["value"]
    return Landed(replace(found.exposures, assumed=(*x.assumed, *_assumed(found))), found.shock, settled)


def _assumed(settled: Settled) -> Iterator[dict[str, object]]:
    """What stands in for a fact where a default is cleared."""
    x = settled.exposures
    for estate in settled.estates:
        party = x.balance.parties[estate.party]
        yield {"what": "assets at default are the debts, USD", "where": party, "value": estate.debts}
        yield {"what": "debts of unknown rank, and to creditors nobody names, are senior", "where": party, "value": 1}


def shocked(study: DatedBook, x: Exposures, scenario: Scenario) -> Shock:
    """The scenario's hits as arrays. Raises BadInput where one cannot land."""
    shock = Shock.none(x)
    for party, size in scenario.value.items():
        i = _node(x, party)
        if np.isnan(x.balance.value[i]):
            raise BadInput(
                f"{party} has no known value on {study.as_of}; hit its promises instead: --cut {party}={size:g}"
            )
        shock.u[i] = size
    for party, size in scenario.performance.items():
        shock.w[_node(x, party)] = size
    for leg, size in scenario.legs.items():
        _hit_leg(study, x, shock, leg, size)
    return shock


def prepared(study: DatedBook, scenario: Scenario) -> Exposures:
    """The exposures of the date less what the scenario removes, in the market it supposes."""
    whole = study.exposures_on(scenario.basis)
    puts = _puts(whole)
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


def less_firm(study: DatedBook, basis: str, least: Firmness) -> tuple[str, ...]:
    """The legs behind the exposures that are not as firm as `least`, for a scenario to remove.

    Stakes that are held and everyday purchases are no promises with a firmness, so none of them is among these.
    """
    x = study.exposures_on(basis)
    ids = {name for edges in (x.contracts, x.holdings, x.debts, x.fundings, x.guarantees) for name in edges.ids}
    legs = ((ids | _puts(x)) & study.resolved.keys()) if least.rung else ()
    return tuple(sorted(leg for leg in legs if study.resolved[leg].firmness.rung < least.rung))


def _puts(x: Exposures) -> set[str]:
    """Legs that are backstops of unsold capacity: no edges, they stand in the redeployment of others."""
    return {str(entry["where"]) for entry in x.assumed if str(entry["what"]).startswith("a backstop of unsold")}


def _node(x: Exposures, party: str) -> int:
    if party not in x.balance.parties:
        raise BadInput(f"{party} is a group or an index, not a party that can be hit")
    return x.balance.index(party)


def _hit_leg(study: DatedBook, x: Exposures, shock: Shock, leg: str, size: float) -> None:
    kind, i = _place(study, x, leg)
    if kind == "holdings":
        raise BadInput(f"{leg} is a holding, not a promise to perform; hit its issuer, or remove the leg in a scenario")
    hits = {"contracts": shock.z, "debts": shock.z_debt, "fundings": shock.z_funding, "guarantees": shock.z_guarantee}
    hits[kind][i] = size


def _place(study: DatedBook, x: Exposures, leg: str) -> tuple[str, int]:
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
