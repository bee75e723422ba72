from __future__ import annotations

import math
from itertools import combinations

import knockon
from knockon.study import Study
from knockon.study.network.layout import as_table, places, places_kept
from knockon.study.placing import places_of


def test_the_kept_places_are_what_a_rerun_keeps(eve: Study) -> None:
    kept = places_kept()
    assert {party: places_of(eve)[party] for party in kept} == kept
    assert as_table(places_of(eve)) == as_table(places_of(eve))


def test_a_party_stands_where_it_stood_on_every_date() -> None:
    early, late = (knockon.open(as_of=day).scene() for day in ("2025-11-05", "2026-05-01"))
    spots = {node.id: (node.x, node.y) for node in late.nodes}
    both = [node for node in early.nodes if node.id in spots]
    assert len(both) > 70
    assert all(spots[node.id] == (node.x, node.y) for node in both)


def test_a_new_party_moves_nobody_and_stands_near_its_partners(eve: Study) -> None:
    legs = list(eve.resolved.values())
    ids = sorted({end for leg in legs for end in (leg.leg.payer, leg.leg.payee)})
    before = places(ids, legs)
    kept = {party: spot for party, spot in before.items() if party != "softbank"}
    after = places(ids, legs, kept)
    assert {party: spot for party, spot in after.items() if party != "softbank"} == kept
    bound = {
        end for leg in legs for end in (leg.leg.payer, leg.leg.payee) if "softbank" in (leg.leg.payer, leg.leg.payee)
    }
    partners = [kept[party] for party in bound - {"softbank"}]
    centre = [sum(axis) / len(partners) for axis in zip(*partners, strict=True)]
    assert len(partners) > 3 and math.dist(after["softbank"], centre) < 0.15
    assert min(math.dist(after["softbank"], spot) for spot in kept.values()) > 0.01


def test_another_book_is_placed_afresh_the_same_way_each_time(tiny: Study) -> None:
    legs = list(tiny.resolved.values())
    ids = sorted({end for leg in legs for end in (leg.leg.payer, leg.leg.payee)})
    spots = places(ids, legs)
    assert spots == places(ids, list(reversed(legs)), {})
    assert all(0 <= x <= 1 and 0 <= y <= 1 for x, y in spots.values())
    assert min(math.dist(a, b) for a, b in combinations(spots.values(), 2)) > 0.1


def test_the_file_is_sorted_and_reads_back() -> None:
    kept = places_kept()
    assert as_table(kept) == as_table(dict(reversed(kept.items())))
    assert list(kept) == sorted(kept)
