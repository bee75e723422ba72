"""What the page's script gets to see of a `Scene`: every figure with the words to show for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Final

from knockon.views import marks, wording
from knockon.views.scene import ClaimLine, EdgeMark, LossRow, NodeMark, Scene, ShockNote
from knockon.vocab import Family, Firmness

CHANNELS: Final = ("direct", "contract", "equity", "credit", "guarantee", "demand", "funding", "information")
_TOTALS: Final = {
    "listed_usd": "listed parties",
    "private_usd": "private parties",
    "net_of_holdings_usd": "listed, net of what they hold in one another",
    "first_round_usd": "in the first round",
    "later_rounds_usd": "in later rounds",
}


def payload(scene: Scene) -> dict[str, Any]:
    """The scene as plain values for JSON, but for places and curves, which the network holds."""
    kinds = {marks.group(node.kind) for node in scene.nodes}
    return {
        "title": scene.title,
        "subtitle": scene.subtitle,
        "edition": scene.edition,
        "asOf": scene.as_of,
        "leftOut": list(scene.left_out),
        "parties": [_party(node, scene.words) for node in scene.nodes],
        "legs": [_leg(edge, scene.words) for edge in scene.edges],
        "families": _choices(scene, Family, {edge.family for edge in scene.edges}),
        "firmness": [
            choice | {"dash": marks.DASHES[choice["id"]]}
            for choice in _choices(scene, reversed(Firmness), {edge.firmness for edge in scene.edges})
        ],
        "groups": [
            {"id": group.id, "words": group.words, "outline": group.outline}
            for group in marks.GROUPS
            if group.id in kinds
        ],
        "least": [{"usd": usd, "words": wording.money(usd)} for usd in marks.LEAST],
        "shock": _shock(scene.shock, scene.words) if scene.shock else None,
    }


def size(edge: EdgeMark) -> int | None:
    """The one amount a line is drawn and filtered by: the resolved one, else an end of its range."""
    return next((usd for usd in (edge.usd, edge.usd_high, edge.usd_low) if usd is not None), None)


def _party(node: NodeMark, words: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": node.id,
        "name": node.name,
        "kind": wording.word(words, node.kind),
        "group": marks.group(node.kind),
        "listed": node.listed,
        "value": wording.money(node.value_usd) if node.value_usd is not None else "",
        "valueOn": node.value_on,
        "loss": wording.loss(node.loss_usd) if node.loss_usd is not None else "",
        "share": wording.share(node.loss_share) if node.loss_share is not None else "",
        "step": marks.loss_step(node.loss_usd, node.loss_share),
    }


def _leg(edge: EdgeMark, words: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": edge.id,
        "deal": edge.deal,
        "title": edge.title,
        "payer": edge.payer,
        "payee": edge.payee,
        "instrument": wording.word(words, edge.instrument),
        "family": edge.family,
        "firmness": edge.firmness,
        "basis": wording.word(words, edge.basis),
        "amount": wording.amount(edge.usd_low, edge.usd, edge.usd_high, edge.basis),
        "range": wording.span(edge.usd_low, edge.usd_high) if edge.usd is not None else "",
        "size": size(edge),
        "usd": [edge.usd_low, edge.usd, edge.usd_high],
        "knownFrom": edge.known_from,
        "start": edge.start,
        "end": edge.end,
        "summary": edge.summary,
        "status": edge.status,
        "claims": [_claim(claim, words) for claim in edge.claims],
    }


def _claim(claim: ClaimLine, words: Mapping[str, str]) -> dict[str, Any]:
    return {
        "source": claim.source,
        "url": claim.url if claim.url.lower().startswith(("https://", "http://")) else "",
        "grade": wording.word(words, claim.grade),
        "statedOn": claim.stated_on,
        "firmness": wording.word(words, claim.firmness),
        "amount": wording.amount(claim.usd_low, claim.usd, claim.usd_high),
        "range": wording.span(claim.usd_low, claim.usd_high) if claim.usd is not None else "",
        "won": claim.won,
        "note": claim.note,
    }


def _shock(note: ShockNote, words: Mapping[str, str]) -> dict[str, Any]:
    present = {channel for row in note.rows for channel, usd in row.channels.items() if usd}
    return {
        "headline": note.headline,
        "lines": list(note.lines),
        "totals": [
            {"words": words.get(name) or said, "loss": wording.loss(note.totals[name])}
            for name, said in _TOTALS.items()
            if name in note.totals
        ],
        "steps": [said for _, said in marks.LOSS_STEPS],
        "channels": [{"id": name, "words": wording.word(words, name)} for name in CHANNELS if name in present],
        "rows": [_loss(row) for row in note.rows],
    }


def _loss(row: LossRow) -> dict[str, Any]:
    return {
        "party": row.party,
        "name": row.name,
        "listed": row.listed,
        "value": wording.money(row.value_usd) if row.value_usd is not None else "",
        "valueUsd": row.value_usd,
        "loss": wording.loss(row.loss_usd),
        "lossUsd": row.loss_usd,
        "share": wording.share(row.loss_share) if row.loss_share is not None else "",
        "lossShare": row.loss_share,
        "range": wording.span(row.low_usd, row.high_usd),
        "low": row.low_usd,
        "high": row.high_usd,
        "channels": [
            {"id": name, "usd": row.channels[name], "loss": wording.loss(row.channels[name])}
            for name in CHANNELS
            if row.channels.get(name)
        ],
    }


def _choices(scene: Scene, known: Iterable[StrEnum], present: set[str]) -> list[dict[str, Any]]:
    return [{"id": str(one), "words": wording.word(scene.words, one)} for one in known if one in present]
