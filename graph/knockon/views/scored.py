"""The scored days of a back-test, one by one: each day's correlations drawn, told in a table, and firm by firm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from knockon.views.correlations import Scale, figure, marked, p_value, percent
from knockon.views.document import text
from knockon.views.tables import cell, table

LEFT_OUT: Final = {
    "own_news": "own news, not scored",
    "no_loadings": "no loadings",
    "no_cap": "no market value on the eve",
}
"""Why a firm is in no test of a day, in words."""
_NEWS: Final = {-1: "bad news", 1: "good news", 0: "no news"}
_MARKS: Final = (("engine", "the engine"), ("direct", "direct exposure only"), ("ai_basket", "beta and AI basket"))


def pictures(found: Mapping[str, Any]) -> str:
    """Each day on one scale, then the control days."""
    news, quiet = found["events"], found["controls"]["days"]
    scale = Scale(
        event["rungs"][name]["spearman"] for event in [*news, *quiet] for name, _ in _MARKS if name in event["rungs"]
    )
    key = "".join(f'<span class="key-{name}">{words}</span>' for name, words in _MARKS)
    parts = [
        '<section class="board"><h2>Day by day</h2><p class="aside">Rank correlation on each day; 0 where the engine'
        f' reaches nobody.</p><p class="key-line">{key}</p>',
        *(_day(event, scale) for event in news),
        scale.axis(),
        "</section>",
    ]
    if quiet:
        means = found["controls"]["pooled"]["engine"]
        parts += [
            '<section class="board"><h2>Control days: nothing should be found</h2><p class="aside">Tariffs, rates and'
            " quiet sessions, with the placebo shock. Mean of the engine"
            f" {figure(means['mean_spearman'])}, p = {p_value(means['p_two_sided'])} either way.</p>",
            *(_day(event, scale) for event in quiet),
            scale.axis(),
            "</section>",
        ]
    return "".join(parts)


def _day(event: Mapping[str, Any], scale: Scale) -> str:
    scores = {name: event["rungs"][name]["spearman"] for name, _ in _MARKS if name in event["rungs"]}
    engine = scores["engine"]
    marks = [
        f'<rect class="engine" x="{scale.at(min(0.0, engine))}" width="{scale.width(engine, 0)}" y="6" height="14"/>',
        f'<circle class="direct" cx="{scale.at(scores["direct"])}" cy="13" r="4.5"/>',
    ]
    if "ai_basket" in scores:
        place = scale.at(scores["ai_basket"])
        marks.append(f'<rect class="basket" x="{place}" y="9" width="8" height="8" transform="translate(-4 0)"/>')
    words = ", ".join(f"{said} {figure(scores[name])}" for name, said in _MARKS if name in scores)
    about = f"{event['date']} {event['title']}"
    return marked(about, scale, marks, figure(engine), f"{about}: {words}; {event['reached']} firms reached", False)


def in_figures(found: Mapping[str, Any]) -> str:
    """The same in figures."""
    heads = (
        "Day",
        "Event",
        "News",
        "Firms",
        "Reached",
        "Engine",
        "Among reached",
        "After AI",
        "Direct",
        "AI basket",
        "Ties",
        "Size",
    )
    rows = []
    for event in [*found["events"], *found["controls"]["days"]]:
        engine, rungs = event["rungs"]["engine"], event["rungs"]
        scores = [engine["spearman"], engine.get("spearman_reached"), engine["spearman_after_ai"]]
        scores += [rungs[name]["spearman"] if name in rungs else None for name in ("direct", "ai_basket")]
        rows.append(
            [
                cell(event["date"], event["date"]),
                cell(event["title"], event["title"]),
                cell(event["sign"], _NEWS[event["sign"]]),
                cell(event["firms"], str(event["firms"])),
                cell(event["reached"], str(event["reached"])),
                *(cell(score, figure(score)) for score in scores),
                cell(engine["ties"], f"{engine['ties']:.0%}"),
                cell(event["fitted_size"], figure(event["fitted_size"])),
            ]
        )
    note = (
        "Ties: firms that share their prediction with another. Size: of the shock that fits the day best; 0 where no"
        " size helps. The correlations take every shock at one size and fit nothing."
    )
    drawn = table("days", "The days in figures", heads, rows, note, heads[1:4] + heads[6:])
    return f'<section class="board">{drawn}</section>'


def cross_sections(events: Sequence[Mapping[str, Any]]) -> str:
    """Each day firm by firm: return, factor, network, residual."""
    parts = []
    for k, event in enumerate(events):
        rows = [
            [
                cell(row["name"], row["name"] + (" (own news)" if row["own_news"] else "")),
                *(cell(row[part], percent(row[part])) for part in ("return", "factor", "network", "residual")),
            ]
            for row in event["cross_section"]
        ]
        out = "; ".join(f"{LEFT_OUT[why]}: {', '.join(who)}" for why, who in event["left_out"].items())
        note = f"Shock {', '.join(event['shock'])} at size {figure(event['fitted_size'])}. {out}"
        heads = ("Firm", "Return", "Factor part", "Network part", "Residual")
        firms = table(f"day-{k}", event["title"], heads, rows, note, ("Factor part", "Residual"))
        parts.append(
            f"<details><summary>{text(event['date'])} {text(event['title'])} <small>{len(rows)} firms</small></summary>"
            f"{firms}</details>"
        )
    return (
        '<section class="board"><h2>Three numbers per firm</h2><p class="aside">Factor part: market and AI basket.'
        " Network part: the engine, at the size that fits the day best. Residual: all else. They add up to the return."
        "</p>"
        f"{''.join(parts)}</section>"
    )
