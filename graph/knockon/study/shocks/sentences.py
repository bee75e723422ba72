"""A shock's answer as sentences: the question, the answer, and what a reader should know beside the table."""

from __future__ import annotations

from typing import Any

from knockon.contagion.spread import GAP, OVERLAYS
from knockon.study.shocks.answer import ShockAnswer
from knockon.views.wording import estimate, money, share

LEFT_OUT = {
    "undisclosed_legs": ("leg without a public amount", "legs without a public amount"),
    "joint_facilities": (
        "joint facility whose lead's own share is unknown",
        "joint facilities whose lead's own share is unknown",
    ),
    "parties_without_value": (
        "party without a known value: dollars that reach it are shown, it passes nothing on",
        "parties without a known value: dollars that reach them are shown, they pass nothing on",
    ),
    "stale_values": ("market value older than 90 days, used", "market values older than 90 days, used"),
    "equity_without_a_valuation": (
        "equity leg of a round without a valuation",
        "equity legs of rounds without a valuation",
    ),
    "dependences_without_revenue": (
        "everyday dependence on a supplier of unknown revenue",
        "everyday dependences on suppliers of unknown revenue",
    ),
}
"""Reasons for leaving out that a reader of the table should see, in words; JSON lists all of them."""


def question(result: ShockAnswer) -> str:
    """The scenario in words: If OpenAI loses 20% of its value."""
    asked = result.scenario
    alike: dict[tuple[float | None, float | None], list[str]] = {}
    for party in dict.fromkeys([*asked.value, *asked.performance]):
        alike.setdefault((asked.value.get(party), asked.performance.get(party)), []).append(party)
    parts = []
    for (value, performance), parties in alike.items():
        one = len(parties) == 1
        what = []
        if value is not None:
            what.append(f"{'loses' if one else 'lose'} {share(value)} of {'its' if one else 'their'} value")
        if performance is not None:
            verb, they = ("withholds", "it owes") if one else ("withhold", "they owe")
            what.append(f"{verb} {share(performance)} of all {they}")
        parts.append(f"{_listed([result.study.short(party) for party in parties])} {' and '.join(what)}")
    if asked.default:
        one = len(asked.default) == 1
        parts.append(f"{_listed([result.study.short(party) for party in asked.default])} default{'s' * one}")
    parts += [f"{share(size)} of {leg} is not performed" for leg, size in asked.legs.items()]
    return "If " + ", and ".join(parts)


def headline(result: ShockAnswer) -> str:
    """The answer in one sentence."""
    totals = result.totals
    listed = [row for row in result.rows() if row["listed"]]
    if not listed:
        return f"{question(result)}, no listed party that we know of loses anything."
    who = ", ".join(result.study.short(row["party"]) for row in listed[:3])
    return f"{question(result)}, listed parties lose {estimate(totals['listed_usd'])}; the most: {who}."


def beside(result: ShockAnswer) -> list[str]:
    """What a reader should know beside the table: rounds, ranges, equilibria, what is left out."""
    s, totals = result.spread, result.totals
    overlays = sum(totals[f"{name}_usd"] for name in OVERLAYS)
    spread_usd = totals["first_round_usd"] + totals["later_rounds_usd"] + overlays
    found = []
    if spread_usd > 0:
        later = totals["later_rounds_usd"] / spread_usd
        small = "; second rounds are small here" if later < 0.05 else ""
        direct = totals["direct_usd"]
        beyond = f"Beyond the direct loss of {estimate(direct)}, others" if direct else "Others"
        found.append(
            f"{beyond} lose {estimate(spread_usd)}: {estimate(totals['first_round_usd'])} in the first round and "
            f"{estimate(totals['later_rounds_usd'])} ({share(later)}) in later rounds{small}."
        )
    if result.scenario.information:
        found.append(
            f"Of it {estimate(totals['information_usd'])} is belief: bad news about a lab taken to hold for its peers."
        )
    if result.scenario.common_holders:
        found.append(
            f"Of it {estimate(totals['common_holders_usd'])} is what sales by holders that keep to a leverage take from"
            " prices."
        )
    found += [_estate(result, estate) for estate in result.estates()]
    if failing := result.not_cleared():
        names = _listed([result.study.short(party) for party in failing])
        found.append(f"Not cleared, as total debts are not known: {names}; loss given default is the parameter's.")
    if won := result.gains():
        most = ", ".join(f"{result.study.short(party)} {estimate(usd)}" for party, usd in list(won.items())[:3])
        found.append(f"Rivals may win {estimate(sum(won.values()))}, in no sum above; the most: {most}.")
    if s.count:
        found.append(
            f"Ranges: from the 5th to the 95th percentile of {s.count:,} draws of amounts, firmness, margins,"
            f" redeployment and curvature (seed {result.scenario.seed})."
        )
    if s.gap > GAP:
        found.append(f"There are several equilibria: the worst takes up to {share(s.gap)} more of a value.")
    if factors := result.factors():
        found.append(
            f"The day's factors, market {result.scenario.factors.market:+.2%} and AI basket "
            f"{result.scenario.factors.ai:+.2%}, come on top and are no part of the network: "
            f"{estimate(sum(factors.values()))} for the {len(factors)} listed parties whose loadings are known."
        )
    left_out = s.exposures.left_out
    parts = [
        f"{len(left_out[reason])} {one if len(left_out[reason]) == 1 else many}"
        for reason, (one, many) in LEFT_OUT.items()
        if left_out.get(reason)
    ]
    if parts:
        found.append(f"Left out or limited: {'; '.join(parts)}.")
    if s.exposures.assumed:
        found.append(f"Assumed: {len(s.exposures.assumed)} defaults stand in for facts; the JSON output lists each.")
    return found


def _estate(result: ShockAnswer, estate: dict[str, Any]) -> str:
    """What the creditors of a party in default get, rank by rank."""
    parts = [
        f"{name} {share(rank['recovery'])} of {money(rank['owed_usd'])}"
        + ("" if rank["low"] == rank["high"] else f" ({share(rank['low'])} to {share(rank['high'])})")
        for name, rank in estate["ranks"].items()
    ]
    return (
        f"{result.study.short(estate['party'])} pays from an estate of {estimate(estate['estate_usd'])} on debts of"
        f" {money(estate['debts_usd'])}: {', '.join(parts)}; the range is what default may cost."
    )


def _listed(names: list[str]) -> str:
    """a, b and c."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
