from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from importlib.resources import files
from typing import Any

import pytest

from knockon.errors import BadInput
from knockon.views import marks, network, page, shock
from knockon.views.payload import CHANNELS
from knockon.views.scene import Scene
from knockon.vocab import Family, Firmness
from views import scenes

ALL = [scenes.small(), scenes.small_shock(), scenes.hostile(), scenes.large()]
NAMES = ["small", "shock", "hostile", "large"]


class Document(HTMLParser):
    """The tags of a page, and the raw text of its scripts and styles."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append((dict(attrs), ""))

    def handle_data(self, data: str) -> None:
        if self.tags and self.lasttag == "script" and self.cdata_elem == "script":
            attrs, text = self.scripts[-1]
            self.scripts[-1] = attrs, text + data


def scene_in(html: str) -> Any:
    """The data a page carries, read back from its HTML."""
    return next(json.loads(text) for attrs, text in Document(html).scripts if attrs.get("id") == "scene")


@pytest.mark.parametrize("scene", ALL, ids=NAMES)
def test_the_data_reads_back_as_they_were_written(scene: Scene) -> None:
    assert scene_in(page.page(scene)) == json.loads(json.dumps(page.data(scene)))


@pytest.mark.parametrize("scene", ALL, ids=NAMES)
def test_a_page_has_our_three_scripts_and_no_other(scene: Scene) -> None:
    kinds = [attrs.get("type") for attrs, _ in Document(page.page(scene)).scripts]
    assert kinds == ["application/json", None, "module"]


@pytest.mark.parametrize("scene", ALL, ids=NAMES)
def test_a_page_refers_to_nothing_outside_itself(scene: Scene) -> None:
    document = Document(page.page(scene))
    addresses = [attrs.get("src") or attrs.get("href") for _, attrs in document.tags]
    assert {address for address in addresses if address} == {"#legs", "data:,"}


def test_our_templates_name_no_address() -> None:
    found = {
        (file.name, address)
        for file in (files("knockon.views") / "templates").iterdir()
        for address in re.findall(r"https?://[^\s\"']+|url\([^)]*\)|@import", file.read_text(encoding="utf-8"))
    }
    assert found == {("dom.js", "http://www.w3.org/2000/svg")}


def test_the_policy_admits_the_scripts_of_the_page_and_no_request() -> None:
    document = Document(page.page(scenes.small()))
    policy = next(str(attrs["content"]) for _, attrs in document.tags if "http-equiv" in attrs)
    running = [text for attrs, text in document.scripts if attrs.get("type") != "application/json"]
    hashes = {base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in running}
    assert set(re.findall(r"'sha256-([^']+)'", policy)) == hashes
    assert policy.startswith("default-src 'none'; ")
    assert "script-src 'unsafe" not in policy


def test_a_hostile_text_stays_inside_its_json() -> None:
    html = page.page(scenes.hostile())
    assert "onerror=\\" in html  # it is there, as data
    assert "<img" not in html
    assert not any(mark in html for mark in "\u2028\u2029\u202e\u200f")


def test_only_web_addresses_become_links() -> None:
    claims = scene_in(page.page(scenes.hostile()))["legs"][0]["claims"]
    assert [claim["url"] for claim in claims] == ["", "", "", "https://example.org/?a=1&b=<2>"]


@pytest.mark.parametrize("scene", ALL, ids=NAMES)
def test_every_leg_is_an_edge_and_every_party_a_node(scene: Scene) -> None:
    data = scene_in(page.page(scene))
    ids = sorted(edge.id for edge in scene.edges)
    assert sorted(leg["id"] for leg in data["legs"]) == ids
    assert sorted(edge["id"] for edge in data["edges"]) == ids
    assert sorted(node["id"] for node in data["nodes"]) == sorted(node.id for node in scene.nodes)
    ends = {edge.id: (edge.payer, edge.payee) for edge in scene.edges}
    assert {edge["id"]: (edge["from"], edge["to"]) for edge in data["edges"]} == ends


@pytest.mark.parametrize("scene", ALL, ids=NAMES)
def test_parallel_legs_bend_apart(scene: Scene) -> None:
    bends: dict[frozenset[str], list[Any]] = {}
    for edge in scene_in(page.page(scene))["edges"]:
        ways = sorted([edge["from"], edge["to"]])
        side = (edge["smooth"]["type"] == "curvedCW") == (edge["from"] == ways[0])
        bends.setdefault(frozenset(ways), []).append((side, edge["smooth"]["roundness"]))
    assert all(len(set(own)) == len(own) for own in bends.values())


def test_an_undisclosed_amount_is_a_hairline_and_never_zero() -> None:
    data = scene_in(page.page(scenes.small()))
    widths = {edge["id"]: edge["width"] for edge in data["edges"]}
    secret = [leg for leg in data["legs"] if leg["size"] is None]
    assert len(secret) == 2
    assert {leg["amount"] for leg in secret} == {"undisclosed"}
    thinnest = min(widths[leg["id"]] for leg in data["legs"] if leg["size"] is not None)
    assert all(widths[leg["id"]] < thinnest for leg in secret)


def test_a_range_without_a_middle_is_drawn_by_its_upper_end() -> None:
    edge = replace(scenes.small().edges[0], usd=None, usd_low=18 * scenes.BN, usd_high=41 * scenes.BN)
    leg = scene_in(page.page(replace(scenes.small(), edges=(edge,))))["legs"][0]
    assert (leg["amount"], leg["size"]) == ("$18bn to $41bn", 41 * scenes.BN)


def test_what_is_firm_is_solid_and_what_is_not_is_dashed() -> None:
    solid = {firmness for firmness in Firmness if marks.dash(firmness, 2.0) is False}
    assert solid == {Firmness.CLOSED, Firmness.DEFINITIVE}
    assert set(marks.DASHES) == set(Firmness)
    inks = [sum(dash[::2]) / sum(dash) for dash in marks.DASHES.values() if dash]
    assert inks == sorted(set(inks), reverse=True) and len(inks) == len(Firmness) - 2


def test_families_have_the_colours_of_okabe_and_ito_one_each() -> None:
    css = (files("knockon.views") / "templates" / "page.css").read_text(encoding="utf-8")
    shades = dict(re.findall(r"--family-(\w+): light-dark\((#\w{6}),", css))
    published = ("e69f00", "56b4e9", "009e73", "f0e442", "0072b2", "d55e00", "cc79a7", "000000")

    def far(one: str, other: str) -> int:
        return sum(abs(int(one[i : i + 2], 16) - int(other[i : i + 2], 16)) for i in (0, 2, 4))

    nearest = {family: min(published, key=lambda other: far(shade[1:], other)) for family, shade in shades.items()}
    assert set(shades) == set(Family) and len(set(nearest.values())) == len(Family)
    assert max(far(shades[family][1:], other) for family, other in nearest.items()) < 80  # darker, for white paper


def test_every_family_channel_and_step_of_loss_has_a_colour() -> None:
    css = (files("knockon.views") / "templates" / "page.css").read_text(encoding="utf-8")
    named = set(re.findall(r"^  --([\w-]+):", css, flags=re.MULTILINE))
    wanted = {f"family-{family}" for family in Family} | {f"loss-{i}" for i in range(len(marks.LOSS_STEPS))}
    wanted |= {f"channel-{name}" for name in CHANNELS}
    assert wanted <= named


def test_no_kind_of_party_has_two_shapes() -> None:
    kinds = [kind for group in marks.GROUPS for kind in group.kinds]
    assert len(kinds) == len(set(kinds)) == 22
    assert marks.group("a kind nobody foresaw") == "others"


def test_a_steeper_loss_never_stands_on_a_lower_step() -> None:
    steps = [marks.loss_step(1.0, share / 1000) for share in range(1, 1001)]
    assert steps == sorted(steps, key=lambda step: step or 0)
    assert set(steps) == {1, 2, 3, 4, 5}
    assert marks.loss_step(1.0, None) is None
    assert marks.loss_step(0.0, 0.0) == 0


def test_plain_words_of_the_scene_are_used_where_it_has_them() -> None:
    data = scene_in(page.page(scenes.small()))
    assert {one["id"]: one["words"] for one in data["firmness"]}["definitive"] == "signed"
    assert {one["id"]: one["words"] for one in data["firmness"]}["letter_of_intent"] == "letter of intent"


def test_the_losses_of_a_row_are_told_channel_by_channel() -> None:
    data = scene_in(page.page(scenes.small_shock()))
    oracle = next(row for row in data["shock"]["rows"] if row["party"] == "oracle")
    assert oracle["channels"] == [
        {"id": "contract", "usd": 25e9, "loss": "−$25.0bn"},
        {"id": "funding", "usd": 2e9, "loss": "−$2.0bn"},
    ]
    assert (oracle["loss"], oracle["range"]) == ("−$27.0bn", "$18.9bn to $40.5bn")
    assert [one["id"] for one in data["shock"]["channels"]] == ["direct", "contract", "funding"]


def test_bigger_losers_are_bigger_on_a_shock_page() -> None:
    sizes = {node["id"]: node["size"] for node in scene_in(page.page(scenes.small_shock()))["nodes"]}
    assert sizes["openai"] > sizes["oracle"] > sizes["coreweave"] > sizes["microsoft"]


def test_the_network_page_forgets_a_shock() -> None:
    data = scene_in(network.render(scenes.small_shock()))
    assert data["shock"] is None
    assert {party["loss"] for party in data["parties"]} == {""}


def test_the_shock_page_needs_a_shock() -> None:
    with pytest.raises(BadInput, match="has no shock"):
        shock.render(scenes.small())


def test_a_figure_that_is_not_a_number_stops_the_page() -> None:
    scene = scenes.small_shock()
    assert scene.shock is not None
    rows = (replace(scene.shock.rows[0], high_usd=float("inf")), *scene.shock.rows[1:])
    with pytest.raises((ValueError, OverflowError)):
        page.page(replace(scene, shock=replace(scene.shock, rows=rows)))


def test_the_same_scene_gives_the_same_bytes_and_a_file_below_three_megabytes() -> None:
    html = page.page(scenes.large())
    assert html == page.page(scenes.large())
    assert len(html.encode()) < 3_000_000


def test_the_worst_equilibrium_is_told_beside_the_least_only_where_they_differ() -> None:
    scene = scenes.small_shock()
    assert scene.shock is not None
    assert {row["worst"] for row in scene_in(page.page(scene))["shock"]["rows"]} == {""}
    rows = tuple(replace(row, worst_usd=2 * row.loss_usd) for row in scene.shock.rows)
    told = scene_in(page.page(replace(scene, shock=replace(scene.shock, rows=rows))))["shock"]["rows"]
    assert [row["worst"] for row in told] == ["−$200bn", "−$54.0bn", "−$4.0bn"]
