"""Which pages there are and what each draws: a view is a module in `views/` with a `title` and a `render`.

What a view draws is made by `scene(study)` in one of the rooms beside this module; a shock's page by a scenario.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Final

from knockon import views
from knockon.errors import BadInput, UnknownName
from knockon.study.explaining import event as events
from knockon.study.measures.timeline import indebted
from knockon.study.writing.files import write
from knockon.views.contents import Entry, contents

if TYPE_CHECKING:
    from knockon.scenarios import Scenario
    from knockon.study import Study


FIRST: Final = ("network", "shock", "event", "loops", "timeline", "scoreboard", "quality", "ontology")
"""The order in which a reader meets the views; one that is not named here comes after, by name."""

SCENES: Final = {
    "network": "network.scene",
    "event": "explaining.event",
    "loops": "measures.loops",
    "timeline": "measures.timeline",
    "scoreboard": "validation.scoreboard",
    "quality": "book.quality",
    "ontology": "book.ontology",
}
"""View -> the module whose `scene` says what it draws; imported when it is drawn, as some are heavy."""


def known() -> dict[str, ModuleType]:
    """Every view by its name, in the order of the index."""
    there = sorted(module.name for module in pkgutil.iter_modules(views.__path__))
    names = sorted(there, key=lambda name: FIRST.index(name) if name in FIRST else len(FIRST))
    modules = {name: importlib.import_module(f"knockon.views.{name}") for name in names}
    return {name: module for name, module in modules.items() if hasattr(module, "title") and hasattr(module, "render")}


def html(
    study: Study, name: str, scenario: Scenario | None = None, party: str | None = None, event: str | None = None
) -> str:
    """One view of the study; a timeline of a party, an event's page of an event.

    Raises UnknownName, BadInput for a shock without a scenario, or a party or an event where the view takes none.
    """
    pages = known()
    if name not in pages:
        raise UnknownName("view", name, pages, f"there is {', '.join(pages)}")
    for option, asked, view in (("party", party, "timeline"), ("event", event, "event")):
        if asked and name != view:
            raise BadInput(f"--{option} goes with knockon view {view}, not with {name}")
    return page(study, name, scenario, party or event)


def page(study: Study, name: str, scenario: Scenario | None = None, subject: str | None = None) -> str:
    """A known view of the study, of its default subject or of one of `subjects`. Raises as `html` does."""
    return str(known()[name].render(_drawn(study, name, scenario, subject)))


def write_all(
    study: Study, folder: Path, scenario: Scenario | None = None, tick: Callable[[int, int], None] | None = None
) -> Iterator[Path]:
    """Every view of the study in one folder, then the index that ties them together; `tick` is told pages done of all.

    Of events and timelines there is a page each. Where a view has nothing to draw, a shock without a scenario or a
    scoreboard without a day, the index says why.
    """
    planned = {name: subjects(study, name) for name in known()}
    total = sum(max(1, len(several)) for several in planned.values()) + 1
    done, entries = 0, []
    for name, several in planned.items():
        view = known()[name]
        entry = Entry(title=view.title, about=(view.render.__doc__ or "").partition("\n")[0])
        files: dict[str, str | None] = {f"{name}-{subject}.html": subject for subject in several}
        files = files or {f"{name}.html": None}
        try:
            for file, subject in files.items():
                yield write(folder / file, page(study, name, scenario, subject))
                done += 1
                if tick:
                    tick(done, total)
        except BadInput as error:
            entries.append(replace(entry, missing=str(error)))
            done += 1
            continue
        titles = dict(zip(files, several.values(), strict=False))
        entries.append(replace(entry, file=next(iter(files)), several=titles))
    yield write(folder / "index.html", contents(str(study.edition), study.as_of.isoformat(), entries))
    if tick:
        tick(total, total)


def subjects(study: Study, name: str) -> dict[str, str]:
    """What a view has a page of each of, id -> title, the default first; empty for a view of the whole book."""
    if name == "event":
        rows = {str(row["id"]): f"{row['date']} {row['title']}" for row in events.known(study)}
        return {chief: rows[chief] for chief in [events.chief(study)]} | rows if rows else {}
    if name == "timeline":
        return {party: study.short(party) for party in indebted(study)}
    return {}


def _drawn(study: Study, name: str, scenario: Scenario | None, subject: str | None) -> object:
    if name == "shock":
        from knockon.study.shocks.scene import shock_scene

        if scenario is None:
            raise BadInput(
                "the shock view needs a shock; add --scenario NAME, or: knockon shock openai=0.2 --html FILE"
            )
        return shock_scene(study.run(scenario))
    scene = importlib.import_module(f"knockon.study.{SCENES[name]}").scene
    return scene(study, subject) if subject else scene(study)
