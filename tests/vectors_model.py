"""How the `model_*` vectors become exposures and shocks (their `conventions`: from = obligor, to = holder)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from knockon.contagion.engine import Shock
from knockon.exposures import (
    Balance,
    Contracts,
    Debts,
    Exposures,
    Fundings,
    Guarantees,
    Holdings,
    annuity,
)

VECTORS = Path(__file__).parent / "vectors"
MODELS = ("model_a", "model_capped", "model_funding", "model_hand")  # run by test_engine.py


def load(name: str) -> tuple[Exposures, Shock, dict[str, Any], float]:
    """Exposures, shock, expected outputs, tolerance."""
    case = json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))
    given = case["inputs"]
    x = exposures(given["nodes"], given["edges"], given["params"])
    hit = given["shock"]
    by_id = dict(zip([edge["id"] for edge in given["edges"]], hit["z"], strict=True))

    def z(ids: tuple[str, ...]) -> np.ndarray[Any, Any]:
        return np.array([by_id[name] for name in ids], dtype=float)

    shock = Shock(
        u=np.array(hit["u"], dtype=float),
        w=np.array(hit["w"], dtype=float),
        z=z(x.contracts.ids),
        z_debt=z(x.debts.ids),
        z_funding=z(x.fundings.ids),
        z_guarantee=z(x.guarantees.ids),
    )
    return x, shock, case["outputs"], case["tolerance"]["abs"]


def exposures(nodes: list[dict[str, Any]], edges: list[dict[str, Any]], params: dict[str, float]) -> Exposures:
    """A hand-made network in the vectors' terms."""
    place = {node["id"]: i for i, node in enumerate(nodes)}

    def node(key: str, default: float) -> np.ndarray[Any, Any]:
        return np.array([node.get(key, default) for node in nodes], dtype=float)

    def of(*types: str) -> list[dict[str, Any]]:
        return [edge for edge in edges if edge["type"] in types]

    def ends(chosen: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "ids": tuple(edge["id"] for edge in chosen),
            "obligor": np.array([place[edge["from"]] for edge in chosen], dtype=np.int64),
            "holder": np.array([place[edge["to"]] for edge in chosen], dtype=np.int64),
        }

    def values(chosen: list[dict[str, Any]], key: str, default: float) -> np.ndarray[Any, Any]:
        return np.array([edge.get(key, default) for edge in chosen], dtype=float)

    bought, held, lent = of("purchase", "lease"), of("equity"), of("loan", "bond")
    funded, covered = of("funding"), of("guarantee")
    contract = {edge["id"]: i for i, edge in enumerate(bought)}
    debt = {edge["id"]: i for i, edge in enumerate(lent)}
    return Exposures(
        balance=Balance(
            parties=tuple(place),
            value=node("E", np.nan),
            listed=np.ones(len(nodes), dtype=bool),
            revenue=node("rev", 0),
            alpha=node("alpha", 0),
            s=node("s", 1),
            pi=node("pi", 0),
            obligations=node("oblig", 0),
        ),
        contracts=Contracts(
            **ends(bought),
            amount=values(bought, "K", 0),
            years=values(bought, "T", 0),
            discount=annuity(params["r"], values(bought, "T", 0)),
            phi=values(bought, "phi", 1),
            margin=values(bought, "m", 0),
            psi=values(bought, "psi", 0),
            kappa=values(bought, "kappa", 0),
            mu=values(bought, "mu", 1),
            given=values(bought, "V", np.nan),
            fixed=values(bought, "C", np.nan),
        ),
        holdings=Holdings(**ends(held), theta=values(held, "theta", 0), lam=values(held, "lam", 1)),
        debts=Debts(**ends(lent), amount=values(lent, "K", 0), lgd=values(lent, "lgd", 0)),
        fundings=Fundings(**ends(funded), amount=values(funded, "F", 0), curvature=values(funded, "da", 0)),
        guarantees=Guarantees(
            **ends(covered),
            covers=np.array([contract.get(e["covers"], debt.get(e["covers"], -1)) for e in covered], dtype=np.int64),
            covers_debt=np.array([e["covers"] in debt for e in covered], dtype=bool),
            cover=values(covered, "cover", 1),
            cap=values(covered, "cap", np.inf),
            nominal=np.zeros(len(covered), dtype=bool),
        ),
        a_d=params["debt_alpha_add"],
    )
