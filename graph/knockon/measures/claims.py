"""Who else has a claim on the same thing: owners, tenants, lenders and guarantors of one vehicle.

The book has no table of campuses or chip pools; a vehicle, a party that exists to hold one, stands for its asset.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from knockon.flows import Flow
from knockon.measures.network import Network
from knockon.vocab import Family

_KIND = {
    Family.EQUITY: "owned",
    Family.LEASE: "leased",
    Family.COMPUTE: "leased",
    Family.CREDIT: "pledged",
    Family.GUARANTEE: "guaranteed",
}
CLAIMS = tuple(dict.fromkeys(_KIND.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One kind of claim on an asset."""

    kind: str  # one of CLAIMS
    holders: tuple[str, ...]
    usd: float | None  # None: nothing disclosed
    legs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A vehicle with the kinds of claim on it."""

    vehicle: str
    claims: tuple[Claim, ...]


def claims_per_asset(network: Network, vehicles: Iterable[str], least: int = 2) -> list[Asset]:
    """Vehicles with at least `least` kinds of claim, most first: paid-in equity, rent, loans to it, guarantees for it.

    1 kind: nobody competes; 4: what the owner owns is let, pledged and guaranteed at once, and in distress each claim
    is worth less than on its own. Dollars of different kinds are never added. Cost: one pass.
    """
    names = set(vehicles)
    payees = {flow.leg: flow.payee for flow in network.legs}
    found: dict[str, dict[str, list[Flow]]] = {}
    for flow in network.legs:
        vehicle = payees.get(flow.covers or "", flow.payee) if flow.family is Family.GUARANTEE else flow.payee
        kind = _KIND.get(flow.family)
        if vehicle in names and kind:
            found.setdefault(vehicle, {}).setdefault(kind, []).append(flow)
    assets = [
        Asset(
            vehicle=vehicle, claims=tuple(_claim(kind, network.once(kinds[kind])) for kind in CLAIMS if kind in kinds)
        )
        for vehicle, kinds in found.items()
        if len(kinds) >= least
    ]
    return sorted(assets, key=lambda asset: (-len(asset.claims), asset.vehicle))


def _claim(kind: str, flows: list[Flow]) -> Claim:
    known = [flow.usd for flow in flows if flow.usd is not None]
    return Claim(
        kind=kind,
        holders=tuple(sorted({flow.payer for flow in flows})),
        usd=sum(known) if known else None,
        legs=tuple(flow.leg for flow in flows),
    )
