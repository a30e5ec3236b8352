"""`render_match`: a match with the first lines of the nodes around it. Ops layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from cocoindex.ops.text.errors import CodeSourceError
from cocoindex.resources.view import SourceView, ViewSegment

from ..text.code_source import CodeSource
from ._positions import Positions
from ._results import CodeMatch

if TYPE_CHECKING:
    from tree_sitter import Node

_BODY_FIELDS = ("body", "consequence", "alternative")
_BODY_ENDINGS = ("block", "body", "suite", "_list", "statements")
_LEFT_OUT = "... "


def render_match(source: CodeSource, match: CodeMatch) -> SourceView:
    """Return a view of a match: the first line of each class, function, branch and loop around it, and the match.

    Lines in between are omitted. A match that does not begin its line is prefixed by `... `.

    Args:
        source: the source of the match, such as the `source` of a `FileMatch`.
        match: the match.

    Raises:
        CodeSourceError: (a ValueError) the match does not belong to this source.
        CodeLanguageError: (a ValueError) there is no grammar for the language of the source.
    """
    start, end = match.chunks[0].start.byte_offset, match.chunks[-1].end.byte_offset
    if any(
        source.data[chunk.start.byte_offset : chunk.end.byte_offset].decode("utf-8", "replace") != chunk.text
        for chunk in match.chunks
    ):
        raise CodeSourceError(
            f"the match of {match.chunks[0].text[:40]!r} was not found in this source; give the one that was searched"
        )
    view = _View(source.data)
    for line, line_end in _heads(source.tree.root_node, source.data, start, end):
        view.show(line, line_end, "frame")
    line = source.data.rfind(b"\n", 0, start) + 1
    if source.data[line:start].strip():
        view.show(start, start, "frame", _LEFT_OUT)
    for chunk in match.chunks:
        view.show(chunk.start.byte_offset, chunk.end.byte_offset, "content")
    return view.made()


def _heads(root: Node, data: bytes, start: int, end: int) -> list[tuple[int, int]]:
    """Return the first lines of the nodes that have the match in their body, the outermost first."""
    heads: dict[int, int] = {}
    first_line = data.rfind(b"\n", 0, start) + 1
    node: Node | None = root
    while node is not None:
        inner = next((child for child in node.children if child.start_byte <= start and child.end_byte >= end), None)
        if inner is not None and node is not root and _is_body(node, inner):
            line = data.rfind(b"\n", 0, node.start_byte) + 1
            line_end = data.find(b"\n", line) + 1
            if line < first_line:
                heads[line] = line_end
        node = inner
    return list(heads.items())


def _is_body(node: Node, child: Node) -> bool:
    if child.type.endswith(_BODY_ENDINGS) and not child.type.endswith(("argument_list", "parameter_list")):
        return True
    return any(node.child_by_field_name(field) == child for field in _BODY_FIELDS)


class _View:
    """A view under construction."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._places = Positions(data)
        self._segments: list[ViewSegment] = []
        self._text = ""

    def show(self, start: int, end: int, kind: Literal["frame", "content"], summary: str | None = None) -> None:
        text = self._data[start:end].decode() if summary is None else summary
        at = len(self._text)
        self._text += text
        self._segments.append(
            ViewSegment(self._places.position(start), self._places.position(end), kind, summary, at, len(self._text))
        )

    def made(self) -> SourceView:
        return SourceView(self._text, self._segments)
