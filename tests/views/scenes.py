"""Scenes to draw in tests: a small one by hand, its shock, a hostile one, and a large one by seed."""

from __future__ import annotations

import math
import random
from dataclasses import replace

from knockon.views.scene import ClaimLine, EdgeMark, LossRow, Moment, NodeMark, PathLine, RoundMark, Scene, ShockNote
from knockon.vocab import Firmness, Instrument

BN = 1_000_000_000


def claim(source: str = "Reuters", url: str = "https://example.org/story", *, usd: int | None = None) -> ClaimLine:
    return ClaimLine(
        source=source,
        url=url,
        grade="press",
        stated_on="2025-09-10",
        public_on="2025-09-10",
        firmness="reported",
        usd_low=None,
        usd=usd,
        usd_high=None,
        won=True,
        note="",
    )


def node(name: str, kind: str, value: int | None, x: float, y: float, *, listed: bool = True) -> NodeMark:
    return NodeMark(
        id=name.lower(),
        name=name,
        kind=kind,
        listed=listed,
        value_usd=value,
        value_on="2025-11-05" if value else "",
        x=x,
        y=y,
    )


def leg(number: int, payer: str, payee: str, instrument: Instrument, usd: int | None, firmness: Firmness) -> EdgeMark:
    deal = f"{payer}-{payee}-2025"
    return EdgeMark(
        id=f"{deal}/{number}",
        deal=deal,
        title=f"{payer} and {payee}, 2025",
        payer=payer,
        payee=payee,
        instrument=instrument,
        family=instrument.family,
        firmness=firmness,
        basis="contract_total" if usd else "undisclosed",
        usd_low=None,
        usd=usd,
        usd_high=None,
        known_from="2025-09-10",
        start="2027",
        end="2031",
        summary=f"{payer} promises {payee} a {instrument.replace('_', ' ')}.",
        status="signed on 2025-09-10",
        claims=(claim(usd=usd), claim("Filing 10-Q", "https://example.org/10-q", usd=usd)),
    )


def small() -> Scene:
    """Seven parties, ten legs: two parallel, two facing, two undisclosed, one cancelled."""
    nodes = (
        node("OpenAI", "ai_lab", 500 * BN, 0.5, 0.5, listed=False),
        node("Oracle", "hyperscaler", 720 * BN, 0.15, 0.2),
        node("Microsoft", "hyperscaler", 3_800 * BN, 0.85, 0.2),
        node("NVIDIA", "chip_designer", 4_700 * BN, 0.5, 0.1),
        node("SoftBank", "conglomerate", 200 * BN, 0.9, 0.7),
        node("CoreWeave", "neocloud", 60 * BN, 0.1, 0.8),
        node("AMD", "chip_designer", 400 * BN, 0.5, 0.95),
    )
    edges = (
        leg(1, "openai", "oracle", Instrument.COMPUTE_PURCHASE, 300 * BN, Firmness.DEFINITIVE),
        leg(1, "openai", "microsoft", Instrument.COMPUTE_PURCHASE, 250 * BN, Firmness.DEFINITIVE),
        leg(2, "openai", "microsoft", Instrument.REVENUE_SHARE, None, Firmness.CLOSED),
        leg(1, "microsoft", "openai", Instrument.EQUITY_INVESTMENT, 13 * BN, Firmness.CLOSED),
        leg(1, "nvidia", "openai", Instrument.EQUITY_INVESTMENT, 100 * BN, Firmness.CANCELLED),
        leg(1, "softbank", "openai", Instrument.EQUITY_INVESTMENT, 22_500_000_000, Firmness.STAGED),
        leg(1, "openai", "coreweave", Instrument.COMPUTE_PURCHASE, 22_400_000_000, Firmness.DEFINITIVE),
        leg(1, "nvidia", "coreweave", Instrument.BACKSTOP, 6_300_000_000, Firmness.REPORTED),
        leg(1, "amd", "openai", Instrument.WARRANT, None, Firmness.OPTION),
        leg(1, "oracle", "nvidia", Instrument.CHIP_PURCHASE, 40 * BN, Firmness.LETTER_OF_INTENT),
    )
    return Scene(
        title="Who owes whom",
        subtitle="Every known promise, one line each.",
        edition="edition 0.1.0+test",
        as_of="2025-11-05",
        nodes=nodes,
        edges=edges,
        left_out=("Two legs have no published amount.",),
        words={"ai_lab": "AI lab", "definitive": "signed", "contract": "contracts"},
    )


