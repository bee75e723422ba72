"""What the shock page insists on: a scene that carries the answer to a shock."""

from __future__ import annotations

from knockon.errors import BadInput
from knockon.views.page import page
from knockon.views.scene import Scene

title = "Shock"


def render(scene: Scene) -> str:
    """The network with a shock's answer: headline, totals, losses by channel, parties by what they lose."""
    if scene.shock is None:
        raise BadInput(f"scene {scene.title!r} has no shock; run one first, or draw the network view")
    return page(scene)
