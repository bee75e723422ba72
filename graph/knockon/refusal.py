"""What a query may not do: leave the store. SPARQL reaches another server by SERVICE, and only by it."""

from __future__ import annotations

import re

from knockon.errors import BadInput

# What may hide a word, then a word with what stands in front of it when that makes it a name: ?x, ex:x, @en.
_TOKEN = re.compile(
    r'''"""(?:[^"\\]|\\.|"(?!""))*"""|\'\'\'(?:[^'\\]|\\.|'(?!''))*\'\'\''''
    r"""|"(?:[^"\\\r\n]|\\.)*"|'(?:[^'\\\r\n]|\\.)*'"""
    r"""|<[^<>"{}|^`\\\x00-\x20]*>|\#[^\r\n]*|\\."""
    r"""|(?P<word>[?$@]?[\w:.%-]+)""",
    re.DOTALL,
)
_CODEPOINT = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


def refuse_service(text: str, name: str) -> None:
    """Raise BadInput if SPARQL `text` has a SERVICE clause; strings, IRIs and comments may say the word.

    Engines differ on whether an escape such as \\u0053 is read before or after the text is cut into words,
    so both readings must be free of it.
    """
    for reading in (text, _CODEPOINT.sub(_character, text)):
        for match in _TOKEN.finditer(reading):
            if (match["word"] or "").upper() == "SERVICE":
                line = reading.count("\n", 0, match.start()) + 1
                raise BadInput(f"{name}: SERVICE is refused (line {line}); a query reads this graph and nothing else")


def _character(match: re.Match[str]) -> str:
    code = int(match[1] or match[2], 16)
    return chr(code) if code <= 0x10FFFF else match[0]
