"""What the page's script gets to see of a `Scene`: every figure with the words to show for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any, Final

from knockon.views import marks, wording
from knockon.views.scene import ClaimLine, EdgeMark, LossRow, Moment, NodeMark, RoundMark, Scene, ShockNote
from knockon.vocab import Family, Firmness

CHANNELS: Final = (
    *("direct", "contract", "equity", "credit", "guarantee", "demand", "funding"),
    *("information", "common_holders"),
)
EARLY: Final = 0.05  # share of the legs that may share the first bar of the replay
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
        "terms": wording.TERMS,
        "leftOut": list(scene.left_out),
        "parties": [_party(node, scene.words) for node in scene.nodes],
        "legs": [_leg(edge, scene.words) for edge in scene.edges],
        "families": _choices(scene, Family, {edge.family for edge in scene.edges}),
        "firmness": [
            choice | {"dash": marks.DASHES[choice["id"]]}
            for choice in _choices(scene, reversed(Firmness), _firmness(scene))
        ],
        "groups": [
            {"id": group.id, "words": group.words, "outline": group.outline}
            for group in marks.GROUPS
            if group.id in kinds
        ],
        "instruments": sorted({wording.word(scene.words, edge.instrument) for edge in scene.edges}),
        "most": [most for most in marks.MOST if len(scene.edges) > marks.CROWD],
        "least": [{"usd": usd, "words": wording.money(usd)} for usd in marks.LEAST],
        "replay": _replay(scene),
        "shock": _shock(scene.shock, scene.words) if scene.shock else None,
    }


def _firmness(scene: Scene) -> set[str]:
    return {edge.firmness for edge in scene.edges} | {then.firmness for edge in scene.edges for then in edge.moments}


def size(edge: EdgeMark | Moment) -> int | None:
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
        "basis": wording.word(words, edge.basis),
        "knownFrom": edge.known_from,
        "start": edge.start,
        "end": edge.end,
        "summary": edge.summary,
        "claims": [_claim(claim, words) for claim in edge.claims],
        **_told(edge, edge.basis),
        "moments": [_moment(moment, edge.basis) for moment in edge.moments],
    }


def _moment(moment: Moment, basis: str) -> dict[str, Any]:
    thick = marks.width(size(moment))
    line = {"width": thick, "dashes": marks.dash(moment.firmness, thick)}
    return {"on": moment.on, "won": moment.won, **_told(moment, basis), "line": line}


def _told(edge: EdgeMark | Moment, basis: str) -> dict[str, Any]:
    """What is said of a leg on a day."""
    return {
        "firmness": edge.firmness,
        "amount": wording.amount(edge.usd_low, edge.usd, edge.usd_high, basis),
        "range": wording.span(edge.usd_low, edge.usd_high) if edge.usd is not None else "",
        "size": size(edge),
        "usd": [edge.usd_low, edge.usd, edge.usd_high],
        "status": edge.status,
    }


def _claim(claim: ClaimLine, words: Mapping[str, str]) -> dict[str, Any]:
    return {
        "source": claim.source,
        "url": claim.url if claim.url.lower().startswith(("https://", "http://")) else "",
        "grade": wording.word(words, claim.grade),
        "statedOn": claim.stated_on,
        "publicOn": claim.public_on,
        "firmness": wording.word(words, claim.firmness),
        "amount": wording.amount(claim.usd_low, claim.usd, claim.usd_high),
        "range": wording.span(claim.usd_low, claim.usd_high) if claim.usd is not None else "",
        "won": claim.won,
        "note": claim.note,
    }


def _replay(scene: Scene) -> dict[str, Any] | None:
    """The axis of days for the slider, and how many legs became known in each of its months.

    What is older than nearly everything else shares the first bar, so that the rest has room.
    """
    first = sorted(edge.moments[0].on for edge in scene.edges if edge.moments)
    if scene.shock or not first or first[0] == scene.as_of:
        return None
    begin = first[int(EARLY * len(first))][:7]
    months = list(_months(begin, scene.as_of[:7]))
    count = Counter(max(on[:7], begin) for on in first)
    return {
        "from": f"{begin}-01",
        "to": scene.as_of,
        "days": sorted({moment.on for edge in scene.edges for moment in edge.moments if moment.on >= f"{begin}-01"}),
        "months": [{"month": month, "legs": count[month]} for month in months],
        "older": first[0] < f"{begin}-01",
    }


def _months(begin: str, end: str) -> Iterator[str]:
    year, month = int(begin[:4]), int(begin[5:7])
    while (now := f"{year:04d}-{month:02d}") <= end:
        yield now
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


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
        "still": marks.size_by_loss(0.0, 1.0),
        "rounds": _rounds(note),
        "paths": [
            {
                "loss": wording.loss(path.usd),
                "words": path.words,
                "parties": list(path.parties),
                "names": list(path.names),
                "legs": list(path.legs),
            }
            for path in note.paths
        ],
        "covered": f"Together these {len(note.paths)} carry {wording.share(note.covered)} of what others lose.",
    }


def _rounds(note: ShockNote) -> list[dict[str, Any]]:
    largest = max((row.loss_usd for row in note.rows), default=0.0)
    rounds = note.rounds or (_end(note),)
    before = [0.0, *(mark.listed_usd for mark in rounds)]
    return [
        {
            "words": mark.words,
            "total": wording.loss(mark.listed_usd),
            "more": f"{wording.loss(mark.listed_usd - usd)} more" if usd and mark.listed_usd > usd else "",
            "parties": {
                party: [marks.size_by_loss(lost, largest), marks.loss_step(lost, part), wording.loss(lost)]
                for party, (lost, part) in mark.losses.items()
            },
        }
        for mark, usd in zip(rounds, before, strict=False)
    ]


def _end(note: ShockNote) -> RoundMark:
    """The answer as the only round, where none were told."""
    losses = {row.party: (row.loss_usd, row.loss_share) for row in note.rows}
    return RoundMark(words="In the end", listed_usd=note.totals["listed_usd"], losses=losses)


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
        "range": wording.estimates(row.low_usd, row.high_usd),
        "worst": wording.loss(row.worst_usd) if row.worst_usd is not None else "",
        "worstUsd": row.worst_usd,
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
