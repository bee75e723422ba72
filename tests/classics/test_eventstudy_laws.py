"""Laws of the event study's tests."""

from __future__ import annotations

from typing import Any

import numpy as np

from drawn import Array, close
from knockon.validation.eventstudy import eventstudy


def market(seed: int, common: float = 0.0, firms: int = 12, days: int = 121) -> dict[str, Any]:
    draw = np.random.default_rng(seed)
    Rm = 0.01 * draw.standard_normal(days)
    noise = 0.02 * (
        np.sqrt(common) * draw.standard_normal((days, 1)) + np.sqrt(1 - common) * draw.standard_normal((days, firms))
    )
    return {"R": 1.2 * Rm[:, None] + noise, "Rm": Rm, "L1": 120, "event_row": 120}


def test_the_market_model_is_least_squares() -> None:
    x = market(1)
    found = eventstudy(**x)
    slope, start = np.polyfit(x["Rm"][:120], x["R"][:120], 1)
    close(found.beta, slope, scale=1)
    close(found.alpha, start, scale=1)
    close(found.AR, x["R"][120] - start - slope * x["Rm"][120], scale=1)


def test_tests_of_the_mean_ignore_the_unit_and_the_order_of_firms() -> None:
    x = market(2)
    a = eventstudy(**x)
    b = eventstudy(**{**x, "R": 100 * x["R"][:, ::-1]})
    for key in ("t_cross_section", "patell_z", "bmp_t", "mean_resid_corr", "kp_adj_bmp_t"):
        close(getattr(a, key), getattr(b, key), scale=1)


def test_only_kolari_and_pynnonen_keep_their_size_when_firms_move_together() -> None:
    def rate(common: float) -> Array:
        found = [eventstudy(**market(seed, common)) for seed in range(400)]
        tests = np.array([[s.patell_z / 1.96, s.bmp_t / 2.2, s.kp_adj_bmp_t / 2.2] for s in found])
        return (np.abs(tests) > 1).mean(axis=0)

    patell, bmp, kp = rate(0.0)
    assert min(patell, bmp, kp) > 0.02
    assert max(patell, bmp, kp) < 0.09
    patell, bmp, kp = rate(0.4)
    assert min(patell, bmp) > 0.3
    assert 0.02 < kp < 0.09
