"""A record as the back-test makes it, with text that would like to be HTML."""

from __future__ import annotations

from typing import Any

RUNGS = ("beta", "ai_basket", "sector", "size", "direct", "degree", "engine", "information")


def event(name: str, sign: int) -> dict[str, Any]:
    score = {"spearman": 0.2, "kendall": 0.1, "spearman_reached": None, "spearman_after_ai": -0.1, "ties": 0.8}
    rungs = RUNGS if sign else RUNGS[4:]
    row = {"return": -0.05, "factor": -0.02, "network": -0.01, "residual": -0.02, "own_news": True}
    return {
        "event": name,
        "date": "2025-11-06",
        "title": f"<script>alert({name})</script> & a rather long title of a day on which much happened",
        "sign": sign,
        "shock": ["u:openai"],
        "cannot_land": ["u:nobody"],
        "firms": 3,
        "reached": 1,
        "left_out": {"own_news": ["oracle"], "no_loadings": ["softbank"]},
        "fitted_size": 0.2,
        "market": -0.01,
        "rungs": {
            rung: score | {"spearman": round(0.4 - 0.1 * k - (0.3 if name == "b" else 0), 1)}
            for k, rung in enumerate(rungs)
        },
        "cross_section": [row | {"party": party, "name": f'{party} "Inc" <b>'} for party in ("oracle", "nvidia")],
    }


def board() -> dict[str, Any]:
    """A record as the back-test makes it, with text that would like to be HTML."""
    score = {
        "mean_kendall": 0.1,
        "mean_spearman_reached": 0.3,
        "mean_spearman_after_ai": -0.12,
        "p_labels": 0.0004,
        "p_labels_reached": 0.2,
        "p_labels_after_ai": 0.6,
        "p_rewired": None,
        "p_placebo": None,
        "days": 2,
        "days_positive": 1,
        "without_a_day": [-0.1, 0.5],
        "without_a_firm": [0.0, 0.3],
        "sign_stable": False,
    }
    step = {
        "outcome": "no",
        "verdict": "",
        "difference": -0.2,
        "partial": 0.05,
        "p_partial": 0.2,
        "r2_without_a_day": 0.1,
        "r2_without_a_day_gain": None,
        "r2_without_a_firm": 0.1,
        "r2_without_a_firm_gain": -0.001,
    }
    return {
        "edition": {"data": "2026-11-23", "hash": "abc", "code": "0.1.0"},
        "as_of": "the day before each event",
        "permutations": 2000,
        "rewired_networks": 2000,
        "edges_moved": 0.35,
        "seed": 7,
        "size": 0.2,
        "verdict": ["The engine's order agrees & <i>so on</i>.", "The engine does not beat size."],
        "pooled": {rung: score | {"mean_spearman": round(0.5 - 0.1 * k, 1)} for k, rung in enumerate(RUNGS)},
        "ladder": [step | {"rung": rung, "place": k + 1} for k, rung in enumerate(RUNGS[:6])],
        "sizes": {"0.2": 0.1, "fitted": 0.09},
        "events": [event("a", -1), event("b", 1)],
        "controls": {"pooled": {"engine": {"mean_spearman": -0.0, "p_two_sided": 0.5}}, "days": [event("c", 0)]},
        "placebo_days": {"ordinary_days": 3, "needed": 60},
        "not_scored": [{"event": "d", "reason": "no returns"}],
    }
