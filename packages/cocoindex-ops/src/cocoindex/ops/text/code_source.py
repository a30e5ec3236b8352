"""`CodeSource`: a text with its language, parsed once, when its syntax tree is first needed. Ops layer."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

from cocoindex.connectorkits import masked

from ._arguments import encode
from ._grammars import SourceParser
from ._languages import GRAMMARS, find_language
from .errors import CodeArgumentError, CodeLanguageError, CodeSourceError
from .syntax_nodes import SyntaxNodes

if TYPE_CHECKING:
    from tree_sitter import Tree

_UNKNOWN = object()


class CodeSource:
    """Source code with a shared syntax tree, for patterns, `index_terms` and `RecursiveSplitter.split`.

    Creating one parses nothing and accepts any language; functions that need a syntax tree raise if there is none.

    Args:
        text: the source.
        language: name of a language or its file extension (`"python"`, `".py"`, `"py"`), upper or lower case; None for
            plain text.

    Raises:
        CodeArgumentError: (a TypeError) `text` or `language` is not a str.
    """

    __slots__ = ("_data", "_language", "_lock", "_nodes", "_text", "_tree")

    def __init__(self, text: str, language: str | None = None) -> None:
        if not isinstance(text, str):
            raise CodeArgumentError(f"the text of a CodeSource is a str, not a {type(text).__name__}")
        if language is not None and not isinstance(language, str):
            raise CodeArgumentError(f"the language of a CodeSource is a str, not a {type(language).__name__}")
        self._text = text
        self._language = language
        self._data: bytes | None = None
        self._tree: object = _UNKNOWN
        self._nodes: SyntaxNodes | None = None
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return masked(f"CodeSource(language={self._language!r}, text_len={len(self._text)})")

    @property
    def text(self) -> str:
        """The source text."""
        return self._text

    @property
    def source(self) -> str:
        """Alias of `text`, for older programs."""
        return self._text

    @property
    def language(self) -> str | None:
        """The language, as given."""
        return self._language

    @property
    def data(self) -> bytes:
        """The text in UTF-8; the offsets of syntax trees refer to it."""
        if self._data is None:
            self._data = encode(self._text)
        return self._data

    @property
    def tree(self) -> Tree:
        """The syntax tree.

        Raises:
            CodeLanguageError: (a ValueError) there is no grammar for the language.
            CodeSourceError: (a ValueError) parsing this text takes too much time or memory.
            MissingExtraError: (an ImportError) tree-sitter is not installed.
        """
        with self._lock:
            if self._tree is _UNKNOWN:
                self._tree = SourceParser(grammar_of(self._language)).parse(self.data)
        if self._tree is None:
            raise CodeSourceError(
                f"a text of {len(self.data)} bytes cannot be parsed as {self._language}: the parser makes no progress "
                "on it; leave it out, or name another language"
            )
        return self._tree  # type: ignore[return-value]  # neither unknown nor None by now

    def nodes_as(self, language: str) -> SyntaxNodes:
        """Return the syntax tree as lists, for pattern search; for another language, the text is parsed each time.

        Raises:
            CodeLanguageError, CodeSourceError, MissingExtraError: as `tree`.
        """
        if not self._is_in(language):
            return SyntaxNodes(CodeSource(self._text, language).tree, self.data)
        tree = self.tree
        with self._lock:
            if self._nodes is None:
                self._nodes = SyntaxNodes(tree, self.data)
            return self._nodes

    def _is_in(self, language: str) -> bool:
        own = find_language(self._language.lower()) if self._language else None
        return own == grammar_of(language)


class ParsedOnce:
    """Parses like a `SourceParser`, but uses the shared tree of a `CodeSource` for its whole text."""

    def __init__(self, source: CodeSource, parser: SourceParser) -> None:
        self._source = source
        self._parser = parser
        self.language = parser.language

    def parse(self, data: bytes, _most_in_doubt: int = sys.maxsize) -> Tree | None:
        if len(data) < len(self._source.data):
            return self._parser.parse(data, _most_in_doubt)
        try:
            return self._source.tree
        except CodeSourceError:
            return None


def grammar_of(language: str | None) -> str:
    """Return the name of the grammar of a language.

    Raises:
        CodeLanguageError: (a ValueError) there is no grammar for it.
    """
    name = find_language(language.lower()) if language else None
    if name is None or name not in GRAMMARS:
        raise CodeLanguageError(
            f"there is no grammar for the language {language!r}; grammars exist for: {', '.join(sorted(GRAMMARS))}"
        )
    return name
