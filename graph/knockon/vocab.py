"""The terms of the trade: closed lists, each in the order or the grouping that gives it meaning.

The same lists stand as SKOS concepts in `ontology/lists.ttl`; a test holds the two against each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache


class Family(StrEnum):
    """What an instrument does in the network; views colour by it."""

    EQUITY = "equity"
    CREDIT = "credit"
    COMPUTE = "compute"
    GOODS = "goods"
    LEASE = "lease"
    POWER = "power"
    GUARANTEE = "guarantee"


class Instrument(StrEnum):
    """The kind of promise a leg makes."""

    EQUITY_INVESTMENT = "equity_investment"
    CONVERTIBLE = "convertible"
    WARRANT = "warrant"
    GRANT = "grant"
    ACQUISITION = "acquisition"
    JOINT_VENTURE_CONTRIBUTION = "joint_venture_contribution"
    LOAN = "loan"
    BOND = "bond"
    COMPUTE_PURCHASE = "compute_purchase"
    CAPACITY_RESERVATION = "capacity_reservation"
    MODEL_ACCESS = "model_access"
    LICENCE = "licence"
    REVENUE_SHARE = "revenue_share"
    CHIP_PURCHASE = "chip_purchase"
    EQUIPMENT_SUPPLY = "equipment_supply"
    SUPPLY_CONTRACT = "supply_contract"
    LEASE = "lease"
    POWER_PURCHASE = "power_purchase"
    GUARANTEE = "guarantee"
    BACKSTOP = "backstop"

    @property
    def family(self) -> Family:
        """The family the instrument belongs to.

        >>> Instrument.CHIP_PURCHASE.family
        <Family.GOODS: 'goods'>
        """
        return _FAMILY[self]


_FAMILY = {
    Instrument.EQUITY_INVESTMENT: Family.EQUITY,
    Instrument.CONVERTIBLE: Family.EQUITY,
    Instrument.WARRANT: Family.EQUITY,
    Instrument.GRANT: Family.EQUITY,
    Instrument.ACQUISITION: Family.EQUITY,
    Instrument.JOINT_VENTURE_CONTRIBUTION: Family.EQUITY,
    Instrument.LOAN: Family.CREDIT,
    Instrument.BOND: Family.CREDIT,
    Instrument.COMPUTE_PURCHASE: Family.COMPUTE,
    Instrument.CAPACITY_RESERVATION: Family.COMPUTE,
    Instrument.MODEL_ACCESS: Family.COMPUTE,
    Instrument.LICENCE: Family.COMPUTE,
    Instrument.REVENUE_SHARE: Family.COMPUTE,
    Instrument.CHIP_PURCHASE: Family.GOODS,
    Instrument.EQUIPMENT_SUPPLY: Family.GOODS,
    Instrument.SUPPLY_CONTRACT: Family.GOODS,
    Instrument.LEASE: Family.LEASE,
    Instrument.POWER_PURCHASE: Family.POWER,
    Instrument.GUARANTEE: Family.GUARANTEE,
    Instrument.BACKSTOP: Family.GUARANTEE,
}


class _Ladder(StrEnum):
    """A closed list whose order is its meaning: a later member stands higher."""

    @property
    def rung(self) -> int:
        """Position on the ladder, 0 lowest."""
        return _rungs(type(self))[self]


@cache
def _rungs(ladder: type[_Ladder]) -> Mapping[_Ladder, int]:
    return {member: i for i, member in enumerate(ladder)}


class Firmness(_Ladder):
    """How far a promise has come; `cancelled` is out of the ladder's use and stands lowest."""

    CANCELLED = "cancelled"
    RUMOURED = "rumoured"
    REPORTED = "reported"
    LETTER_OF_INTENT = "letter_of_intent"
    OPTION = "option"
    STAGED = "staged"
    DEFINITIVE = "definitive"
    CLOSED = "closed"


class Grade(_Ladder):
    """How good a source is as evidence, best last."""

    UNSOURCED = "unsourced"
    AGGREGATOR = "aggregator"
    RESEARCH = "research"
    PRESS = "press"
    COMPANY_RELEASE = "company_release"
    FILING = "filing"


class AmountBasis(StrEnum):
    """What an amount counts."""

    CONTRACT_TOTAL = "contract_total"
    UP_TO = "up_to"
    ANNUAL = "annual"
    REPORTED_ESTIMATE = "reported_estimate"
    ANALYST_ESTIMATE = "analyst_estimate"
    VALUATION_SHARE = "valuation_share"
    UNDISCLOSED = "undisclosed"


class Status(StrEnum):
    """What can happen to a deal or a leg."""

    ANNOUNCED = "announced"
    IN_TALKS = "in_talks"
    SIGNED = "signed"
    REAFFIRMED = "reaffirmed"
    EXPANDED = "expanded"
    AMENDED = "amended"
    PARTLY_PAID = "partly_paid"
    STALLED = "stalled"
    DENIED = "denied"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"
    SUPERSEDED = "superseded"


PARTY_KINDS = (
    "ai_lab",
    "hyperscaler",
    "neocloud",
    "datacenter_developer",
    "chip_designer",
    "foundry",
    "memory",
    "equipment",
    "networking",
    "server_maker",
    "power",
    "software",
    "automaker",
    "media",
    "conglomerate",
    "joint_venture",
    "spv",
    "bank",
    "asset_manager",
    "private_credit",
    "hedge_fund",
    "venture_capital",
    "sovereign_fund",
    "government",
    "index",
    "other",
)

LISTS: dict[str, tuple[str, ...]] = {
    "party_kind": PARTY_KINDS,
    "instrument": tuple(Instrument),
    "family": tuple(Family),
    "firmness": tuple(Firmness),
    "grade": tuple(Grade),
    "amount_basis": tuple(AmountBasis),
    "status": tuple(Status),
    "seniority": ("secured", "senior", "subordinated"),
    "position_kind": ("warrant", "put_option", "planned", "proposed"),
    "dependence_basis": ("press", "analyst_estimate", "company_statement", "disclosed"),
    "event_kind": (
        "earnings",
        "demand_shock",
        "credit_scare",
        "deal_announcement",
        "deal_cancellation",
        "competitor_shock",
        "control",
    ),
    "seed_kind": ("statement", "return", "loss", "indicator", "commitment", "position"),
    "unknown_reason": ("grouped", "not_listed", "not_confirmed"),
    "unit": ("usd", "pct", "bps", "jpy", "gw"),
}
"""Every closed list by its name in `columns.csv`; ladders run from weakest to strongest."""
