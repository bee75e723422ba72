"""The pages as files, opened in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import knockon
from knockon.study import Study, pages
from knockon.views import network, scoreboard, shock
from knockon.views.contents import Entry, contents
from views import scenes
from views.boards import board


@cache
def shipped() -> Study:
    """The shipped book, opened once: its days, promises and answers serve every page."""
    return knockon.open()


def html(view: str) -> Callable[[], str]:
    """Makes a view of the shipped book."""
    return lambda: pages.page(shipped(), view)


def index() -> str:
    """An index with what an index can have: a page, several of one kind, one that could not be written."""
    several = {"event-a.html": "2025-11-06 A day", "event-b.html": "2025-12-11 Another"}
    entries = (
        Entry(title="Network", about="The whole network.", file="network.html"),
        Entry(title="Event", about="One day.", file="event-a.html", several=several),
        Entry(title="Shock", about="A shock.", missing="the shock view needs a shock"),
    )
    return contents(str(shipped().edition), "2025-11-06", entries)


PAGES: dict[str, Callable[[], str]] = {
    "small": lambda: network.render(scenes.small()),
    "replay": lambda: network.render(scenes.replayed()),
    "shock": lambda: shock.render(scenes.small_shock()),
    "hostile": lambda: network.render(scenes.hostile()),
    "hostile-shock": lambda: shock.render(scenes.hostile_shock()),
    "large": lambda: network.render(scenes.large()),
    "event": html("event"),
    "loops": html("loops"),
    "timeline": html("timeline"),
    "quality": html("quality"),
    "ontology": html("ontology"),
    "scoreboard": lambda: scoreboard.render(board()),
    "index": index,
    "book": html("network"),
}


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A page as a file, written when it is first asked for."""
    folder = tmp_path_factory.mktemp("pages")

    def file(name: str) -> Path:
        path: Path = folder / f"{name}.html"
        if not path.exists():
            path.write_text(PAGES[name](), encoding="utf-8")
        return path

    return file


@pytest.fixture
def visit(browser: Any, shelf: Callable[[str], Path]) -> Iterator[Callable[..., Any]]:
    """Opens a page from disk, offline; at the end nothing may have been asked or complained about."""
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    asked: list[str] = []
    said: list[str] = []

    def visit_(page: str | Path, fragment: str = "", width: int = 1280, dark: bool = False) -> Any:
        view = context.new_page()
        view.set_viewport_size({"width": width, "height": 900})
        view.emulate_media(color_scheme="dark" if dark else "light", reduced_motion="reduce")
        view.on("request", lambda request: asked.append(request.url))
        view.on("console", lambda message: said.append(message.text))
        view.on("pageerror", lambda error: said.append(str(error)))
        file = page if isinstance(page, Path) else shelf(page)
        view.goto(f"{file.as_uri()}{fragment}")
        return view

    yield visit_
    context.close()
    assert said == []
    assert [url for url in asked if not re.match(r"file:///.*\.html|data:|blob:", url)] == []
