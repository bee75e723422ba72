"""How a hand-made network of typed edges becomes exposures and a shock, checked by the names of its edges.

Parties: id, E equity value (not given: unknown, and the party never falls), alpha curvature, rev revenue a year,
pi demand pass-through, oblig present value of all it has to pay, s funding dependence. Edges: id, type, from the
obligor, to the holder, and the numbers of their type (`EDGES`). shock: u, w by party, z by edge, each a list in
the order of nodes or edges, or shares by id. params: r, debt_alpha_add. One unit of money throughout.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knockon.contagion.engine import Shock
from knockon.errors import BadInput
from knockon.exposures import Balance, Contracts, Debts, Exposures, Fundings, Guarantees, Holdings, Vector, annuity
from knockon.names import Names
from knockon.solve.reading import Table, keys, nearest, numbers, table

_BOUGHT = {"K": None, "T": None, "phi": 1.0, "m": 0.0, "psi": 0.0, "kappa": 0.0, "mu": 1.0, "V": np.nan, "C": np.nan}
_LENT = {"K": None, "lgd": None}
EDGES: Mapping[str, Mapping[str, float | None]] = {
    "purchase": _BOUGHT,
    "lease": _BOUGHT,
    "equity": {"theta": None, "lam": 1.0},
    "loan": _LENT,
    "bond": _LENT,
    "funding": {"F": None, "da": 0.0},
    "guarantee": {"cover": 1.0, "cap": np.inf},
}
"""The numbers of each type of edge: None where it must be given, else what holds if it is not."""
NODES = {"E": np.nan, "alpha": 0.0, "rev": 0.0, "pi": 0.0, "oblig": 0.0, "s": 1.0}
"""The numbers of a party, and what holds where one is not given."""
TEXTS = ("id", "type", "from", "to", "covers")
NUMBERS = tuple(dict.fromkeys(key for known in EDGES.values() for key in known))

_SHARES = {"pi", "s", "phi", "psi", "theta", "lam", "lgd", "cover"}


def read(nodes: Any, edges: Any, shock: Any, params: Any) -> tuple[Exposures, Shock]:
    """Exposures and shock of a network: lists of objects as in JSON, or columns by name.

    Raises `BadInput` with the place: an id that stands twice or that nothing has, a type or key that is not
    known, a number out of its range, an edge from a party to itself.
    """
    parties = table("nodes", nodes, ("id",), tuple(NODES), ("id",))
    links = table("edges", edges, TEXTS, NUMBERS, ("id", "type", "from", "to"))
    if not parties["id"]:
        raise BadInput("nodes is empty; a network needs at least one party")
    place, at = _unique("nodes", parties["id"]), _unique("edges", links["id"])
    for key, default in NODES.items():
        parties[key] = _ranged("nodes", parties, key, np.arange(len(place)), default)
    if (parties["E"] == 0).any():
        i = int(np.argmax(parties["E"] == 0))
        raise BadInput(f"nodes[{i}] {parties['id'][i]!r}: E is 0; an equity value is above 0, or not given if unknown")
    rates = _params(params)
    x = _exposures(parties, links, place, at, *rates)
    return x, _shock(shock, x, parties["id"], links["id"])


def _exposures(
    parties: Table, links: Table, place: dict[str, int], at: dict[str, int], rate: float, a_d: float
) -> Exposures:
    of = _by_type(links)
    obligor, holder = _ends(links, "from", place), _ends(links, "to", place)
    same = np.flatnonzero(obligor == holder)
    if len(same):
        raise BadInput(f"{_edge(links, same[0])}: from {links['from'][same[0]]!r} to itself; leave it out")

    def ends(rows: NDArray[np.int64]) -> dict[str, Any]:
        return {"ids": tuple(links["id"][i] for i in rows), "obligor": obligor[rows], "holder": holder[rows]}

    def values(rows: NDArray[np.int64], kind: str) -> dict[str, Vector]:
        return {key: _ranged("edges", links, key, rows, default) for key, default in EDGES[kind].items()}

    bought, held, lent = of("purchase", "lease"), of("equity"), of("loan", "bond")
    funded, given = of("funding"), of("guarantee")
    c, h, d = values(bought, "purchase"), values(held, "equity"), values(lent, "loan")
    f, g = values(funded, "funding"), values(given, "guarantee")
    unpriced = np.isnan(links["m"][bought]) & np.isnan(c["V"]) & np.isnan(c["C"])
    if unpriced.any():
        raise BadInput(f"{_edge(links, bought[np.argmax(unpriced)])}: m is missing; give the margin, or V or C")
    idle = (f["F"] > 0) & (parties["oblig"][holder[funded]] == 0)
    if idle.any():
        k = int(np.argmax(idle))
        who = parties["id"][holder[funded[k]]]
        raise BadInput(f"{_edge(links, funded[k])}: {who!r} has no oblig, of which F would be a share; give it")
    covers, covers_debt = _covers(links, given, at, bought, lent, holder)
    return Exposures(
        balance=Balance(
            parties=tuple(place),
            value=parties["E"],
            listed=np.ones(len(place), dtype=bool),
            revenue=parties["rev"],
            alpha=parties["alpha"],
            s=parties["s"],
            pi=parties["pi"],
            obligations=parties["oblig"],
        ),
        contracts=Contracts(
            **ends(bought),
            amount=c["K"],
            years=c["T"],
            discount=annuity(rate, c["T"]),
            phi=c["phi"],
            margin=c["m"],
            psi=c["psi"],
            kappa=c["kappa"],
            mu=c["mu"],
            given=c["V"],
            fixed=c["C"],
        ),
        holdings=Holdings(**ends(held), theta=h["theta"], lam=h["lam"]),
        debts=Debts(**ends(lent), amount=d["K"], lgd=d["lgd"]),
        fundings=Fundings(**ends(funded), amount=f["F"], curvature=f["da"]),
        guarantees=Guarantees(
            **ends(given),
            covers=covers,
            covers_debt=covers_debt,
            cover=g["cover"],
            cap=g["cap"],
            nominal=np.zeros(len(given), dtype=bool),
        ),
        a_d=a_d,
    )


def _by_type(links: Table) -> Any:
    """A function from types to the rows of their edges; refuses unknown types and numbers of another type."""
    kinds = np.array(links["type"], dtype=object)
    for i in np.flatnonzero(~np.isin(kinds, list(EDGES))):
        raise BadInput(f"{_edge(links, i)}: no type {kinds[i]!r}{nearest(str(kinds[i]), EDGES)}; {', '.join(EDGES)}")
    covering = np.array([name is not None for name in links["covers"]], dtype=bool)
    for i in np.flatnonzero(covering != (kinds == "guarantee")):
        wrong = (
            "covers nothing; name the edge" if not covering[i] else f"covers {links['covers'][i]!r}; only a guarantee"
        )
        raise BadInput(f"{_edge(links, i)}: this {kinds[i]} {wrong}")
    for key in NUMBERS:
        takes = np.isin(kinds, [kind for kind, known in EDGES.items() if key in known])
        for i in np.flatnonzero(~np.isnan(links[key]) & ~takes):
            raise BadInput(
                f"{_edge(links, i)}: no key {key!r} for type {kinds[i]}; it takes {', '.join(EDGES[kinds[i]])}"
            )
    return lambda *types: np.flatnonzero(np.isin(kinds, types)).astype(np.int64)


def _ranged(name: str, of: Table, key: str, rows: NDArray[np.int64], default: float | None) -> Vector:
    """The numbers `key` of the given rows, in their range, with the default where none is given."""
    found: Vector = np.asarray(of[key], dtype=np.float64)[rows]
    top = 1.0 if key in _SHARES else np.inf
    given = ~np.isnan(found)
    wrong = given & ~((found >= 0) & (found <= top) & (np.isfinite(found) | (key == "cap")))
    lacking = ~given & (default is None)
    if (wrong | lacking).any():
        k = int(np.argmax(wrong | lacking))
        place = f"{name}[{rows[k]}] {of['id'][rows[k]]!r}"
        if lacking[k]:
            raise BadInput(f"{place}: {key} is missing; a {of['type'][rows[k]]} needs it")
        bound = "it lies from 0 to 1" if key in _SHARES else "a finite number from 0 on expected"
        raise BadInput(f"{place}: {key} is {found[k]:g}; {bound}")
    return np.where(given, found, np.nan if default is None else default)


def _unique(name: str, ids: Sequence[str | None]) -> dict[str, int]:
    found: dict[str, int] = {}
    for i, key in enumerate(ids):
        if key is None:
            raise BadInput(f"{name}[{i}]: id is empty; give each a name of its own")
        if found.setdefault(key, i) != i:
            raise BadInput(f"{name}[{i}]: id {key!r} stands at {name}[{found[key]}] already; an id names one")
    return found


def _ends(links: Table, key: str, place: dict[str, int]) -> NDArray[np.int64]:
    found = [place.get(name, -1) for name in links[key]]
    if -1 in found:
        i = found.index(-1)
        name = links[key][i]
        raise BadInput(f"{_edge(links, i)}: {key} {name!r} is no node{nearest(str(name), place)}")
    return np.array(found, dtype=np.int64)


def _covers(
    links: Table,
    given: NDArray[np.int64],
    at: dict[str, int],
    bought: NDArray[np.int64],
    lent: NDArray[np.int64],
    holder: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Which contract or debt each guarantee covers, and whether it is a debt."""
    contract, debt = ({int(i): k for k, i in enumerate(rows)} for rows in (bought, lent))
    covers, covers_debt = np.zeros(len(given), dtype=np.int64), np.zeros(len(given), dtype=bool)
    for k, i in enumerate(given):
        name = links["covers"][i]
        edge = at.get(name, -1)
        if edge < 0:
            raise BadInput(f"{_edge(links, i)}: covers {name!r}, which is no edge{nearest(name, at)}")
        if edge not in contract and edge not in debt:
            raise BadInput(
                f"{_edge(links, i)}: covers {name!r}, a {links['type'][edge]}; only contracts and debts can be"
            )
        if holder[i] != holder[edge]:
            wrong, right = links["to"][i], links["to"][edge]
            raise BadInput(
                f"{_edge(links, i)}: protects {wrong!r}, but {name!r} is held by {right!r}; set to: {right!r}"
            )
        covers[k], covers_debt[k] = contract.get(edge, debt.get(edge, -1)), edge in debt
    return covers, covers_debt


