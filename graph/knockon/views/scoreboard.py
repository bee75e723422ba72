"""How a scoreboard becomes a page: a verdict, the ladder and the days as dots on one scale, tables of the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import ceil, floor
from typing import Any, Final

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
_NEWS: Final = {-1: "bad news", 1: "good news", 0: "no news"}
_LEFT_OUT: Final = {
    "own_news": "own news, not scored",
    "no_loadings": "no loadings",
    "no_cap": "no market value on the eve",
}
_MARKS: Final = (("engine", "the engine"), ("direct", "direct exposure only"), ("ai_basket", "beta and AI basket"))


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
                _pictures(found),
                _table_of_days(found),
                _cross_sections([*days, *controls]),
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
        ("mean rank correlation, the engine", _figure(pooled["engine"]["mean_spearman"])),
        ("direct exposure only", _figure(pooled["direct"]["mean_spearman"])),
        *([("beta and AI basket", _figure(pooled["ai_basket"]["mean_spearman"]))] if "ai_basket" in pooled else []),
        ("p, firm labels permuted", _p(pooled["engine"]["p_labels"])),
        ("p, network rewired", _p(pooled["engine"]["p_rewired"])),
        ("p, matched placebo days", _p(pooled["engine"]["p_placebo"])),
    ]
    return (
        f'<section class="answer" aria-label="Answer"><p class="headline">{text(minus(head))}</p><dl class="figures">'
        + "".join(f"<div><dt>{text(words)}</dt><dd>{text(value)}</dd></div>" for words, value in figures)
        + f'</dl><ul class="lines">{"".join(f"<li>{text(minus(line))}</li>" for line in lines)}</ul></section>'
    )


# Pictures: rows of one scale, places in percent so that words keep their size on any screen


class _Scale:
    """Correlations from a round number below the least to one above the most, as percent of the width."""

    def __init__(self, values: Iterable[float | None]) -> None:
        known = [0.0, *(value for value in values if value is not None)]
        self.low, self.high = floor(min(known) * 5) / 5, ceil(max(known) * 5) / 5
        self.high = max(self.high, self.low + 0.2)

    def at(self, value: float) -> str:
        return f"{4 + 92 * (value - self.low) / (self.high - self.low):.2f}%"

    def width(self, one: float, other: float) -> str:
        return f"{92 * abs(one - other) / (self.high - self.low):.2f}%"

    def ticks(self) -> list[float]:
        count = round((self.high - self.low) / 0.2)
        return [round(self.low + 0.2 * k, 1) for k in range(count + 1)]

    def axis(self) -> str:
        words = "".join(
            f'<text x="{self.at(tick)}" y="12" text-anchor="middle">{_figure(tick, 1)}</text>' for tick in self.ticks()
        )
        return (
            f'<div class="dots axis" aria-hidden="true"><span></span><svg height="16">{words}</svg><span></span></div>'
        )

    def grid(self) -> str:
        lines = ((self.at(tick), "zero" if tick == 0 else "grid") for tick in self.ticks())
        return "".join(f'<line class="{name}" x1="{x}" x2="{x}" y1="0" y2="100%"/>' for x, name in lines)


def _ladder(found: Mapping[str, Any]) -> str:
    pooled = found["pooled"]
    ends = [end for score in pooled.values() for end in (*score["without_a_day"], *score["without_a_firm"])]
    scale = _Scale([*ends, *(score["mean_spearman_after_ai"] for score in pooled.values())])
    rows = []
    for rung, score in pooled.items():
        mean, after = score["mean_spearman"], score["mean_spearman_after_ai"]
        own = "own" if rung in ("engine", "information") else "rung"
        marks = [
            _line(scale, "without-day", score["without_a_day"]),
            _line(scale, "without-firm", score["without_a_firm"]),
            f'<circle class="{own}" cx="{scale.at(mean)}" cy="13" r="5.5"/>',
            _diamond(scale, after),
        ]
        words = f"{_RUNGS[rung]}: {_figure(mean)}, after market and AI basket {_figure(after)}"
        rows.append(_row(_RUNGS[rung], scale, marks, _figure(mean), words, rung == "engine"))
    heads: tuple[str, ...] = (
        *("Rung", "All", "p labels", "p rewired", "p placebo", "Reached", "p reached", "After AI", "p after AI"),
        *("Kendall", "Days above 0", "Without a day", "Without a firm", "Sign stable"),
    )
    lines = []
    for rung, score in pooled.items():
        figures = [score["mean_spearman"], score["p_labels"], score["p_rewired"], score["p_placebo"]]
        figures += [score["mean_spearman_reached"], score["p_labels_reached"]]
        figures += [score["mean_spearman_after_ai"], score["p_labels_after_ai"]]
        cells = [cell(v, _p(v) if k in (1, 2, 3, 5, 7) else _figure(v)) for k, v in enumerate(figures)]
        cells += [cell(score["mean_kendall"], _figure(score["mean_kendall"]))]
        cells += [cell(score["days_positive"], f"{score['days_positive']} of {score['days']}")]
        cells += [cell(span[0], _span(span)) for span in (score["without_a_day"], score["without_a_firm"])]
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
            cell(step["difference"], _signed(step["difference"])),
            cell(step["partial"], _signed(step["partial"])),
            cell(step["p_partial"], _p(step["p_partial"])),
            cell(step["r2_without_a_day_gain"], _signed(step["r2_without_a_day_gain"], 4)),
            cell(step["r2_without_a_firm_gain"], _signed(step["r2_without_a_firm_gain"], 4)),
        ]
        for step in found["ladder"]
    ]
    note = "R2 out of sample that the engine adds to a regression on the ladder up to the rung."
    steps = table("steps", "What the engine adds to each rung", heads, rows, note, heads[2:3] + heads[5:])
    return f'<section class="board">{steps}</section>'


def _pictures(found: Mapping[str, Any]) -> str:
    news, quiet = found["events"], found["controls"]["days"]
    scale = _Scale(
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
            f" {_figure(means['mean_spearman'])}, p = {_p(means['p_two_sided'])} either way.</p>",
            *(_day(event, scale) for event in quiet),
            scale.axis(),
            "</section>",
        ]
    return "".join(parts)


def _day(event: Mapping[str, Any], scale: _Scale) -> str:
    scores = {name: event["rungs"][name]["spearman"] for name, _ in _MARKS if name in event["rungs"]}
    engine = scores["engine"]
    marks = [
        f'<rect class="engine" x="{scale.at(min(0.0, engine))}" width="{scale.width(engine, 0)}" y="6" height="14"/>',
        f'<circle class="direct" cx="{scale.at(scores["direct"])}" cy="13" r="4.5"/>',
    ]
    if "ai_basket" in scores:
        place = scale.at(scores["ai_basket"])
        marks.append(f'<rect class="basket" x="{place}" y="9" width="8" height="8" transform="translate(-4 0)"/>')
    words = ", ".join(f"{said} {_figure(scores[name])}" for name, said in _MARKS if name in scores)
    about = f"{event['date']} {event['title']}"
    return _row(about, scale, marks, _figure(engine), f"{about}: {words}; {event['reached']} firms reached", False)


def _row(label: str, scale: _Scale, marks: Sequence[str], value: str, words: str, strong: bool) -> str:
    drawn = scale.grid() + "".join(marks)
    return (
        f'<div class="dots{" strong" if strong else ""}"><span class="name">{text(label)}</span>'
        f'<svg height="26" role="img" aria-label="{text(words)}"><title>{text(words)}</title>{drawn}</svg>'
        f'<span class="value">{text(value)}</span></div>'
    )


def _line(scale: _Scale, name: str, ends: Sequence[float]) -> str:
    return f'<line class="{name}" x1="{scale.at(ends[0])}" x2="{scale.at(ends[1])}" y1="13" y2="13"/>'


def _diamond(scale: _Scale, value: float) -> str:
    path = '<path class="after" d="M0,-5.5L5.5,0L0,5.5L-5.5,0Z"/>'
    return f'<svg x="{scale.at(value)}" y="13" overflow="visible">{path}</svg>'


# Tables


def _table_of_days(found: Mapping[str, Any]) -> str:
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
                *(cell(score, _figure(score)) for score in scores),
                cell(engine["ties"], f"{engine['ties']:.0%}"),
                cell(event["fitted_size"], _figure(event["fitted_size"])),
            ]
        )
    note = (
        "Ties: firms that share their prediction with another. Size: of the shock that fits the day best; 0 where no"
        " size helps. The correlations take every shock at one size and fit nothing."
    )
    drawn = table("days", "The days in figures", heads, rows, note, heads[1:4] + heads[6:])
    return f'<section class="board">{drawn}</section>'


def _cross_sections(events: Sequence[Mapping[str, Any]]) -> str:
    parts = []
    for k, event in enumerate(events):
        rows = [
            [
                cell(row["name"], row["name"] + (" (own news)" if row["own_news"] else "")),
                *(cell(row[part], _percent(row[part])) for part in ("return", "factor", "network", "residual")),
            ]
            for row in event["cross_section"]
        ]
        out = "; ".join(f"{_LEFT_OUT[why]}: {', '.join(who)}" for why, who in event["left_out"].items())
        note = f"Shock {', '.join(event['shock'])} at size {_figure(event['fitted_size'])}. {out}"
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


def _reading(found: Mapping[str, Any]) -> str:
    sizes = ", ".join(
        f"{_figure(mean)} at {'the size that fits each day' if size == 'fitted' else f'{float(size):.0%}'}"
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
    for why, words in _LEFT_OUT.items():
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


def _figure(value: float | None, places: int = 2) -> str:
    return "–" if value is None else f"{round(value, places) + 0.0:.{places}f}".replace("-", "−")


def _signed(value: float | None, places: int = 2) -> str:
    return "–" if value is None else f"{round(value, places) + 0.0:+.{places}f}".replace("-", "−")


def _percent(value: float) -> str:
    return f"{_signed(100 * value)}%"


def _span(ends: Sequence[float]) -> str:
    return f"{_figure(ends[0])} to {_figure(ends[1])}"


def _p(p: float | None) -> str:
    return "–" if p is None else "<0.001" if p < 0.001 else f"{p:.3f}"
