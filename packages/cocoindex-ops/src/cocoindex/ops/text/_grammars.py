"""Parses sources by tree-sitter's grammars, each loaded when first asked for. Ops layer."""

from __future__ import annotations

import re
from functools import cache
from itertools import count
from typing import TYPE_CHECKING

from cocoindex.errors import MissingExtraError

if TYPE_CHECKING:
    from tree_sitter import Language, Tree

# Steps of about 100 operations that a parser may take for a byte. Code takes 0.01, malformed code up to 0.05; on some
# nonsense parsers take time that grows with the square of the length, and 1 step a byte and more.
_PATIENCE = 0.1
_READ = 64 * 1024

# What crashes a grammar's own code, which has room for 1 KB of nesting: a pattern, and how often it may occur.
_FRAGILE = {
    "kotlin": (re.compile(rb"\$\{"), 900),
    "yaml": (re.compile(rb"^[ \t?:-]{200}", re.MULTILINE), 0),
}


class SourceParser:
    """Parses sources of one language.

    Raises `MissingExtraError` where tree-sitter or its grammars are not installed.
    """

    def __init__(self, language: str) -> None:
        grammar = _load(language)
        from tree_sitter import Parser

        self._parser = Parser(grammar)
        self._fragile = _FRAGILE.get(language)

    def parse(self, source: bytes) -> Tree | None:
        """Return the syntax tree of `source`, or None if the parser makes too little progress or may crash."""
        if self._may_crash(source):
            return None
        steps = count(1)
        most = 1000 + _PATIENCE * len(source)
        try:
            return self._parser.parse(
                lambda offset, _point: source[offset : offset + _READ],
                progress_callback=lambda _offset, _has_error: next(steps) > most,
            )
        except ValueError:
            self._parser.reset()
            return None

    def _may_crash(self, source: bytes) -> bool:
        if self._fragile is None:
            return False
        pattern, most = self._fragile
        return sum(1 for _ in pattern.finditer(source)) > most


@cache
def _load(language: str) -> Language:
    try:
        from tree_sitter_language_pack import get_language
    except ImportError as error:
        raise MissingExtraError(f"splitting {language} by its syntax", "cocoindex-ops", "text", error) from error
    return get_language(language)  # type: ignore[arg-type]  # the pack lists its names as literals
