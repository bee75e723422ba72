"""A shock's answer in a user's terms: rows, totals, sentences, JSON, a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from knockon.contagion.engine import CHANNELS
from knockon.contagion.information import told, with_information
from knockon.contagion.shapley import shapley_channels
from knockon.contagion.spread import GAP, Spread, spread
from knockon.contagion.uncertainty import uncertainty
from knockon.exposures import Vector
from knockon.parameters import Parameters
from knockon.scenarios import Scenario
from knockon.study.files import write
from knockon.study.landing import prepared, shocked
from knockon.views.wording import money, share

if TYPE_CHECKING:
    import pandas

    from knockon.study import Study

RESULT_CHANNELS = (*CHANNELS, "information")
"""Channels as results name them; information is an overlay that stays 0 until it is asked for."""

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


def run(study: Study, scenario: Scenario, progress: Callable[[int], None] | None = None) -> ShockResult:
    """Put the scenario to the engine.

    Raises BadInput where a hit cannot land: a party without a value, a leg that is no edge on the date.
    """
    x = prepared(study, scenario)
    shock = shocked(study, x, scenario)
    rho = study.parameters.find("copula_rho").value
    answer = spread(x, shock, scenario.draws, scenario.seed, rho, progress)
    if scenario.information:
        kinds = [study.book.parties[party].kind for party in x.balance.parties]
        peers = np.array([_peer(study.parameters, kind) for kind in kinds])
        labs = np.array([kind == "ai_lab" for kind in kinds])
        louder = spread(x, told(x, shock, peers, labs), scenario.draws, scenario.seed, rho, progress)
        answer = with_information(answer, louder)
    return ShockResult(study, scenario, answer)


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

    @property
    def totals(self) -> dict[str, float]:
        """Sums in US dollars; see `Spread.totals`."""
        return self.spread.totals

    def rows(self) -> list[dict[str, Any]]:
        """One record per party that loses anything: value, loss, channels, and its range where draws were made."""
        s, balance = self.spread, self.spread.exposures.balance
        records = []
        for i in np.argsort(-s.loss, kind="stable"):
            if s.loss[i] <= 0:
                break
            party = self.study.book.parties[balance.parties[i]]
            value = None if np.isnan(balance.value[i]) else float(balance.value[i])
            records.append(
                {
                    "party": party.id,
                    "name": party.name,
                    "listed": bool(balance.listed[i]),
                    "value_usd": value,
                    "loss_share": None if value is None else float(s.loss[i]) / value,
                    "loss_usd": float(s.loss[i]),
                    "channels": {
                        name: float(s.channels[name][i]) if name in s.channels else 0.0 for name in RESULT_CHANNELS
                    },
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
        factor return (contagion.md, section 7). Loadings are the newest estimated before the date.
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
        x, asked = self.spread.exposures, self.scenario
        over = x.balance.listed & ~np.isnan(x.balance.value)
        rho = self.study.parameters.find("copula_rho").value
        found = uncertainty(x, self.spread.shock, asked.draws, asked.seed, rho, over, top)
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
        }

    def question(self) -> str:
        """The scenario in words: If OpenAI loses 20% of its value."""
        asked = self.scenario
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
            parts.append(f"{_listed([self.study.short(party) for party in parties])} {' and '.join(what)}")
        parts += [f"{share(size)} of {leg} is not performed" for leg, size in asked.legs.items()]
        return "If " + ", and ".join(parts)

    def headline(self) -> str:
        """The answer in one sentence."""
        totals = self.totals
        listed = [row for row in self.rows() if row["listed"]]
        if not listed:
            return f"{self.question()}, no listed party that we know of loses anything."
        who = ", ".join(self.study.short(row["party"]) for row in listed[:3])
        return f"{self.question()}, listed parties lose {money(totals['listed_usd'])}; the most: {who}."

    def sentences(self) -> list[str]:
        """What a reader should know beside the table: rounds, ranges, equilibria, what is left out."""
        s, totals = self.spread, self.totals
        spread_usd = totals["first_round_usd"] + totals["later_rounds_usd"] + totals["information_usd"]
        found = []
        if spread_usd > 0:
            later = totals["later_rounds_usd"] / spread_usd
            small = "; second rounds are small here" if later < 0.05 else ""
            direct = totals["direct_usd"]
            beyond = f"Beyond the direct loss of {money(direct)}, others" if direct else "Others"
            found.append(
                f"{beyond} lose {money(spread_usd)}: {money(totals['first_round_usd'])} in the first round and "
                f"{money(totals['later_rounds_usd'])} ({share(later)}) in later rounds{small}."
            )
        if self.scenario.information:
            found.append(
                f"Of it {money(totals['information_usd'])} is belief: bad news about a lab taken to hold for its peers."
            )
        if s.count:
            found.append(
                f"Ranges: from the 5th to the 95th percentile of {s.count:,} draws of amounts, firmness, margins,"
                f" redeployment and curvature (seed {self.scenario.seed})."
            )
        if s.gap > GAP:
            found.append(f"There are several equilibria: the worst takes up to {share(s.gap)} more of a value.")
        if factors := self.factors():
            found.append(
                f"The day's factors, market {self.scenario.factors.market:+.2%} and AI basket "
                f"{self.scenario.factors.ai:+.2%}, come on top and are no part of the network: "
                f"{money(sum(factors.values()))} for the {len(factors)} listed parties whose loadings are known."
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
            found.append(
                f"Assumed: {len(s.exposures.assumed)} defaults stand in for facts; the JSON output lists each."
            )
        return found

    def html(self, path: str | Path) -> Path:
        """Write the interactive page; the file is either whole or not there."""
        from knockon.study.scene import shock_scene
        from knockon.views import shock

        return write(Path(path), shock.render(shock_scene(self)))

    def picture(self, path: str | Path) -> Path:
        """Write the losses as a chart; the file's suffix, .svg or .png, says what kind. Needs matplotlib."""
        from knockon.study.scene import shock_scene
        from knockon.views import chart

        return write(Path(path), chart.losses(shock_scene(self), Path(path).suffix.lstrip(".").lower()))


def _listed(names: list[str]) -> str:
    """a, b and c."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
