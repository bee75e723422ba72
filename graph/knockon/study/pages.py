"""Which pages there are and what each draws: a view is a module in `views/` with a `title` and a `render`.

What a view draws is made by `scene(study)` in the module of its name in `study/`; the network by the study
itself; a shock's page by a scenario.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from knockon import views
from knockon.errors import BadInput, UnknownName
from knockon.study import event as events
from knockon.study.files import write
from knockon.views.contents import Entry, contents

if TYPE_CHECKING:
    from knockon.scenarios import Scenario
    from knockon.study import Study


def known() -> dict[str, ModuleType]:
    """Every view by its name."""
    names = sorted(module.name for module in pkgutil.iter_modules(views.__path__))
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
    return str(pages[name].render(_drawn(study, name, scenario, party or event)))


def write_all(study: Study, folder: Path, scenario: Scenario | None = None) -> Iterator[Path]:
    """Every view of the study in one folder, then the index that ties them together; of events, every one known.

    Where a view has nothing to draw, a shock without a scenario or a scoreboard without a day, the index says why.
    """
    entries = []
    for name, view in known().items():
        about = (view.render.__doc__ or "").partition("\n")[0]
        try:
            page = html(study, name, scenario)
        except BadInput as error:
            entries.append(Entry(title=view.title, about=about, missing=str(error)))
            continue
        rows = events.known(study) if name == "event" else []
        several = {f"event-{row['id']}.html": f"{row['date']} {row['title']}" for row in rows}
        file = f"event-{events.chief(study)}.html" if rows else f"{name}.html"
        yield write(folder / file, page)
        for row, other in zip(rows, several, strict=True):
            if other != file:
                yield write(folder / other, html(study, name, event=row["id"]))
        entries.append(Entry(title=view.title, about=about, file=file, several=several))
    yield write(folder / "index.html", contents(str(study.edition), study.as_of.isoformat(), entries))


def _drawn(study: Study, name: str, scenario: Scenario | None, subject: str | None) -> object:
    if name == "network":
        return study.scene()
    if name == "shock":
        from knockon.study.scene import shock_scene

        if scenario is None:
            raise BadInput(
                "the shock view needs a shock; add --scenario NAME, or: knockon shock openai=0.2 --html FILE"
            )
        return shock_scene(study.run(scenario))
    scene = importlib.import_module(f"knockon.study.{name}").scene
    return scene(study, subject) if subject else scene(study)
