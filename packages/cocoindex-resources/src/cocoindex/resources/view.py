"""A view of parts of a source as one text, with the position of each part in the source.

Resources layer: plain data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .chunk import TextPosition

__all__ = ["SourceView", "ViewSegment"]


@dataclass(frozen=True, slots=True)
class ViewSegment:
    """One piece of a view's text.

    Attributes:
        start, end: its position in the source, `end` exclusive.
        kind: "content" is the subject of the view, "frame" its context.
        summary: text shown instead of the source; None if the source itself is shown.
        rendered_start, rendered_end: its position in the view's text, in code points, `rendered_end` exclusive.
    """

    start: TextPosition
    end: TextPosition
    kind: Literal["frame", "content"]
    summary: str | None
    rendered_start: int
    rendered_end: int


@dataclass(frozen=True, slots=True)
class SourceView:
    """A text made of segments of a source; `text` is the concatenation of the texts of all `segments`."""

    text: str
    segments: list[ViewSegment]

    @property
    def start(self) -> TextPosition:
        """Start of the view's content in the source, without frames."""
        return self._content()[0].start

    @property
    def end(self) -> TextPosition:
        """End of the view's content in the source, without frames."""
        return self._content()[-1].end

    def _content(self) -> list[ViewSegment]:
        return [segment for segment in self.segments if segment.kind == "content"] or self.segments
