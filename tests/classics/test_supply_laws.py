"""Laws of supply cascades, and two by hand."""

from __future__ import annotations

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from drawn import close, law
from knockon.contagion.classics import supply as supply_module
from knockon.contagion.classics.supply import Supply, supply
from knockon.errors import NotConverged

Link = tuple[str, str, int, int, float, int]  # supplier, customer, their sectors, sales, kind


@st.composite
def supplied(draw: st.DrawFn) -> list[Link]:
    n = draw(st.integers(2, 6))
    sector = draw(st.lists(st.integers(1, 3), min_size=n, max_size=n))
    pairs = [(i, j) for i in range(n) for j in range(n) if i != j]
    chosen = draw(st.lists(st.sampled_from(pairs), min_size=1, max_size=10, unique=True))
    return [
        (f"F{i}", f"F{j}", sector[i], sector[j], float(draw(st.integers(1, 9))), draw(st.integers(0, 2)))
        for i, j in chosen
    ]


def run(links: list[Link], **options: float) -> Supply:
    return supply(*(list(column) for column in zip(*links, strict=True)), **options)


@law
@given(supplied(), st.data())
def test_supply_obeys_its_laws(links: list[Link], data: st.DataObject) -> None:
    try:
        found = run(links)
    except NotConverged:  # a market share can make two levels of production meet in one: it crawls there
        reject()
    index = dict(zip(found.names, found.esri, strict=True))
    sales = {name: sum(link[4] for link in links if link[0] == name) for name in found.names}
    for name in found.names:
        assert sales[name] / sum(sales.values()) - 1e-12 <= index[name] <= 1 + 1e-12
    again = run(data.draw(st.permutations(links)))
    close([index[name] for name in again.names], again.esri, scale=1)
    close(run([(*link[:4], 1e9 * link[4], link[5]) for link in links]).esri, found.esri, scale=1)
    harmless = run([(*link[:5], 0) for link in links]).esri
    assert (harmless <= found.esri + 1e-9).all()
    assert (run(links, stop=1e-2).esri <= found.esri + 1e-9).all()


def test_supply_by_hand() -> None:
    # a and b, one sector, sell 3 and 1 to c, who sells 4 to d: all of c's inputs are essential
    links = [("a", "c", 1, 2, 3.0, 2), ("b", "c", 1, 2, 1.0, 2), ("c", "d", 2, 3, 4.0, 2)]
    found = run(links)
    assert found.names == ("a", "c", "b", "d")
    # without a: b is too small to stand in (3 > 1), so c falls to 1/4 and d with it: 3 + 4 x 3/4 lost
    # without b: a stands in for all but 1/3 of it, so c falls by 1/3 x 1/4: 1 + 4/12 lost
    # what c no longer buys is not counted again upstream; without c or d nothing is sold
    close(found.esri, [6 / 8, 1, (4 / 3) / 8, 1], scale=1)


def test_the_scarcest_essential_input_decides() -> None:
    # e needs sector 1 (a 3, b 1) and sector 2 (c 2, d 2); it sells 10 to f
    links = [("a", "e", 1, 3, 3.0, 2), ("b", "e", 1, 3, 1.0, 2), ("c", "e", 2, 3, 2.0, 2)]
    links += [("d", "e", 2, 3, 2.0, 2), ("e", "f", 3, 4, 10.0, 2)]
    index = dict(zip(run(links).names, run(links).esri, strict=True))
    close([index["a"], index["c"]], [(3 + 7.5) / 18, (2 + 5) / 18], scale=1)


def test_supply_that_does_not_end_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supply_module, "_ROUNDS", 1)
    with pytest.raises(NotConverged, match=r"without a, b, c, one at a time.*after 1 rounds"):
        run([("a", "b", 1, 2, 1.0, 2), ("b", "c", 2, 3, 1.0, 2), ("c", "a", 3, 1, 1.0, 2)])
