"""The pages of the explorer: what stands at which address, on which day. A further page is a line in `routes`."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable
from datetime import date
from threading import Lock

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from knockon import study
from knockon.errors import KnockonError, UnknownName
from knockon.serve import console, front, record, what_if
from knockon.study import Study
from knockon.study import pages as views

_DAYS = 4
"""Studies of other days that are kept; the one used longest ago makes room."""
_PAGES = 16
"""Pages of views that are kept, as some take seconds to compute."""


class Pages:
    """The pages of one book; each takes `?as_of=` for another day than the server's."""

    def __init__(self, first: Study) -> None:
        self._first = first
        self._others: OrderedDict[str, Study] = OrderedDict()
        self._pages: OrderedDict[tuple[str, str, date], str] = OrderedDict()
        self._lock = Lock()

    def routes(self) -> list[Route]:
        """Address by address."""
        return [
            Route("/", self._page(lambda opened, _: front.render(opened))),
            Route("/console", self._page(lambda _, __: console.render(self._first))),
            *(Route(f"/{view}", self._page(self._drawn(view))) for view in views.known() if view != "shock"),
            *(Route(f"/{view}/{{name}}", self._page(self._drawn(view))) for view in ("event", "timeline")),
            Route("/what-if", self._page(lambda opened, _: what_if.render(opened))),
            *what_if.answers(self._on, _html),
            Route("/party/{name}", self._page(record.render)),
            Route("/deal/{name}", self._page(record.render)),
        ]

    def _page(self, render: Callable[[Study, str], str]) -> Callable[[Request], Response]:
        """`render` gets the study of the day asked for and the name in the address."""

        def page(request: Request) -> Response:  # not async: starlette gives it a thread
            try:
                opened = self._on(request.query_params.get("as_of"))
                return _html(render(opened, request.path_params.get("name", "")))
            except KnockonError as error:
                return _html(record.sorry(str(error), self._first), 404 if isinstance(error, UnknownName) else 400)

        return page

    def _drawn(self, view: str) -> Callable[[Study, str], str]:
        """A view, written once for each day and subject that is asked for while it is among the last few."""

        def drawn(opened: Study, name: str) -> str:
            key = (view, name, opened.as_of)
            with self._lock:
                page = self._pages.pop(key, None)
            page = page or views.page(opened, view, subject=name or None)
            with self._lock:
                self._pages[key] = page
                while len(self._pages) > _PAGES:
                    self._pages.popitem(last=False)
            return page

        return drawn

    def _on(self, day: str | None) -> Study:
        if not day or day == str(self._first.as_of):
            return self._first
        with self._lock:
            found = self._others.pop(day, None) or study.on(self._first.book, day)
            self._others[day] = found
            while len(self._others) > _DAYS:
                self._others.popitem(last=False)
            return found


def _html(page: str, status: int = 200) -> Response:
    """A page, with the policy it states for itself in the header too."""
    policy = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert policy  # every page of ours has one
    headers = {"Content-Security-Policy": f"{policy[1]}; frame-ancestors 'none'", "Cache-Control": "no-cache"}
    return HTMLResponse(page, status, headers)
