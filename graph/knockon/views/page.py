"""How a `Scene` becomes the page with the network: pyvis' data and drawing library, our body and scripts."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Final

from pyvis.network import Network

from knockon.views import marks
from knockon.views.document import document, template
from knockon.views.payload import payload, size
from knockon.views.scene import Scene

_SCRIPTS: Final = (
    "data.js",
    "swatches.js",
    "choices.js",
    "frame.js",
    "layout.js",
    "labels.js",
    "strokes.js",
    "picture.js",
    "panel.js",
    "table.js",
    "tables.js",
    "replay.js",
    "player.js",
    "svg.js",
    "downloads.js",
    "page.js",
)


def page(scene: Scene) -> str:
    """The whole page; every value of the scene travels as JSON and is put into the document as text only."""
    return document(
        title=scene.title,
        subtitle=scene.subtitle,
        edition=scene.edition,
        as_of=scene.as_of,
        body=template("network.html"),
        data=data(scene),
        styles=("network.css",),
        scripts=_SCRIPTS,
        library=_library(),
        left_out=scene.left_out,
        skip=("legs", "Skip the picture: go to the table of legs"),
    )


def data(scene: Scene) -> dict[str, Any]:
    """All that the page's script gets to see."""
    net = _network(scene)
    return payload(scene) | {"nodes": net.nodes, "edges": net.edges}


def _network(scene: Scene) -> Network:
    """Nodes and edges as pyvis holds them, widest edge first so that thin ones stay on top."""
    net = Network(directed=True)
    largest = max((node.loss_usd or 0.0 for node in scene.nodes), default=0.0)
    for node in scene.nodes:
        radius = marks.size_by_loss(node.loss_usd, largest) if scene.shock else marks.size(node.value_usd)
        net.add_node(node.id, label=node.name, shape="dot", color=None, size=radius, x=node.x, y=node.y)
    edges = sorted(scene.edges, key=lambda edge: (-marks.width(size(edge)), edge.id))
    bends = marks.curves([(edge.payer, edge.payee) for edge in edges])
    for edge, (turn, roundness) in zip(edges, bends, strict=True):
        thick = marks.width(size(edge))
        net.add_edge(
            edge.payer,
            edge.payee,
            id=edge.id,
            width=thick,
            dashes=marks.dash(edge.firmness, thick),
            smooth={"enabled": True, "type": turn, "roundness": roundness},
        )
    return net


def _library() -> str:
    """The newest vis-network in the installed pyvis."""
    shelves = [shelf for shelf in (files("pyvis") / "lib").iterdir() if shelf.name.startswith("vis-")]
    newest = max(shelves, key=_version)
    return (newest / "vis-network.min.js").read_text(encoding="utf-8").replace("\r\n", "\n")


def _version(shelf: Traversable) -> list[int]:
    return [int(part) for part in shelf.name.removeprefix("vis-").split(".")]
