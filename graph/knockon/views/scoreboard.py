"""How a scoreboard becomes a page: a verdict, the ladder and the days as dots on one scale, tables of the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from knockon.views import scored
from knockon.views.correlations import Scale, between, diamond, figure, marked, p_value, signed, stretch
from knockon.views.document import document, text
from knockon.views.tables import cell, table
from knockon.views.wording import minus

title: Final = "Scoreboard"

_RUNGS: Final = {
    "beta": "Market beta",
    "ai_basket": "Market beta and AI basket",
    "sector": "Sector",
    "size": "Size",
    "direct": "Direct exposure only",
    "degree": "Number of counterparties",
    "engine": "The engine",
    "information": "The engine with the information channel",
}


def render(found: Mapping[str, Any]) -> str:
    """How well the engine orders the losers of real days, beside plain baselines.

    `found` is the record that `knockon backtest --format json` prints.
    """
    edition, days, controls = found["edition"], found["events"], found["controls"]["days"]
    return document(
        title="Does the engine order the losers of real days?",
        subtitle=(
            f"{len(days)} days with news and {len(controls)} control days, each predicted from the book as known on"
            " the day before, beside plain baselines that know nothing of the network."
        ),
        edition=f"edition {edition['data']}, hash {edition['hash']}, code {edition['code']}",
        as_of=found["as_of"],
        body="\n".join(
            [
                _answer(found),
                _ladder(found),
                _steps(found),
                scored.pictures(found),
                scored.in_figures(found),
                scored.cross_sections([*days, *controls]),
                _reading(found),
            ]
        ),
        styles=("board.css", "scoreboard.css"),
        scripts=("sorts.js",),
        left_out=_left_out(found),
        skip=("ladder-table", "Skip the pictures: go to the table of rungs"),
    )


def _answer(found: Mapping[str, Any]) -> str:
    head, *lines = found["verdict"]
    pooled = found["pooled"]
    figures = [
        ("mean rank correlation, the engine", figure(pooled["engine"]["mean_spearman"])),
        ("direct exposure only", figure(pooled["direct"]["mean_spearman"])),
        *([("beta and AI basket", figure(pooled["ai_basket"]["mean_spearman"]))] if "ai_basket" in pooled else []),
        ("p, firm labels permuted", p_value(pooled["engine"]["p_labels"])),
        ("p, network rewired", p_value(pooled["engine"]["p_rewired"])),
        ("p, matched placebo days", p_value(pooled["engine"]["p_placebo"])),
    ]
    return (
        f'<section class="answer" aria-label="Answer"><p class="headline">{text(minus(head))}</p><dl class="figures">'
        + "".join(f"<div><dt>{text(words)}</dt><dd>{text(value)}</dd></div>" for words, value in figures)
        + f'</dl><ul class="lines">{"".join(f"<li>{text(minus(line))}</li>" for line in lines)}</ul></section>'
    )


def _ladder(found: Mapping[str, Any]) -> str:
    pooled = found["pooled"]
    ends = [end for score in pooled.values() for end in (*score["without_a_day"], *score["without_a_firm"])]
    scale = Scale([*ends, *(score["mean_spearman_after_ai"] for score in pooled.values())])
    rows = []
    for rung, score in pooled.items():
        mean, after = score["mean_spearman"], score["mean_spearman_after_ai"]
        own = "own" if rung in ("engine", "information") else "rung"
        marks = [
            stretch(scale, "without-day", score["without_a_day"]),
            stretch(scale, "without-firm", score["without_a_firm"]),
            f'<circle class="{own}" cx="{scale.at(mean)}" cy="13" r="5.5"/>',
            diamond(scale, after),
        ]
        words = f"{_RUNGS[rung]}: {figure(mean)}, after market and AI basket {figure(after)}"
        rows.append(marked(_RUNGS[rung], scale, marks, figure(mean), words, rung == "engine"))
    heads: tuple[str, ...] = (
        *("Rung", "All", "p labels", "p rewired", "p placebo", "Reached", "p reached", "After AI", "p after AI"),
        *("Kendall", "Days above 0", "Without a day", "Without a firm", "Sign stable"),
    )
    lines = []
    for rung, score in pooled.items():
        figures = [score["mean_spearman"], score["p_labels"], score["p_rewired"], score["p_placebo"]]
        figures += [score["mean_spearman_reached"], score["p_labels_reached"]]
        figures += [score["mean_spearman_after_ai"], score["p_labels_after_ai"]]
        cells = [cell(v, p_value(v) if k in (1, 2, 3, 5, 7) else figure(v)) for k, v in enumerate(figures)]
        cells += [cell(score["mean_kendall"], figure(score["mean_kendall"]))]
        cells += [cell(score["days_positive"], f"{score['days_positive']} of {score['days']}")]
        cells += [cell(ends[0], between(ends)) for ends in (score["without_a_day"], score["without_a_firm"])]
        cells += [cell(int(score["sign_stable"]), "yes" if score["sign_stable"] else "no")]
        lines.append([cell(_RUNGS[rung], _RUNGS[rung]), *cells])
    key = (
        '<span class="key-dot rung">mean over the days</span><span class="key-dot own">the engine</span>'
        '<span class="key-bar firm">each firm left out</span><span class="key-bar day">each day left out</span>'
        '<span class="key-diamond">after market and AI basket</span>'
    )
    return (
        '<section class="board"><h2>The ladder</h2>'
        '<p class="aside">Mean Spearman correlation of the predicted order with abnormal returns, positive as the news'
        f' says.</p><p class="key-line">{key}</p>{"".join(rows)}{scale.axis()}'
        + table("ladder-table", "The rungs in figures", heads, lines, optional=heads[3:5] + heads[6:])
        + "</section>"
    )


def _steps(found: Mapping[str, Any]) -> str:
    heads = (
        "The engine against",
        "Verdict",
        "Difference",
        "Beyond the rung",
        "p",
        "R2 gain, day out",
        "R2 gain, firm out",
    )
    words = {"beats": "beats it", "adds": "adds to it", "no": "does not beat it"}
    rows = [
        [
            cell(str(step["place"]), f"{step['place']}. {_RUNGS[step['rung']]}"),
            cell(step["outcome"], words[step["outcome"]]),
            cell(step["difference"], signed(step["difference"])),
            cell(step["partial"], signed(step["partial"])),
            cell(step["p_partial"], p_value(step["p_partial"])),
            cell(step["r2_without_a_day_gain"], signed(step["r2_without_a_day_gain"], 4)),
            cell(step["r2_without_a_firm_gain"], signed(step["r2_without_a_firm_gain"], 4)),
        ]
        for step in found["ladder"]
    ]
    note = "R2 out of sample that the engine adds to a regression on the ladder up to the rung."
    steps = table("steps", "What the engine adds to each rung", heads, rows, note, heads[2:3] + heads[5:])
    return f'<section class="board">{steps}</section>'


def _reading(found: Mapping[str, Any]) -> str:
    sizes = ", ".join(
        f"{figure(mean)} at {'the size that fits each day' if size == 'fitted' else f'{float(size):.0%}'}"
        for size, mean in found["sizes"].items()
    )
    lines = [
        f"Rank correlations take every shock at {found['size']:.0%} of value and performance. Of the engine: {sizes}.",
        "Market beta, AI basket, sector and size are learned from the other days; the rungs of the network are not.",
        f"p, labels: firm labels permuted alike on all days, {found['permutations']:,} times.",
        "p, rewired: obligors change places within instrument and kind of party,"
        f" {found['rewired_networks']:,} times; {found['edges_moved']:.0%} of edges move.",
        "p, placebo: ordinary days with a like market, where a price panel is given.",
        "A rung is beaten if the engine's mean is higher and what it says beyond the rung is not chance at 5%;"
        " it is added to if only the second holds.",
        "Over 10 days or more of 30 firms or more a mean of 0.20 is weak, 0.30 good, 0.45 very good; above 0.65"
        " suspect a leak.",
        "No single day is proof. These days were chosen because something happened on them.",
    ]
    items = "".join(f"<li>{text(line)}</li>" for line in lines)
    return f'<section class="board"><h2>How to read this</h2><ul class="lines">{items}</ul></section>'


def _left_out(found: Mapping[str, Any]) -> list[str]:
    days = [*found["events"], *found["controls"]["days"]]
    lines = []
    for why, words in scored.LEFT_OUT.items():
        firms = sorted({party for day in days for party in day["left_out"].get(why, ())})
        if firms:
            lines.append(f"On some day, {words}: {', '.join(firms)}.")
    for day in days:
        if day["cannot_land"]:
            lines.append(f"{day['event']}: {', '.join(day['cannot_land'])} has no known value or place in the network.")
    for reason in dict.fromkeys(row["reason"] for row in found["not_scored"]):
        names = [row["event"] for row in found["not_scored"] if row["reason"] == reason]
        lines.append(f"Not scored, {reason}: {', '.join(names)}.")
    if found["pooled"]["engine"]["p_placebo"] is None:
        have, need = found["placebo_days"]["ordinary_days"], found["placebo_days"]["needed"]
        lines.append(f"Matched placebo days: {have} ordinary days with closes, {need} needed.")
    return lines
