"""From a pattern to the elements that are looked for, by parsing it as code of its language. Ops layer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cocoindex.errors import CodePatternError, CodeSourceError

from ..text.code_source import CodeSource
from ..text.syntax_nodes import SyntaxNodes
from ._elements import PLACEHOLDER, Backslash, Element, Hole, Inner, Tokens, Written, read_pattern

_PLACED = re.compile(rb"(CocoHole\d+x)")
# In these a backslash is part of the text, as it is in the language itself.
_TEXTUAL = ("string", "char", "comment", "regex")


def compile_pattern(pattern: str, language: str) -> tuple[Element, ...]:
    """The elements of a pattern.

    Raises:
        CodePatternError: (a ValueError) it is empty, or not written as a pattern can be.
        CodeLanguageError: (a ValueError) there is no grammar for the language.
        MissingExtraError: (an ImportError) tree-sitter is not installed.
    """
    elements = _elements(read_pattern(pattern), pattern, language)
    if not elements:
        raise CodePatternError(f"the pattern {pattern!r} has nothing in it that could match")
    return elements


def _elements(written: Written, pattern: str, language: str) -> tuple[Element, ...]:
    source = CodeSource(written.code, language)
    try:
        nodes = source.nodes
    except CodeSourceError as error:
        raise CodePatternError(f"the pattern {pattern!r} cannot be parsed as {language}") from error
    elements: list[Element] = []
    end = 0
    for text, start, textual in _tokens(nodes, source.data):
        pieces = [text] if textual else _pieces(text)
        for piece in pieces:
            element = _element(piece, textual, written, pattern, language)
            if isinstance(element, Tokens) and elements and isinstance(elements[-1], Tokens):
                gap = b"\0" if start > end and piece is pieces[0] else b""
                elements[-1] = Tokens(elements[-1].text + gap + element.text)
            else:
                elements.append(element)
        end = start + len(text)
    return tuple(elements)


def _tokens(nodes: SyntaxNodes, code: bytes) -> Iterator[tuple[bytes, int, bool]]:
    """The tokens of a pattern, where they begin, and whether they are part of a text.

    An identifier is one token, too, where the language has none, and its parser took it to pieces.
    """
    placed = {found.start(): found.end() for found in _PLACED.finditer(code)}
    behind = 0
    for text, kind, start in zip(nodes.texts, nodes.token_kinds, nodes.starts, strict=True):
        if start < behind:
            continue
        if placed.get(start, 0) > start + len(text):
            text = code[start : placed[start]]
        behind = start + len(text)
        yield text, start, any(part in kind for part in _TEXTUAL)


def _pieces(text: bytes) -> list[bytes]:
    """A token, cut where identifiers stand for metavariables: in running text a grammar takes several words for one."""
    pieces = [piece.strip() for piece in _PLACED.split(text)]
    return [piece for piece in pieces if piece]


def _element(text: bytes, textual: bool, written: Written, pattern: str, language: str) -> Element:
    word = text.decode()
    whole = PLACEHOLDER.fullmatch(word)
    if whole is None or textual:
        return Tokens(PLACEHOLDER.sub(lambda found: written.parts[int(found[1])][0], word).encode())
    was, meaning = written.parts[int(whole[1])]
    if meaning is Backslash.STRAY:
        raise CodePatternError(_not_written(pattern))
    if meaning is Backslash.MEANT:
        return Tokens(b"\\")
    if isinstance(meaning, Hole):
        return meaning
    assert not isinstance(meaning, Backslash)
    inner, is_whole = meaning
    elements = _elements(inner, pattern, language)
    if is_whole and not elements:
        raise CodePatternError(f"{was!r} in the pattern {pattern!r} has nothing in it that could match")
    return Inner(elements, is_whole)


def _not_written(pattern: str) -> str:
    return (
        f"the pattern {pattern!r} has a backslash that begins no metavariable; these are written \\NAME, "
        r"\(NAME\), \(NAME*\), \(NAME+\), \(NAME?\), \(NAME:/regex/\), \_, \*, \+, \?, \{ … \} and \{{ … \}}, and a "
        r"backslash itself \\"
    )
