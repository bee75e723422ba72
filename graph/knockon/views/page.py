"""How a `Scene` becomes one HTML file that opens from disk and asks nothing of any network."""

from __future__ import annotations

import json
from importlib.resources import files
from importlib.resources.abc import Traversable
from string import Template
from typing import Any, Final

from pyvis.network import Network

from knockon.views import marks
from knockon.views.document import policy, template, text
from knockon.views.payload import payload, size
from knockon.views.scene import Scene

_SCRIPTS: Final = (
    "data.js",
    "theme.js",
    "choices.js",
    "frame.js",
    "layout.js",
    "labels.js",
    "picture.js",
    "panel.js",
    "tables.js",
    "downloads.js",
    "page.js",
)


def page(scene: Scene) -> str:
    """The whole page: our template, style and script, the vis library as pyvis ships it, and the data.

    Every value of the scene travels as JSON and is put into the document as text only. The policy admits
    no request and no script but the two of the page, by their hashes.
    """
    script = "\n".join(template(name) for name in _SCRIPTS)
    library = _library()
    return Template(template("page.html")).substitute(
        policy=policy(library, script),
        style=template("page.css"),
        library=library,
        script=script,
        scene=embedded(data(scene)),
    )


def data(scene: Scene) -> dict[str, Any]:
    """All that the page's script gets to see."""
    net = _network(scene)
    return payload(scene) | {"nodes": net.nodes, "edges": net.edges}


def embedded(value: object) -> str:
    """JSON that cannot end the script element it stands in, nor break a line of JavaScript.

    >>> embedded("</script>")
    '"\\\\u003c/script\\\\u003e"'
    """
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


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
    return text(newest / "vis-network.min.js")


def _version(shelf: Traversable) -> list[int]:
    return [int(part) for part in shelf.name.removeprefix("vis-").split(".")]
