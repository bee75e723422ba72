"""How lists of edges and of parties, CSV or Parquet, become a model's input without a loop over their rows.

Each model states its columns in `FORMS`. Parties come in the order of the nodes file, and so do the results; a
model whose parties have no numbers of their own may go without, and takes them in the order of appearance.
Edges that stand twice are summed. Empty means not given, which only the numbers of `contagion` may be.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from knockon.errors import BadInput
from knockon.solve import network
from knockon.solve.reading import keys, nearest

if TYPE_CHECKING:
    import pandas as pd

    Frame = pd.DataFrame

_SUPPLY = ("supplier", "customer", "supplierNACE", "customerNACE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The columns of a model's lists."""

    matrix: str  # the input that the edges are
    nodes: tuple[str, ...]  # columns of the nodes file beside `party`, each an input
    row: str = "payer"  # the column of edges that names the row of an entry
    column: str = "payee"
    amount: str = "amount"
    scenarios: str = ""  # the one of them that may come in several columns, NAME:1, NAME:2, ...
    across: bool = False  # scenarios are rows of the input, not columns
    also: tuple[str, ...] = ()  # columns that edges may have beside


FORMS: Mapping[str, Form] = {
    "clearing": Form(matrix="L", nodes=("ea", "el"), scenarios="ea"),
    "cascade": Form(matrix="L", nodes=("ea", "el"), scenarios="ea"),
    "debtrank": Form(
        matrix="A",
        row="payee",
        column="payer",
        nodes=("buffer", "weights", "shocks"),
        scenarios="shocks",
        across=True,
    ),
    "valuation": Form(
        matrix="L",
        nodes=("extliab", "extasset", "sigma_asset", "recovery", "equity_delta"),
        scenarios="equity_delta",
    ),
    "seniority": Form(matrix="Ls", nodes=("e",), also=("rank", "share")),
    "crossholdings": Form(matrix="C", row="holder", column="issuer", amount="share", nodes=("p", "beta", "vbar")),
    "circularity": Form(matrix="W", nodes=()),
}
"""Columns by model; `supply` and `contagion` have the keys of their JSON as columns, `eventstudy` has no edges."""


def merged(model: str, document: Any, edges: Path | None, nodes: Path | None) -> dict[str, Any]:
    """A document and the inputs that lists hold, together. Raises `BadInput` for an input that both have."""
    if not isinstance(document, Mapping):
        raise BadInput(f"{model}: beside --edges and --nodes the JSON is an object with the inputs they lack")
    found = read(model, edges, nodes)
    both = [key for key in found if key in document]
    if both:
        raise BadInput(f"{model}: input {both[0]!r} is in the JSON and in the lists; give it once")
    return {**document, **found}


def read(model: str, edges: Path | None, nodes: Path | None) -> dict[str, Any]:
    """The inputs of a model that its lists hold. Raises `BadInput` as FILE:ROW [COLUMN] what, and the remedy."""
    if model == "eventstudy":
        raise BadInput("eventstudy has no edges; give returns as JSON: R, Rm, L1, event_row")
    if model == "supply":
        return _supply(edges, nodes)
    if model == "contagion":
        return _contagion(edges, nodes)
    form, found = FORMS[model], dict[str, Any]()
    parties: Sequence[str] = ()
    if nodes is not None:
        frame = _load(nodes, ("party",))
        found, parties = _numbers_of_parties(form, frame, nodes)
    elif form.nodes:
        raise BadInput(f"{model} needs --nodes FILE with columns party, {', '.join(form.nodes)}")
    if edges is not None:
        frame = _load(edges, (form.row, form.column))
        found |= _matrix_of_edges(model, form, frame, edges, parties)
    return found


