"""What parties publish of themselves and of each other, as rows of a day: figures, stakes, customers, suppliers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from knockon.projection.amounts import Record
from knockon.projection.day import Day, iris
from knockon.rows import Row, Rows
from knockon.tables.columns import row_id
from knockon.triples import row_iri

_SPENT = frozenset({"revenue", "capex", "cash_and_investments", "free_cash_flow", "cash_burn"})
_OWED = frozenset({"total_debt", "long_term_debt", "ltv_pct"})


def dependences(known: Day) -> Iterator[Record]:
    """What suppliers publish of their customers."""
    for row in sorted(known.tables["dependences"], key=lambda row: (*iris(row, "supplier", "customer"), row["id"])):
        if row["use"] and row["scope"] == "total" and known.apart(row["supplier"]):
            yield {
                "row": row["id"],
                "supplier": row["supplier"],
                "customer": row["customer"],
                "low": row["share_pct_low"],
                "share": row["share_pct"],
                "high": row["share_pct_high"],
                "usd": row["usd"],
                "period": row["period"],
                "basis": row["basis"],
                "confirmed": row["confirmed"],
                "known": row["known_from"].last,
            }


def _metrics(known: Day, metrics: frozenset[str]) -> Rows:
    table = known.tables["financials"]
    return table.chosen([i for i, metric in enumerate(table.column("metric")) if metric in metrics])


def _financials(known: Day, metrics: frozenset[str]) -> list[Row]:
    rows = _metrics(known, metrics)
    return sorted(rows, key=lambda row: (*iris(row, "party"), row["metric"], row["period"], row["value"]))


def figures(known: Day) -> Iterator[Record]:
    """What parties earned, spent and held."""
    for row in _financials(known, _SPENT):
        yield {
            "party": row["party"],
            "metric": row["metric"],
            "period": row["period"],
            "usd": _whole(row["value"]),
            "confirmed": row["confirmed"],
        }


def indebtedness(known: Day) -> Iterator[Record]:
    """What parties owe."""
    for row in _financials(known, _OWED):
        yield {name: row[name] for name in ("party", "metric", "period", "value", "confirmed")}


def members(known: Day) -> Iterator[Record]:
    """Who belongs to a group."""
    for row in sorted(known.tables["members"], key=lambda row: iris(row, "group", "member")):
        yield {"group": row["group"], "member": row["member"]}


def parties(known: Day) -> Iterator[Record]:
    """Every party that stands for itself, with its value of the day."""
    for row in sorted(known.tables["parties"], key=lambda row: iris(row, "id")):
        if not row["grouped"] and row["kind"] != "index":
            value = known.values.get(row["id"])
            yield {
                "party": row["id"],
                "kind": row["kind"],
                "listed": known.book.parties[row["id"]].listed_on(known.as_of),
                "usd": value.usd if value else None,
                "on": value.on if value else None,
                "basis": value.basis if value else None,
            }


def purchases(known: Day) -> Iterator[Record]:
    """What buyers publish of their suppliers."""
    for row in sorted(known.tables["purchases"], key=lambda row: (*iris(row, "buyer", "supplier"), row["period"])):
        if row["annual_usd"] is not None and known.apart(row["supplier"], row["buyer"]):
            yield {
                "row": row_id("purchases", row),
                "buyer": row["buyer"],
                "supplier": row["supplier"],
                "usd": row["annual_usd"],
                "period": row["period"],
            }


def stakes(known: Day) -> Iterator[Record]:
    """Holdings that no other one contains."""
    for row in sorted(known.tables["stakes"], key=lambda row: (*iris(row, "issuer", "holder"), row["as_of"].last)):
        if row["within"] is None and known.apart(row["holder"], row["issuer"]):
            yield {
                "holder": row["holder"],
                "issuer": row["issuer"],
                "pct": row["pct"],
                "usd": row["value_usd"],
                "as_of": row["as_of"].last,
                "basis": row["basis"],
                "confirmed": row["confirmed"],
            }


def valuations(known: Day) -> Iterator[Record]:
    """What private rounds valued their parties at."""
    rows = _metrics(known, frozenset({"valuation_private"}))
    for row in sorted(rows, key=lambda row: (*iris(row, "party"), row["period"], row_iri("sources", row["source"]))):
        yield {"party": row["party"], "usd": _whole(row["value"]), "period": row["period"], "source": row["source"]}


def _whole(usd: Any) -> float | int:
    """Dollars as a query gives them: whole ones as integers."""
    return int(usd) if float(usd).is_integer() else float(usd)
