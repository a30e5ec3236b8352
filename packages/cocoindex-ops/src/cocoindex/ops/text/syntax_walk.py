"""Walks through a syntax tree and reports its nodes and tokens, in the order of the text. Ops layer.

All text is reported, except whitespace, comments and empty nodes. This includes text that a grammar leaves out of its
tree (`;` in some, the contents of string literals in others) or skips as an error.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final, Protocol

from ._whitespace import SPACE

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

UNNAMED: Final = "text"
"""The kind of a token without a node; `STRING` is the kind of one in a literal."""
STRING: Final = "string_content"

BLANKS: Final = re.compile(rb"(?:" + SPACE + rb"|\xef\xbb\xbf|\xe2\x80\x8b|\\\r?\n)+")
"""Text between tokens, in UTF-8: whitespace, and a backslash at the end of a line."""

_PIECE = re.compile(r"(?:[\s\ufeff\u200b]|\\\r?\n)+|(\w+|[^\w\s])")
_IN_LITERALS = re.compile(
    r"string|char|quote|scalar|heredoc|regex|command|template_literal|delimited_symbol|^(?:AttValue|PI)$"
)
_NOT_IN_LITERALS = re.compile(r"concat|chained|array|substitution|interpolation|interpolated_expression")
# Extra nodes that are not comments, and are reported.
_TOLD = frozenset({"heredoc_body", "text_interpolation"})
_COMMENT = re.compile(r"^(?:(?!keyword_)\w+_)?comment$", re.IGNORECASE)


class Visitor(Protocol):
    """Receives the nodes and tokens of a tree. Nodes without a token are also entered and left."""

    def enter(self) -> None: ...

    def leave(self, kind: str, is_named: bool) -> None: ...

    def token(self, start: int, end: int, kind: str, is_named: bool) -> None: ...


@cache
def is_literal(kind: str) -> bool:
    """Say whether whitespace is significant in a node of this kind, even if the grammar leaves it out."""
    return _IN_LITERALS.search(kind) is not None and _NOT_IN_LITERALS.search(kind) is None


@cache
def _is_comment_kind(kind: str) -> bool:
    return _COMMENT.match(kind) is not None


def is_comment(node: Node) -> bool:
    """Say whether a node is left out: a comment, or another node that the grammar allows anywhere."""
    kind = node.type
    return _is_comment_kind(kind) or (node.is_extra and not node.is_error and kind not in _TOLD)


def walk(tree: Tree, data: bytes, visitor: Visitor) -> None:
    """Report a tree to `visitor`, without recursion, as trees may be deeper than Python's stack."""
    cursor = tree.walk()
    path: list[_Open] = []
    while (node := cursor.node) is not None:
        kind, start, end = node.type, node.start_byte, node.end_byte
        if path:
            path[-1].tell_up_to(start, data, visitor)
        is_told = end > start and not is_comment(node)
        if is_told and cursor.goto_first_child():
            visitor.enter()
            path.append(_Open(kind, node.is_named, start, end))
            continue
        if is_told and (not data[start:end].isspace() or is_literal(kind) or (path and path[-1].is_literal)):
            visitor.token(start, _without_line_end(data, start, end), kind, node.is_named)
        if path:
            path[-1].at = max(path[-1].at, end)
        while not cursor.goto_next_sibling():
            if not path:
                return
            above = path.pop()
            above.tell_up_to(above.end, data, visitor)
            visitor.leave(above.kind, above.is_named)
            cursor.goto_parent()
            if path:
                path[-1].at = max(path[-1].at, above.end)


def _without_line_end(data: bytes, start: int, end: int) -> int:
    """Return the end of a token without a trailing carriage return, which some grammars include."""
    return end - 1 if end - start > 1 and data[end - 1] == 0x0D and data[end : end + 1] == b"\n" else end


class _Open:
    """A node that is being walked; its text is reported up to `at`."""

    __slots__ = ("at", "end", "is_literal", "is_named", "kind")

    def __init__(self, kind: str, is_named: bool, start: int, end: int) -> None:
        self.kind = kind
        self.is_named = is_named
        self.is_literal = is_literal(kind)
        self.at = start
        self.end = end

    def tell_up_to(self, end: int, data: bytes, visitor: Visitor) -> None:
        """Report the text up to `end` that belongs to no child node."""
        at = self.at
        if end <= at:
            return
        self.at = end
        if self.is_literal:
            visitor.token(at, end, STRING, False)
        elif not (piece := data[at:end]).isspace():
            for found in _PIECE.finditer(piece.decode(errors="surrogateescape")):
                size = len(found[0].encode(errors="surrogateescape"))
                if found[1]:
                    visitor.token(at, at + size, UNNAMED, False)
                at += size
