"""How long the server waits for a stranger: to finish asking, and to take the answer. Then it hangs up.

Uvicorn itself waits for ever for the rest of a request, so that a few hundred callers who send a byte now and then
would keep everybody else out.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

ASKING = 10.0
"""Seconds from the first byte of a request, or from the call, to its last."""
TAKING = 60.0
"""Seconds from the end of an answer to when the caller has taken it."""


class Patient(H11Protocol):
    """A connection that ends when either patience does."""

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Somebody calls."""
        super().connection_made(transport)
        self._wait(ASKING)

    def data_received(self, data: bytes) -> None:
        """A part of a request, or all of it."""
        super().data_received(data)
        asked = self.conn.their_state.__name__ not in ("IDLE", "SEND_BODY")
        if asked:
            self._stop()
        elif self._late is None:
            self._wait(ASKING)

    def on_response_complete(self) -> None:
        """All of the answer is handed over, if not taken."""
        super().on_response_complete()
        if self.transport.get_write_buffer_size():
            self._wait(TAKING)

    def connection_lost(self, exc: Exception | None) -> None:
        """The end."""
        self._stop()
        super().connection_lost(exc)

    def _wait(self, seconds: float) -> None:
        self._stop()
        self._late = self.loop.call_later(seconds, self._hang_up)

    def _stop(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _hang_up(self) -> None:
        self.transport.abort()