def replayed() -> Scene:
    """The small scene with a past: Oracle's contract was first a rumour without a figure, AMD's warrant came last."""
    first, *others, warrant, chips = small().edges
    rumour = moment("2025-07-01", None, Firmness.REPORTED)
    signed = moment("2025-09-10", 300 * BN, Firmness.DEFINITIVE, won=1)
    claims = (claim("Rumour Daily", usd=None), claim("Filing 8-K", "https://example.org/8-k", usd=300 * BN))
    edges = (
        replace(first, moments=(rumour, signed), claims=(replace(claims[0], public_on="2025-07-01"), claims[1])),
        *(replace(edge, moments=(moment("2025-09-10", edge.usd, Firmness(edge.firmness)),)) for edge in others),
        replace(warrant, moments=(moment("2025-10-06", None, Firmness.OPTION),)),
        replace(chips, moments=(moment("2025-05-01", 40 * BN, Firmness.LETTER_OF_INTENT),)),
    )
    return replace(small(), edges=edges)


def moment(on: str, usd: int | None, firmness: Firmness, won: int | None = 0) -> Moment:
    return Moment(on=on, usd_low=None, usd=usd, usd_high=None, firmness=firmness, status=f"as of {on}", won=won)


def small_shock() -> Scene:
    """The small scene after OpenAI lost a fifth: three losers, one of them without a value."""
    rows = (
        loss("openai", "OpenAI", 100e9, 0.2, direct=100e9, listed=False),
        loss("oracle", "Oracle", 27e9, 0.0375, contract=25e9, funding=2e9),
        loss("coreweave", "CoreWeave", 2e9, None, contract=2e9),
    )
    lost = {row.party: row for row in rows}
    nodes = tuple(
        replace(
            one,
            loss_usd=lost[one.id].loss_usd if one.id in lost else 0.0,
            loss_share=lost[one.id].loss_share if one.id in lost else 0.0,
        )
        for one in small().nodes
    )
    note = ShockNote(
        headline="If OpenAI lost a fifth of its value, listed parties would lose $29.0bn.",
        lines=("Nearly all of it in the first round.",),
        rows=rows,
        totals={"listed_usd": 29e9, "private_usd": 100e9, "first_round_usd": 127e9, "later_rounds_usd": 2e9},
        rounds=(
            RoundMark(words="The hit itself", listed_usd=0.0, losses={"openai": (100e9, 0.2)}),
            RoundMark(
                words="After the first round", listed_usd=25e9, losses={"openai": (100e9, 0.2), "oracle": (25e9, 0.035)}
            ),
            RoundMark(
                words="In the end", listed_usd=29e9, losses={row.party: (row.loss_usd, row.loss_share) for row in rows}
            ),
        ),
        paths=(
            PathLine(
                usd=25e9,
                words="From OpenAI to Oracle through the compute purchase.",
                parties=("openai", "oracle"),
                names=("OpenAI", "Oracle"),
                legs=("openai-oracle-2025/1",),
            ),
        ),
        covered=0.86,
    )
    return replace(small(), title="OpenAI loses a fifth", nodes=nodes, shock=note)


def loss(party: str, name: str, usd: float, share: float | None, *, listed: bool = True, **channels: float) -> LossRow:
    return LossRow(
        party=party,
        name=name,
        listed=listed,
        value_usd=usd / share if share else None,
        loss_share=share,
        loss_usd=usd,
        low_usd=usd * 0.7,
        high_usd=usd * 1.5,
        channels=channels,
    )


