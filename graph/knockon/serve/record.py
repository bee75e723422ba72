"""The page of a party, a deal or a leg: its explanation, with links from one to the other and out to the sources."""

from __future__ import annotations

import re
from urllib.parse import quote

from knockon.study import Study
from knockon.study.explaining.explanation import Explanation, Section
from knockon.views.document import document, text

_LINKED = {"leg": "deal", **dict.fromkeys(("payer", "payee", "holder", "of", "supplier", "customer"), "party")}
_LINK = re.compile(r"https?://[^\s<>\"]+")


def address(kind: str, name: str, day: str) -> str:
    """Where the page of a party or a deal is; that of a leg is a place on its deal's.

    >>> address("deal", "a-b-2025/2", "2025-11-05")
    '/deal/a-b-2025?as_of=2025-11-05#2'
    """
    deal, _, leg = name.partition("/")
    place = f"#{quote(leg, safe='')}" if leg else ""
    return f"/{kind}/{quote(deal, safe='')}?as_of={quote(day)}{place}"


def day_form(day: str) -> str:
    """Asks for another day."""
    return f"""<form class="tools day" method="get">
  <label class="field"><span>As known on</span><input type="date" name="as_of" value="{day}" required></label>
  <button>Show</button>
</form>"""


def render(study: Study, name: str) -> str:
    """The page of `name`; a deal's also has what is known of each leg.

    Raises UnknownName with the nearest names.
    """
    found = study.explain(name)
    day = str(study.as_of)
    legs = [leg for leg in found.record.get("legs", []) if leg != name]
    parts = [_explained(found, day)]
    for leg in legs:
        heading = f'<h2 id="{text(leg.rpartition("/")[2])}" tabindex="-1">{text(leg)}</h2>'
        parts.append(f"<article>{heading}{_explained(study.explain(leg), day)}</article>")
    return document(
        title=found.heading,
        subtitle="",
        edition=str(study.edition),
        as_of=day,
        body=WAYS.format(day=day) + day_form(day) + "".join(parts),
        styles=("explorer.css",),
        served=True,
    )


WAYS = """<nav class="way" aria-label="Pages"><a href="/?as_of={day}">All parties and deals</a>
<a href="/network?as_of={day}">Network</a> <a href="/what-if?as_of={day}">What if</a>
<a href="/console">Console</a></nav>"""


def sorry(why: str, study: Study) -> str:
    """A page that says what cannot be shown."""
    day = str(study.as_of)
    return document(
        title="Not here",
        subtitle=why,
        edition=str(study.edition),
        as_of=day,
        body=WAYS.format(day=day),
        styles=("explorer.css",),
        served=True,
    )


def _explained(found: Explanation, day: str) -> str:
    facts = "".join(f"<dt>{text(name)}</dt><dd>{_linked(value)}</dd>" for name, value in found.facts)
    tables = "".join(_table(section, day) for section in found.sections if section.rows)
    return f'<dl class="facts">{facts}</dl>{tables}'


def _table(section: Section, day: str) -> str:
    heads = "".join(f'<th scope="col"{_kind(column)}>{text(column) or "won"}</th>' for column in section.columns)
    rows = "".join(
        "<tr>" + "".join(_cell(column, cell, day) for column, cell in zip(section.columns, row, strict=True)) + "</tr>"
        for row in section.rows
    )
    return (
        f'<div class="scroll" role="region" aria-label="{text(section.title)}" tabindex="0"><table class="fixed">'
        f"<caption>{text(section.title)}</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _cell(column: str, cell: str, day: str) -> str:
    kind = _LINKED.get(column)
    if kind and ("/" in cell) == (kind == "deal"):
        return f'<td><a href="{address(kind, cell, day)}">{text(cell)}</a></td>'
    return f"<td{_kind(column)}>{_linked(cell)}</td>"


def _kind(column: str) -> str:
    return ' class="number"' if column in ("amount", "dollars", "share") else ""


def _linked(words: str) -> str:
    """Text as HTML; addresses of the web in it become links, and nothing else does."""
    parts, end = [], 0
    for match in _LINK.finditer(words):
        parts += [text(words[end : match.start()]), f'<a href="{text(match[0])}" rel="noreferrer">{text(match[0])}</a>']
        end = match.end()
    return "".join([*parts, text(words[end:])]).replace("\n", "<br>")
