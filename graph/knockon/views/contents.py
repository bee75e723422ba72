"""The page that ties the others together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from knockon.views.document import document, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One page of the folder; without a file, why it is not there."""

    title: str
    about: str
    file: str = ""
    why: str = ""


def contents(edition: str, as_of: str, entries: Iterable[Entry]) -> str:
    """A list of pages, one line each, with a link where there is a file."""
    return document(
        title="Who finances whom in AI, and what happens if one falls",
        subtitle=f"The pages of one edition, as known on {as_of}; each opens without a network.",
        edition=edition,
        as_of=as_of,
        body=f'<ul class="contents">{"".join(map(_item, entries))}</ul>',
    )


def _item(entry: Entry) -> str:
    title = text(entry.title)
    head = f'<a href="{text(entry.file)}">{title}</a>' if entry.file else title
    why = f" Not here: {text(entry.why)}." if entry.why else ""
    return f"<li><h2>{head}</h2><p>{text(entry.about)}{why}</p></li>"
