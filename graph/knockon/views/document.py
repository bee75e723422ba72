"""What every page of ours shares: masthead, colours in light and dark, foot, and a policy that admits no request.

A view brings a body and, if it needs them, data and scripts; `text` makes any value safe to stand in a body.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Iterable
from importlib.resources import files
from string import Template
from typing import Final

from knockon.views import wording

_SHARED_STYLE: Final = "page.css"
_SHARED_SCRIPTS: Final = ("dom.js", "theme.js")


def document(
    *,
    title: str,
    subtitle: str,
    edition: str,
    as_of: str,
    body: str,
    data: object = None,
    styles: Iterable[str] = (),
    scripts: Iterable[str] = (),
    library: str = "",
    left_out: Iterable[str] = (),
    skip: tuple[str, str] = ("main", "Skip to the content"),
    served: bool = False,
) -> str:
    """One HTML file that opens from disk and asks nothing of any network; if `served`, of its own server only.

    `body` is HTML whose values went through `text`; everything else may be any text. `styles` and `scripts`
    name files in `templates/` that follow the shared ones; the scripts find `data` as the constant `scene`,
    and run as one module after `library`. `left_out` are sentences for the foot; `skip` is the id of the place
    the first link jumps to, and its words.
    """
    script = "\n".join(template(name) for name in (*_SHARED_SCRIPTS, *scripts))
    running = [library, script] if library else [script]
    tags = [f"<script>{library}</script>"] if library else []
    left = "".join(f"<li>{text(line)}</li>" for line in left_out)
    return Template(template("page.html")).substitute(
        policy=_policy(running, "'self'" if served else "'none'"),
        style="\n".join(template(name) for name in (_SHARED_STYLE, *styles)),
        title=text(title),
        subtitle=text(subtitle),
        edition=text(edition),
        as_of=text(as_of),
        body=body,
        left_out=f'  <h2>What is left out</h2>\n  <ul id="left-out">{left}</ul>\n' if left else "",
        cite=text(f"Cite as: knockon, {edition}, as of {as_of}. {wording.TERMS}"),
        data=embedded(data),
        scripts="\n".join([*tags, f'<script type="module">{script}</script>']),
        skip_to=text(skip[0]),
        skip=text(skip[1]),
    )


def text(value: object) -> str:
    """Any value as ASCII HTML text, safe in a body and in a quoted attribute.

    >>> text('<b title="x">\u202e')
    '&lt;b title=&quot;x&quot;&gt;&#8238;'
    """
    return html.escape(str(value)).encode("ascii", "xmlcharrefreplace").decode()


def link(words: str, url: str) -> str:
    """Words that lead somewhere, if the address is one of the web; both may be any text.

    >>> link("a", "https://a.example"), link("b", "javascript:b")
    ('<a href="https://a.example" rel="noopener noreferrer">a</a>', 'b')
    """
    if not url.startswith(("https://", "http://")):
        return text(words)
    return f'<a href="{text(url)}" rel="noopener noreferrer">{text(words)}</a>'


def embedded(value: object) -> str:
    """JSON that cannot end the script element it stands in, nor break a line of JavaScript.

    >>> embedded("</script>")
    '"\\\\u003c/script\\\\u003e"'
    """
    plain = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return plain.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def template(name: str) -> str:
    """A file of `templates/`, with plain line ends: a browser hashes a script only after it has normalised them."""
    return (files("knockon.views") / "templates" / name).read_text(encoding="utf-8").replace("\r\n", "\n")


def _policy(scripts: Iterable[str], own: str) -> str:
    hashes = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    allowed = " ".join(f"'sha256-{digest}'" for digest in hashes)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data: blob:; "
        f"connect-src {own}; base-uri 'none'; form-action {own}"
    )
