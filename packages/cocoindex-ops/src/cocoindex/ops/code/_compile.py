"""Compiles a pattern to the elements of a search. Ops layer.

The pattern is parsed as code of its language, with an identifier in place of each metavariable. The syntax tree shows
where its comments are, and which backslashes are inside literals, where they are part of the text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from cocoindex.ops.text.errors import CodeSourceError

from ..text.code_source import CodeSource, grammar_of
from ..text.syntax_walk import is_comment, is_literal
from ._elements import Backslash, Element, Hole, Inner, Meaning, Written, read_pattern
from ._literal import Literal
from .errors import CodePatternError

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

# Nodes whose kind contains one of the former hold text, in which a backslash is literal; except the latter.
_TEXTUAL = ("string", "str_", "char", "comment", "regex", "escape")
_NOT_TEXTUAL = frozenset({"string_scalar"})
# A line that ends inside a string literal, but not inside interpolated code. A quote may be a character literal.
_UNQUOTED = r"""(?:'\\?"'|[^"])*+"""
_QUOTED = re.compile(
    _UNQUOTED + r"""(?:"(?:\\.|[^"\\])*+"(?:""" + _UNQUOTED + r"""))*+"(?:(?!\{[^"}]*$)(?:\\.|[^"\\]))*"""
)
_SINGLE_QUOTED = re.compile(
    r"""[^"']*(?:(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')[^"']*)*"""
    r"""(?:"(?:(?!\{[^"}]*$)(?:\\.|[^"\\]))*|'(?:(?!\{[^'}]*$)(?:\\.|[^'\\]))*)"""
)
_SINGLE_QUOTED_LANGUAGES = {
    *("css", "fortran", "javascript", "pascal", "php", "python", "r", "ruby", "solidity", "sql", "toml", "tsx"),
    "typescript",
}
# The rest of a character literal after its backslash; an identifier in its place would make it invalid.
_REST_OF_CHARACTER = re.compile(r"[\w{}]{0,10}'")
# Some languages need a mark before code, or the parser takes it for text: the mark, and the text to insert.
_OPENINGS = {"php": ("<?", "<?php ")}


def compile_pattern(pattern: str, language: str) -> tuple[Element, ...]:
    """Return the elements of a pattern.

    Raises:
        CodePatternError: (a ValueError) the pattern is empty or has invalid syntax.
        CodeLanguageError: (a ValueError) there is no grammar for the language.
        MissingExtraError: (an ImportError) tree-sitter is not installed.
    """
    try:
        elements = _Compiler(read_pattern(pattern), pattern, language).elements()
    except UnicodeEncodeError as error:
        raise CodePatternError(f"the pattern {pattern!r} cannot be written as UTF-8: {error.reason}") from error
    except RecursionError:
        raise CodePatternError(f"the patterns in {pattern[:40]!r} … are nested too deeply") from None
    if not elements:
        raise CodePatternError(f"the pattern {pattern!r} contains nothing to match")
    return elements


class _Compiler:
    """Compiles one pattern, which may be nested in another one."""

    def __init__(self, written: Written, pattern: str, language: str) -> None:
        self._written = written
        self._pattern = pattern
        self._language = language
        self._quoted = _SINGLE_QUOTED if grammar_of(language) in _SINGLE_QUOTED_LANGUAGES else _QUOTED
        self._code = _spell(written, language)
        try:
            self._tree = CodeSource(self._code.text, language).tree
        except CodeSourceError as error:
            raise CodePatternError(f"the pattern {pattern!r} cannot be parsed as {language}") from error
        self._elements: list[Element] = []
        # The literal under construction, and where each of its pieces begins: in the code, and in the literal.
        self._literal = bytearray()
        self._begins: list[tuple[int, int]] = []

    def elements(self) -> tuple[Element, ...]:
        for number, piece in enumerate(self._written.pieces):
            if number:
                self._add_part(*self._written.parts[number - 1], *self._code.parts[number - 1])
            self._add_text(self._code.pieces[number], piece)
        self._end_literal()
        return tuple(self._elements)

    def _add_text(self, start: int, text: str) -> None:
        """Add a piece of the pattern to the current literal; it begins at byte `start` of the code."""
        self._begins.append((start, len(self._literal)))
        self._literal += text.encode()

    def _add_part(self, was: str, meaning: Meaning, start: int, end: int) -> None:
        if _is_textual(self._tree.root_node, self._code.text, start, end, self._quoted):
            self._add_text(start, was)
        elif meaning in (Backslash.MEANT, Backslash.JOINS_LINES):
            self._add_text(start, "\\")
        elif meaning is Backslash.UNCLOSED:
            raise CodePatternError(f"{was!r} of the pattern {self._pattern!r} is not closed by {_closing(was)!r}")
        elif isinstance(meaning, Backslash):
            raise CodePatternError(_not_written(self._pattern))
        else:
            self._end_literal()
            self._elements.append(meaning if isinstance(meaning, Hole) else self._inner(was, *meaning))

    def _inner(self, was: str, written: Written, is_whole: bool) -> Inner:
        elements = _Compiler(written, self._pattern, self._language).elements()
        if is_whole and not elements:
            raise CodePatternError(f"{was!r} in the pattern {self._pattern!r} contains nothing to match")
        return Inner(elements, is_whole)

    def _end_literal(self) -> None:
        text, begins = bytes(self._literal), self._begins
        comments = {}
        for start, end in self._comments:
            if begins and begins[0][0] <= start:
                first, behind = _mapped(begins, start, len(text)), _mapped(begins, end, len(text))
                if first < behind:
                    comments[first] = behind
        literal = Literal(text, comments)
        if not literal.is_empty:
            self._elements.append(literal)
        self._literal.clear()
        self._begins = []

    @cached_property
    def _comments(self) -> list[tuple[int, int]]:
        return list(_comments(self._tree))


class _Spelled(NamedTuple):
    """A pattern as code.

    Attributes:
        text: the code, with identifiers in place of the metavariables.
        pieces: the byte offset of each piece.
        parts: the byte range of each identifier.
    """

    text: str
    pieces: list[int]
    parts: list[tuple[int, int]]


def _spell(written: Written, language: str) -> _Spelled:
    mark, opening = _OPENINGS.get(grammar_of(language), ("", ""))
    texts = ["" if any(mark in piece for piece in written.pieces) else opening]
    size = len(texts[0])
    pieces, parts = [], []

    def add(text: str) -> int:
        """Add a text, after a space if it would run into a word before it; return its byte offset."""
        nonlocal size
        if text and _is_word(texts[-1][-1:]) and _is_word(text[0]):
            texts.append(" ")
            size += 1
        start = size
        size += len(text.encode())
        if text:
            texts.append(text)
        return start

    for number, piece in enumerate(written.pieces):
        if number:
            parts.append((add(_stand_in(written, number)), size))
        pieces.append(add(piece))
    return _Spelled("".join(texts), pieces, parts)


def _mapped(begins: list[tuple[int, int]], at: int, size: int) -> int:
    """Convert the byte offset `at` in the code to an offset in a literal.

    Args:
        begins: where each piece of the literal begins: in the code, and in the literal.
        at: the offset in the code.
        size: the size of the literal.
    """
    number = bisect_right(begins, (at, size)) - 1
    code, here = begins[number]
    return min(here + at - code, begins[number + 1][1] if number + 1 < len(begins) else size)


def _comments(tree: Tree) -> Iterator[tuple[int, int]]:
    """Yield the byte range of each comment of a pattern."""
    cursor = tree.walk()
    while (node := cursor.node) is not None:
        if is_comment(node):
            yield node.start_byte, node.end_byte
        elif cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return


def _is_textual(root: Node, code: str, start: int, end: int, quoted: re.Pattern[str]) -> bool:
    """Say whether an identifier is part of a literal or comment instead of code."""
    node = root.descendant_for_byte_range(start, end)
    if node is None or node.type in _NOT_TEXTUAL:
        return False
    if is_comment(node) and _is_quoted(code, node.start_byte, _SINGLE_QUOTED):
        return _is_quoted(code, start, _SINGLE_QUOTED)  # not a real comment: the parser misread an incomplete pattern
    if is_literal(node.type) or any(part in node.type for part in _TEXTUAL):
        return True
    is_part = node.type == "content" or not node.is_named  # the text of a literal, or the mark of interpolated code
    if is_part and node.parent is not None and is_literal(node.parent.type):
        return True
    if node.child_count == 0 and code.encode()[node.start_byte : node.start_byte + 1] in (b"'", b'"'):
        return True
    # An incomplete declaration may be invalid code, so that the parser does not recognize its literals.
    while node is not None and not node.is_error:
        node = node.parent
    return node is not None and _is_quoted(code, start, quoted)


def _is_quoted(code: str, at: int, quoted: re.Pattern[str]) -> bool:
    """Say whether a byte of the code is inside a literal, judging by its line alone."""
    return quoted.fullmatch(code.encode()[:at].decode().rpartition("\n")[2]) is not None


def _stand_in(written: Written, number: int) -> str:
    """Return the code that stands for the part before a piece: an identifier, or the part itself if that is invalid."""
    (text, meaning), before, behind = written.parts[number - 1], written.pieces[number - 1], written.pieces[number]
    joins_lines = meaning is Backslash.MEANT and behind.startswith(("\n", "\r\n"))
    if joins_lines or meaning is Backslash.JOINS_LINES:
        return "\\"
    if meaning is Backslash.STRAY or (before.endswith("'") and _REST_OF_CHARACTER.match(behind)):
        return text
    return f"CocoHole{number}x"


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _closing(opening: str) -> str:
    return opening.replace("{", "}")


def _not_written(pattern: str) -> str:
    return (
        f"the pattern {pattern!r} has a backslash that begins no metavariable; these are written \\NAME, "
        r"\(NAME\), \(NAME*\), \(NAME+\), \(NAME?\), \(NAME:/regex/\), \_, \*, \+, \?, \{ … \} and \{{ … \}}, and a "
        r"backslash itself \\"
    )