def _params(params: Any) -> tuple[float, float]:
    if not isinstance(params, Mapping):
        raise BadInput("params is an object with r, the discount rate, and debt_alpha_add, the curvature of debts")
    keys("params", "key", params, ("r", "debt_alpha_add"), ("r", "debt_alpha_add"))
    found = []
    for key in ("r", "debt_alpha_add"):
        value = np.asarray(numbers(f"params.{key}", [params[key]]))
        if value.shape != (1,) or not (0 <= value[0] < np.inf):
            raise BadInput(f"params.{key} is {params[key]!r}; one finite number from 0 on expected")
        found.append(float(value[0]))
    return found[0], found[1]


def _shock(shock: Any, x: Exposures, nodes: Sequence[str], edges: Sequence[str]) -> Shock:
    if not isinstance(shock, Mapping) or not shock:
        raise BadInput("shock is an object with u, w (shares by party) and z (shares by edge); at least one of them")
    keys("shock", "key", shock, ("u", "w", "z"), ())
    u, w = (_hits(f"shock.{key}", shock.get(key, {}), nodes, "node") for key in ("u", "w"))
    z = dict(zip(edges, _hits("shock.z", shock.get("z", {}), edges, "edge"), strict=True))
    sink = np.isnan(x.balance.value) & (u > 0)
    if sink.any():
        raise BadInput(f"shock.u hits {nodes[int(np.argmax(sink))]!r}, whose E is not given; hit its performance, w")

    def of(ids: Names) -> Vector:
        return np.array([z[name] for name in ids], dtype=np.float64)

    return Shock(
        u=u,
        w=w,
        z=of(x.contracts.ids),
        z_debt=of(x.debts.ids),
        z_funding=of(x.fundings.ids),
        z_guarantee=of(x.guarantees.ids),
    )


def _hits(name: str, value: Any, ids: Sequence[str], what: str) -> Vector:
    """Shares in the order of `ids`, from a list in that order or an object by id."""
    if isinstance(value, Mapping):
        for key in value:
            if key not in ids:
                raise BadInput(f"{name}: {key!r} is no {what}{nearest(str(key), ids)}")
        found = numbers(name, [value.get(key, 0.0) for key in ids])
    else:
        found = numbers(name, value)
    if found.shape != (len(ids),):
        raise BadInput(f"{name} has {found.shape[0]} entries; {len(ids)} numbers expected, one per {what}")
    wrong = np.flatnonzero(~((found >= 0) & (found <= 1)))
    if len(wrong):
        raise BadInput(f"{name}[{wrong[0]}] ({ids[wrong[0]]!r}) is {found[wrong[0]]:g}; a share lies from 0 to 1")
    return np.asarray(found, dtype=np.float64)


def _edge(links: Table, i: int | np.int64) -> str:
    return f"edges[{i}] {links['id'][i]!r}"