def _numbers_of_parties(form: Form, frame: Frame, file: Path) -> tuple[dict[str, Any], list[str]]:
    many = [c for c in frame.columns if form.scenarios and c.startswith(f"{form.scenarios}:")]
    keys(str(file), "column", frame.columns, ("party", *form.nodes, *many), ("party",))
    if many and form.scenarios in frame.columns:
        raise BadInput(f"{file}: columns {form.scenarios!r} and {many[0]!r}; one scenario or several, not both")
    parties = frame["party"].tolist()
    twice = frame["party"].duplicated().to_numpy()
    if twice.any():
        row = int(np.argmax(twice))
        raise BadInput(f"{file}:{row + 2} [party] {parties[row]!r} stands twice; a party has one row")
    found: dict[str, Any] = {c: _floats(frame, file, c) for c in form.nodes if c in frame.columns}
    if many:
        columns = np.column_stack([_floats(frame, file, c) for c in many])
        found[form.scenarios] = columns.T if form.across else columns
    return found, parties


def _matrix_of_edges(model: str, form: Form, frame: Frame, file: Path, parties: Sequence[str]) -> dict[str, Any]:
    import pandas as pd

    columns = ("payer", "payee") if "payer" in (form.row, form.column) else ("issuer", "holder")
    keys(str(file), "column", frame.columns, (*columns, form.amount, *form.also), (*columns, form.amount))
    if not parties:  # in the order of appearance, row by row
        parties = pd.unique(frame[list(columns)].to_numpy().ravel()).tolist()
    index = pd.Index(parties)
    i, j = (_place(frame, file, c, index) for c in (form.row, form.column))
    if form.also:
        return _ranked(frame, file, i, j, len(parties))
    amount = _amounts(frame, file, form.amount, i, j)
    found: dict[str, Any] = {form.matrix: _csr(amount, i, j, len(parties))}
    if model == "crossholdings":  # each firm's own assets are one asset of the price p
        found["D"] = sparse.eye_array(len(parties), format="csr")
    return found


def _ranked(frame: Frame, file: Path, i: Any, j: Any, n: int) -> dict[str, Any]:
    """Debts by rank, and holdings: a row has rank and amount, or share."""
    amount, rank, share = (
        _floats(frame, file, c, empty=True) if c in frame.columns else np.full(len(frame), np.nan)
        for c in ("amount", "rank", "share")
    )
    debt, held = ~np.isnan(amount), ~np.isnan(share)
    odd = np.flatnonzero((debt == held) | (debt == np.isnan(rank)))
    if len(odd):
        raise BadInput(
            f"{file}:{odd[0] + 2} a row has rank and amount (a debt), or share alone (of the payer's equity)"
        )
    odd = np.flatnonzero(debt & ((rank < 0) | (rank % 1 != 0) | (rank > 1000)))
    if len(odd):
        raise BadInput(f"{file}:{odd[0] + 2} [rank] is {rank[odd[0]]:g}; 0 for the most senior, 1 for the next, ...")
    _own(frame, file, i, j, np.where(debt, amount, share))
    ranks = int(rank[debt].max(initial=0)) + 1
    owed = [_csr(amount[at], i[at], j[at], n) for at in (debt & (rank == k) for k in range(ranks))]
    return {"Ls": owed, "Theta": _csr(share[held], i[held], j[held], n)}


def _supply(edges: Path | None, nodes: Path | None) -> dict[str, Any]:
    if edges is None or nodes is not None:
        raise BadInput("supply takes --edges FILE alone: each link names its two firms and their sectors")
    frame = _load(edges, _SUPPLY)
    keys(str(edges), "column", frame.columns, (*_SUPPLY, "weight", "type"), (*_SUPPLY, "weight", "type"))
    texts = {c: frame[c].tolist() for c in _SUPPLY}
    return {"links": texts | {c: _floats(frame, edges, c) for c in ("weight", "type")}}


def _contagion(edges: Path | None, nodes: Path | None) -> dict[str, Any]:
    """Nodes with u and w, edges with z, beside their own numbers; params stay in the JSON."""
    found: dict[str, Any] = {}
    shock: dict[str, Any] = {}
    lists = (
        ("nodes", nodes, ("id",), tuple(network.NODES), ("u", "w"), ("id",)),
        ("edges", edges, network.TEXTS, network.NUMBERS, ("z",), ("id", "type", "from", "to")),
    )
    for name, file, texts, numbers, hits, needed in lists:
        if file is None:
            continue
        frame = _load(file, texts)
        keys(str(file), "column", frame.columns, (*texts, *numbers, *hits), needed)
        found[name] = {c: frame[c].tolist() for c in texts if c in frame.columns}
        found[name] |= {c: _floats(frame, file, c, empty=True) for c in numbers if c in frame.columns}
        shock |= {c: np.nan_to_num(_floats(frame, file, c, empty=True)) for c in hits if c in frame.columns}
    return found | ({"shock": shock} if shock else {})


