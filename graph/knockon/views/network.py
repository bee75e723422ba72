"""What the network page leaves aside: any shock, so that the whole network is seen as it stands."""

from __future__ import annotations

from dataclasses import replace

from knockon.views.page import page
from knockon.views.scene import Scene

title = "Network"


def render(scene: Scene) -> str:
    """The whole network: every leg an edge, no losses."""
    nodes = tuple(replace(node, loss_usd=None, loss_share=None) for node in scene.nodes)
    return page(replace(scene, nodes=nodes, shock=None))
