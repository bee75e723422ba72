"""What a shock gives its user: the answer, and that answer as a table, JSON, sentences, a page or a picture."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knockon.contagion.spread import GAP
from knockon.study.shocks import sentences
from knockon.study.shocks.answer import ShockAnswer
from knockon.study.writing.files import kind, write

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True)
class ShockResult(ShockAnswer):
    """Who loses what. Rows are sorted by loss, largest first; parties that lose nothing are left out."""

    @property
    def losses(self) -> pandas.DataFrame:
        """The rows as a DataFrame, one column per channel."""
        import pandas as pd

        return pd.DataFrame(
            [{key: row[key] for key in row if key != "channels"} | row["channels"] for row in self.rows()]
        )

    def shapley(self) -> dict[str, dict[str, float]]:
        """What each channel adds, by party, dollars, whatever the order; a second answer, and some are negative."""
        from knockon.study.shocks.further import shapley

        return shapley(self)

    def uncertainty(self, top: int = 5, data: int = 8) -> dict[str, Any]:
        """Over the scenario's draws: who loses more than whom how often, and which datum matters most for the total.

        A datum's share is its squared rank correlation with what listed parties lose; inputs tied together share
        what they explain. `noise` is what an unrelated input would show.
        """
        from knockon.study.shocks.further import uncertainty

        return uncertainty(self, top, data)

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
        from knockon.study.shocks.scene import shock_scene
        from knockon.views import shock

        return write(Path(path), shock.render(shock_scene(self)))

    def picture(self, path: str | Path) -> Path:
        """Write the losses as a chart; the file's suffix, .svg or .png, says what kind. Needs matplotlib."""
        from knockon.study.shocks.scene import shock_scene
        from knockon.views import chart

        return write(Path(path), chart.losses(shock_scene(self), kind(path)))
