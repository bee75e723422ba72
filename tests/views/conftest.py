"""The pages as files, opened in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import knockon
from knockon.study import pages
from knockon.views import network, shock
from views import scenes


def html(view: str) -> str:
    """A view of the shipped book."""
    return pages.html(knockon.open(), view)


PAGES: dict[str, Callable[[], str]] = {
    "small": lambda: network.render(scenes.small()),
    "replay": lambda: network.render(scenes.replayed()),
    "shock": lambda: shock.render(scenes.small_shock()),
    "hostile": lambda: network.render(scenes.hostile()),
    "hostile-shock": lambda: shock.render(scenes.hostile_shock()),
    "large": lambda: network.render(scenes.large()),
    "event": lambda: html("event"),
    "loops": lambda: html("loops"),
    "timeline": lambda: html("timeline"),
    "book": lambda: network.render(knockon.open().scene()),
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
