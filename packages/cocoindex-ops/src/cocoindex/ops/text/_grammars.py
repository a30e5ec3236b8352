"""Parses sources by tree-sitter's grammars, each loaded when first asked for. Ops layer."""

from __future__ import annotations

import threading
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
# Grammars whose own code never lets go of memory, some 25 bytes a token: what was parsed is not parsed again.
_LEAKING = frozenset({"svelte"})
_KEPT_BYTES = 2_000_000


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
        if self._grammar not in _LEAKING:
            return self._parse(source)
        tree = _kept.get(self._grammar, source)
        if tree is None and (tree := self._parse(source)) is not None:
            _kept.put(self._grammar, source, tree)
        return tree

    def _parse(self, source: bytes) -> Tree | None:
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


class _Kept:
    """The trees of the last sources, of some megabytes together."""

    def __init__(self) -> None:
        self._trees: dict[tuple[str, bytes], Tree] = {}
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, grammar: str, source: bytes) -> Tree | None:
        with self._lock:
            tree = self._trees.pop((grammar, source), None)
            if tree is not None:
                self._trees[grammar, source] = tree  # as the last one
            return tree

    def put(self, grammar: str, source: bytes, tree: Tree) -> None:
        with self._lock:
            if len(source) > _KEPT_BYTES or (grammar, source) in self._trees:
                return
            self._trees[grammar, source] = tree
            self._bytes += len(source)
            while self._bytes > _KEPT_BYTES:
                oldest = next(iter(self._trees))
                del self._trees[oldest]
                self._bytes -= len(oldest[1])


_kept = _Kept()


@cache
def _load(language: str) -> Language:
    try:
        from tree_sitter_language_pack import get_language

        return get_language(language)  # type: ignore[arg-type]  # the pack lists its names as literals
    except (ImportError, LookupError) as error:  # the pack, or a grammar that another version of it has
        raise MissingExtraError(f"looking at {language} by its syntax", "cocoindex-ops", "code", error) from error