def _load(file: Path, texts: Sequence[str]) -> Frame:
    """The table in a file; the columns `texts` hold text and are never empty, except `covers`."""
    import pandas as pd

    try:
        if file.suffix == ".parquet":
            frame = pd.read_parquet(file)
            for c in set(texts) & set(frame.columns):
                frame[c] = frame[c].astype(str).where(frame[c].notna(), "")
        else:
            frame = pd.read_csv(
                file,
                dtype=dict.fromkeys(texts, str),
                na_filter=False,
                skip_blank_lines=False,
                encoding="utf-8-sig",
            )
    except ImportError:
        raise BadInput(f"{file}: Parquet needs pyarrow; run pip install pyarrow, or give CSV") from None
    except OSError as error:
        raise BadInput(f"cannot read {file}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise BadInput(f"{file} is not UTF-8") from None
    except ValueError as error:  # pandas' and pyarrow's own
        raise BadInput(f"{file}: {' '.join(str(error).split())}") from None
    if not isinstance(frame.index, pd.RangeIndex):
        raise BadInput(f"{file}: its rows have more fields than its header; name every column")
    frame.columns = frame.columns.map(str)
    for c in set(texts) & set(frame.columns) - {"covers"}:
        empty = (frame[c].isna() | (frame[c] == "")).to_numpy()
        if empty.any():
            raise BadInput(f"{file}:{int(np.argmax(empty)) + 2} [{c}] is empty; every row needs it")
    return frame


def _floats(frame: Frame, file: Path, column: str, empty: bool = False) -> NDArray[np.float64]:
    """A column of finite numbers; where `empty` may be, that is NaN."""
    import pandas as pd

    given = frame[column]
    if pd.api.types.is_bool_dtype(given):
        raise BadInput(f"{file}:2 [{column}] is {given.iloc[0]}; a number expected")
    found = np.array(pd.to_numeric(given, errors="coerce"), dtype=np.float64)
    odd = np.flatnonzero(~np.isfinite(found))
    for row in odd:
        text = str(given.iloc[row])
        if empty and (text == "" or given.isna().iloc[row]):
            continue
        what = (
            "is empty; every row needs it" if text == "" else f"is {text!r}; a finite number expected, in digits alone"
        )
        raise BadInput(f"{file}:{row + 2} [{column}] {what}")
    return found


def _place(frame: Frame, file: Path, column: str, parties: Any) -> NDArray[np.int64]:
    """The position of each party named in a column."""
    found = np.asarray(parties.get_indexer(frame[column]), dtype=np.int64)
    if (found < 0).any():
        row = int(np.argmax(found < 0))
        name = str(frame[column].iloc[row])
        raise BadInput(f"{file}:{row + 2} [{column}] {name!r} is not in the nodes file{nearest(name, parties)}")
    return found


def _amounts(frame: Frame, file: Path, column: str, i: Any, j: Any) -> NDArray[np.float64]:
    """A column of amounts >= 0, none of a party with itself."""
    found = _floats(frame, file, column)
    _own(frame, file, i, j, found)
    low = np.flatnonzero(found < 0)
    if len(low):
        raise BadInput(f"{file}:{low[0] + 2} [{column}] is {found[low[0]]:g}; it must be >= 0, from payer to payee")
    return found


def _own(frame: Frame, file: Path, i: Any, j: Any, amount: NDArray[np.float64]) -> None:
    own = np.flatnonzero((i == j) & (amount != 0))
    if len(own):
        name = frame[frame.columns[0]].iloc[own[0]]
        raise BadInput(f"{file}:{own[0] + 2} {name!r} has a row with itself; leave it out")


def _csr(amount: Any, i: Any, j: Any, n: int) -> sparse.csr_array[Any, tuple[int, int]]:
    return sparse.csr_array((amount, (i, j)), shape=(n, n))
