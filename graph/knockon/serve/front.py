"""The front page of the explorer: what there is to see, and a way to every party and deal."""

from __future__ import annotations

from knockon.serve.record import address, day_form
from knockon.study import Study
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
    body = f"""
<nav class="ways" aria-label="Pages">
  <a href="/network?as_of={day}"><b>Network</b> every promise as an edge, with its terms and sources</a>
  <a href="/what-if?as_of={day}"><b>What if</b> move a slider, see who would lose how much, and by which way</a>
  <a href="/console"><b>Console</b> ask in SPARQL; the shipped questions are one click away</a>
  <a href="/sparql"><b>Endpoint</b> the same for any SPARQL 1.1 tool, at /sparql</a>
</nav>
{day_form(day)}
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


def _list(words: str, kind: str, named: list[tuple[str, str]], day: str) -> str:
    lines = "".join(f'<li><a href="{address(kind, name, day)}">{text(title)}</a></li>' for title, name in named)
    return (
        f'<section aria-labelledby="{words}"><h2 id="{words}">{len(named)} {words}</h2>'
        f'<ul class="names {words}">{lines}</ul></section>'
    )
