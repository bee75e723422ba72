"""How a page or a table says an amount, a loss, a share or an id in words; figures come in as whole dollars."""

from __future__ import annotations

import re
from collections.abc import Mapping

TERMS = "Data and figures of the shipped book: CC BY 4.0, market quotes apart; a book of your own: your terms."
"""Under which terms a page or picture may be used; it stands at the foot of each."""

_UNITS = ((1e12, "tn"), (1e9, "bn"), (1e6, "m"), (1e3, "k"))
_UNDISCLOSED = "undisclosed"
_HYPHEN = re.compile(r"(?<![\w.)-])-(?=\$?\d)")


def money(usd: float) -> str:
    """Dollars to three figures, in the unit a reader expects.

    >>> [money(usd) for usd in (300e9, 22.4e9, 0.35e9, 1.2e12, 999.9e6, 0)]
    ['$300bn', '$22.4bn', '$350m', '$1.2tn', '$1bn', '$0']
    """
    return ("−" if usd < 0 else "") + _scaled(abs(usd))


def loss(usd: float) -> str:
    """A loss with its sign in front; a gain carries a plus; what no model can tell from nothing has no figure.

    >>> [loss(usd) for usd in (27e9, 4.04e8, 131.2e9, 0, -2e9, 0.02)]
    ['−$27.0bn', '−$404m', '−$131bn', '$0', '+$2.0bn', 'under $1m']
    """
    if not usd:
        return "$0"
    if abs(usd) < 1e6:
        return "under $1m"
    return ("−" if usd > 0 else "+") + _scaled(abs(usd), places=1)


def estimate(usd: float) -> str:
    """Computed dollars: to one place below a hundred, so that a column of them reads alike.

    >>> [estimate(usd) for usd in (50e9, 3.234e9, 167.6e9, 0)], estimates(3.23e9, 16e9)
    (['$50.0bn', '$3.2bn', '$168bn', '$0'], '$3.2bn to $16.0bn')
    """
    return ("−" if usd < 0 else "") + _scaled(abs(usd), places=1)


def estimates(low: float, high: float) -> str:
    """The two ends of a computed range, or empty where they read alike."""
    return "" if money(low) == money(high) else f"{estimate(low)} to {estimate(high)}"


def minus(words: str) -> str:
    """Text with a real minus before each negative figure.

    >>> minus("NVIDIA -3.65%, in 2025-11, +0.2 (-1)")
    'NVIDIA −3.65%, in 2025-11, +0.2 (−1)'
    """
    return _HYPHEN.sub("−", words)


def share(part: float) -> str:
    """A share as a percentage, never rounded to nothing.

    >>> [share(part) for part in (0.123, 0.0004, 1.0, 0.0)]
    ['12.3%', 'under 0.1%', '100%', '0%']
    """
    if 0 < part < 0.001:
        return "under 0.1%"
    return f"{100 * part:.1f}".removesuffix(".0") + "%"


def span(low: float | None, high: float | None) -> str:
    """The two ends of a range, or empty where there is no range to speak of.

    >>> span(18e9, 41e9), span(None, 41e9), span(18e9, None), span(5e9, 5e9)
    ('$18bn to $41bn', 'up to $41bn', 'at least $18bn', '')
    """
    if low is not None and high is not None:
        return "" if money(low) == money(high) else f"{money(low)} to {money(high)}"
    if high is not None:
        return f"up to {money(high)}"
    return f"at least {money(low)}" if low is not None else ""


def amount(low: float | None, usd: float | None, high: float | None, basis: str = "") -> str:
    """What a leg or a claim is worth, with the word its basis demands.

    >>> amount(None, 100e9, None, "up_to"), amount(None, 2e9, None, "annual"), amount(None, None, None)
    ('up to $100bn', '$2bn a year', 'undisclosed')
    """
    if usd is None:
        return span(low, high) or (money(low) if low is not None else _UNDISCLOSED)
    if basis == "up_to":
        return f"up to {money(usd)}"
    return f"{money(usd)} a year" if basis == "annual" else money(usd)


def head(column: str, unit: str) -> str:
    """The head of an answer's column: dollars are shown in billions.

    >>> head("usd", "USD"), head("pct", "percent"), head("leg", "")
    ('usd ($bn)', 'pct (percent)', 'leg')
    """
    return f"{column} ($bn)" if unit == "USD" else f"{column} ({unit})" if unit else column


def cell(value: object, unit: str) -> str:
    """A value of an answer; nothing for what is not known.

    >>> [cell(value, unit) for value, unit in ((38e9, "USD"), (True, ""), (0.123456, ""), (None, "USD"))]
    ['38.00', 'yes', '0.1235', '']
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if unit == "USD" and isinstance(value, int | float):
        return f"{value / 1e9:,.2f}"
    if isinstance(value, float):
        return f"{value:,.4g}"
    return str(value)


def word(words: Mapping[str, str], name: str) -> str:
    """Plain words for an id: those the scene brings, else the id with its underscores opened.

    >>> word({"ai_lab": "AI lab"}, "ai_lab"), word({}, "letter_of_intent")
    ('AI lab', 'letter of intent')
    """
    return words.get(name) or name.replace("_", " ")


def _scaled(usd: float, places: int | None = None) -> str:
    usd = float(f"{usd:.3g}")
    for size, unit in _UNITS:
        if usd >= size:
            return f"${_figure(usd / size, places)}{unit}"
    return f"${_figure(usd, None)}"


def _figure(number: float, places: int | None) -> str:
    return f"{number:.3g}" if places is None or number >= 100 else f"{number:.{places}f}"
