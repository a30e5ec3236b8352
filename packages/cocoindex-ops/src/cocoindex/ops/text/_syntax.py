"""Finds cuts of source code between the nodes of its syntax tree. Ops layer."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from ._cut import BLOCK, LINE, SENTENCE, Cut
from ._grammars import SourceParser
from ._inside import align, is_in_grapheme
from ._outline import Outline
from ._prose import Prose
from ._whitespace import skip
from .code_source import ParsedOnce

if TYPE_CHECKING:
    from tree_sitter import Node, Tree, TreeCursor

_log = logging.getLogger(__name__)

_WINDOW = 256 * 1024  # bytes parsed at a time: a tree takes 15 to 50 bytes for a byte of source
_SMALL_WINDOW = 32 * 1024  # used after a parse took too long: the time may grow with the square of the window
_MAX_DEPTH = 512
_LOOK_BACK = 12  # siblings to check for one that begins a line
_MAX_INDENT = 256


class Syntax(Prose):
    """Finds the cuts of a source text: before the outermost node that begins in the wanted range.

    The text is parsed in windows, each beginning at an outer node of the window before, so that memory use does not
    grow with the text. Parts without useful nodes (long strings and comments, and windows that take the parser too
    long) are cut at their lines.

    Args:
        data: the source in UTF-8.
        parser: the parser of its language.
        limit: maximum size of a piece, in bytes.
    """

    def __init__(self, data: bytes, parser: SourceParser | ParsedOnce, limit: int) -> None:
        super().__init__(data)
        self._outline = Outline(data)
        self._parser = parser
        self._window = max(_WINDOW, 8 * limit)
        self._small_window = min(self._window, max(_SMALL_WINDOW, 8 * limit))
        self._failures = 0  # consecutive ones; each makes a longer part be cut at lines before the next attempt
        self._is_told = False
        self._parse(0)

    def best(self, lo: int, hi: int) -> Cut | None:
        end = skip(self._data, hi)  # whitespace after `hi` does not belong to the piece before
        if end > self._known:
            anchor = self._anchor(lo)
            del self._tree  # before the next parse, so that only one tree is in memory
            self._parse(anchor)
        cut = self._between_nodes(lo, end)
        if cut and cut.rank <= LINE:
            return cut
        return self._outline.best_line(lo, hi) or cut or self.best_in_line(lo, hi)

    def restart(self, first: int, end: int) -> int | None:
        return self._outline.restart(first, end)  # the tree may begin after `first`

    def _parse(self, base: int) -> None:
        """Parse a window that begins at `base`; the tree is reliable up to `self._known`."""
        self._base = base
        self._too_deep = (0, 0)
        source = self._data[base : (end := self._end_of_window(base))]
        self._tree: Tree | None = self._parser.parse(source, self._small_window)
        if self._tree is None and end - base > self._small_window:
            self._window = self._small_window
            self._tree = self._parser.parse(self._data[base : (end := self._end_of_window(base))])
        if self._tree is None:
            self._failures += 1
            self._known = min(end + (self._failures - 1) * self._window, len(self._data))
            self._tell(base, self._known)
        else:
            self._failures = 0
            self._known = len(self._data) if end >= len(self._data) else self._last_whole(end)

    def _end_of_window(self, base: int) -> int:
        end = base + self._window
        if end >= len(self._data):
            return len(self._data)
        newline = self._data.rfind(b"\n", end - self._window // 8, end)
        return newline + 1 if newline >= 0 else align(self._data, end)

    def _tell(self, base: int, end: int) -> None:
        """Warn, once for a text, that a part of it is cut at its lines."""
        if not self._is_told:
            self._is_told = True
            _log.warning(
                "Bytes %d to %d of a text of %d bytes, which begins with %r, are split at their lines and words: the "
                "parser of %s takes too long for them. Check that this is the language of the text, and that the text "
                "is complete",
                base,
                end,
                len(self._data),
                self._data[:40].decode(errors="replace"),
                self._parser.language,
            )

    def _last_whole(self, end: int) -> int:
        """Return where the outermost node begins that the window's end cuts off, if that is not too far back."""
        cursor = self._tree.walk() if self._tree else None
        if cursor and cursor.goto_last_child() and cursor.node:
            last = self._base + cursor.node.start_byte
            if last > self._base + self._window // 2:
                return last
        return end - self._window // 8

    def _anchor(self, lo: int) -> int:
        """Return where to begin the next window, which must cover `lo`: at the outermost node that is near enough."""
        if self._tree is None:
            return self._data.rfind(b"\n", max(lo - _MAX_INDENT, 0), lo) + 1 or align(self._data, lo)
        cursor = self._tree.walk()
        nearest, content = lo - self._window // 4, skip(self._data, lo)
        while cursor.goto_first_child_for_byte(content - self._base) is not None and cursor.node:
            at = self._base + cursor.node.start_byte
            if nearest <= at <= content:
                return self._line_start(at, at)
            if at > content:
                break
        return max(self._data.rfind(b"\n", max(nearest, 0), lo) + 1, align(self._data, max(nearest, 0)))

    def _between_nodes(self, lo: int, hi: int) -> Cut | None:
        """Return the cut before the last of the outermost nodes that begin after `lo` and up to `hi`."""
        cursor = self._tree.walk() if self._tree else None
        first, last = lo - self._base, hi - self._base
        if cursor is None or (self._too_deep[0] <= first and last < self._too_deep[1]):
            return None
        for depth in range(_MAX_DEPTH):
            if cursor.goto_first_child_for_byte(last) is None:
                return None
            node = cursor.node
            if node is None or node.start_byte > last:
                return None
            if node.start_byte > first:
                return self._choose(cursor, node, first, depth)
        if cursor.node:
            self._too_deep = cursor.node.byte_range  # all nodes in it are as deep, as in a long chain of calls
        return None

    def _choose(self, cursor: TreeCursor, node: Node, first: int, depth: int) -> Cut | None:
        """Return the cut before `node`, or before one of its preceding siblings that begins a line."""
        within: Cut | None = None
        for _ in range(_LOOK_BACK):
            at = self._base + node.start_byte
            if _may_begin(node, self._data[at]):
                line = self._line_start(at, -1)
                if line > first + self._base:
                    if self._is_blank_above(line):
                        return Cut(line, line, BLOCK, depth)
                    return self._before_comments(cursor, line, first, depth)
                if not (_of_word(self._data[at - 1]) and _of_word(self._data[at])) and not is_in_grapheme(
                    self._data, at
                ):
                    within = within or Cut(at, at, SENTENCE, depth)
            if not cursor.goto_previous_sibling() or cursor.node is None or cursor.node.start_byte <= first:
                break
            node = cursor.node
        return within

    def _before_comments(self, cursor: TreeCursor, line: int, first: int, depth: int) -> Cut:
        """Return the cut before the line at `line`, or before comments and attributes directly above it."""
        while cursor.goto_previous_sibling():
            above = cursor.node
            at = self._line_start(self._base + above.start_byte, -1) if above and _belongs_below(above) else -1
            if at < 0:
                break
            if at <= first + self._base:
                depth += 1  # this cut separates a line from its comment
                break
            line = at
            if self._is_blank_above(line):
                return Cut(line, line, BLOCK, depth)
        return Cut(line, line, LINE, depth)

    def _is_blank_above(self, line: int) -> bool:
        """Say whether the line before the one at `line` is empty."""
        return self._data[max(line - 3, 0) : line].replace(b"\r", b"").endswith(b"\n\n")

    def _line_start(self, at: int, otherwise: int) -> int:
        """Return where the line begins if only whitespace precedes `at` in it; else `otherwise`."""
        newline = self._data.rfind(b"\n", max(at - _MAX_INDENT, 0), at)
        if newline >= 0 and (newline + 1 == at or self._data[newline + 1 : at].isspace()):
            return newline + 1
        return otherwise


def _may_begin(node: Node, byte: int) -> bool:
    """Say whether a piece may begin with `node`: it may not with a bracket, comma or operator."""
    return node.is_named or _of_word(byte) or chr(byte) in "@#<\"'"


def _of_word(byte: int) -> bool:
    return byte >= 0x80 or chr(byte).isalnum() or byte == 0x5F


def _belongs_below(node: Node) -> bool:
    return node.type.endswith(("comment", "attribute_item", "decorator", "annotation"))
