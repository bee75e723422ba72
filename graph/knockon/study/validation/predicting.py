"""A book on a date that predicts past days from their eves, and keeps what it predicted."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from knockon.book import Book
from knockon.snapshot import Snapshot
from knockon.study.dated import DatedBook

if TYPE_CHECKING:
    from knockon.study.validation.days import Days, Event
    from knockon.study.validation.forecast import Forecast


class PredictingBook(DatedBook):
    """A dated book with the event days and, once asked for, the forecast of each."""

    def __init__(self, book: Book, as_of: date, snapshot: Snapshot | None = None) -> None:
        super().__init__(book, as_of, snapshot)
        self._forecasts: dict[Event, Forecast] = {}

    def cross_section(self, event: str) -> list[dict[str, Any]]:
        """The three numbers of each firm on an event day, as predicted from its eve."""
        from knockon.study.validation.backtest import cross_section

        return cross_section(self.book, self.days, event, self.forecast)

    @cached_property
    def days(self) -> Days:
        """The event days of the book, whatever this study's own."""
        from knockon.study.validation.days import days

        return days(self.book)

    def forecast(self, event: Event) -> Forecast:
        """What the book of the event's eve predicts, kept: the page of a day and the scoreboard ask for the same."""
        from knockon.study.validation.forecast import forecast

        if event not in self._forecasts:
            self._forecasts[event] = forecast(self.book, event)
        return self._forecasts[event]
