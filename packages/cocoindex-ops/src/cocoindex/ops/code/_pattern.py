"""`CodePattern`: a pattern that is compiled once and searched in many sources. Ops layer."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import chain

from cocoindex.connectorkits import is_whole, shown
from cocoindex.ops.text.errors import CodeArgumentError, CodeSourceError
from cocoindex.resources.chunk import Chunk

from ..text.code_source import CodeSource, grammar_of
from ..text.syntax_nodes import SyntaxNodes
from ._compile import compile_pattern
from ._matcher import Found, TooManySteps, find_matches
from ._positions import Positions
from ._results import CodeMatch, FileMatch
from ._terms import required_words
from .errors import CodePatternError

# All matches and captures of a source together: code takes up to 50 bytes a byte, and more only in chains.
_MOST_BYTES = 100_000_000
_BYTES_A_BYTE = 200


class CodePattern:
    r"""A code pattern: code with metavariables.

    `\NAME` matches one node of the syntax tree, `\(NAME*\)` any number of consecutive nodes, `\(NAME+\)` at least one,
    `\(NAME?\)` one or none, `\(NAME:/regex/\)` nodes whose whole text matches. A name used twice must match the same
    text. `\_`, `\*`, `\+` and `\?` capture nothing. `\{{ PATTERN \}}` matches a node that contains a match of another
    pattern, `\{ PATTERN \}` a node that consists of one. `\\` is a backslash; in string literals every backslash is
    literal. Whitespace and comments are ignored.

    A pattern may be used by several threads.

    Args:
        pattern: the pattern.
        language: name of a language or its file extension; upper or lower case.
        min_len: `might_match` ignores shorter words.

    Raises:
        CodePatternError: (a ValueError) the pattern is empty or has invalid syntax.
        CodeLanguageError: (a ValueError) there is no grammar for the language.
        CodeArgumentError: (a TypeError) an argument has the wrong type.
        MissingExtraError: (an ImportError) tree-sitter is not installed.
    """

    def __init__(self, pattern: str, language: str, *, min_len: int = 3) -> None:
        for name, value in (("pattern", pattern), ("language", language)):
            if not isinstance(value, str):
                raise CodeArgumentError(f"the {name} of a CodePattern is a str, not a {type(value).__name__}")
        if not is_whole(min_len) or min_len < 0:
            raise CodePatternError(f"min_len of a CodePattern is a number from 0 on, not {shown(min_len)}")
        self._pattern = pattern
        self._language = language
        grammar_of(language)
        self._elements = compile_pattern(pattern, language)
        self._words = required_words(self._elements, min_len)

    def __repr__(self) -> str:
        return f"CodePattern({self._pattern!r}, {self._language!r})"

    @property
    def language(self) -> str:
        """The language, as given."""
        return self._language

    def might_match(self, source: str) -> bool:
        """Return whether the pattern might match in `source`: False if a required word is missing.

        The source is not parsed.
        """
        if not isinstance(source, str):
            raise CodeArgumentError(f"might_match takes a str, not a {type(source).__name__}")
        return self._passes(source)

    def match_source(self, source: str | CodeSource) -> list[CodeMatch]:
        """Return the matches in a source, inner nodes first.

        The source is parsed only if the pattern might match, and in the language of the pattern, even if the source has
        another one.

        Raises:
            CodeArgumentError: (a TypeError) `source` is neither a str nor a CodeSource.
            CodeSourceError: (a ValueError) the source cannot be parsed, the pattern matches in too many ways, or the
                matches are nested so deeply that they have more than 100 MB together, and 200 times the source.
        """
        if isinstance(source, str):
            source = CodeSource(source, self._language)
        elif not isinstance(source, CodeSource):
            raise CodeArgumentError(f"a source is a str or a CodeSource, not a {type(source).__name__}")
        if not self._passes(source.text):
            return []
        nodes = source.nodes_as(self._language)
        try:
            found = find_matches(self._elements, nodes, source.data)
        except TooManySteps as error:
            raise CodeSourceError(
                f"the pattern {self._pattern!r} can be matched in too many ways in a text of {len(source.data)} bytes; "
                "specify more of the code between its metavariables"
            ) from error
        if not found:
            return []
        if (size := _size(found, nodes)) > _MOST_BYTES + _BYTES_A_BYTE * len(source.data):
            raise CodeSourceError(
                f"the matches of the pattern {self._pattern!r} in a text of {len(source.data)} bytes are nested so "
                f"deeply that they have {size} bytes together; specify more of the code"
            )
        places = Positions(source.data)

        def chunk(first: int, end: int) -> list[Chunk]:
            start = nodes.starts[first] if end > first else nodes.ends[first - 1] if first else 0
            return [places.chunk(start, nodes.ends[end - 1] if end > first else start)]

        return [
            CodeMatch(
                nodes.kinds[match.node],
                chunk(match.first, match.end),
                {name: chunk(*tokens) for name, tokens in match.captures.items()},
            )
            for match in found
        ]

    def _passes(self, text: str) -> bool:
        return all(word in text for word in self._words)

    def match_file(self, path: str | os.PathLike[str]) -> FileMatch | None:
        """Return the matches in a file; None if there are none, or if the file is not UTF-8 text.

        Raises:
            OSError: the file cannot be read.
            CodeSourceError: (a ValueError) it cannot be parsed.
        """
        with open(path, "rb") as file:
            data = file.read()
        try:
            source = CodeSource(data.decode(), self._language)
        except UnicodeDecodeError:
            return None
        matches = self.match_source(source)
        return FileMatch(os.fspath(path), source, matches) if matches else None


def _size(found: Sequence[Found], nodes: SyntaxNodes) -> int:
    """Return the number of bytes of all matches and captures; those of equal ones are counted once."""
    ranges = set(chain.from_iterable([(match.first, match.end), *match.captures.values()] for match in found))
    return sum(nodes.ends[end - 1] - nodes.starts[first] for first, end in ranges if end > first)
