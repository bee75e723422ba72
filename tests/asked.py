"""Scenarios at random, and each that ships, for the tests of files, hashes and readings."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st

from knockon.scenarios import Factors, Scenario, library

each = pytest.mark.parametrize("scenario", library().values(), ids=lambda scenario: scenario.name)
words = st.text(min_size=1)
sizes = st.floats(0, 1)
hits = st.dictionaries(words, sizes, max_size=4)
slugs = st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True)


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    tables = draw(st.tuples(hits, hits, hits).filter(any))
    return Scenario(
        **dict(zip(("value", "performance", "legs"), tables, strict=True)),
        remove=tuple(draw(st.lists(words.filter(lambda leg: leg not in tables[2]), unique=True, max_size=3))),
        default=tuple(
            draw(st.lists(words.filter(lambda party: party not in {**tables[0], **tables[1]}), unique=True, max_size=3))
        ),
        factors=Factors(market=draw(st.floats(-1, 1)), ai=draw(st.floats(-1, 1))),
        glut=draw(st.floats(1, 1e6)),
        information=draw(st.booleans()),
        common_holders=draw(st.booleans()),
        rivals=draw(st.booleans()),
        curve=draw(st.sampled_from(("exponential", "blackcox"))),
        as_of=draw(st.none() | st.dates()),
        basis=draw(st.sampled_from(("pv", "announcement"))),
        draws=draw(st.integers(0, 10**6)),
        seed=draw(st.integers(0, 2**63)),
        name=draw(slugs),
        title=draw(st.text()),
        question=draw(st.text()),
        reading=draw(st.text()),
    )