SCRIPT_END = '</script><img src=x onerror="window.broken=1">'
QUOTES = "\"'`${window.broken=1}\u2028\u2029 & <b>bold</b>"
BACKWARDS = "\u202egnp.exe\u200f"


def hostile() -> Scene:
    """The small scene with every text an attack, and an address that is a script."""
    scene = small()
    first, second, third, *others = scene.edges
    bad = replace(
        first,
        title=SCRIPT_END,
        summary=QUOTES,
        status=BACKWARDS,
        claims=(
            claim(SCRIPT_END, "javascript:window.broken=1"),
            claim("tab", "java\tscript:window.broken=1"),
            claim("data", "data:text/html,<script>window.broken=1</script>"),
            claim("good", "https://example.org/?a=1&b=<2>"),
        ),
    )
    formula = replace(second, title='=HYPERLINK("http://example.org","x")')
    at = replace(third, title="@SUM(1)")
    evil = replace(scene.nodes[0], name=SCRIPT_END)
    late = replace(scene.nodes[1], name=BACKWARDS)
    return replace(
        scene,
        title=SCRIPT_END,
        subtitle=QUOTES,
        edition=BACKWARDS,
        nodes=(evil, late, *scene.nodes[2:]),
        edges=(bad, formula, at, *others),
        left_out=(SCRIPT_END, QUOTES),
        words={"compute": SCRIPT_END, "ai_lab": QUOTES},
    )


def large(parties: int = 150, legs: int = 400, seed: int = 7) -> Scene:
    """A made-up network of the size the page is built for; hubs are few, as in the real one."""
    chance = random.Random(seed)
    kinds = ("ai_lab", "hyperscaler", "chip_designer", "bank", "neocloud", "power", "spv", "asset_manager")
    nodes = tuple(
        node(
            f"Party{i}",
            chance.choice(kinds),
            int(BN * 10 ** chance.uniform(0, 3.6)) if chance.random() < 0.7 else None,
            0.5 + 0.5 * math.sqrt(i / parties) * math.cos(i * 2.4),
            0.5 + 0.5 * math.sqrt(i / parties) * math.sin(i * 2.4),
            listed=chance.random() < 0.6,
        )
        for i in range(parties)
    )
    edges = []
    for number in range(1, legs + 1):
        hub = nodes[int(parties * chance.random() ** 3)]
        other = chance.choice([one for one in nodes if one is not hub])
        payer, payee = (hub, other) if chance.random() < 0.5 else (other, hub)
        usd = int(BN * 10 ** chance.uniform(-1, 2.4)) if chance.random() < 0.75 else None
        firmness = chance.choice([one for one in Firmness if one is not Firmness.CANCELLED])
        edges.append(leg(number, payer.id, payee.id, chance.choice(list(Instrument)), usd, firmness))
    return replace(small(), title="A large network", nodes=nodes, edges=tuple(edges))


def hostile_shock() -> Scene:
    """The hostile scene with a shock whose words are attacks too."""
    scene, shocked = hostile(), small_shock()
    assert shocked.shock is not None
    first, *others = shocked.shock.rows
    rows = (replace(first, name=SCRIPT_END), *(replace(row, name=BACKWARDS) for row in others))
    path = PathLine(
        usd=1e9,
        words=SCRIPT_END,
        parties=("openai", "oracle"),
        names=(QUOTES, BACKWARDS),
        legs=(QUOTES, "openai-oracle-2025/1"),
    )
    steps = (RoundMark(words=QUOTES, listed_usd=0.0, losses={}), RoundMark(words=SCRIPT_END, listed_usd=1e9, losses={}))
    note = replace(
        shocked.shock, headline=SCRIPT_END, lines=(QUOTES,), rows=rows, paths=(path,), rounds=steps, covered=0.5
    )
    return replace(scene, nodes=tuple(replace(node, loss_usd=0.0, loss_share=0.0) for node in scene.nodes), shock=note)
