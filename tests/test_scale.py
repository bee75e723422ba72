"""A book of 10,000 legs: sound, the same by columns as by SPARQL, and every step ends; times are docs/scale.md's.

`make scale` is the long form, to a million legs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import sparse

import knockon
import large
from benchmarks.scale import growth, network, page, spread
from knockon import exports
from knockon.contagion import stability
from knockon.contagion.sampling import block_of, blocks
from knockon.contagion.stability import applied, spectral_radius
from knockon.flows import FUNDING
from knockon.measures.cycles import cycles
from knockon.overlaps import contained, yields_to
from knockon.projection import project
from knockon.projection.ingredients import asked
from knockon.queries import ask, find
from knockon.shapes import findings
from knockon.store import Dataset
from knockon.study import Study
from knockon.vocab import Firmness, Instrument

LEGS = 10_000
HIT = {"party-0000001": 0.2}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return large.write(tmp_path_factory.mktemp("large"), LEGS)


@pytest.fixture(scope="module")
def book(folder: Path) -> Study:
    return knockon.open(data=folder)


def test_the_large_book_is_sound_and_heavy_tailed(folder: Path, book: Study) -> None:
    assert findings(folder) == []
    assert len(book.book.legs) == LEGS and len(book.book.parties) == LEGS // 5
    usd = np.sort([leg.usd for leg in book.resolved.values() if leg.usd])[::-1]
    assert usd[: len(usd) // 100].sum() > usd.sum() / 5  # a hundredth of the legs has a fifth of the dollars
    ends = np.bincount([int(leg.payer[-7:]) for leg in book.book.legs.values()], minlength=LEGS // 5)
    assert ends.max() > 20 * np.median(ends)
    live = [leg for leg in book.resolved.values() if leg.live]
    assert 0.2 < sum(not leg.disclosed for leg in live) / len(live) < 0.3 and len(live) < LEGS
    for table in ("status", "stakes", "dependences", "purchases", "financials", "prices"):
        assert book.book.tables[table], table


def test_the_same_seed_gives_the_same_book(tmp_path: Path) -> None:
    one, two, other = (large.write(tmp_path / str(i), 300, seed) for i, seed in enumerate((7, 7, 8)))
    text = [(place / "claims.csv").read_bytes() for place in (one, two, other)]
    assert text[0] == text[1] != text[2]


@pytest.mark.parametrize("which", ["large", "2024-03-01", "2025-11-05", None])
def test_exposures_by_columns_are_those_by_sparql(book: Study, which: str | None) -> None:
    here = book if which == "large" else knockon.open(as_of=which)
    rows = asked(here.full)
    assert rows.keys() == here.ingredients.keys()
    for name, found in rows.items():  # holdings of one day and pair have no order among themselves
        assert sorted(map(told, found)) == sorted(map(told, here.ingredients[name])), name
    x = project(rows, here.as_of, here.book.parties, here.parameters)
    assert len(x.contracts) > 3 and same(x, here.exposures)


def told(row: Any) -> str:
    return str(sorted(row.items()))


def same(x: Any, y: Any) -> bool:
    """Whether two records of arrays are alike to the last digit."""
    if isinstance(x, np.ndarray):
        return np.array_equal(x, y, equal_nan=x.dtype.kind == "f")
    if hasattr(x, "__dataclass_fields__"):
        return all(same(getattr(x, name), getattr(y, name)) for name in x.__dataclass_fields__)
    return bool(x == y)


def test_loops_by_columns_are_those_by_sparql(book: Study) -> None:
    funds, buys = set[tuple[str, str]](), set[tuple[str, str]]()
    for leg in book.resolved.values():
        if leg.live and leg.leg.instrument is not Instrument.ACQUISITION:
            (funds if leg.leg.instrument.family in FUNDING else buys).add((leg.leg.payer, leg.leg.payee))
    names = sorted(book.book.parties)
    place = {name: i for i, name in enumerate(names)}
    ends = np.array([(place[a], place[b]) for a, b in sorted(funds | buys)]).T
    arrows = sparse.csr_array((np.ones(ends.shape[1]), tuple(ends)), shape=(len(names), len(names)))
    rings = (tuple(names[i] for i in ring) for ring in cycles(arrows, 3) if len(ring) == 3)
    turned = (ring[k:] + ring[:k] for ring in rings for k in range(3))
    found = {(a, b, c) for a, b, c in turned if (a, b) in funds and (b, c) in buys and (c, a) in buys}
    assert len(found) > 10 and found == set(ask(book.full, find("loops-of-three")).rows)


def test_sums_by_columns_are_those_by_sparql(book: Study) -> None:
    there, back = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for leg in book.resolved.values():
        ends = (leg.leg.payer, leg.leg.payee)
        before = (book.resolved[name].leg for name in yields_to(leg, book.resolved))
        twice = contained(leg, book.resolved) or any((o.payer, o.payee) == ends for o in before)
        if leg.live and leg.usd is not None and leg.firmness.rung >= Firmness.REPORTED.rung and not twice:
            family = leg.leg.instrument.family
            if family in FUNDING:
                there[ends] += leg.usd
            else:
                back[ends[::-1]] += leg.usd
    found = {(*ends, usd, back[ends]) for ends, usd in there.items() if ends in back}
    assert len(found) > 100 and found == set(ask(book.full, find("straight-back")).rows)


@contextmanager
def no_graph() -> Iterator[pytest.MonkeyPatch]:
    """Whoever builds an RDF store in the block fails."""

    def refuse(*_: Any, **__: Any) -> Dataset:
        raise AssertionError("a store is built where columns would do")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("knockon.store.build", refuse)
        yield patch


def test_shock_loops_sums_and_tables_need_no_graph(tmp_path: Path) -> None:
    large.write(tmp_path, 2000)
    with no_graph():
        book = knockon.open(data=tmp_path)
        found = book.shock(HIT, HIT, draws=30)
        assert found.record()["losses"] and found.spread.count == 30
        assert len(book.loops(longest=3)) > 10
        assert book.measure("customer-concentration").rows
        for name in ("gexf", "nq", "parquet", "sqlite", "ttl"):
            assert exports.in_memory(name, book)


def test_a_large_network_is_no_nearer_to_itself_than_its_jacobian_says(
    book: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    for eve, hit in ((knockon.open(as_of="2025-11-05"), {"openai": 0.2}),):
        s = eve.shock(hit, draws=0).spread
        levels = np.concatenate([s.state.h, s.state.d, s.state.y])[:, :1]
        assert applied(s.map, levels) == pytest.approx(spectral_radius(s.map, s.state), rel=0.02)
    large_one = book.shock(HIT, HIT, draws=0).spread
    with monkeypatch.context() as patch:
        patch.setattr(stability, "applied", lambda *_: 0.125)
        assert large_one.radius == 0.125  # 6,000 states: their Jacobian is not written out


def test_blocks_of_draws_depend_on_the_book_alone(book: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [used for _, _, used in blocks(knockon.open(as_of="2025-11-05").exposures, 2500)] == [1000, 1000, 500]
    x = book.exposures
    monkeypatch.setattr("knockon.contagion.sampling.CELLS", 100 * max(len(x.contracts), len(x.balance.parties)))
    narrow = blocks(x, 250)
    assert [used for _, _, used in narrow] == [100, 100, 50]
    last = block_of(x, narrow[2], 7, 0.3).amount
    assert last.shape[1] == 50
    assert np.array_equal(last, block_of(x, (2, 100, 100), 7, 0.3).amount[:, :50])


def test_the_network_of_the_long_form_spreads() -> None:
    assert spread(network(2000, 10_000)) > 3


def test_the_page_is_written_from_what_was_measured() -> None:
    found: Any = {
        "check": {"1000": [1.0, 50], "10000": [10.0, 60], "100000": "over 1,200 s"},
        "network: make arrays": {"1000": [0.1, 30]},
        "network: and one shock": {"1000": [0.2, 40]},
    }
    text = page(found)
    assert "| check | 1.0 s · 50 MB | 10.0 s · 60 MB | over 1,200 s | 1.00 |" in text
    assert "| 1,000 | 5,000 | 0 MB | 0.1 s · 30 MB | 0.2 s · 40 MB |" in text
    assert growth({"10": [1.0, 1], "100": [100.0, 1]}) == "2.00" and growth({"10": "over 1 s"}) == ""
