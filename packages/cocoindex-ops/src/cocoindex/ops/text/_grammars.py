"""Parses sources by tree-sitter's grammars, each loaded when first asked for. Ops layer."""

from __future__ import annotations

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

        self._parsers = [Parser(loaded) for _ in range(2)]  # the second one for trials

    def parse(self, source: bytes) -> Tree | None:
        """Return the syntax tree of `source`, or None if parsing it takes too much time or memory, or may crash."""
        if self._grammar not in _LEAKING:
            return self._parse(source, self._may_be_parsed)
        tree = _kept.get(self._grammar, source)
        if tree is None and (tree := self._parse(source, self._may_be_parsed)) is not None:
            _kept.put(self._grammar, source, tree)
        return tree

    def _may_be_parsed(self, source: bytes, seconds: float) -> bool:
        return self._parse(source, None, seconds) is not None

    def _parse(self, source: bytes, trial: Trial | None, seconds: float = inf) -> Tree | None:
        """Parse `source` in so many seconds, if it may not take less; without a `trial` this is one."""
        if is_fragile(self._grammar, source):
            return None
        parser = self._parsers[trial is None]
        watch = Watch(source, self._grammar, trial, seconds)
        with Reader(source) as read:
            try:
                tree = parser.parse(read, progress_callback=lambda at, has_error: read.is_spent or watch(at, has_error))
            except ValueError:
                tree = None
            except BaseException as error:
                parser.reset()  # or it would go on with this source
                if (first := _raised_first(error)) is error:
                    raise
                raise first from None
            if tree is None or read.is_spent or watch.check():
                parser.reset()
                return None
        return tree


def _raised_first(error: BaseException) -> BaseException:
    """What a signal, or another thread, raised while tree-sitter called back, below what Python made of it."""
    while isinstance(error, SystemError) and error.__cause__ is not None:
        error = error.__cause__
    return error


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
