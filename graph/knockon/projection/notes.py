"""What the projection had to assume or leave out, kept as it goes so that no result hides it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Notes:
    """Filled by the projection's steps; ends up in every result as `assumed` and `left_out`."""

    _assumed: dict[tuple[str, str, object], None] = field(default_factory=dict)  # dicts keep order and have no twins
    _left_out: dict[str, dict[str, None]] = field(default_factory=dict)

    @property
    def assumed(self) -> list[dict[str, object]]:
        """What stood in for a fact, where, and with which value."""
        return [{"what": what, "where": where, "value": value} for what, where, value in self._assumed]

    @property
    def left_out(self) -> dict[str, list[str]]:
        """Reason -> what was left out for it."""
        return {why: list(names) for why, names in self._left_out.items()}

    def assume(self, what: str, where: str, value: object) -> None:
        """A default stood in for a fact."""
        self._assumed[what, where, value] = None

    def leave_out(self, why: str, what: str) -> None:
        """Something known did not become an edge."""
        self._left_out.setdefault(why, {})[what] = None
