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


def html(study: Study, name: str, scenario: Scenario | None = None) -> str:
    """One view of the study. Raises UnknownName, BadInput for a shock without a scenario."""
    pages = known()
    if name not in pages:
        raise UnknownName("view", name, pages, f"there is {', '.join(pages)}")
    return str(pages[name].render(_drawn(study, name, scenario)))


def write_all(study: Study, folder: Path, scenario: Scenario | None = None) -> Iterator[Path]:
    """Every view of the study in one folder, then the index that ties them together.

    The shock's page is written where there is a scenario, else the index says how to get one.
    """
    entries = []
    for name, view in known().items():
        about = (view.render.__doc__ or "").partition("\n")[0]
        try:
            yield write(folder / f"{name}.html", html(study, name, scenario))
            entries.append(Entry(title=view.title, about=about, file=f"{name}.html"))
        except BadInput as error:  # a book without scored days has no scoreboard, a study without a shock no shock page
            entries.append(Entry(title=view.title, about=about, why=str(error)))
    yield write(folder / "index.html", contents(str(study.edition), study.as_of.isoformat(), entries))


def _drawn(study: Study, name: str, scenario: Scenario | None) -> object:
    if name == "network":
        return study.scene()
    if name == "shock":
        from knockon.study.scene import shock_scene

        if scenario is None:
            raise BadInput(
                "the shock view needs a shock; add --scenario NAME, or: knockon shock openai=0.2 --html FILE"
            )
        return shock_scene(study.run(scenario))
    return importlib.import_module(f"knockon.study.{name}").scene(study)
