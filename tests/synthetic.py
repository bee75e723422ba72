"""The real book, larger: copies of its facts whose parties also deal across copies, always the same for a size."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import pyoxigraph as ox

from knockon.study import Study
from knockon.triples import BASE, GRAPHS, K

IDS = BASE + "id/"
BETWEEN = {K + name for name in ("payee", "fundsDirectly", "buysFrom")}
"""From a leg or a payer to the other side."""


def quads(study: Study, times: int) -> Iterator[ox.Quad]:
    """`times` copies of book and known, the ontology once; one in five pairs of parties spans two copies.

    The first copy has the ids of the real book, and alone is the real book. Amounts, instruments, firmness and
    degrees stay as they are in reality; what grows is the number of parties, deals and legs.
    """
    store = study.full.store
    payer = {
        quad.subject: quad.object
        for quad in store.quads_for_pattern(None, ox.NamedNode(K + "payer"), None, ox.NamedNode(GRAPHS["book"]))
    }
    for name in ("book", "known"):
        facts = list(store.quads_for_pattern(None, None, None, ox.NamedNode(GRAPHS[name])))
        for copy in range(times):
            for quad in facts:
                there = copy
                if quad.predicate.value in BETWEEN:
                    there = _other_side(payer.get(quad.subject, quad.subject), quad.object, copy, times)
                yield ox.Quad(_copied(quad.subject, copy), quad.predicate, _copied(quad.object, there), quad.graph_name)
    yield from store.quads_for_pattern(None, None, None, ox.NamedNode(GRAPHS["ontology"]))


def _copied(term: object, copy: int) -> object:
    if copy and isinstance(term, ox.NamedNode) and term.value.startswith(IDS):
        return ox.NamedNode(f"{term.value}~{copy}")
    return term


def _other_side(payer: object, payee: object, copy: int, times: int) -> int:
    """In which copy the other side is; the same for a leg and for the shortcut drawn from it."""
    lot = zlib.crc32(f"{payer} {payee} {copy}".encode())
    return copy if lot % 5 else lot // 5 % times
