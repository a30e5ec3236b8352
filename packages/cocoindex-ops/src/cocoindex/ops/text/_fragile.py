"""Texts that are kept from a grammar: its own code crashes on them, or takes time by the square. Ops layer."""

from __future__ import annotations

import re
from itertools import accumulate

# Grammars keep what is open in 1 KB: a pattern, and how often it may occur.
_MOST = {
    "kotlin": (re.compile(rb"\$\{"), 900),
    "yaml": (re.compile(rb"^[ \t?:-]{200}", re.MULTILINE), 0),
    "xml": (re.compile(rb"<[^<>]*(?=<)"), 1500),
    "vue": (re.compile(rb"<(?![A-Za-z/!])"), 2500),
}
# Those that keep all ways to read what may be a comparison or a type, or a condition, until the end of the statement.
_CHAINS = {
    **dict.fromkeys(("csharp", "java", "typescript"), re.compile(rb"<")),
    **dict.fromkeys(("dart", "ruby", "scala"), re.compile(rb"\?")),
    "kotlin": re.compile(rb"[<?]"),
    "r": re.compile(rb"[=<>][<>!]"),
    "tsx": re.compile(rb"<(?![A-Za-z/>])"),
}
_LONGEST_CHAIN = 1500
_ENDS_CHAIN = re.compile(rb"[;{}]")
# Those of mark-up go through all tags that are open for each token.
_NESTED = frozenset({"astro", "html", "svelte", "vue"})
_DEPTH = 2500
_TAG = re.compile(rb"\{|<(?!(?:area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr)\b)[A-Za-z]|\}|</|/>")
_CLOSING = frozenset({b"}", b"</", b"/>"})


def is_fragile(language: str, source: bytes) -> bool:
    """Whether the grammar of a language may crash on a source, or take time that grows with the square of its size."""
    if language in _MOST:
        pattern, most = _MOST[language]
        if sum(1 for _ in pattern.finditer(source)) > most:
            return True
    sign = _CHAINS.get(language)
    if sign is not None and len(sign.findall(source)) > _LONGEST_CHAIN:
        return any(len(sign.findall(part)) > _LONGEST_CHAIN for part in _ENDS_CHAIN.split(source))
    if language not in _NESTED or source.count(b"<") + source.count(b"{") <= _DEPTH:
        return False
    return max(accumulate(-1 if tag in _CLOSING else 1 for tag in _TAG.findall(source)), default=0) > _DEPTH
