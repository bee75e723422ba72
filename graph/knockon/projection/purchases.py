"""Which purchases and leases become edges: announced legs, and the everyday commerce that no announcement tells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from knockon.exposures import Span
from knockon.model import Party
from knockon.parameters import Parameters
from knockon.periods import fiscal_period
from knockon.projection.amounts import Record, phi, remaining
from knockon.projection.notes import Notes
from knockon.vocab import Firmness

_BASES = ("press", "analyst_estimate", "company_statement", "disclosed")  # weakest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """A purchase or lease edge: `obligor` buys, `holder` sells."""

    id: str
    obligor: str
    holder: str
    lease: bool
    usd: Span
    years: float
    wait: float
    phi: Span
    again: bool = False  # the obligor has promised the same demand to another holder, and that leg goes first
    resold: float = 0.0  # share that a backstopper would buy in the obligor's place

    def with_resold(self, share: float) -> Purchase:
        """The same edge with another backstopped share."""
        return replace(self, resold=share)

    def within_years(self, horizon: float) -> float:
        """Dollars that fall due within `horizon` years, if it is running."""
        return 0.0 if self.wait > 0 else self.usd.value * min(1.0, horizon / self.years)


def legs(
    rows: Iterable[Record],
    overlaps: Mapping[str, frozenset[str]],
    as_of: date,
    parameters: Parameters,
    notes: Notes,
) -> list[Purchase]:
    """The announced legs: a part counts in its container, and of two views of one demand by one holder the firmer."""
    found: dict[str, tuple[Purchase, str, str | None]] = {}
    for row in rows:
        left = remaining(row, as_of, parameters, notes)
        if left is None:
            continue
        edge = Purchase(
            id=row["leg"],
            obligor=row["payer"],
            holder=row["payee"],
            lease=row["family"] == "lease",
            usd=left.usd,
            years=left.years,
            wait=left.wait,
            phi=phi(row, parameters),
            again=bool(row["again"]),
        )
        found[edge.id] = (edge, row["firmness"], row["within"])

    def firmest_first(item: tuple[Purchase, str, str | None]) -> tuple[int, float, str]:
        edge, firmness, _ = item
        return (-Firmness(firmness).rung, -edge.usd.value, edge.id)

    kept: dict[str, Purchase] = {}
    for edge, _, within in sorted(found.values(), key=firmest_first):
        twin = next(
            (o for o in overlaps.get(edge.id, frozenset()) if o in kept and kept[o].holder == edge.holder),
            None,
        )
        if within in found or twin is not None:
            notes.leave_out("counted_in_another_leg", edge.id)
        else:
            kept[edge.id] = edge
    return sorted(kept.values(), key=lambda edge: edge.id)


def commerce(
    dependences: Iterable[Record],
    purchases: Iterable[Record],
    members: Mapping[str, tuple[str, ...]],
    revenue: Mapping[str, float],
    capex: Mapping[str, float],
    announced: list[Purchase],
    told: frozenset[tuple[str, str]],
    parties: Mapping[str, Party],
    as_of: date,
    parameters: Parameters,
    notes: Notes,
) -> list[Purchase]:
    """Everyday revenue as edges: the horizon's years of it, less what running legs between the same two carry.

    `told` are the (supplier, customer) pairs of any announced leg: the buyer's view fills in neither these
    nor what `dependences` already tells.
    """
    horizon = parameters.find("horizon", "dependences").value
    firm = parameters.find("phi", "firmness:recurring").span
    running: dict[tuple[str, str], float] = {}
    for edge in announced:
        pair = (edge.holder, edge.obligor)
        running[pair] = running.get(pair, 0.0) + edge.within_years(horizon)
    shares = _shares(_newest(dependences, parties, as_of), members, capex, revenue, parties, notes)
    edges = []
    for (supplier, customer), (annual, row) in sorted(shares.items()):
        carried = running.get((supplier, customer), 0.0)
        usd = _scaled(annual, max(0.0, horizon - carried / annual.value))
        if usd.value > 0:
            edges.append(_edge(f"dependence:{row}", customer, supplier, usd, horizon, firm))
    named = told | set(shares)
    for (supplier, customer), (usd_a_year, row) in sorted(_newest_purchases(purchases, as_of).items()):
        if (supplier, customer) not in named and usd_a_year > 0:
            span = Span(low=usd_a_year, value=usd_a_year, high=usd_a_year)
            edges.append(_edge(f"purchase:{row}", customer, supplier, _scaled(span, horizon), horizon, firm))
    return edges


def _edge(name: str, customer: str, supplier: str, usd: Span, years: float, firm: Span) -> Purchase:
    return Purchase(id=name, obligor=customer, holder=supplier, lease=False, usd=usd, years=years, wait=0.0, phi=firm)


def _scaled(span: Span, by: float) -> Span:
    return Span(low=span.low * by, value=span.value * by, high=span.high * by)


def _fresh(period_end: date, as_of: date) -> bool:
    """No older than two years on the date."""
    return period_end >= as_of - timedelta(days=731)


def _newest(rows: Iterable[Record], parties: Mapping[str, Party], as_of: date) -> list[Record]:
    """Per supplier and customer the newest period; of two views of it the better basis, then the later known."""
    best: dict[tuple[str, str], tuple[tuple[date, int, bool, date, str], Record]] = {}
    for row in rows:
        if row["share"] is None and row["usd"] is None:
            continue
        period = fiscal_period(row["period"], parties[row["supplier"]].fiscal_year_end_month)
        if not _fresh(period.last, as_of):
            continue
        rank = (period.last, _BASES.index(row["basis"]), row["confirmed"], row["known"], row["row"])
        pair = (row["supplier"], row["customer"])
        if pair not in best or rank > best[pair][0]:
            best[pair] = (rank, row)
    return [row for _, row in best.values()]


def _shares(
    rows: list[Record],
    members: Mapping[str, tuple[str, ...]],
    capex: Mapping[str, float],
    revenue: Mapping[str, float],
    parties: Mapping[str, Party],
    notes: Notes,
) -> dict[tuple[str, str], tuple[Span, str]]:
    """Annual sales by (supplier, customer), with the row they come from.

    A group's share, less what its members have in rows of their own, goes to the other members in proportion
    to capital spending where that is known of all of them, else evenly. Shares above 100% are scaled down.
    """
    found: dict[tuple[str, str], tuple[Span, str]] = {}
    groups = [row for row in rows if parties[row["customer"]].grouped]
    for row in rows:
        if not parties[row["customer"]].grouped and (annual := _annual(row, revenue, parties, notes)) is not None:
            found[row["supplier"], row["customer"]] = (annual, row["row"])
    for row in groups:
        supplier, annual = row["supplier"], _annual(row, revenue, parties, notes)
        everyone = [member for member in members.get(row["customer"], ()) if member != supplier]
        others = [member for member in everyone if (supplier, member) not in found]
        if annual is None or not others:
            continue
        rest = annual.value - sum(found[supplier, m][0].value for m in everyone if m not in others)
        if rest <= 0:
            continue
        weights = {m: capex[m] for m in others} if all(m in capex for m in others) else dict.fromkeys(others, 1.0)
        notes.assume(f"share of {row['customer']} spread over {', '.join(others)}", row["row"], round(rest))
        for member, weight in weights.items():
            part = _scaled(annual, rest / annual.value * weight / sum(weights.values()))
            found[supplier, member] = (part, f"{row['row']}/{member}")
    sales: dict[str, list[tuple[str, str]]] = {}
    for pair in found:
        sales.setdefault(pair[0], []).append(pair)
    for supplier, pairs in sorted(sales.items()):
        total = sum(found[pair][0].value for pair in pairs)
        if supplier in revenue and total > revenue[supplier] * (1 + 1e-9):
            notes.assume("customers' shares pass 100% of revenue; scaled by", supplier, revenue[supplier] / total)
            for pair in pairs:
                span, row_id = found[pair]
                found[pair] = (_scaled(span, revenue[supplier] / total), row_id)
    return found


def _annual(row: Record, revenue: Mapping[str, float], parties: Mapping[str, Party], notes: Notes) -> Span | None:
    """Sales a year: the row's dollars brought to a year, else its share of the supplier's revenue."""
    share, usd = row["share"], row["usd"]
    if usd is not None:
        years = fiscal_period(row["period"], parties[row["supplier"]].fiscal_year_end_month).years
        value = usd / (years or 1.0)
    elif row["supplier"] in revenue:
        value = share / 100 * revenue[row["supplier"]]
    else:
        notes.leave_out("dependences_without_revenue", row["row"])
        return None
    if value <= 0:
        return None
    low, high = row["low"], row["high"]
    return Span(
        low=value * min(1.0, low / share) if share and low is not None else value,
        value=value,
        high=value * max(1.0, high / share) if share and high is not None else value,
    )


def _newest_purchases(rows: Iterable[Record], as_of: date) -> dict[tuple[str, str], tuple[float, str]]:
    """What buyers spend a year, by (supplier, buyer): the newest period that has begun."""
    best: dict[tuple[str, str], tuple[date, float, str]] = {}
    for row in rows:
        period = fiscal_period(row["period"])
        if period.first > as_of or not _fresh(period.last, as_of):
            continue
        pair = (row["supplier"], row["buyer"])
        usd = row["usd"] / (period.years if 0 < period.years < 1 else 1.0)
        if pair not in best or (period.last, usd) > best[pair][:2]:
            best[pair] = (period.last, usd, f"{row['buyer']}/{row['supplier']}/{row['period']}")
    return {pair: (usd, name) for pair, (_, usd, name) in best.items()}
