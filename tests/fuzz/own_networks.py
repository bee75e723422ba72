"""Networks of a stranger's own for `knockon solve`, spoilt."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from zlib import crc32

from fuzz import judge
from fuzz.reader import TESTS, Reader, head, now_and_then
from knockon.solve import reading, solve
from knockon.solve.edges import FORMS, merged
from knockon.solve.writing import text as written

_MODELS = {
    "clearing": "clear_a",
    "cascade": "clear_a",
    "debtrank": "dr_a",
    "valuation": "neva_a",
    "seniority": "elsinger_a",
    "crossholdings": "egj_two",
    "supply": "esri_a",
    "circularity": "circ_hand",
    "contagion": "model_hand",
}
_OPTIONS = ({}, {"rule": "merton"}, {"recovery": 0.4}, {"alpha": 0.5, "beta": 0.5}, {"longest": 4}, {"least": True})


def _json(text: bytes, folder: Path) -> str | None:
    model, rest = head(text)
    model = model if model in _MODELS or model == "eventstudy" else "clearing"

    def work() -> None:
        document = reading.parse(rest.decode("utf-8", "replace"), "mine.json")
        written(solve(model, document, **_OPTIONS[crc32(text) % len(_OPTIONS) if now_and_then(text, 3) else 0]))

    why = judge.call(work)
    if why is None and now_and_then(text, 100):
        (folder / "mine.json").write_bytes(rest)
        why = judge.command(["solve", model, "mine.json"], folder)
    return why


def _vector(name: str) -> object:
    return json.loads((TESTS / "vectors" / f"{name}.json").read_text(encoding="utf-8"))["inputs"]


_R = {"R": [[0.01 * ((i * k) % 7 - 3) for k in (2, 3)] for i in range(14)], "Rm": [0.001 * (i % 5) for i in range(14)]}
_JSONS = (
    *(f"{model}\n{json.dumps(_vector(name))}".encode() for model, name in _MODELS.items()),
    b"clearing\n" + b'{"L": {"rows": [0, 1], "cols": [1, 2], "vals": [5, 3], "shape": [3, 3]}, '
    b'"ea": [1, 2, 3],\n"el": [0, 0, 1]}',
    f"eventstudy\n{json.dumps(_R | {'L1': 10, 'event_row': 12})}".encode(),
)

_EDGES = b"payer,payee,amount\na,b,10\nb,c,5\nc,a,2.5\na,c,1\n"
_LISTS = {
    "clearing": (_EDGES, b"party,ea,el\na,5,1\nb,2,0\nc,1,0\n"),
    "debtrank": (_EDGES, b"party,buffer,weights,shocks:1,shocks:2\na,5,1,0.2,0\nb,2,1,0,1\nc,1,1,0,0\n"),
    "valuation": (
        _EDGES,
        b"party,extliab,extasset,sigma_asset,recovery,equity_delta\na,1,9,0.1,0.5,-2\nb,1,9,0.1,0.5,0\nc,1,9,0.1,0.5,0\n",
    ),
    "seniority": (b"payer,payee,rank,amount,share\na,b,0,5,\nb,c,1,4,\nc,a,,,0.2\n", b"party,e\na,1\nb,2\nc,0\n"),
    "crossholdings": (
        b"issuer,holder,share\na,b,0.1\nb,c,0.2\n",
        b"party,p,beta,vbar\na,1,0.2,0.5\nb,2,0,1\nc,1,0,1\n",
    ),
    "circularity": (_EDGES, b""),
    "supply": (
        b"supplier,customer,supplierNACE,customerNACE,weight,type\na,b,1,2,5,1\nb,c,2,3,4,2\nc,a,3,1,1,0\n",
        b"",
    ),
    "contagion": (
        b"id,type,from,to,K,T,m,lgd,z\nx,purchase,a,b,5,2,0.2,,0.1\ny,loan,b,c,4,,,0.5,0\n",
        b"id,E,alpha,rev,oblig,u,w\na,10,0.5,4,5,0.5,0\nb,20,0,1,1,0,0\nc,30,,,,0,0\n",
    ),
}


def _edges(text: bytes, folder: Path) -> str | None:
    """The head names the model; edges and nodes follow, parted by a line of three dashes."""
    model, rest = head(text)
    model = model if model in FORMS or model in _LISTS else "clearing"
    parts = rest.split(b"---\n", 1)
    kind = "parquet" if parts[0][:4] == b"PAR1" else "csv"
    edges, nodes = folder / f"edges.{kind}", folder / "nodes.csv"
    edges.write_bytes(parts[0])
    nodes.write_bytes(parts[1] if len(parts) > 1 else b"")
    given = nodes if len(parts) > 1 and parts[1] else None
    document = {"params": {"r": 0.05, "debt_alpha_add": 0.1}} if model == "contagion" else {}
    why = judge.call(lambda: written(solve(model, merged(model, document, edges, given))))
    if why is None and now_and_then(text, 100):
        more = ["--nodes", str(nodes)] if given else []
        why = judge.command(["solve", model, "--edges", str(edges), *more], folder)
    return why


def _parquet() -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    with tempfile.TemporaryDirectory() as place:
        table = pa.table({"payer": ["a", "b", "c"], "payee": ["b", "c", "a"], "amount": [10.0, 5.0, 2.0]})
        pq.write_table(table, Path(place) / "edges.parquet")
        return (Path(place) / "edges.parquet").read_bytes()


_EDGE_FILES = (
    *(f"{model}\n".encode() + edges + b"---\n" + nodes for model, (edges, nodes) in _LISTS.items()),
    b"circularity\n" + _parquet(),
)


READERS: Mapping[str, Reader] = {
    "json": Reader(_JSONS, _json, 20, most=2),
    "edges": Reader(_EDGE_FILES, _edges, 10, most=2),
}
