"""Parses sources by tree-sitter's grammars, each loaded when first asked for. Ops layer."""

from __future__ import annotations

from functools import cache
from itertools import count
from typing import TYPE_CHECKING

from cocoindex.errors import MissingExtraError

from ._fragile import is_fragile
from ._reader import Reader

if TYPE_CHECKING:
    from tree_sitter import Language, Tree

# Steps of about 100 operations that a parser may take for a byte. Code takes 0.01, malformed code up to 0.05; on some
# nonsense parsers take time that grows with the square of the length, and 1 step a byte and more.
_PATIENCE = 0.1


class SourceParser:
    """Parses sources of one language.

    Raises `MissingExtraError` where tree-sitter or its grammars are not installed.

    Args:
        language: the name of the language.
        grammar: the one by which it is parsed, if that is not its own.
    """

    def __init__(self, language: str, grammar: str | None = None) -> None:
        self.language = language
        self._grammar = grammar or language
        loaded = _load(self._grammar)
        from tree_sitter import Parser

        self._parser = Parser(loaded)

    def parse(self, source: bytes) -> Tree | None:
        """Return the syntax tree of `source`, or None if the parser makes too little progress or may crash."""
        if is_fragile(self._grammar, source):
            return None
        steps = count(1)
        most = 1000 + _PATIENCE * len(source)
        with Reader(source) as read:
            try:
                tree = self._parser.parse(
                    read, progress_callback=lambda _offset, _has_error: read.is_spent or next(steps) > most
                )
            except ValueError:
                tree = None
            if tree is None or read.is_spent:
                self._parser.reset()
                return None
        return tree


@cache
def _load(language: str) -> Language:
    try:
        from tree_sitter_language_pack import get_language

        return get_language(language)  # type: ignore[arg-type]  # the pack lists its names as literals
    except (ImportError, LookupError) as error:  # the pack, or a grammar that another version of it has
        raise MissingExtraError(f"looking at {language} by its syntax", "cocoindex-ops", "code", error) from error
