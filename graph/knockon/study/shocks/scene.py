"""What a shock's page shows: the network with the answer on it, and its course."""

from __future__ import annotations

from dataclasses import replace

from knockon.study.network.scene import scene
from knockon.study.shocks.answer import ShockAnswer
from knockon.study.shocks.course import told_paths, told_rounds, worst
from knockon.study.shocks.sentences import beside, headline, question
from knockon.views.scene import LossRow, NodeMark, Scene, ShockNote


def shock_scene(result: ShockAnswer) -> Scene:
    """The same network with a shock's answer on it."""
    base = scene(result.study)
    rows = {row["party"]: row for row in result.rows()}
    paths, covered = told_paths(result)
    nodes = tuple(
        NodeMark(
            id=node.id,
            name=node.name,
            kind=node.kind,
            listed=node.listed,
            value_usd=node.value_usd,
            value_on=node.value_on,
            x=node.x,
            y=node.y,
            loss_usd=rows[node.id]["loss_usd"] if node.id in rows else 0.0,
            loss_share=rows[node.id]["loss_share"] if node.id in rows else 0.0 if node.value_usd else None,
        )
        for node in base.nodes
    )
    note = replace(shock_note(result), rounds=told_rounds(result), paths=paths, covered=covered)
    return Scene(
        title="What happens to the others",
        subtitle=f"{question(result)}, as known on {result.study.as_of}, present-value basis",
        edition=base.edition,
        as_of=base.as_of,
        nodes=nodes,
        edges=base.edges,
        left_out=base.left_out,
        shock=note,
        words=base.words,
    )


def shock_note(result: ShockAnswer) -> ShockNote:
    """The answer without its course: headline, sums, sentences, who loses what."""
    most = worst(result.spread)
    return ShockNote(
        headline=headline(result),
        lines=tuple(beside(result)),
        rows=tuple(
            LossRow(
                party=row["party"],
                name=result.study.short(row["party"]),
                listed=row["listed"],
                value_usd=row["value_usd"],
                loss_share=row["loss_share"],
                loss_usd=row["loss_usd"],
                low_usd=row["loss_usd"] if row["low_usd"] is None else row["low_usd"],
                high_usd=row["loss_usd"] if row["high_usd"] is None else row["high_usd"],
                channels=row["channels"],
                worst_usd=most.get(row["party"]),
            )
            for row in result.rows()
        ),
        totals=result.totals,
    )
