"""Parses sources with tree-sitter grammars, each loaded on first use. Ops layer."""

from __future__ import annotations

import sys
import threading
from functools import cache
from math import inf
from typing import TYPE_CHECKING

from cocoindex.errors import MissingExtraError

from ._fragile import is_fragile
from ._reader import Reader
from ._watch import Trial, Watch

if TYPE_CHECKING:
    from tree_sitter import Language, Tree

# Grammars whose native code leaks memory, about 25 bytes per token; their trees are cached to avoid repeated parses.
_LEAKING = frozenset({"svelte"})
_KEPT_BYTES = 2_000_000


class SourceParser:
    """Parses sources of one language.

    Args:
        language: the name of the language.
        grammar: the grammar to parse it with, if it is not the language's own.

    Raises:
        MissingExtraError: tree-sitter or its grammars are not installed.
    """

    def __init__(self, language: str, grammar: str | None = None) -> None:
        self.language = language
        self._grammar = grammar or language
        loaded = _load(self._grammar)
        from tree_sitter import Parser

        self._parsers = [Parser(loaded) for _ in range(2)]  # the second one for trials

    def parse(self, source: bytes, most_in_doubt: int = sys.maxsize) -> Tree | None:
        """Return the syntax tree of `source`, or None if parsing it takes too much time or memory, or may crash.

        Args:
            source: the text, in UTF-8.
            most_in_doubt: how many bytes to parse if it turns out that the memory may grow with their square.
        """
        if self._grammar not in _LEAKING:
            return self._parse(source, self._may_be_parsed, most_in_doubt=most_in_doubt)
        tree = _kept.get(self._grammar, source)
        if tree is None and (tree := self._parse(source, self._may_be_parsed)) is not None:
            _kept.put(self._grammar, source, tree)
        return tree

    def _may_be_parsed(self, source: bytes, seconds: float) -> bool:
        return self._parse(source, None, seconds) is not None

    def _parse(
        self, source: bytes, trial: Trial | None, seconds: float = inf, most_in_doubt: int = sys.maxsize
    ) -> Tree | None:
        """Parse `source` in at most this number of seconds; without a `trial`, this call is a trial itself."""
        if is_fragile(self._grammar, source):
            return None
        parser = self._parsers[trial is None]
        watch = Watch(source, self._grammar, trial, seconds, most_in_doubt)
        with Reader(source) as read:
            try:
                tree = parser.parse(read, progress_callback=lambda at, has_error: read.is_spent or watch(at, has_error))
            except ValueError:
                tree = None
            except BaseException as error:
                parser.reset()  # else the next parse would continue with this source
                if (first := _raised_first(error)) is error:
                    raise
                raise first from None
            if tree is None or read.is_spent or watch.check():
                parser.reset()
                return None
        return tree


def _raised_first(error: BaseException) -> BaseException:
    """Return the exception that a signal or another thread raised in a callback; Python wraps it in a SystemError."""
    while isinstance(error, SystemError) and error.__cause__ is not None:
        error = error.__cause__
    return error


class _Kept:
    """A cache of the trees of recent sources, up to a total size of the sources."""

    def __init__(self) -> None:
        self._trees: dict[tuple[str, bytes], Tree] = {}
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, grammar: str, source: bytes) -> Tree | None:
        with self._lock:
            tree = self._trees.pop((grammar, source), None)
            if tree is not None:
                self._trees[grammar, source] = tree  # as the most recent one
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
    except (ImportError, LookupError) as error:  # no package, or this version lacks the grammar
        raise MissingExtraError(f"looking at {language} by its syntax", "cocoindex-ops", "code", error) from error
