"""The literature's models on anybody's network: which there are, what each takes, and one call that runs any.

Input is a JSON document (`reading`) or lists of edges and parties in CSV or Parquet (`edges`); the answer is
plain JSON (`writing`). The page docs/solve.md says what each model answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, get_args

import numpy as np

from knockon.contagion.classics import debtrank as _debtrank
from knockon.contagion.classics import valuation as _valuation
from knockon.contagion.classics.clearing import cascade, clearing
from knockon.contagion.classics.crossholdings import crossholdings
from knockon.contagion.classics.seniority import seniority
from knockon.contagion.classics.supply import supply
from knockon.errors import BadInput, KnockonError, NotConverged, UnknownName
from knockon.measures.circularity import circularity
from knockon.solve.contagion import contagion
from knockon.solve.reading import keys, matrices, matrix, numbers, short, table, whole
from knockon.solve.writing import plain
from knockon.validation.eventstudy import eventstudy

_DENSE = 5_000  # parties; above, an n by n matrix of results is no longer an answer

Reader = Callable[[str, Any], Any]


def _as_given(_: str, value: Any) -> Any:
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model of the literature: the function that knows it, and what it takes and gives."""

    answers: str  # in a few words
    call: Callable[..., Any]
    inputs: Mapping[str, Reader]  # by key: how its JSON is read
    outputs: tuple[str, ...]
    options: Mapping[str, Callable[[str, Any], Any]] = field(default_factory=dict)  # by name: how it is checked
    flags: tuple[str, ...] = ()  # outputs that are there only when true
    dense: str = ""  # the input whose side is the size of a dense result

    def run(self, given: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
        """The answer, by output key."""
        found = self.call(**given, **options)
        got = found.get if isinstance(found, Mapping) else lambda key: getattr(found, key)
        raised = [key for key in self.flags if got(key)]
        return {key: got(key) for key in (*self.outputs, *raised)}


def _share(name: str, value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
        raise BadInput(f"{name} is {short(value)}; a number from 0 to 1 expected")
    return value


def _flag(name: str, value: Any) -> Any:
    if not isinstance(value, bool):
        raise BadInput(f"{name} is {short(value)}; true or false expected")
    return value


def _one_of(*rules: str) -> Callable[[str, Any], Any]:
    def check(name: str, value: Any) -> Any:
        if value not in rules:
            raise UnknownName(name, str(value), rules, f"one of {', '.join(rules)}")
        return value

    return check


_LINK = ("supplier", "customer", "supplierNACE", "customerNACE", "weight", "type")


def _links(name: str, value: Any) -> Any:
    found = table(name, value, _LINK[:4], _LINK[4:], _LINK)
    odd = np.flatnonzero(~np.isin(found["type"], (0, 1, 2)))
    if len(odd):
        raise BadInput(f"{name}[{odd[0]}] type is {found['type'][odd[0]]:g}; 0 no effect, 1 non-essential, 2 essential")
    return found


def _supply(links: Mapping[str, Any]) -> object:
    ours = ("supplier", "customer", "supplier_sector", "customer_sector", "weight", "kind")
    return supply(**{name: links[key] for name, key in zip(ours, _LINK, strict=True)})


_DEBTS: Mapping[str, Reader] = {"L": matrix, "ea": numbers, "el": numbers}

MODELS: Mapping[str, Model] = {
    "clearing": Model(
        answers="who pays what when debts fall due at once (Eisenberg-Noe; Rogers-Veraart with --alpha, --beta)",
        call=clearing,
        inputs=_DEBTS,
        options={"alpha": _share, "beta": _share, "least": _flag},
        outputs=("p", "defaulted", "equity_signed"),
    ),
    "cascade": Model(
        answers="who defaults when each default costs its creditors a fixed share",
        call=cascade,
        inputs=_DEBTS,
        options={"recovery": _share},
        outputs=("defaulted",),
    ),
    "debtrank": Model(
        answers="how stress spreads before anybody defaults",
        call=_debtrank.debtrank,
        inputs={"A": matrix, "buffer": numbers, "weights": numbers, "shocks": numbers},
        options={"rule": _one_of(*get_args(_debtrank.Rule))},
        outputs=(
            *("final_stress_raw", "additional_stress", "original_stress"),
            *("additional_losses", "additional_defaults"),
        ),
    ),
    "valuation": Model(
        answers="what equities are worth when claims are valued by their debtors' equities (NEVA)",
        call=_valuation.valuation,
        inputs={"L": matrix}
        | dict.fromkeys(("extliab", "extasset", "sigma_asset", "recovery", "equity_delta"), numbers),
        options={"rule": _one_of(*get_args(_valuation.Rule))},
        outputs=("equity_after", "equity_round1", "iterations"),
    ),
    "seniority": Model(
        answers="who is paid what when debts have ranks and parties own each other (Elsinger)",
        call=seniority,
        inputs={"e": numbers, "Ls": matrices, "Theta": matrix},
        outputs=("p", "equity_signed"),
    ),
    "crossholdings": Model(
        answers="what firms are worth that own each other, and which fail in what wave (Elliott-Golub-Jackson)",
        call=crossholdings,
        inputs={"C": matrix, "D": matrix} | dict.fromkeys(("p", "beta", "vbar"), numbers),
        outputs=("A", "v", "failed", "waves"),
        dense="C",
    ),
    "supply": Model(
        answers="what share of all sales stops when one firm stops (ESRI)",
        call=_supply,
        inputs={"links": _links},
        outputs=("names", "esri"),
    ),
    "circularity": Model(
        answers="how much of what is paid can come back",
        call=circularity,
        inputs={"W": matrix},
        options={"longest": whole},
        outputs=(
            *("total", "bilateral_circulation", "reciprocity", "max_circulation", "max_circulation_index"),
            *("net_minimum", "excess", "excess_ratio", "n_cycles_by_length", "bottleneck_weight_by_length"),
            *("finn_cycling_index", "scc_sizes", "bff_circulation_index", "bff_circular_flow"),
        ),
        flags=("finn_closed",),
        dense="W",
    ),
    "eventstudy": Model(
        answers="whether a day's returns were abnormal (Patell, BMP, Kolari-Pynnonen)",
        call=eventstudy,
        inputs={"R": numbers, "Rm": numbers, "L1": whole, "event_row": whole},
        outputs=(
            *("alpha", "beta", "resid_sd", "AR", "SAR", "aar", "t_cross_section"),
            *("patell_z", "bmp_t", "mean_resid_corr", "kp_adj_bmp_t"),
        ),
    ),
    "contagion": Model(
        answers="our own model: a shock through contracts, holdings, debts, funding and guarantees",
        call=contagion,
        inputs=dict.fromkeys(("nodes", "edges", "shock", "params"), _as_given),
        options={"greatest": _flag},
        outputs=(
            *("h", "d", "y", "loss_usd", "total_loss", "loss_by_channel_usd", "greatest_fixed_point_h", "multiple"),
            *("source_contrib_h", "rho_secant", "shapley_usd", "loss_reduction_if_removed", "edge_shortfall"),
        ),
    ),
}
"""Every model by name, in the order of docs/solve.md."""


def model(name: str) -> Model:
    """The model of a name. Raises `UnknownName` with the nearest."""
    if name not in MODELS:
        raise UnknownName("model", name, MODELS, f"one of {', '.join(MODELS)}")
    return MODELS[name]


def solve(name: str, document: Mapping[str, Any] | Sequence[Any], **options: Any) -> dict[str, Any]:
    """Run a model on a document: its input keys, each as JSON would hold it, or as arrays or sparse matrices.

    Answers with the model's output keys in plain numbers, lists and dicts. Raises `BadInput` and `UnknownName`
    for what cannot be used, `NotConverged` with the partial result, `KnockonError` for results that overflow.

    >>> solve("clearing", {"L": [[0, 4], [2, 0]], "ea": [1, 1], "el": [0, 0]})["p"]
    [3.0, 2.0]
    """
    chosen = model(name)
    if not isinstance(document, Mapping) and list(chosen.inputs) == ["links"]:
        document = {"links": document}
    if not isinstance(document, Mapping):
        raise BadInput(f"{name} takes an object with {', '.join(chosen.inputs)}; this is {short(document)}")
    for option in options:
        if option not in chosen.options:
            takes = ", ".join(f"--{known}" for known in chosen.options) or "no options"
            raise BadInput(f"{name} has no option --{option}; it takes {takes}")
    keys(name, "input", document, tuple(chosen.inputs), tuple(chosen.inputs))
    asked = {option: chosen.options[option](option, value) for option, value in options.items()}
    try:
        given = {key: read(key, document[key]) for key, read in chosen.inputs.items()}
        if chosen.dense and (n := np.shape(given[chosen.dense])[0]) > _DENSE:
            raise BadInput(f"{chosen.dense} has {n} rows; {name} answers with a matrix, and takes at most {_DENSE}")
        with np.errstate(all="ignore"):  # what overflows is found in the answer
            return {key: plain(key, value) for key, value in chosen.run(given, asked).items()}
    except MemoryError:
        raise BadInput(f"{name}: the input is too large for this computer's memory; give it sparse") from None
    except np.linalg.LinAlgError as error:
        raise NotConverged(f"{name}: {error}; the amounts are too unequal to be told apart", None) from None
    except OverflowError as error:
        raise KnockonError(f"{name}: {error}; choose a larger unit") from None
