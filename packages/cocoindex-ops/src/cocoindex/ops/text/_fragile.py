"""Detects texts on which the native code of a grammar may crash. Ops layer."""

from __future__ import annotations

import re

# Some grammars keep open constructs in a buffer of 1 KB: a pattern of these, and how often it may occur.
_MOST = {
    "kotlin": (re.compile(rb"\$\{"), 900),
    "yaml": (re.compile(rb"^[ \t?:-]{200}", re.MULTILINE), 0),
}


def is_fragile(language: str, source: bytes) -> bool:
    """Say whether the grammar of a language may crash on a source."""
    if language not in _MOST:
        return False
    pattern, most = _MOST[language]
    return sum(1 for _ in pattern.finditer(source)) > most
