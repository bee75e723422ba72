"""Three questions turned round: who matters most, what it would take, and what each promise is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from knockon.contagion.bisection import scale_to
from knockon.contagion.counterfactual import worth_of_edges
from knockon.contagion.guarantees import candidates, worth_of_guarantees
from knockon.contagion.ranking import Hit, hits, ranking
from knockon.contagion.reverse import Mix, Search
from knockon.engines import LOCAL, Engine, Progress, Tick
from knockon.errors import BadInput
from knockon.exposures import Exposures
from knockon.scenarios import Scenario
from knockon.study.shocks.landing import landed

if TYPE_CHECKING:
    from knockon.study.dated import DatedBook

PAIRS = 12
"""The most hurtful parties whose pairs a reverse stress test without a named source looks through."""


def stamp(study: DatedBook, basis: str) -> dict[str, Any]:
    """Edition, day and basis, as every result carries them."""
    edition = study.edition
    return {
        "edition": {"data": edition.data, "hash": edition.hash, "code": edition.code},
        "as_of": study.as_of.isoformat(),
        "basis": basis,
    }


def listed(x: Exposures) -> Any:
    """(n,) parties whose shares trade and have a known value."""
    return x.balance.listed & ~np.isnan(x.balance.value)


def rank(
    study: DatedBook,
    hit: str = "both",
    size: float = 1.0,
    basis: str = "pv",
    tick: Tick | None = None,
    engine: Engine = LOCAL,
) -> dict[str, Any]:
    """Hit every party in turn: what listed others lose then, and how much each loses by the falls of others.

    Rows are sorted by the dollars that other listed parties lose. Raises BadInput for a size that is no share.
    """
    x = study.exposures_on(basis)
    found = ranking(x, _hit(hit), size, tick, engine)
    rows = [
        {
            "party": x.balance.parties[i],
            "name": study.book.parties[x.balance.parties[i]].name,
            "listed": bool(listed(x)[i]),
            "own_usd": float(found.own[i]),
            "listed_others_usd": float(found.impact_listed[i]),
            "others_usd": float(found.impact[i]),
            "suffers_usd": float(found.vulnerability[i]),
            "suffers_share": None if np.isnan(x.balance.value[i]) else float(found.vulnerability_share[i]),
        }
        for i in found.order(found.impact_listed)
        if found.impact[i] > 0 or found.vulnerability[i] > 0
    ]
    return {**stamp(study, basis), "hit": hit, "size": size, "parties": rows}


def stress(
    study: DatedBook, loss: float, at: str | None = None, hit: str = "both", basis: str = "pv", pairs: bool = False
) -> dict[str, Any]:
    """The smallest shock that makes listed parties lose `loss` dollars, own losses of those hit included.

    With `at`, the size of the hit on that one party; else the smallest single hit over all parties, and with
    `pairs` the cheapest mix of two among the PAIRS most hurtful. Raises BadInput for a loss not above 0.
    """
    x = study.exposures_on(basis)
    kind, over = _hit(hit), listed(x)
    if not loss > 0:
        raise BadInput(f"a loss of {loss:g} is not above 0; write 500e9 for $500bn")
    if at is not None:
        party = study.party(at)
        if party not in x.balance.parties:
            raise BadInput(f"{party} is a group or an index, not a party that can be hit")
        whole = np.zeros(len(x.balance.parties))
        whole[x.balance.index(party)] = 1.0
        found = scale_to(x, hits(x, whole, kind), loss, over)
        return {
            **stamp(study, basis),
            "target_usd": loss,
            "reached": found.reached,
            "sizes": {party: found.scale},
            "loss_usd": found.loss,
            "below_usd": _known(found.below),
            "above_usd": _known(found.above),
            "kind": "one source",
        }
    everyone = ranking(x, kind)
    order = everyone.order(everyone.impact_listed)
    able = [i for i in order if kind is not Hit.VALUE or not np.isnan(x.balance.value[i])]
    search = Search(x, np.array(able[:PAIRS] if pairs else able), loss, kind, over)
    mix = search.pair() if pairs else search.one()
    return {**stamp(study, basis), "target_usd": loss, **_mix(x, mix)}


def _mix(x: Exposures, mix: Mix) -> dict[str, Any]:
    chosen = [(int(i), float(size)) for i, size in zip(mix.sources, mix.sizes, strict=True) if size > 0]
    return {
        "reached": mix.reached,
        "sizes": {x.balance.parties[i]: size for i, size in chosen},
        "loss_usd": mix.loss,
        "below_usd": _known(mix.below),
        "above_usd": _known(mix.above),
        "kind": str(mix.optimum),
    }


def worth_deals(
    study: DatedBook, scenario: Scenario, told: Progress | None = None, engine: Engine = LOCAL
) -> dict[str, Any]:
    """What each deal's legs, holdings and everyday purchases add to the loss of listed parties in a scenario.

    The loss with everything less the loss without the one; removing what protects makes it negative.
    """
    asked = landed(study, scenario)
    x = asked.exposures
    found = worth_of_edges(x, asked.shock, listed(x), told, engine)
    rows = [
        {
            "leg": found.ids[i],
            "kind": found.kinds[i],
            "obligor": x.balance.parties[found.obligor[i]],
            "holder": x.balance.parties[found.holder[i]],
            "usd": float(found.usd[i]),
        }
        for i in np.lexsort((np.array(found.ids), -np.abs(found.usd)))
        if abs(found.usd[i]) >= 1
    ]
    return {**stamp(study, scenario.basis), "scenario": scenario.record(), "total_usd": found.total, "edges": rows}


def worth_guarantees(
    study: DatedBook, scenario: Scenario, largest: int = 5, told: Progress | None = None, engine: Engine = LOCAL
) -> dict[str, Any]:
    """What a full guarantee of each of the `largest` uncovered promises, by each party, would change for everyone.

    Net is over all parties, the guarantor in it: among the listed alone a private guarantor would look like a gain.
    """
    asked = landed(study, scenario)
    x = asked.exposures
    tried = candidates(x, largest, 1.0)
    found = worth_of_guarantees(x, asked.shock, tried, told=told, engine=engine)
    edges = {False: x.contracts.ids, True: x.debts.ids}
    rows = [
        {
            "guarantor": x.balance.parties[tried.obligor[i]],
            "leg": edges[bool(tried.covers_debt[i])][tried.covers[i]],
            "protects": x.balance.parties[tried.holder[i]],
            "net_usd": float(found.net[i]),
            "cost_usd": float(found.cost[i]),
            "called_usd": float(found.called[i]),
            "net_per_dollar": float(found.net_per_dollar[i]),
        }
        for i in found.order
    ]
    return {**stamp(study, scenario.basis), "scenario": scenario.record(), "total_usd": found.total, "guarantees": rows}


def _known(usd: float) -> float | None:
    """A loss, or None where the engine settles on neither side of a jump."""
    return None if np.isnan(usd) else usd


def _hit(name: str) -> Hit:
    try:
        return Hit(name)
    except ValueError:
        raise BadInput(f"no hit {name!r}; one of {', '.join(Hit)}") from None
