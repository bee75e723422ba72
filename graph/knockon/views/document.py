"""What every page that we write has in common: its files, and a policy under which only its own scripts run."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files
from importlib.resources.abc import Traversable


def template(name: str) -> str:
    """A file of the templates."""
    return text(files("knockon.views") / "templates" / name)


def text(file: Traversable) -> str:
    """Text with plain line ends: a browser hashes a script only after it has normalised them."""
    return file.read_text(encoding="utf-8").replace("\r\n", "\n")


def policy(*scripts: str) -> str:
    """A content security policy that admits these scripts and no request."""
    hashes = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    allowed = " ".join(f"'sha256-{digest}'" for digest in hashes)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )
