"""The words of code: for an index of files, and to exclude texts that cannot match a pattern. Ops layer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cocoindex.connectorkits import is_whole, shown
from cocoindex.ops.text.errors import CodeArgumentError, CodeLanguageError

from ..text.code_source import CodeSource, grammar_of
from ..text.syntax_walk import STRING, UNNAMED, walk
from ._elements import Element, Inner
from ._literal import Literal

_WORD = re.compile(r"\w+")
# In tokens of these kinds, words may also begin with a digit.
_TEXTUAL = ("string", "char", "text", "content")


def index_terms(source: str | CodeSource, language: str | None = None, min_len: int = 3) -> list[str]:
    """Return the index terms of a source: its identifiers and the words of its string literals, each once, in order.

    A file that lacks a word of `min_len` characters that a pattern requires cannot match the pattern.

    Args:
        source: a str, which needs `language`, or a CodeSource, which has its own.
        language: name of a language or its file extension.
        min_len: shorter words are omitted.

    Raises:
        CodeArgumentError: (a TypeError) `source` is neither a str nor a CodeSource, or `min_len` is not a number from 0
            on.
        CodeLanguageError: (a ValueError) there is no grammar for the language.
        CodeSourceError: (a ValueError) the source cannot be parsed.
    """
    if not is_whole(min_len) or min_len < 0:
        raise CodeArgumentError(f"min_len of index_terms is a number from 0 on, not {shown(min_len)}")
    name = language_of(source, language)
    code = CodeSource(source, name) if isinstance(source, str) else source
    terms = _Terms(code.data, min_len)
    walk(code.tree, code.data, terms)
    return list(terms.found)


class _Terms:
    """Collects the terms of a syntax tree; a `Visitor` for `walk`."""

    def __init__(self, data: bytes, min_len: int) -> None:
        self.found: dict[str, None] = {}
        self._data = data
        self._min_len = min_len

    def enter(self) -> None: ...

    def leave(self, kind: str, is_named: bool) -> None: ...

    def token(self, start: int, end: int, kind: str, is_named: bool) -> None:
        if not is_named and kind not in (UNNAMED, STRING):
            return  # a keyword or punctuation of the language
        is_text = kind == STRING or any(part in kind for part in _TEXTUAL)
        for word in _WORD.findall(self._data[start:end].decode(errors="ignore")):
            if len(word) >= self._min_len and (is_text or not word[0].isnumeric()):
                self.found[word] = None


def language_of(source: str | CodeSource, language: str | None) -> str:
    """Return the language of a source: `language` for a str, its own for a CodeSource.

    Raises:
        CodeArgumentError: (a TypeError) `source` is neither a str nor a CodeSource.
        CodeLanguageError: (a ValueError) the language is missing, given twice, or has no grammar.
    """
    if isinstance(source, CodeSource):
        if language is not None:
            raise CodeLanguageError("a CodeSource has its own language; leave `language` out")
        language = source.language
    elif not isinstance(source, str):
        raise CodeArgumentError(f"a source is a str or a CodeSource, not a {type(source).__name__}")
    elif language is None:
        raise CodeLanguageError("a source that is a str needs a `language`; or give a CodeSource")
    grammar_of(language)
    assert language is not None
    return language


def required_words(elements: Sequence[Element], min_len: int) -> list[str]:
    """Return the words of at least `min_len` characters that every text contains in which the elements match."""
    return sorted({word for word in _required(elements) if len(word) >= min_len})


def _required(elements: Sequence[Element]) -> Iterator[str]:
    for element in elements:
        if isinstance(element, Literal):
            yield from element.words()
        elif isinstance(element, Inner):
            yield from _required(element.elements)
