"""Random small networks and shocks on them, for the laws that hold on every network."""

from __future__ import annotations

from typing import Any

from hypothesis import reject
from hypothesis import strategies as st

from knockon.contagion.coefficients import coefficients
from knockon.contagion.engine import Map, Shock
from knockon.contagion.fixedpoint import State, solve
from knockon.errors import NotConverged
from knockon.exposures import Exposures
from vectors_model import exposures

share = st.floats(0, 1, allow_nan=False)
KINDS = ("purchase", "lease", "equity", "loan", "funding")


@st.composite
def networks(draw: st.DrawFn, sinks: bool = False) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Random small networks in the vectors' terms, holdings and covers within their bounds.

    With `sinks`, some parties have no value.
    """
    n = draw(st.integers(2, 5))
    nodes = [
        {
            "id": f"p{i}",
            "E": draw(st.floats(10, 1000)),
            "alpha": draw(st.floats(0, 4)),
            "rev": draw(st.floats(1, 100)),
            "pi": draw(share),
            "oblig": draw(st.floats(1, 200)),
            "s": draw(share),
        }
        for i in range(n)
    ]
    if sinks:
        for node in nodes[1:]:
            if draw(st.booleans()):
                del node["E"]
    edges: list[dict[str, Any]] = []
    for e in range(draw(st.integers(1, 8))):
        kind = draw(st.sampled_from(KINDS))
        a, b = draw(st.permutations(range(n)))[:2]
        edge = {"id": f"e{e}", "type": kind, "from": f"p{a}", "to": f"p{b}"}
        if kind in ("purchase", "lease"):
            edge |= {"K": draw(st.floats(0, 300)), "T": draw(st.floats(0, 15)), "phi": draw(share)}
            edge |= {"m": draw(share), "psi": draw(share), "kappa": draw(st.floats(0, 0.5))}
        elif kind == "equity":
            edge |= {"theta": draw(st.floats(0, 0.12))}
        elif kind == "loan":
            edge |= {"K": draw(st.floats(0, 100)), "lgd": draw(share)}
        else:
            edge |= {"F": draw(st.floats(0, 100)), "da": draw(st.floats(0, 2))}
        edges.append(edge)
    covered = [edge for edge in edges if edge["type"] in ("purchase", "lease", "loan")]
    for g, edge in enumerate(covered[: draw(st.integers(0, 2))]):
        guarantor = draw(st.sampled_from([node["id"] for node in nodes if node["id"] != edge["to"]]))
        edges.append(
            {"id": f"g{g}", "type": "guarantee", "from": guarantor, "to": edge["to"], "covers": edge["id"]}
            | {"cover": draw(share), "cap": draw(st.floats(0, 50))}
        )
    return nodes, edges


@st.composite
def cases(draw: st.DrawFn, sinks: bool = False) -> tuple[Exposures, Shock]:
    """A network and a shock that hits values, performances and promises here and there."""
    nodes, edges = draw(networks(sinks=sinks))
    x = exposures(nodes, edges, {"r": 0.1, "debt_alpha_add": draw(st.floats(0, 4))})
    shock = Shock.none(x)
    for hits in (shock.u, shock.w, shock.z):
        for i in range(len(hits)):
            hits[i] = draw(st.one_of(st.just(0.0), share))
    return x, shock


class converging:
    """Leave out the example, not the test, where a loop of gain one does not converge within the limit."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, NotConverged):
            reject()


def solved(x: Exposures, shock: Shock, greatest: bool = False) -> State:
    """A fixed point to 1e-11, which loops of gain one reach within the limit or are left out."""
    with converging():
        return solve(Map(x, coefficients(x), shock), greatest=greatest, tolerance=1e-11)
    raise AssertionError("reject() does not return")
