"""What the projection had to assume or leave out, kept as it goes so that no result hides it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Notes:
    """Filled by the projection's steps; ends up in every result as `assumed` and `left_out`."""

    assumed: list[dict[str, object]] = field(default_factory=list)
    left_out: dict[str, list[str]] = field(default_factory=dict)

    def assume(self, what: str, where: str, value: object) -> None:
        """A default stood in for a fact."""
        entry = {"what": what, "where": where, "value": value}
        if entry not in self.assumed:
            self.assumed.append(entry)

    def leave_out(self, why: str, what: str) -> None:
        """Something known did not become an edge."""
        names = self.left_out.setdefault(why, [])
        if what not in names:
            names.append(what)
