"""Who loses what by a shock: the model's answer in a user's terms, as records that tables, pages and JSON share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from knockon.contagion.channels import CHANNELS
from knockon.contagion.spread import Spread
from knockon.engines import LOCAL, Engine
from knockon.exposures import Vector
from knockon.scenarios import Scenario
from knockon.study.shocks.overlays import rival_shares

if TYPE_CHECKING:
    from knockon.contagion.terminal import Settled
    from knockon.study.dated import DatedBook

RESULT_CHANNELS = (*CHANNELS, "information")
"""Channels that every result names; information stays 0 until it is asked for, other overlays are named when asked."""


@dataclass(frozen=True)
class ShockAnswer:
    """What the model found, and its rows, sums and paths; amounts in US dollars."""

    study: DatedBook
    scenario: Scenario
    spread: Spread
    settled: Mapping[str, Settled] = field(default_factory=dict)  # defaults cleared at the value, low and high costs
    engine: Engine = LOCAL  # makes the draws that are asked for later

    @property
    def totals(self) -> dict[str, float]:
        """Sums in US dollars; see `Spread.totals`."""
        return self.spread.totals

    def rows(self) -> list[dict[str, Any]]:
        """One record per party that loses anything: value, loss, channels, and its range where draws were made."""
        s, balance = self.spread, self.spread.exposures.balance
        channels = {name: np.zeros(len(s.loss)) for name in RESULT_CHANNELS} | dict(s.channels)
        records = []
        lost = s.loss  # a sum over channels, made anew each time it is asked for
        for i in np.argsort(-lost, kind="stable"):
            if lost[i] <= 0:
                break
            party = self.study.book.parties[balance.parties[i]]
            value = None if np.isnan(balance.value[i]) else float(balance.value[i])
            records.append(
                {
                    "party": party.id,
                    "name": party.name,
                    "listed": bool(balance.listed[i]),
                    "value_usd": value,
                    "loss_share": None if value is None else float(lost[i]) / value,
                    "loss_usd": float(lost[i]),
                    "channels": {name: float(part[i]) for name, part in channels.items()},
                    "low_usd": float(s.low[i]) if s.count else None,
                    "high_usd": float(s.high[i]) if s.count else None,
                }
            )
        return records

    def factors(self) -> dict[str, float]:
        """Dollars that the scenario's factor returns take from each listed party with known loadings.

        1 + r = (1 + beta market + gamma ai)(1 - h): the factor part is what is left of the value times minus the
        factor return. Loadings are the newest estimated before the date.
        """
        asked = self.scenario.factors
        if not (asked.market or asked.ai):
            return {}
        balance, lost = self.spread.exposures.balance, self.spread.state.h[:, 0]
        found = {}
        for row in sorted(self.study.book.tables["loadings"], key=lambda row: row["date"]):
            party = row["party"]
            if row["date"] > self.study.as_of or party not in balance.parties:
                continue
            i = balance.index(party)
            if balance.listed[i] and not np.isnan(balance.value[i]):
                moved = row["beta"] * asked.market + row["gamma"] * asked.ai
                found[party] = -moved * (1 - float(lost[i])) * float(balance.value[i])
        return found

    def estates(self) -> list[dict[str, Any]]:
        """What the creditors of each party in default get, by rank, with the range of what default costs."""
        from knockon.contagion.terminal import RANKS

        parties, found = self.spread.exposures.balance.parties, []
        at_ends = [self.settled[end].estates for end in ("value", "low", "high")] if self.settled else [()] * 3
        for estate, *ends in zip(*at_ends, strict=True):
            ranks = {
                name: {
                    "owed_usd": float(estate.owed[rank]),
                    "recovery": float(estate.recovery[rank]),
                    "low": float(ends[0].recovery[rank]),
                    "high": float(ends[1].recovery[rank]),
                }
                for rank, name in enumerate(RANKS)
                if estate.owed[rank] > 0
            }
            found.append(
                {
                    "party": parties[estate.party],
                    "debts_usd": estate.debts,
                    "estate_usd": estate.assets,
                    "ranks": ranks,
                }
            )
        return found

    def not_cleared(self) -> list[str]:
        """Parties in default whose debts are not known, so that the parameter stands for what their creditors lose."""
        parties = self.spread.exposures.balance.parties
        return [parties[i] for i in self.settled["value"].refused] if self.settled else []

    def gains(self) -> dict[str, float]:
        """Dollars that rivals may win, where the scenario asks for it; shown beside the losses, in no sum of them."""
        if not self.scenario.rivals:
            return {}
        from knockon.contagion.rivals import gains

        s = self.spread
        eta, group = rival_shares(self.study, s.exposures)
        won = gains(s.loss, s.exposures.balance.value, eta, group)
        return {s.exposures.balance.parties[i]: float(won[i]) for i in np.argsort(-won, kind="stable") if won[i] > 0}

    def by_channel(self) -> dict[str, float]:
        """Dollars lost through each channel by the parties that were not hit themselves."""
        others = self._not_hit()
        return {name: float(self.spread.channels[name][others].sum()) for name in CHANNELS}

    def _not_hit(self) -> Vector:
        return np.asarray((self.spread.shock.u == 0) & (self.spread.shock.w == 0))

    def paths(self, most: int = 10) -> list[dict[str, Any]]:
        """The largest ways the loss took: parties, the legs between them, dollars."""
        found, _ = self.spread.attribution.paths(most)
        return [{"parties": list(path.parties), "legs": list(path.legs), "usd": path.usd} for path in found]

    def covered(self, most: int = 10) -> float:
        """Share of all losses beyond the direct hits that the `most` largest paths carry."""
        return self.spread.attribution.paths(most)[1]

    def by_source(self) -> dict[str, dict[str, float]]:
        """What each hit did to each party, dollars; the sources of a party add up to its loss."""
        parties = self.spread.exposures.balance.parties
        return {
            source: {party: float(usd) for party, usd in zip(parties, done, strict=True) if usd > 0}
            for source, done in self.spread.attribution.by_source().items()
        }


def flat(row: dict[str, Any], study: DatedBook) -> dict[str, Any]:
    """A row of losses: a column a channel, and where the figures come from."""
    figures = {key: value for key, value in row.items() if key != "channels"}
    channels: dict[str, float] = row["channels"]
    return figures | channels | {"as_of": study.as_of.isoformat(), "edition": str(study.edition)}
