"""A shock's answer in a user's terms: rows, totals, sentences, JSON, a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from knockon.contagion.channels import CHANNELS
from knockon.contagion.engine import Shock
from knockon.contagion.spread import GAP, Spread, overlaid, spread
from knockon.engines import LOCAL, Engine, Tick
from knockon.exposures import Exposures, Vector
from knockon.parameters import Parameters
from knockon.scenarios import Scenario
from knockon.study import sentences
from knockon.study.files import kind, write
from knockon.study.landing import landed
from knockon.study.overlays import rival_shares, with_sellers

if TYPE_CHECKING:
    import pandas

    from knockon.contagion.terminal import Settled
    from knockon.study import Study

RESULT_CHANNELS = (*CHANNELS, "information")
"""Channels that every result names; information stays 0 until it is asked for, other overlays are named when asked."""


def run(study: Study, scenario: Scenario, progress: Tick | None = None, engine: Engine = LOCAL) -> ShockResult:
    """Put the scenario to the model; its draws are made on `engine`.

    Raises BadInput where a hit cannot land: a party without a value, a leg that is no edge on the date.
    """
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


def overheard(study: Study, x: Exposures, shock: Shock) -> Shock:
    """The shock with what bad news about a lab lowers at its peers."""
    from knockon.contagion.information import told

    kinds = [study.book.parties[party].kind for party in x.balance.parties]
    peers = np.array([_peer(study.parameters, kind) for kind in kinds])
    labs = np.array([kind == "ai_lab" for kind in kinds])
    return told(x, shock, peers, labs)


def _peer(parameters: Parameters, kind: str) -> float:
    """How far news of a lab is taken to hold for a party of the kind; 0 where the parameters say nothing."""
    key = ("rho_information", f"kind:{kind}")
    return parameters[key].value if key in parameters else 0.0


@dataclass(frozen=True)
class ShockResult:
    """Who loses what. Rows are sorted by loss, largest first; parties that lose nothing are left out."""

    study: Study
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

    @property
    def losses(self) -> pandas.DataFrame:
        """The rows as a DataFrame, one column per channel."""
        import pandas as pd

        return pd.DataFrame(
            [{key: row[key] for key in row if key != "channels"} | row["channels"] for row in self.rows()]
        )

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

    def shapley(self) -> dict[str, dict[str, float]]:
        """What each channel adds, by party, dollars, whatever the order; a second answer, and some are negative."""
        from knockon.contagion.shapley import shapley_channels

        x = self.spread.exposures
        found = shapley_channels(x, self.spread.map.k, self.spread.shock)
        return {
            channel.name.lower(): {
                party: float(usd) for party, usd in zip(x.balance.parties, values, strict=True) if usd != 0
            }
            for channel, values in found.items()
        }

    def uncertainty(self, top: int = 5, data: int = 8) -> dict[str, Any]:
        """Over the scenario's draws: who loses more than whom how often, and which datum matters most for the total.

        A datum's share is its squared rank correlation with what listed parties lose; inputs tied together share
        what they explain. `noise` is what an unrelated input would show.
        """
        from knockon.contagion.uncertainty import uncertainty

        x, asked = self.spread.exposures, self.scenario
        over = x.balance.listed & ~np.isnan(x.balance.value)
        rho = self.study.parameters.find("copula_rho").value
        found = uncertainty(x, self.spread.shock, asked.draws, asked.seed, rho, over, top, engine=self.engine)
        names = [x.balance.parties[i] for i in found.top]
        return {
            "listed_usd": dict(zip(("p5", "p50", "p95"), found.output, strict=True)),
            "loses_more": [
                {"party": names[i], "than": names[j], "probability": float(found.ahead[i, j])}
                for i in range(len(names))
                for j in range(i + 1, len(names))
            ],
            "data": [
                {"parameter": d.parameter, "key": d.key, "share": d.correlation**2, "correlation": d.correlation}
                for d in found.data[:data]
            ],
            "noise": found.noise,
        }

    def record(self, paths: int = 0, shapley: bool = False, unsure: bool = False) -> dict[str, Any]:
        """The result as `--format json` prints it."""
        s, edition = self.spread, self.study.edition
        left_out: dict[str, Any] = {"undisclosed_legs": [], "parties_without_value": [], "stale_values": []}
        left_out |= {reason: list(names) for reason, names in s.exposures.left_out.items()}
        calls = zip(s.exposures.guarantees.ids, s.calls, strict=True)
        return {
            "edition": {"data": edition.data, "hash": edition.hash, "code": edition.code},
            "as_of": self.study.as_of.isoformat(),
            "basis": self.scenario.basis,
            "scenario": self.scenario.record(),
            "mechanism": "knockon",
            "losses": self.rows(),
            "totals": self.totals,
            "paths": self.paths(paths) if paths else [],
            "convergence": {
                "rounds": s.state.rounds,
                "last_step": s.state.step,
                "spectral_radius": s.radius,
                "multiple_equilibria": s.gap > GAP,
                "greatest_minus_least": s.gap,
            },
            "left_out": left_out,
            "assumed": [dict(entry) for entry in s.exposures.assumed],
            "nominal_calls": [{"leg": leg, "usd": float(usd)} for leg, usd in calls if usd > 0],
            **({"shapley": self.shapley()} if shapley else {}),
            **({"uncertainty": self.uncertainty()} if unsure and self.spread.count else {}),
            **({"factors": factors} if (factors := self.factors()) else {}),
            **({"defaults": {"cleared": self.estates(), "not_cleared": self.not_cleared()}} if self.settled else {}),
            **({"gains": self.gains()} if self.scenario.rivals else {}),
        }

    def question(self) -> str:
        """The scenario in words: If OpenAI loses 20% of its value."""
        return sentences.question(self)

    def headline(self) -> str:
        """The answer in one sentence."""
        return sentences.headline(self)

    def sentences(self) -> list[str]:
        """What a reader should know beside the table: rounds, ranges, equilibria, what is left out."""
        return sentences.beside(self)

    def html(self, path: str | Path) -> Path:
        """Write the interactive page; the file is either whole or not there."""
        from knockon.study.scene import shock_scene
        from knockon.views import shock

        return write(Path(path), shock.render(shock_scene(self)))

    def picture(self, path: str | Path) -> Path:
        """Write the losses as a chart; the file's suffix, .svg or .png, says what kind. Needs matplotlib."""
        from knockon.study.scene import shock_scene
        from knockon.views import chart

        return write(Path(path), chart.losses(shock_scene(self), kind(path)))
