"""How a promise reads: what its payer does, or would do, how firm that is, and why one is left out of a sum."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from knockon.flows import Flow
from knockon.views.wording import word
from knockon.vocab import Firmness, Instrument


def does(flow: Flow) -> str:
    """What the payer does, or, below a definitive promise, would do."""
    verb, _, rest = _VERBS[flow.instrument].partition(" ")
    return f"would {verb} {rest}" if flow.firmness.rung < Firmness.DEFINITIVE.rung else f"{verb}s {rest}"


def and_up(firmness: str) -> str:
    """A threshold in words.

    >>> and_up("letter_of_intent"), and_up("closed")
    ('letter of intent and firmer', 'closed only')
    """
    return {"closed": "closed only", "option": "option or staged, and firmer"}.get(
        firmness, f"{word({}, firmness)} and firmer"
    )


def left_out(legs: Mapping[str, Sequence[str]], skip: Sequence[str] = ()) -> str:
    """How many live legs a sum leaves out, by reason; empty where it leaves out none."""
    parts = [f"{len(names)} {_LEFT_OUT[why]}" for why, names in legs.items() if names and why not in skip]
    return f"Left out, of the live legs at this firmness: {', '.join(parts)}." if parts else ""


_VERBS = {
    Instrument.EQUITY_INVESTMENT: "invest in",
    Instrument.CONVERTIBLE: "put convertible money into",
    Instrument.JOINT_VENTURE_CONTRIBUTION: "contribute to",
    Instrument.WARRANT: "grant warrants to",
    Instrument.GRANT: "give shares to",
    Instrument.LOAN: "lend to",
    Instrument.BOND: "buy bonds of",
    Instrument.GUARANTEE: "stand as guarantor to",
    Instrument.BACKSTOP: "stand ready to buy from or pay",
    Instrument.LEASE: "rent from",
    Instrument.CHIP_PURCHASE: "buy chips from",
    Instrument.EQUIPMENT_SUPPLY: "buy equipment from",
    Instrument.SUPPLY_CONTRACT: "buy supplies from",
    Instrument.POWER_PURCHASE: "buy power from",
    Instrument.LICENCE: "take a licence from",
    Instrument.MODEL_ACCESS: "buy model access from",
    Instrument.REVENUE_SHARE: "share revenue with",
    Instrument.COMPUTE_PURCHASE: "buy computing from",
    Instrument.CAPACITY_RESERVATION: "reserve computing from",
}
_LEFT_OUT = {
    "grouped": "of groups that nobody itemises",
    "contained": "inside another leg that is counted",
    "overlapping": "that show the same dollars as another leg (--side)",
    "contingent": "by which no money moves unless called",
    "undisclosed": "without a public amount",
    "over": "with nothing left in them",
}
