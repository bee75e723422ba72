"""The front page of the explorer: what there is to see, and a way to every party and deal."""

from __future__ import annotations

from collections.abc import Iterator

from knockon.serve.record import address, day_form
from knockon.study import Study, pages
from knockon.views.document import document, text


def render(study: Study) -> str:
    """The page on the study's day."""
    day = str(study.as_of)
    named = [party.id for party in study.book.parties.values() if not party.grouped and party.kind != "index"]
    parties = sorted(
        ((study.short(party), party) for party in named),
        key=lambda party: (party[0].casefold(), party[1]),
    )
    deals = sorted((study.book.deals[name].title, name) for name in {leg.leg.deal for leg in study.resolved.values()})
    views = "".join(
        f'<a href="/{view}?as_of={day}"><b>{text(words)}</b> {text(about)}</a>' for view, words, about in _views(study)
    )
    body = f"""
<nav class="ways" aria-label="Pages">
  <a href="/network?as_of={day}"><b>Network</b> every promise as an edge, with its terms and sources</a>
  <a href="/what-if?as_of={day}"><b>What if</b> move a slider, see who would lose how much, and by which way</a>
  {views}
  <a href="/console"><b>Console</b> ask in SPARQL; the shipped questions are one click away</a>
  <a href="/sparql"><b>Endpoint</b> the same for any SPARQL 1.1 tool, at /sparql</a>
</nav>
{day_form(day)}
{_several(study, "event", "Events", day)}
{_several(study, "timeline", "Timelines of payments, who owes most first", day)}
{_list("parties", "party", parties, day)}
{_list("deals", "deal", deals, day)}
"""
    return document(
        title="Who promised what to whom",
        subtitle="AI financing as a knowledge graph: every dollar with a source, a firmness and a date.",
        edition=str(study.edition),
        as_of=day,
        body=body,
        styles=("explorer.css",),
        served=True,
    )


def _views(study: Study) -> Iterator[tuple[str, str, str]]:
    """The views that have a page of their own on the day, but the network: address, title, what it shows."""
    for name, view in pages.known().items():
        if name not in ("network", "shock") and (name != "event" or pages.subjects(study, name)):
            about = (view.render.__doc__ or "").partition("\n")[0].rstrip(".")
            yield name, view.title, about[:1].lower() + about[1:]


def _several(study: Study, view: str, words: str, day: str) -> str:
    """A view that has several pages, one a subject, folded."""
    found = pages.subjects(study, view).items()
    lines = "".join(f'<li><a href="{address(view, name, day)}">{text(title)}</a></li>' for name, title in found)
    listed = f'<ul class="names{" deals" if view == "event" else ""}">{lines}</ul>'
    return f'<details class="several"><summary>{words} ({len(found)})</summary>{listed}</details>' if found else ""


def _list(words: str, kind: str, named: list[tuple[str, str]], day: str) -> str:
    lines = "".join(f'<li><a href="{address(kind, name, day)}">{text(title)}</a></li>' for title, name in named)
    return (
        f'<section aria-labelledby="{words}"><h2 id="{words}">{len(named)} {words}</h2>'
        f'<ul class="names {words}">{lines}</ul></section>'
    )
