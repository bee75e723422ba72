"""Every door through which a stranger's text comes in: sound inputs, and how one is handed in and judged.

An input is one file of bytes, so that it can lie in the corpus. Where a reader takes several things, the first
line says which: the table, the model, the option.
"""

from __future__ import annotations

from collections.abc import Mapping

from fuzz import own_books, own_networks, questions
from fuzz.reader import Reader

READERS: Mapping[str, Reader] = {**own_books.READERS, **own_networks.READERS, **questions.READERS}
"""The readers inside a process; `wire` has those behind a socket."""
