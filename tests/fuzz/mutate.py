"""How a sound input is spoilt, repeatably: by bytes, by tokens and by lines, whatever its format is."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from random import Random
from typing import Any

_TOKEN = re.compile(
    rb"[A-Za-z_][A-Za-z0-9_]*|[-+]?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|\s+|[^\sA-Za-z0-9]", re.DOTALL
)

HOSTILE = (
    *(b"", b" ", b"\n", b"\r\n", b"\t", b"\0", b'"', b"'", b",", b";", b"=", b"#", b"\\", b"/", b"%", b"%00", b"%ff"),
    *(b"[", b"]", b"{", b"}", b"[]", b"{}", b"[[]]", b'""', b"null", b"true", b"false", b"yes", b"nan", b"NaN"),
    *(b"inf", b"-inf", b"Infinity", b"-Infinity", b"-0", b"-1", b"0", b"1", b"2", b"1e308", b"-1e308", b"1e309"),
    *(b"1e-320", b"99999999999999999999", b"9" * 400, b"1_000", b"0x10", b"1.5.2", b"--5", b"30bn", b"1e5"),
    *(b"9223372036854775808", b"2025-02-30", b"0000-00-00", b"9999-12-31", b"0001-01-01", b"FY9999", b"9999Q4"),
    *(b"2025-13", b"2025-W01-1", b"20250105", b"10000-01-01", b"lab", b"LAB", b"nobody", b"../..", b"/etc/passwd"),
    *(b"=cmd|' /C calc'!A0", b"@SUM(1)", b"+1+1", b"</script>", b"<img src=x onerror=1>", b"javascript:alert(1)"),
    *(b"\x1b[31m", b"\x1b]0;t\x07", b"\x7f", b"\x9b", b"\xff", b"\xfe", b"\xc0\x80", b"\xed\xa0\x80", b"\xef\xbb\xbf"),
    *("\u202e", "\u2066", "\u0663", "é", "\U0001f600", "\u2028"),
    *(b"?x", b"SERVICE", b"LOAD", b"FROM <file:///etc/passwd>", b"[bold]", b"[/x]", b":smile:", b"$(id)", b"A" * 5000),
)
"""Words that have broken readers before, here and elsewhere."""

_DICTIONARY = tuple(word.encode() if isinstance(word, str) else word for word in HOSTILE)


def spoilt(dice: Random, seeds: Sequence[bytes], most: int = 4) -> bytes:
    """One of the seeds, changed in one to `most` places."""
    text = dice.choice(seeds)
    for _ in range(dice.randint(1, most)):
        text = dice.choices(_CHANGES, _WEIGHTS)[0](dice, text, seeds)
    return text


def _span(dice: Random, size: int, longest: int) -> slice:
    start = dice.randrange(size + 1)
    return slice(start, min(size, start + dice.randint(1, longest)))


def _bytes(dice: Random, text: bytes, _: Sequence[bytes]) -> bytes:
    """A few bytes flipped, cut out or doubled."""
    at = _span(dice, len(text), 8)
    kept = dice.choice((b"", text[at] * 2, bytes(dice.randrange(256) for _ in text[at])))
    return text[: at.start] + kept + text[at.stop :]


def _tokens(dice: Random, text: bytes, seeds: Sequence[bytes]) -> bytes:
    """A few tokens replaced, cut out, doubled or changed for others of the same or another seed."""
    tokens = _TOKEN.findall(text)
    other = _TOKEN.findall(dice.choice(seeds)) or [b""]
    at = _span(dice, len(tokens), dice.choice((1, 1, 2, 6)))
    change = dice.randrange(9)
    if change > 5 and at.start < len(tokens):  # one of the same sort, which leads deeper in
        sort = [token for token in other if token[:1].isalpha() == tokens[at.start][:1].isalpha() and token.strip()]
        at = slice(at.start, at.start + 1)
        new = [dice.choice(sort or [b""])]
    elif change < 3:
        new = [dice.choice(_DICTIONARY)]
    elif change == 3:
        new = []
    elif change == 4:
        new = tokens[at] * 2
    else:
        new = other[_span(dice, len(other), 3)]
    return b"".join([*tokens[: at.start], *new, *tokens[at.stop :]])


def _lines(dice: Random, text: bytes, seeds: Sequence[bytes]) -> bytes:
    """A line cut out, doubled, moved, or taken from another seed."""
    lines = text.splitlines(keepends=True) or [b""]
    at = dice.randrange(len(lines))
    taken = lines.pop(at)
    change = dice.randrange(4)
    if change == 1:
        lines[at:at] = [taken, taken]
    elif change == 2:
        lines.insert(dice.randrange(len(lines) + 1), taken)
    elif change == 3:
        lines.insert(at, dice.choice(dice.choice(seeds).splitlines(keepends=True) or [b""]))
    return b"".join(lines)


def _whole(dice: Random, text: bytes, _: Sequence[bytes]) -> bytes:
    """The whole cut short, in another encoding, with other line ends, or nested."""
    change = dice.randrange(7)
    if change == 0:
        return text[: dice.randrange(len(text) + 1)]
    if change == 1:
        return b"\xef\xbb\xbf" + text
    if change == 2:
        return text.replace(b"\n", dice.choice((b"\r\n", b"\r", b"\n\n", b"\0")))
    if change == 3:
        return text.decode("utf-8", "replace").encode(
            dice.choice(("utf-16", "utf-16-be", "utf-32", "cp500")), "replace"
        )
    if change == 4:
        return dice.choice((b"[", b"{", b"(", b'"', b"[[", b'{"a":')) * dice.choice((3, 200, 3000)) + text
    if change == 5:
        return text + dice.choice(_DICTIONARY)
    return text + text


_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -0.0, -1, 1, 2, 0.5, 1e308, -1e308, 1e-320, 10**400, float("nan"), float("inf")),
    *("", "a", "1", "\x1b[31m", "\u202e", [], [[]], [0], [[1, 2], [3]], [1, [2]], [None], {}, {"rows": []}, [[[1]]]),
)


def _values(dice: Random, text: bytes, seeds: Sequence[bytes]) -> bytes:
    """In JSON below a first line: a value replaced, dropped or doubled; in anything else, a token."""
    head, _, rest = text.partition(b"\n")
    try:
        document = json.loads(rest)
    except (ValueError, RecursionError):
        return _tokens(dice, text, seeds)
    box = {"": document}
    place: Any = box
    key: Any = ""
    while isinstance(place[key], dict | list) and place[key] and dice.random() < 0.75:
        place = place[key]
        key = dice.choice(list(place)) if isinstance(place, dict) else dice.randrange(len(place))
    change = dice.randrange(5)
    if change == 0 and place is not box:
        del place[key]
    elif change == 1 and isinstance(place, list):
        place.insert(key, place[key])
    elif change == 2 and isinstance(place, dict) and place is not box:
        place[dice.choice(("x", "", "rows", "shape", key.upper()))] = place[key]
    else:
        place[key] = dice.choice(_VALUES)
    return head + b"\n" + json.dumps(box[""]).encode()


_CHANGES = (_bytes, _tokens, _lines, _whole, _values)
_WEIGHTS = (2, 8, 3, 1, 6)
