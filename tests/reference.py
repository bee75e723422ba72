"""The literature's vectors and what their keys mean, for the tests of the models and of the command."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

VECTORS = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted((Path(__file__).parent / "vectors").glob("*.json"))
}
SECOND = {"p_systemicrisk": "p", "p_systemicrisk_lp": "p"}  # another program's answer to the same question
SHOCKED = {"debtrank": "linear", "threshold": "threshold", "debtrank_single_hit": "single-hit"}
VALUED = {
    "eisenberg_noe": "eisenberg_noe",
    "linear_dr": "linear_dr",
    "exante_en_blackcox_gbm": "blackcox",
    "exante_en_merton_gbm": "merton",
    "exante_furfine_merton_gbm": "furfine_merton",
}


def same(found: Any, expected: Any, tolerance: float, what: str = "") -> None:
    """Equal in shape, in keys where the answer is a mapping, and in numbers to the tolerance."""
    if isinstance(expected, Mapping):
        found = {str(key): value for key, value in found.items()}
        assert set(found) == set(expected), what
        for key, value in expected.items():
            same(found[key], value, tolerance, f"{what}[{key}]")
    elif isinstance(expected, list) and expected and isinstance(expected[0], str):
        assert list(found) == expected, what
    else:
        assert np.shape(found) == np.shape(expected), what
        np.testing.assert_allclose(found, np.asarray(expected, float), rtol=0, atol=tolerance, err_msg=what)
