"""What a book is made of: parties, deals, legs, claims, sources, events in a deal's life; and its defects."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from knockon.periods import Period
from knockon.vocab import AmountBasis, Firmness, Grade, Instrument, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """An organisation, or (`grouped`) several that a source does not itemise."""

    id: str
    name: str
    kind: str
    ticker: str
    listed: bool
    listed_from: Period | None
    grouped: bool
    aliases: tuple[str, ...]
    fiscal_year_end_month: int

    def listed_on(self, day: date) -> bool:
        """Whether its shares traded on `day`."""
        return self.listed and (self.listed_from is None or self.listed_from.last <= day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One page, or publisher and date where no address is known."""

    id: str
    publisher: str
    url: str
    published: str
    grade: Grade


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """One real deal; its money moves in legs."""

    id: str
    title: str
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One promise of value by `payer` to `payee`; its amounts are claims."""

    deal: str
    number: int
    payer: str
    payee: str
    instrument: Instrument
    amount_basis: AmountBasis
    known_from: Period
    start: Period | None
    end: Period | None
    within: str | None
    overlaps: tuple[str, ...]
    covers: str | None
    summary: str
    id: str = field(init=False, repr=False, compare=False)  # DEAL/NUMBER, one text wherever the leg is named

    def __post_init__(self) -> None:
        object.__setattr__(self, "id", f"{self.deal}/{self.number}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What one source says about one leg; whole US dollars, None where it says nothing."""

    leg: str
    source: str
    usd_low: int | None
    usd: int | None
    usd_high: int | None
    firmness: Firmness
    stated_on: Period | None
    public_from: Period | None
    confirmed: bool
    note: str

    def public_on(self, day: date) -> bool:
        """Whether the figure was public at the end of `day`."""
        since = self.public_from or self.stated_on
        return since is not None and since.last <= day

    def stated_by(self, day: date) -> bool:
        """Whether the statement itself had been made by `day`; a later page may repeat an older figure."""
        return self.stated_on is None or self.stated_on.last <= day


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusEvent:
    """Something that happened to a deal (`leg` None) or to one of its legs."""

    deal: str
    leg: str | None
    date: Period
    status: Status
    paid_usd: int | None  # so far
    note: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """Which data, which code: printed with every number that leaves the program."""

    data: str  # version of the book
    hash: str  # of data, ontology and queries
    code: str  # version of the package

    def __str__(self) -> str:
        return f"edition {self.data} ({self.hash}), knockon {self.code}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A defect of a book, with the place to mend it."""

    file: str
    row: int | None
    column: str | None
    what: str

    def __str__(self) -> str:
        row = f":{self.row}" if self.row is not None else ""
        return f"{self.file}{row}{f' [{self.column}]' if self.column else ''} {self.what}"
