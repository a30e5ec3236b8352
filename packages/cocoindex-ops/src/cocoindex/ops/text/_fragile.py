"""Texts that are kept from a grammar, as its own code crashes on them. Ops layer."""

from __future__ import annotations

import re

# Grammars keep what is open in 1 KB: a pattern, and how often it may occur.
_MOST = {
    "kotlin": (re.compile(rb"\$\{"), 900),
    "yaml": (re.compile(rb"^[ \t?:-]{200}", re.MULTILINE), 0),
}


def is_fragile(language: str, source: bytes) -> bool:
    """Whether the grammar of a language may crash on a source."""
    if language not in _MOST:
        return False
    pattern, most = _MOST[language]
    return sum(1 for _ in pattern.finditer(source)) > most
