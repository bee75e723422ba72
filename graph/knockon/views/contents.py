"""The page that ties the others together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from knockon.views.document import document, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One page of the folder, or one of `several`; without a file, `missing` says why."""

    title: str
    about: str
    file: str = ""
    missing: str = ""
    several: Mapping[str, str] = field(default_factory=dict)  # file -> title


def contents(edition: str, as_of: str, entries: Iterable[Entry]) -> str:
    """A list of pages, one line each, with a link where there is a file."""
    return document(
        title="Who finances whom in AI, and what happens if one falls",
        subtitle=f"The pages of one edition, as known on {as_of}; each opens without a network.",
        edition=edition,
        as_of=as_of,
        styles=("board.css",),
        body=f'<ul class="contents">{"".join(map(_item, entries))}</ul>',
    )


def _item(entry: Entry) -> str:
    title = text(entry.title)
    head = f'<a href="{text(entry.file)}">{title}</a>' if entry.file else title
    how = "" if entry.file else f" Not written: {text(entry.missing)}."
    links = "".join(f'<li><a href="{text(file)}">{text(words)}</a></li>' for file, words in entry.several.items())
    several = f"<details><summary>All {len(entry.several)}</summary><ul>{links}</ul></details>" if links else ""
    return f"<li><h2>{head}</h2><p>{text(entry.about)}{how}</p>{several}</li>"
